"""A connection to PostgreSQL at which the event loop itself waits, for what is asked most: the ballots of a batch.

A thread that asks the database needs Python's lock again for each step of it, and waits for it while the event loop
works; the loop then waits for the lock in its turn. Under load that took a quarter of a process. Here a statement is
sent and its answer read as a visitor's request is.

One statement at a time. Where there is no wire (on SQLite, while the database is away, until it is made), whoever would
use it goes by a thread (`ui.database`).
"""

import asyncio
import logging
import random
from collections.abc import Callable, Sequence
from contextlib import suppress

import psycopg
from django.db import connection
from psycopg import pq
from psycopg.errors import DuplicatePreparedStatement, InvalidSqlStatementName, error_from_result

log = logging.getLogger(__name__)

NAME = "pollstead-ballots"
"""Of the connection, in pg_stat_activity."""
SOONEST, LATEST = 0.1, 1.0
"""Seconds until a lost connection is made again: twice as long each time it fails."""


class Wire:
    def __init__(self) -> None:
        self._task: asyncio.Task[None] | None = None
        self._end: _End | None = None

    @property
    def is_open(self) -> bool:
        return self._end is not None and not self._end.lost.done()

    def start(self) -> None:
        """Hold a connection until `stop`; nothing to do on SQLite."""
        if connection.vendor == "postgresql" and self._task is None:
            self._task = asyncio.create_task(self._live())

    async def stop(self) -> None:
        if self._task:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
            self._task = None

    async def ask(self, name: str, statement: str, values: Sequence[str]) -> str | None:
        """The one value that a statement answers (its values are $1, $2 …). It is planned once for its name.

        Raises Django's errors; an OperationalError where the connection was lost: then it may have been done, or not.
        """
        with connection.wrap_database_errors:
            if self._end is None or not self.is_open:
                raise psycopg.OperationalError("there is no connection")
            return await self._end.ask(name, statement.encode(), [value.encode() for value in values])

    async def _live(self) -> None:
        patience = SOONEST
        while True:
            try:
                # Each statement is asked again and again: none is worth another plan for each of its values.
                await self._hold(await connect(NAME, "-c plan_cache_mode=force_generic_plan"))
                log.warning("The connection that ballots are written by is lost")
                patience = SOONEST
            except (psycopg.Error, OSError) as error:
                log.debug("The connection that ballots are written by can't be made: %s", error)
            await asyncio.sleep(patience * random.uniform(0.5, 1.0))  # noqa: S311 -- no secret
            patience = min(patience * 2, LATEST)

    async def _hold(self, ours: psycopg.AsyncConnection) -> None:
        """Lend the connection until it is lost."""
        self._end = _End(ours.pgconn)
        try:
            await self._end.lost
        finally:
            self._end.leave()
            self._end = None
            await ours.close()


class _End:
    """Our end of a connection that is there: until it is lost, which `lost` tells."""

    def __init__(self, pgconn: pq.abc.PGconn) -> None:
        self._pgconn = pgconn
        self._pgconn.nonblocking = 1
        self._loop = asyncio.get_running_loop()
        self._socket = pgconn.socket
        self._answer: asyncio.Future[pq.abc.PGresult] | None = None
        self._results: list[pq.abc.PGresult] = []
        self._planned: set[str] = set()
        self._plans = True
        self.lost: asyncio.Future[None] = self._loop.create_future()
        self._loop.add_reader(self._socket, self._read)

    async def ask(self, name: str, statement: bytes, values: list[bytes]) -> str | None:
        try:
            result = await self._asked(name, statement, values)
        except (DuplicatePreparedStatement, InvalidSqlStatementName):
            # Behind a pooler each transaction may meet another PostgreSQL, which was never told. Nothing was done yet.
            self._plans = False
            result = await self._asked(name, statement, values)
        told = result.get_value(0, 0)
        return None if told is None else told.decode()

    async def _asked(self, name: str, statement: bytes, values: list[bytes]) -> pq.abc.PGresult:
        if not self._plans:
            return await self._answered(lambda: self._pgconn.send_query_params(statement, values))
        if name not in self._planned:
            await self._answered(lambda: self._pgconn.send_prepare(name.encode(), statement))
            self._planned.add(name)
        return await self._answered(lambda: self._pgconn.send_query_prepared(name.encode(), values))

    async def _answered(self, send: Callable[[], None]) -> pq.abc.PGresult:
        answer: asyncio.Future[pq.abc.PGresult] = self._loop.create_future()
        self._answer = answer
        try:
            send()
            self._write()
            result = await answer
        except (psycopg.Error, asyncio.CancelledError):
            # Or the answer to this would be taken for that to the next one.
            self._lose()
            raise
        if result.status not in {pq.ExecStatus.TUPLES_OK, pq.ExecStatus.COMMAND_OK}:
            raise error_from_result(result)
        return result

    def _write(self) -> None:
        try:
            if self._pgconn.flush():
                self._loop.add_writer(self._socket, self._write)
            else:
                self._loop.remove_writer(self._socket)
        except psycopg.Error:
            self._lose()

    def _read(self) -> None:
        try:
            self._pgconn.consume_input()
            while not self._pgconn.is_busy():
                result = self._pgconn.get_result()
                if result is None:
                    break
                self._results.append(result)
            else:
                return
        except psycopg.Error:
            self._lose()
            return
        answer, results = self._answer, self._results
        self._answer, self._results = None, []
        if answer and not answer.done() and results:
            answer.set_result(results[-1])

    def _lose(self) -> None:
        self.leave()
        if not self.lost.done():
            self.lost.set_result(None)

    def leave(self) -> None:
        """Listen no more. Whoever waits for an answer is told."""
        self._loop.remove_reader(self._socket)
        self._loop.remove_writer(self._socket)
        answer, self._answer = self._answer, None
        if answer and not answer.done():
            answer.set_exception(psycopg.OperationalError("the connection was lost"))


async def connect(name: str, options: str = "") -> psycopg.AsyncConnection:
    """A connection of our own, outside the pool, that finds out by itself when the database is gone."""
    known = connection.get_connection_params()
    told = {name: value for name, value in known.items() if name not in {"context", "cursor_factory"}}
    told |= {"application_name": name, "options": f"{told.get('options', '')} {options}".strip()}
    return await psycopg.AsyncConnection.connect(**told, autocommit=True)


wire = Wire()
