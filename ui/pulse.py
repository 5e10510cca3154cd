"""Whether the database is there at all.

One that is frozen says nothing for as long as it likes, and whoever asked it waits. So who has waited for a while has
its pulse felt: on a connection of its own, past the pool and the threads, which may all be waiting too.
"""

import asyncio

import psycopg
from django.db import connection

from ui import wire

SECONDS = 1.5
LOOKS = 15
"""So often is looked whether it has answered: an event loop that comes late to each gives it more time."""


async def beats() -> bool:
    """Whether the database answers within `SECONDS`. A file of SQLite's is always there."""
    if connection.vendor == "sqlite":
        return True
    answer = asyncio.create_task(_answers())
    for _look in range(LOOKS):
        await asyncio.wait({answer}, timeout=SECONDS / LOOKS)
        if answer.done():
            return answer.result()
    answer.cancel()  # and not waited for: that may take as long as the answer
    return False


async def _answers() -> bool:
    try:
        async with await wire.connect("pollstead-pulse") as ours:
            await ours.execute("SELECT 1")
    except (psycopg.Error, OSError):
        return False
    return True
