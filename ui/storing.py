"""Whether anything can be stored: not on a disk that is full, nor where a database lets itself be read alone.

Such a database answers, and who only asks finds it well. So a write that failed for that is remembered: until one
succeeds again, `/readyz` says so. It tries by itself, since a server that is not ready is sent no votes.
"""

import asyncio
import logging
import secrets
import time

from django.contrib.sessions.models import Session
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from psycopg_pool import PoolTimeout

from ui import database

log = logging.getLogger(__name__)

SAID_EVERY = 60.0
"""Seconds from one line in the log to the next, however many votes are turned away."""
REST = 2.0
"""Seconds from a write that failed to the next that is tried for its own sake."""
AT_ONCE = 0.3
"""Seconds that who asks waits for such a try."""
SIZE = 64 * 1024
"""Letters that are tried: what a full disk has left over for one page is not enough for voters."""


class Storing:
    """What this process knows of it."""

    def __init__(self) -> None:
        self._fails = False
        self._failed_at = self._said_at = float("-inf")
        self._try: asyncio.Task[None] | None = None

    def has_failed(self, error: Exception) -> bool:
        """Whether an error says that nothing can be stored. It is remembered then, and told in the log now and then."""
        if not database.stores_nothing(error):
            return False
        self._fails, self._failed_at = True, time.monotonic()
        if self._failed_at - self._said_at >= SAID_EVERY:
            self._said_at = self._failed_at
            log.error("Nothing can be stored, and votes are turned away: %s", str(error).strip())
        return True

    def works(self) -> None:
        """Something was committed."""
        if self._fails:
            self._fails, self._said_at = False, float("-inf")
            log.warning("Votes are stored again")

    async def is_well(self) -> bool:
        """What the last write showed. Where that failed a while ago, another is tried."""
        if self._fails and time.monotonic() - self._failed_at >= REST:
            if self._try is None or self._try.done():
                self._try = asyncio.create_task(self._tried())
            await asyncio.wait({self._try}, timeout=AT_ONCE)
        return not self._fails

    async def _tried(self) -> None:
        try:
            await database.write(_write_and_take_back)
        except (DatabaseError, PoolTimeout) as error:
            if not self.has_failed(error):
                self._failed_at = time.monotonic()
        else:
            self.works()


def _write_and_take_back() -> None:
    """A row of many pages that is never committed. It comes to the disk all the same, and leaves nothing there."""
    try:
        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                # With no room for them in memory they are written before the end.
                cursor.execute("PRAGMA cache_size=4")
                cursor.execute("PRAGMA cache_spill=4")
        with transaction.atomic():
            key, letters = secrets.token_hex(20), secrets.token_hex(SIZE // 2)
            Session.objects.create(session_key=key, session_data=letters, expire_date=timezone.now())
            transaction.set_rollback(True)
    finally:
        connection.close()


storing = Storing()
