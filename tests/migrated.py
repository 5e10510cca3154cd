"""A test database for each worker, copied from one that is migrated once in a run."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connection

from tests.databases import FOLDER

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "alone")
DONE = FOLDER / "migrated"


@contextmanager
def a_copy() -> Iterator[None]:
    """The database of this worker, for as long as it lasts."""
    given = connection.settings_dict["NAME"]
    use(_migrated(given))
    connection.creation.clone_test_db(WORKER, verbosity=0)
    use(connection.creation.get_test_db_clone_settings(WORKER)["NAME"])
    yield
    connection.creation.destroy_test_db(given, verbosity=0)


def _migrated(given: str) -> str:
    """The name of the migrated database: whoever asks first makes it, and the others wait."""
    connection.settings_dict["TEST"]["NAME"] = name = _template(given)
    with (FOLDER / "migrating").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not DONE.exists():
            connection.creation.create_test_db(verbosity=0, autoclobber=True)
            _plan_by_size()
            use(name)  # closed: only now all of it is in SQLite's file
            DONE.touch()
    return name


def _template(given: str) -> str:
    # SQLite in a file: in memory, threads would share one connection and no race would be real.
    return str(FOLDER / "test.sqlite3") if connection.vendor == "sqlite" else f"test_{given}"


def _plan_by_size() -> None:
    """PostgreSQL looks at tables once a minute. What it finds between two tests is a ballot or none in a file that had
    thousands, and until the next look each join of the samples' ballots takes seconds. Who was never told of a table
    goes by its size.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for table in connection.introspection.table_names(cursor):
                cursor.execute(f"ALTER TABLE {table} SET (autovacuum_enabled = false)")


def forget() -> None:
    """At the end of the run nothing stays in the database server."""
    if DONE.exists():
        connection.creation._destroy_test_db(_template(connection.settings_dict["NAME"]), verbosity=0)


def use(name: str) -> None:
    """Go on with the database of this name."""
    connection.close()
    if connection.vendor == "postgresql":
        connection.close_pool()  # which would go on with connections to the other
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = name
