"""Keeps SQLite's log short, without a voter who waits for that.

What is committed lies in a log at first, and is copied on into the database's file later. SQLite has whoever makes the
log too long do it, in the middle of a commit: at 200 votes a second two of them each second, and all who came
meanwhile. Here most of it is copied by a reader's thread, while votes go on; then the writer's thread copies what they
brought meanwhile, which is little, so that the log begins anew.
"""

import asyncio
import logging

from django.db import Error, connection

from ui import database

log = logging.getLogger(__name__)

SECONDS = 1.0
"""From a commit to the copying of all until then."""
LONGEST = 20_000
"""Pages of 4 KB: a log of so many is copied in a commit after all."""
FAILED = "What lies in the log of SQLite could not be copied on"


class Checkpoints:
    """One per event loop."""

    def __init__(self) -> None:
        self._needed = connection.vendor == "sqlite"
        self._due: asyncio.TimerHandle | None = None
        self._copying: asyncio.Task[None] | None = None
        self._said = False
        """That there is no room. It is said once, until there is."""

    def soon(self) -> None:
        """Something was committed."""
        if self._needed and self._due is None:
            self._due = asyncio.get_running_loop().call_later(SECONDS, self._begin)

    def _begin(self) -> None:
        self._copying = asyncio.create_task(self._copy())

    async def _copy(self) -> None:
        try:
            await database.step(_copied)
            await database.write(_copied)
        except Error as error:
            # SQLite does it by itself when the log has grown long, or the next one here.
            if not database.stores_nothing(error):
                log.exception(FAILED)
            elif not self._said:
                log.error("%s: %s", FAILED, error)
            self._said = database.stores_nothing(error)
        else:
            self._said = False
        finally:
            self._due = None


def _copied() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA wal_autocheckpoint={LONGEST}")
        # PASSIVE waits for nobody, and lets nobody wait.
        cursor.execute("PRAGMA wal_checkpoint(PASSIVE)")
        cursor.fetchall()
