"""What other processes on the same PostgreSQL have to hear, by LISTEN and NOTIFY.

A deed says `changed 12` in its own transaction (`polls.notices`). Ballots are told of afterwards, of all polls at once
and a few times a second at most: a NOTIFY in a batch's transaction would make the commits of all processes queue up.
One connection of its own per process listens and tells. Nobody relies on it: where it is lost, or a pooler in between
knows no LISTEN, versions are compared each second all the same (`ui.cache`).

On SQLite there is nobody to tell: processes that share the file compare versions.
"""

import asyncio
import logging
import random
from collections.abc import Iterator, Sequence
from contextlib import suppress

import psycopg
from django.db import connection

from polls.notices import CHANNEL
from ui import wire
from ui.cache import Cache, cache

log = logging.getLogger(__name__)

NAME = "pollstead-replicas"
"""Of the connection, in pg_stat_activity."""
TICK = 0.25
"""Seconds between what is told of ballots."""
LONGEST_NOTICE = 7500
"""PostgreSQL takes 8000 bytes."""
SOONEST, LATEST = 0.5, 30.0
"""Seconds until a lost connection is made again: twice as long each time it fails."""


class Replicas:
    def __init__(self, cache: Cache) -> None:
        self._cache = cache
        self._moved: set[int] = set()
        self._task: asyncio.Task[None] | None = None
        self._patience = SOONEST
        self.listening = False

    def start(self) -> None:
        """Listen until `stop`; nothing to do on SQLite."""
        if connection.vendor == "postgresql" and self._task is None:
            self._cache.watch(self._note)
            self._task = asyncio.create_task(self._live())

    async def stop(self) -> None:
        if self._task:
            self._cache.unwatch(self._note)
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
            self._task = None

    async def _live(self) -> None:
        while True:
            try:
                async with await wire.connect(NAME) as ours:
                    await self._talk(ours)
            except (psycopg.Error, OSError) as error:
                if self.listening:
                    log.warning("The connection that hears other processes is lost: %s", str(error).strip())
            finally:
                self.listening = False
            await asyncio.sleep(self._patience * random.uniform(0.5, 1.0))  # noqa: S311 -- no secret
            self._patience = min(self._patience * 2, LATEST)

    async def _talk(self, ours: psycopg.AsyncConnection) -> None:
        await ours.execute(f"LISTEN {CHANNEL}")
        self._patience, self.listening = SOONEST, True
        # What was counted while nobody could be told, others have found by themselves.
        self._moved.clear()
        while True:
            async for notice in ours.notifies(timeout=TICK):
                if notice.pid != ours.info.backend_pid:
                    self._hear(notice.payload)
            moved, self._moved = sorted(self._moved), set()
            for payload in _payloads(moved):
                await ours.execute("SELECT pg_notify(%s, %s)", [CHANNEL, payload])

    def _note(self, poll: int) -> None:
        self._moved.add(poll)

    def _hear(self, payload: str) -> None:
        """A word that we don't know is of a version to come."""
        match payload.split():
            case ["changed", *polls]:
                heard = self._cache.forget
            case ["moved", *polls]:
                heard = self._cache.hear
            case _:
                return
        for poll in polls:
            if poll.isdecimal():
                heard(int(poll))


def _payloads(polls: Sequence[int]) -> Iterator[str]:
    """Notices of polls that moved, each of a length that PostgreSQL takes."""
    payload = "moved"
    for poll in polls:
        if len(payload) > LONGEST_NOTICE:
            yield payload
            payload = "moved"
        payload += f" {poll}"
    if polls:
        yield payload


replicas = Replicas(cache)
