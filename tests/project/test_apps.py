import gc
import runpy

from tests.server import ROOT, run

LOOK = "import gc; import project.asgi; print('looked for' if gc.isenabled() else 'left')"


def test_garbage_is_looked_for_again_where_the_apps_were_there_before_the_server() -> None:
    """As `manage.py serve` starts."""
    gc.disable()
    try:
        runpy.run_path(str(ROOT / "project" / "asgi.py"))
        assert gc.isenabled()
    finally:
        gc.enable()


def test_garbage_is_looked_for_again_where_the_server_comes_first() -> None:
    """As a plain uvicorn starts."""
    assert run("-c", LOOK).stdout == "looked for\n"
