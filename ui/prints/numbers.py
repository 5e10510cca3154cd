"""The numbers of results apart from all else, so that the next vote prints nothing but these."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from html import escape

from polls.snapshots import PollSnapshot
from ui import portraits
from ui.entries import Entry, Reading
from ui.faces import Face
from ui.portraits import Outcome
from ui.prints import cards, patterns
from ui.prints.blanks import hole


@dataclass(frozen=True, slots=True)
class Separated:
    """A reading in one language, with holes for its numbers."""

    reading: Reading
    outline: Hashable | None
    outcomes: tuple[Outcome, ...] | None
    """None where an outline says all that there is besides numbers."""
    own: bool
    """The outcomes hold words of this poll alone; else they are those of its pattern."""
    numbers: dict[str, bytes]

    @property
    def shape(self) -> Hashable:
        """Of two with one shape the numbers alone differ."""
        return self.outcomes or self.outline


def separated(entry: Entry, face: Face, reading: Reading, *, at: datetime, told: bool) -> Separated:
    """The results with holes for their numbers, and the numbers: once for every card that shows this reading."""
    key = ("outcomes", face.tongue, told)
    known: Separated | None = entry.prints.get(key)
    if known is None or known.reading is not reading:
        poll, numbers = cards.edition(entry, face), beside(reading)
        outline, outcomes = portraits.outline(poll, reading.results), None
        # What was written, and sentences about a count, are no other poll's.
        own = any(result.comparison or result.texts for result in reading.results)
        if outline is not None:
            numbers |= portraits.numbers(poll, reading.results)
        elif own:
            outcomes = outcomes_of(entry, face, reading, numbers, told=told)
        else:
            pattern, asked = _pattern(entry, face, at)
            there: dict[str, object] = {}
            outcomes = outcomes_alike(pattern.poll, reading, there, told=told, asked=asked)
            numbers |= zip(pattern.filled("\n".join(there)).split("\n"), there.values(), strict=True)
        known = entry.prints[key] = Separated(reading, outline, outcomes, own, as_html(numbers))
    return known


def _pattern(entry: Entry, face: Face, at: datetime) -> tuple[patterns.Pattern, Sequence[portraits.Field]]:
    """Of a poll whose outcomes are worked out with each reading."""
    key = ("pattern", face.tongue, entry.poll.phase(at))
    if key not in entry.prints:
        pattern = patterns.of(cards.edition(entry, face), entry.poll.phase(at))
        entry.prints[key] = pattern, portraits.fields(pattern.poll)
    known: tuple[patterns.Pattern, Sequence[portraits.Field]] = entry.prints[key]
    return known


def outcomes_alike(
    pattern: PollSnapshot,
    reading: Reading,
    numbers: dict[str, object],
    *,
    told: bool,
    asked: Sequence[portraits.Field] = (),
) -> tuple[Outcome, ...]:
    results = patterns.results(pattern, reading.results)
    return portraits.outcomes(pattern, results, hole, told=told, asked=asked, into=_into(numbers))


def beside(reading: Reading) -> dict[str, object]:
    """The numbers that stand beside the outcomes."""
    return {
        "votes": portraits.votes(reading.tally.ballots),
        "aside": portraits.set_aside(reading.tally.set_aside),
    }


def outcomes_of(
    entry: Entry, face: Face, reading: Reading, numbers: dict[str, object], *, told: bool
) -> tuple[Outcome, ...]:
    """The results with holes; what goes into these is put into `numbers`."""
    poll = cards.edition(entry, face)
    if (asked := entry.prints.get(("fields", face.tongue))) is None:
        asked = entry.prints["fields", face.tongue] = portraits.fields(poll)
    return portraits.outcomes(poll, reading.results, hole, told=told, asked=asked, into=_into(numbers))


def _into(numbers: dict[str, object]) -> portraits.Into:
    def into(name: str, said: object) -> str:
        numbers[name] = said
        return hole(name)

    return into


def as_html(numbers: dict[str, object]) -> dict[str, bytes]:
    return {name: _written(said) for name, said in numbers.items()}


@lru_cache(maxsize=4096)
def _written(said: object) -> bytes:
    # Most numbers are the same after the next vote. Not by Django's `escape`, which first asks whether it is a promise.
    return escape(str(said)).encode()
