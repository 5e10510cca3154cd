"""All that must last, in one file and back: the database, the pictures, and the secret key that is kept beside them.

The file is a tar with what the database's own makers say is a copy: of SQLite what its backup interface gives, of
PostgreSQL what pg_dump writes. So everyone can take it apart without us.
"""

import os
import re
import shutil
import sqlite3
import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir
from typing import IO

import psycopg
from django.conf import settings
from django.contrib.auth.models import User
from django.db import connection
from psycopg.conninfo import make_conninfo

from polls.models import Poll
from project import env
from project.maintenance import NO_LIMITS, maintenance, out_of_service

COPIES = {"sqlite": "database.sqlite3", "postgresql": "database.dump"}
KEY, PICTURES = "secret-key", "media"
TOOLS = "PostgreSQL's own programs of the server's version (in Debian the package postgresql-client)"


class NotDone(Exception):  # noqa: N818 -- the name says it
    """Nothing was written or changed; the reason in a sentence."""


def back_up(stream: IO[bytes], *, beside: Path) -> None:
    """Write everything as it is at one instant, while voters go on voting. `beside` has room for the database once.

    Raises NotDone.
    """
    with maintenance(), TemporaryDirectory(prefix=".backup-", dir=beside) as folder:
        if Poll._meta.db_table not in connection.introspection.table_names():
            raise NotDone("There is nothing to back up: the database holds no polls of ours.")
        copy = Path(folder) / COPIES[connection.vendor]
        _copy_sqlite(copy) if connection.vendor == "sqlite" else _postgresql("pg_dump", "-Fc", f"--file={copy}")
        with tarfile.open(fileobj=stream, mode="w|") as archive:
            archive.add(copy, copy.name)
            # After the database: what it names is there by now.
            for path, name in ((_key(), KEY), (settings.MEDIA_ROOT, PICTURES)):
                if path.exists():
                    archive.add(path, name)


def roomy() -> Path:
    """The data folder, or the one for temporary files while the data folder has no room for the database once more."""
    size = Path(connection.settings_dict["NAME"]).stat().st_size if connection.vendor == "sqlite" else 0
    folders = (Path(settings.DATA_DIR), Path(gettempdir()))
    return next((folder for folder in folders if shutil.disk_usage(folder).free > size), folders[0])


def restore(stream: IO[bytes], *, replace: bool) -> None:
    """Put everything in the place of what is here, the database in one transaction. Raises NotDone."""
    with (
        out_of_service() as quiet,
        maintenance(),
        TemporaryDirectory(prefix=".restore-", dir=settings.DATA_DIR) as folder,
    ):
        if not quiet:
            raise NotDone("A server is at work on this data folder; stop it first.")
        if not replace and _is_in_use():
            raise NotDone("There are polls or users here already; --replace puts the backup in their place.")
        here = Path(folder)
        _unpack(stream, here)
        copy = here / COPIES[connection.vendor]
        if not copy.is_file():
            raise NotDone(f"The file holds no {copy.name}: it is no backup, or that of another kind of database.")
        _put_back_sqlite(copy) if connection.vendor == "sqlite" else _put_back_postgresql(copy)
        if (here / PICTURES).is_dir():
            shutil.copytree(here / PICTURES, settings.MEDIA_ROOT, dirs_exist_ok=True)
        if (here / KEY).is_file() and not env.text("SECRET_KEY"):
            env.keep_private(here / KEY)
            (here / KEY).replace(_key())


def _key() -> Path:
    return Path(settings.DATA_DIR) / KEY


def _is_in_use() -> bool:
    tables = connection.introspection.table_names()
    return any(model._meta.db_table in tables and model.objects.exists() for model in (Poll, User))


def _unpack(stream: IO[bytes], folder: Path) -> None:
    try:
        with tarfile.open(fileobj=stream, mode="r|*") as archive:
            archive.extractall(folder, _ours(archive), filter="data")
    except (tarfile.TarError, EOFError, OSError, ValueError) as error:  # ValueError: numbers and names that are none
        raise NotDone(f"The file can't be read as a backup: {error}.") from error


def _ours(archive: tarfile.TarFile) -> Iterator[tarfile.TarInfo]:
    for member in archive:
        known = member.name.partition("/")[0] in {KEY, PICTURES, *COPIES.values()}
        if not known or not (member.isreg() or member.isdir()):
            raise NotDone(f"The file holds {member.name!r}, which is no part of a backup.")
        yield member


def _copy_sqlite(copy: Path) -> None:
    with closing(sqlite3.connect(connection.settings_dict["NAME"])) as ours, closing(sqlite3.connect(copy)) as theirs:
        _copied(ours, theirs)


def _copied(ours: sqlite3.Connection, theirs: sqlite3.Connection) -> None:
    try:
        ours.backup(theirs)
    except sqlite3.Error as error:
        raise NotDone(f"The database can't be copied: {error}.") from error


def _put_back_sqlite(copy: Path) -> None:
    connection.close()
    with closing(sqlite3.connect(copy)) as theirs, closing(sqlite3.connect(connection.settings_dict["NAME"])) as ours:
        try:
            found = theirs.execute("PRAGMA quick_check(1)").fetchone()[0]
            ours_too = theirs.execute("SELECT 1 FROM sqlite_master WHERE name = ?", [Poll._meta.db_table]).fetchone()
        except sqlite3.DatabaseError as error:
            found = str(error)
        if found != "ok":
            raise NotDone(f"The database in the file is damaged: {found}.")
        # An empty file is a database without a fault, and would take everything away.
        if not ours_too:
            raise NotDone("The database in the file holds no polls of ours.")
        _copied(theirs, ours)


def _put_back_postgresql(copy: Path) -> None:
    how = "--clean", "--if-exists", "--no-owner", "--no-acl"
    if later := _tables_beyond(copy):
        # pg_restore drops what it brings back alone, and can't do that where a table that it doesn't know refers to it.
        script = copy.with_suffix(".sql")
        _run("pg_restore", *how, f"--file={script}", str(copy))
        drop = f"DROP TABLE {', '.join(map(connection.ops.quote_name, later))} CASCADE"
        safely = "--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1"
        _postgresql("psql", *safely, f"--command={drop}", f"--file={script}")
    else:
        _postgresql("pg_restore", *how, "--single-transaction", str(copy))


def _tables_beyond(copy: Path) -> list[str]:
    """Our tables that the copy has not, since it is of an older version than the database."""
    listed = _run("pg_restore", "--list", str(copy))
    brought = set(re.findall(r" TABLE \S+ (\S+) ", listed))
    known = set(connection.introspection.django_table_names(include_views=False))
    with connection.cursor() as cursor:
        here = connection.introspection.table_names(cursor)
    return sorted(name for name in here if name not in brought and (name in known or name.startswith("polls_")))


def _postgresql(program: str, *words: str) -> None:
    """Run on our own database."""
    address, password = _address()
    _run(program, f"--dbname={address}", *words, password=password)


def _run(program: str, *words: str, password: str = "") -> str:
    if not shutil.which(program):
        raise NotDone(f"This needs {program}, which is not here. Install {TOOLS}, or run it where it is.")
    known = os.environ | ({"PGPASSWORD": password} if password else {})
    ended = subprocess.run(  # noqa: S603 -- our own words
        [program, *words], env=known, capture_output=True, text=True, check=False
    )
    if ended.returncode:
        raise NotDone(f"{program} gave up: {' '.join(ended.stderr.split())}")
    return ended.stdout


def _address() -> tuple[str, str]:
    """How libpq finds our database, and the password beside it: command lines can be read by everyone."""
    known = connection.get_connection_params()
    names = {option.keyword.decode() for option in psycopg.pq.Conninfo.get_defaults()} - {"password", "options"}
    told = {name: value for name, value in known.items() if name in names and value not in {None, ""}}
    return make_conninfo(**told, options=f"{NO_LIMITS} -c lock_timeout=0"), str(known.get("password") or "")
