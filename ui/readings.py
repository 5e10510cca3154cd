"""What a poll's tally says, worked out and kept for all who look: see `ui.cache` for how old it may be."""

import asyncio
import logging
import time
from datetime import datetime

from django.http import HttpRequest

from polls import tallies
from polls.snapshots import PollSnapshot
from polls.tallies import TallySnapshot
from ui import database, hot
from ui.cache import cache
from ui.entries import Entry, Reading

log = logging.getLogger(__name__)

PATIENCE = 0.25
"""Seconds that a viewer waits for a count that is due."""


async def of(entry: Entry, *, at: datetime) -> Reading:
    """The results of a poll: as its tally stands, or for a poll that is slow to count, the last count of it."""
    await cache.catch_up(entry)
    shown, kept = entry.tally.shown(entry.poll, at=at), entry.reading
    if kept and (kept.tally is shown or kept.tally == shown):
        return kept
    if not tallies.is_slow(entry.poll):
        entry.reading = fresh = _read(entry.poll, shown)
        return fresh
    if entry.counting is None and (kept is None or kept.is_due()):
        entry.counting = asyncio.create_task(_count(entry, shown))
        entry.counting.add_done_callback(_hear)
    if entry.counting is None:
        assert kept
        return kept
    # Shielded: a viewer who hangs up must not take the count along.
    if kept is None:
        return await asyncio.shield(entry.counting)
    await asyncio.wait({entry.counting}, timeout=PATIENCE)
    return entry.reading or kept


def lacking(entry: Entry, reading: Reading, *, at: datetime) -> int:
    """How many ballots have come since this reading."""
    return entry.tally.shown(entry.poll, at=at).ballots - reading.tally.ballots


async def _count(entry: Entry, shown: TallySnapshot) -> Reading:
    try:
        entry.reading = fresh = await database.read(_read, entry.poll, shown)
        return fresh
    finally:
        entry.counting = None


def say(request: HttpRequest, entry: Entry, reading: Reading | None, *, at: datetime) -> None:
    """Say that everybody gets this answer. None where it shows no numbers; a count that is behind is soon another."""
    if reading is None:
        hot.say(request, entry, at=at)
    elif reading.tally == entry.tally.shown(entry.poll, at=at):
        hot.say(request, entry, at=at, tally=entry.tally)


def _read(poll: PollSnapshot, shown: TallySnapshot) -> Reading:
    begun = time.monotonic()
    results = tuple(tallies.results(poll, shown))
    now = time.monotonic()
    return Reading(shown, results, now - begun, now)


def _hear(counting: "asyncio.Task[Reading]") -> None:
    if not counting.cancelled() and (fault := counting.exception()):
        log.error("A count failed; the last one is shown", exc_info=fault)
