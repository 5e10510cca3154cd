"""Takes work that asks the database off the event loop: one thread writes ballots, one polls, two read."""

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from django.db import OperationalError, connections
from psycopg.errors import (
    DiskFull,
    InsufficientPrivilege,
    IoError,
    ReadOnlySqlTransaction,
    UndefinedColumn,
    UndefinedTable,
)
from psycopg_pool import PoolTimeout

# Threads of their own, not asgiref's: a batch outlives the request that began it.
_writer = ThreadPoolExecutor(1, thread_name_prefix="ballots")
_reader = ThreadPoolExecutor(2, thread_name_prefix="reader")
_author = ThreadPoolExecutor(1, thread_name_prefix="author")


async def write[**P, T](deed: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run a deed in the one thread that writes ballots; on a dead connection once more, so that it has to bear that."""
    return await asyncio.get_running_loop().run_in_executor(_writer, lambda: _done(deed, *args, **kwargs))


async def read[**P, T](question: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run a question to the database in a reader's thread; on a dead connection once more with a fresh one."""
    return await asyncio.get_running_loop().run_in_executor(_reader, lambda: _done(question, *args, **kwargs))


async def step[T](deed: Callable[[], T]) -> T:
    """Run a step of what can't be begun anew in a reader's thread: where it fails, there is no second try."""
    return await asyncio.get_running_loop().run_in_executor(_reader, deed)


async def author[T](deed: Callable[[], T]) -> T:
    """Run a deed of somebody who writes polls, one after the other: no ballot and no reader waits for its thread.

    It can't be begun anew, as nobody knows how far it came. So it has a connection of its own, which is not kept.
    """
    return await asyncio.get_running_loop().run_in_executor(_author, lambda: _once(deed))


def _once[T](deed: Callable[[], T]) -> T:
    try:
        return deed()
    finally:
        connections.close_all()


def _done[**P, T](deed: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """A connection that died while it was idle is found out here."""
    try:
        return deed(*args, **kwargs)
    except OperationalError as error:
        if isinstance(error.__cause__, PoolTimeout) or stores_nothing(error):
            raise  # none could be had: that was waited for already; or it is there, and another does no better
        connections.close_all()
        return deed(*args, **kwargs)


def is_not_migrated(error: Exception) -> bool:
    """Whether the database refused because it has not, or not yet, what our models ask for."""
    missing = isinstance(error.__cause__, UndefinedTable | UndefinedColumn)
    return missing or str(error).startswith(("no such table", "no such column"))


def stores_nothing(error: Exception) -> bool:
    """Whether the database is there and takes nothing: its disk is full or broken, or it lets itself be read alone."""
    cause = error.__cause__
    if isinstance(cause, sqlite3.Error):
        # In the lower eight bits; the others say where it was met.
        return getattr(cause, "sqlite_errorcode", 0) & 0xFF in _SQLITE
    return isinstance(cause, _POSTGRESQL)


_SQLITE = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR}
# A file on a disk that is read-only is one that PostgreSQL has no right to write.
_POSTGRESQL = DiskFull, ReadOnlySqlTransaction, IoError, InsufficientPrivilege


def close() -> None:
    """Give the threads' connections back."""
    _in_each_thread(connections.close_all)


def settle() -> None:
    """Wait for what the threads are at; their connections stay."""
    _in_each_thread(lambda: None)


def _in_each_thread(deed: Callable[[], None]) -> None:
    for executor in (_writer, _reader, _reader, _author):
        executor.submit(deed).result()
