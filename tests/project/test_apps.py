import pytest

from tests.server import run

LOOK = "import gc; import project.asgi; print('looked for' if gc.isenabled() else 'left')"


@pytest.mark.parametrize("start", [("manage.py", "shell", "--no-imports", "-c", LOOK), ("-c", LOOK)])
def test_garbage_is_looked_for_again_in_a_server_that_has_started(start: tuple[str, ...]) -> None:
    """As `manage.py serve` starts, with the apps there already, and as a plain uvicorn does."""
    assert "looked for" in run(*start).stdout
