"""Deeds on the whole database: by one process at a time, without the time limits that a voter's statements have."""

import errno
import fcntl
import logging
import os
import sqlite3
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DatabaseError, InterfaceError, OperationalError, connection
from psycopg_pool import PoolTimeout

from project import env
from ui import database

log = logging.getLogger(__name__)

LOCK = 0x706F6C6C73
NO_LIMITS = "-c statement_timeout=0 -c idle_in_transaction_session_timeout=0"
LOOK_AGAIN = 0.3
PATIENCE = 3600.0
NOT_OURS = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO}
"""What a disk says that is full, broken, or somebody else's."""

_busy = False


class DatabaseAway(Exception):  # noqa: N818 -- the name says it
    """The database can't be reached; the reason in a sentence."""


def explained(error: Exception) -> str:
    """In a sentence, why a command found no database, or none that serves; empty for faults of our own."""
    if database.is_not_migrated(error):
        return "the database is not migrated; run `manage.py migrate` first."
    if isinstance(error, DatabaseError) and database.stores_nothing(error):
        return f"nothing can be stored in the database: {_reason(error)}."
    if isinstance(error, DatabaseError) and _is_damaged(error):
        return f"the database can't be read: {_reason(error)}."
    if isinstance(error, OSError) and error.errno in NOT_OURS:
        return f"{error.filename or 'what is to be written'} can't be used: {error.strerror}."
    if isinstance(error, OperationalError | InterfaceError | PoolTimeout | DatabaseAway):
        return f"the database can't be reached, or does not answer: {_reason(error)}."
    if isinstance(error, UnicodeError | TypeError) and (typed := next(filter(_is_no_text, sys.argv), "")):
        return f"{typed!a} is not written in UTF-8."
    return ""


def _is_no_text(word: str) -> bool:
    """Bytes of another alphabet: a file may have such a name, nothing in a database can."""
    return any("\ud800" <= letter <= "\udfff" for letter in word)


def _is_damaged(error: DatabaseError) -> bool:
    return getattr(error.__cause__, "sqlite_errorcode", 0) & 0xFF in {sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT}


@contextmanager
def maintenance(*, wait: float = 0) -> Iterator[None]:
    """Hold the database for ourselves among all who maintain it; voters go on voting.

    Waits up to `wait` seconds for a database that does not answer yet. Raises DatabaseAway. May be nested.
    """
    global _busy  # noqa: PLW0603 -- a process has one connection for this and holds the lock once
    if _busy:
        yield
        return
    _busy = True
    try:
        with _direct(), _lock(wait):
            yield
    finally:
        _busy = False


@contextmanager
def in_service() -> Iterator[None]:
    """For as long as we serve from the data folder, as any number of processes may."""
    with _data_folder() as folder:
        with suppress(OSError):  # a disk that knows no locks, or a restore that is under way
            fcntl.flock(folder, fcntl.LOCK_SH | fcntl.LOCK_NB)
        yield


@contextmanager
def out_of_service() -> Iterator[bool]:
    """Whether nobody serves from the data folder; where its disk knows no locks, nobody is believed to."""
    with _data_folder() as folder:
        yield _locked(folder)


def _locked(folder: int) -> bool:
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return not isinstance(error, BlockingIOError)
    return True


@contextmanager
def _data_folder() -> Iterator[int]:
    folder = os.open(settings.DATA_DIR, os.O_RDONLY)
    try:
        yield folder
    finally:
        os.close(folder)


@contextmanager
def _direct() -> Iterator[None]:
    """A connection of our own, not from the pool. The limit for locks stays: voters wait behind a waiting migration."""
    if connection.vendor == "sqlite":
        yield
        return
    options: dict[str, Any] = connection.settings_dict["OPTIONS"]
    own = {name: value for name, value in options.items() if name != "pool"}
    connection.close()
    connection.settings_dict["OPTIONS"] = own | {"options": f"{options.get('options', '')} {NO_LIMITS}"}
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["OPTIONS"] = options


@contextmanager
def _lock(wait: float) -> Iterator[None]:
    if connection.vendor == "sqlite":
        with _sqlite_lock():
            _connect()
            yield
        return
    _wait_for_database(wait)
    _wait_for_others()
    # No unlocking: the lock goes with the connection, also when this process dies.
    yield


def _wait_for_database(seconds: float) -> None:
    patience = time.monotonic() + seconds
    said = False
    while True:
        try:
            return _connect()
        except DatabaseAway as away:
            if time.monotonic() > patience:
                raise
            if not said:
                log.warning("Waiting up to %d seconds for the database: %s", seconds, away)
                said = True
            time.sleep(LOOK_AGAIN)


def _connect() -> None:
    try:
        connection.ensure_connection()
    except DatabaseError as error:
        raise DatabaseAway(_reason(error)) from error


def _reason(error: Exception) -> str:
    lines = [line.strip(" \t-") for line in str(error).splitlines() if line.strip()]
    # PostgreSQL's library tells all tries and advises; the last line that says "failed" is the reason.
    said = [line for line in lines if "failed" in line] or lines or ["it gives no reason"]
    return said[-1].rpartition("failed: ")[2].rstrip(".")


def _wait_for_others() -> None:
    said = False
    with connection.cursor() as cursor:
        while True:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
            if cursor.fetchone() == (True,):
                return
            if not said:
                log.info("Another process maintains the database; waiting for it.")
                said = True
            time.sleep(LOOK_AGAIN)


@contextmanager
def _sqlite_lock() -> Iterator[None]:
    """A lock in a database of its own beside ours: in ours it would keep the migrations out too."""
    path = f"{connection.settings_dict['NAME']}-maintenance"
    with suppress(OSError):
        Path(path).touch(mode=env.OURS_ALONE)
    try:
        with closing(sqlite3.connect(path, timeout=PATIENCE, isolation_level=None)) as beside:
            # In memory: on a disk that is full a backup is wanted most.
            beside.execute("PRAGMA journal_mode=MEMORY")
            beside.execute("BEGIN EXCLUSIVE")
            yield
    except sqlite3.OperationalError as error:
        raise DatabaseAway(str(error)) from error
