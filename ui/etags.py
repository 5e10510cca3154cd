"""What the results of a poll are at this moment, in a word: the one place that knows what makes shown results other
results. Streams number their events by it, conditional requests are answered by it.
"""

import hashlib
from datetime import datetime
from functools import cache
from pathlib import Path

from django.conf import settings

from polls import tallies
from polls.tallies import TallySnapshot
from polls.terms import Phase
from ui.entries import Entry


def place(entry: Entry, *, at: datetime) -> str | None:
    """Where the results stand: `poll.version.phase.tally`. None where they have to be fetched or counted first.

    It says no more than the results themselves: of a secret poll that is open it moves with each release alone.
    """
    if entry.is_behind:
        return None
    poll, shown = entry.poll, entry.tally.shown(entry.poll, at=at)
    here, counted = f"{poll.id}.{poll.version}.{poll.phase(at)}", shown
    if tallies.is_slow(poll):
        if entry.reading is None:
            return None
        if entry.reading.tally != shown:
            if entry.counting or entry.reading.is_due():
                return None
            counted = entry.reading.tally
    numbers = _numbers(entry, counted) if poll.anonymous and poll.phase(at) == Phase.OPEN else str(counted.version)
    # The last count of a poll that is slow to count, and the votes that have come since.
    return f"{here}.{numbers}" if counted.ballots == shown.ballots else f"{here}.{numbers}+{shown.ballots}"


def tag(place: str, *said: object) -> str:
    """An entity tag of results that stand there; `said` is all that this answer says besides, and to whom."""
    rest = hashlib.sha256(repr(said).encode(errors="replace")).hexdigest()[:8]
    return f'W/"{edition()}-{place}-{rest}"'


def _numbers(entry: Entry, shown: TallySnapshot) -> str:
    """Of a secret poll: two releases can stand for as many ballots, and say different things."""
    known, counted = entry.prints.get("numbers"), (entry.tally, entry.reading)
    if known is None or any(then is not now for then, now in zip(known[0], counted, strict=True)):
        # Only what is shown: that something was said for the first time is not, until it is let be seen.
        told = sorted((question, sorted(filter(_counts, said.items()))) for question, said in shown.counters.items())
        numbers = hashlib.sha256(repr((shown.ballots, told)).encode()).hexdigest()[:12]
        known = entry.prints["numbers"] = counted, numbers
    return str(known[1])


def _counts(line: tuple[str, int]) -> bool:
    return line[1] != 0


@cache
def edition() -> str:
    """Of the templates and the languages that this version of ours prints with: after an update all is said anew."""
    folders = [Path(settings.BASE_DIR) / "templates" / "ui", Path(settings.BASE_DIR) / "ui" / "locale"]
    files = sorted(path for folder in folders for path in folder.rglob("*") if path.suffix in {".html", ".mo"})
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in files)).hexdigest()[:8]
