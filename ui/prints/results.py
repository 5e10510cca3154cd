"""The results, and what stands in their place where they are hidden."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from html import escape

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from polls import refusals, tallies
from polls.kinds import MarkLine
from polls.snapshots import PollSnapshot
from polls.tallies import TallySnapshot
from polls.terms import Phase
from ui import etags, portraits, readings
from ui.entries import Entry, Reading
from ui.faces import Face
from ui.portraits import Outcome
from ui.prints import cards, patterns
from ui.prints.blanks import Print, hole
from ui.prints.personal import NOBODY, Personal, carried, marks, shown

MOST_SHAPES = 8
MOST_OWN = 64


@dataclass(frozen=True, slots=True)
class _Results:
    """A card of results: printed for outcomes without numbers, and filled with those of this reading."""

    reading: Reading
    blank: Print
    shapes: tuple[tuple[Hashable, Print], ...]
    """The last few that were printed: in a close race the order of what is ranked goes to and fro."""
    own: dict[object, Print] = field(default_factory=dict)
    """With marks: of those who voted in one batch, many have chosen the same."""


def results(
    entry: Entry,
    face: Face,
    reading: Reading,
    *,
    at: datetime,
    personal: Personal = NOBODY,
    mine: Sequence[MarkLine] = (),
    told: bool = False,
) -> bytes:
    """The results with the voter's own marks. Ask `tallies.may_see` first.

    `told` when the right answers of a quiz may be known.
    """
    key = ("results", face, entry.poll.phase(at), personal.said, personal.invites, personal.again, told)
    known = _with_numbers(
        entry,
        face,
        key,
        reading,
        at=at,
        told=told,
        write=lambda entry, context: cards.written(entry, face, context | shown(personal)),
    )
    place, behind = etags.place(entry, at=at) or "", _behind(entry, face, reading, at)
    whose = (tuple(mine), place, behind.get("behind"), face.base, face.origin)
    own = known.own.get(whose)
    if own is None:
        own = known.blank.with_some(marks(entry, face, mine) | behind | {"place": place.encode()} | cards.where(face))
        if len(known.own) >= MOST_OWN:
            known.own.clear()
        known.own[whose] = own
    return own.filled(carried(entry, face, personal))


def parts(entry: Entry, face: Face, reading: Reading, *, at: datetime, told: bool = False) -> bytes:
    """What moves in the results, without what is one voter's own; the same on a page and in a frame."""
    key = ("parts", face.tongue.language, face.away, entry.poll.phase(at), told)

    def write(_entry: Entry, context: dict[str, object]) -> str:
        return render_to_string("ui/live.html", context | {"base": hole("base") if face.away else ""})

    known = _with_numbers(entry, face, key, reading, at=at, told=told, write=write)
    return known.blank.filled(_behind(entry, face, reading, at) | cards.where(face))


@cards.in_its_language
def results_refused(
    entry: Entry,
    face: Face,
    reading: Reading,
    refusal: refusals.Refusal,
    *,
    at: datetime,
    mine: Sequence[MarkLine] = (),
    told: bool = False,
) -> bytes:
    """The results under a refusal."""
    numbers = _beside(reading)
    outcomes = _outcomes(entry, face, reading, numbers, told=told)
    context = _results_context(entry, face, outcomes, at)
    filled = _as_html(numbers) | marks(entry, face, mine) | _behind(entry, face, reading, at) | cards.where(face)
    # Who knows the place does not ask for the whole card at once, which comes without the refusal.
    place = (etags.place(entry, at=at) or "").encode()
    return cards.printed(entry, face, context | {"refusal": refusal}).filled(filled | {"place": place})


@cards.in_its_language
def veiled(
    entry: Entry,
    face: Face,
    *,
    at: datetime,
    personal: Personal = NOBODY,
    mine: Sequence[MarkLine] = (),
    refusal: refusals.Refusal | None = None,
    why: refusals.Refusal | None = None,
) -> bytes:
    """A ballot was counted and no results are shown: the choices as they stood, the voter's own ones marked."""

    def write(any_such: Entry) -> str:
        # From an empty tally: what must not be seen is not there.
        nothing = tallies.results(any_such.poll, TallySnapshot())
        outcomes = portraits.outcomes(any_such.poll, nothing, hole, told=True)
        said = {"outcomes": outcomes, "veiled": True, "refusal": refusal, "why": why} | shown(personal)
        return cards.written(any_such, face, cards.context(any_such, face, at) | said)

    if refusal:
        blank = cards.print_of(entry, face, at, write(entry))
    else:
        blank = _kept(entry, face, ("veiled", _said(personal), why and why.code), at, write)
    return blank.filled(marks(entry, face, mine) | carried(entry, face, personal) | cards.where(face))


@cards.in_its_language
def note(
    entry: Entry,
    face: Face,
    *,
    at: datetime,
    personal: Personal = NOBODY,
    refusal: refusals.Refusal | None = None,
    why: refusals.Refusal | None = None,
) -> bytes:
    """A card without form or results. `refusal` answers a deed; `why` says calmly what is not there to be seen."""

    def write(any_such: Entry) -> str:
        said = {"refusal": refusal, "why": why} | shown(personal)
        return cards.written(any_such, face, cards.context(any_such, face, at) | said)

    if refusal:
        blank = cards.print_of(entry, face, at, write(entry))
    else:
        blank = _kept(entry, face, ("note", _said(personal), why and why.code), at, write)
    return blank.filled(carried(entry, face, personal) | cards.where(face))


def _said(personal: Personal) -> Hashable:
    return personal.said, personal.invites, personal.again


def _kept(entry: Entry, face: Face, said: Hashable, at: datetime, write: Callable[[Entry], str]) -> Print:
    """A card without numbers."""
    key = (said, face, entry.poll.phase(at))
    blank: Print | None = entry.prints.get(key)
    if blank is None:
        blank = entry.prints[key] = cards.shared(entry, face, at, key, write)
    return blank


def _with_numbers(
    entry: Entry,
    face: Face,
    key: Hashable,
    reading: Reading,
    *,
    at: datetime,
    told: bool,
    write: Callable[[Entry, dict[str, object]], str],
) -> _Results:
    """The print with the numbers of a reading. What the next vote changes is mostly these, and nothing is printed."""
    known: _Results | None = entry.prints.get(key)
    if known is not None and known.reading is reading:
        return known
    with translation.override(face.tongue.interface):
        now = _told(entry, face, reading, at=at, told=told)
        shapes = known.shapes if known else ()
        unnumbered = next((there for shape, there in shapes if shape is now.shape or shape == now.shape), None)
        if unnumbered is None:
            unnumbered = _unnumbered(entry, face, key, now, at=at, told=told, write=write)
            shapes = ((now.shape, unnumbered), *shapes[: MOST_SHAPES - 1])
    known = entry.prints[key] = _Results(reading, unnumbered.with_some(now.numbers), shapes)
    return known


def _unnumbered(
    entry: Entry,
    face: Face,
    key: Hashable,
    now: "_Told",
    *,
    at: datetime,
    told: bool,
    write: Callable[[Entry, dict[str, object]], str],
) -> Print:
    if now.own and now.outcomes:
        return cards.print_of(entry, face, at, write(entry, _results_context(entry, face, now.outcomes, at)))

    def write_any(such: Entry) -> str:
        outcomes = now.outcomes or _outcomes_alike(such.poll, now.reading, {}, told=told)
        return write(such, _results_context(such, face, outcomes, at))

    return cards.shared(entry, face, at, (key, now.shape), write_any)


@dataclass(frozen=True, slots=True)
class _Told:
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


def _told(entry: Entry, face: Face, reading: Reading, *, at: datetime, told: bool) -> _Told:
    """The results with holes for their numbers, and the numbers: once for every card that shows this reading."""
    key = ("outcomes", face.tongue, told)
    known: _Told | None = entry.prints.get(key)
    if known is None or known.reading is not reading:
        poll, numbers = cards.edition(entry, face), _beside(reading)
        outline, outcomes = portraits.outline(poll, reading.results), None
        # What was written, and sentences about a count, are no other poll's.
        own = any(result.comparison or result.texts for result in reading.results)
        if outline is not None:
            numbers |= portraits.numbers(poll, reading.results)
        elif own:
            outcomes = _outcomes(entry, face, reading, numbers, told=told)
        else:
            pattern, asked = _pattern(entry, face, at)
            there: dict[str, object] = {}
            outcomes = _outcomes_alike(pattern.poll, reading, there, told=told, asked=asked)
            numbers |= zip(pattern.filled("\n".join(there)).split("\n"), there.values(), strict=True)
        known = entry.prints[key] = _Told(reading, outline, outcomes, own, _as_html(numbers))
    return known


def _pattern(entry: Entry, face: Face, at: datetime) -> tuple[patterns.Pattern, Sequence[portraits.Field]]:
    """Of a poll whose outcomes are worked out with each reading."""
    key = ("pattern", face.tongue, entry.poll.phase(at))
    if key not in entry.prints:
        pattern = patterns.of(cards.edition(entry, face), entry.poll.phase(at))
        entry.prints[key] = pattern, portraits.fields(pattern.poll)
    known: tuple[patterns.Pattern, Sequence[portraits.Field]] = entry.prints[key]
    return known


def _outcomes_alike(
    pattern: PollSnapshot,
    reading: Reading,
    numbers: dict[str, object],
    *,
    told: bool,
    asked: Sequence[portraits.Field] = (),
) -> tuple[Outcome, ...]:
    results = patterns.results(pattern, reading.results)
    return portraits.outcomes(pattern, results, hole, told=told, asked=asked, into=_into(numbers))


def _beside(reading: Reading) -> dict[str, object]:
    return {
        "votes": portraits.votes(reading.tally.ballots),
        "aside": portraits.set_aside(reading.tally.set_aside),
    }


def _outcomes(
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


def _as_html(numbers: dict[str, object]) -> dict[str, bytes]:
    return {name: _written(said) for name, said in numbers.items()}


@lru_cache(maxsize=4096)
def _written(said: object) -> bytes:
    # Most numbers are the same after the next vote. Not by Django's `escape`, which first asks whether it is a promise.
    return escape(str(said)).encode()


def _results_context(entry: Entry, face: Face, outcomes: tuple[Outcome, ...], at: datetime) -> dict[str, object]:
    """The context of a card of results with holes for its numbers. Beside these it moves with the phase alone."""
    context: dict[str, object] = {"votes": hole("votes"), "set_aside": hole("aside"), "behind": hole("behind")}
    live = {"live_url": reverse("live", args=[entry.poll.slug]), "place": hole("place")}
    moves = entry.poll.phase(at) == Phase.OPEN
    context |= cards.context(entry, face, at) | {"outcomes": outcomes} | (live if moves else {})
    return context | {"here": face.results_url(entry.poll.slug)}


def _behind(entry: Entry, face: Face, reading: Reading, at: datetime) -> dict[str, bytes]:
    """What to say where the last count lacks votes that have come since."""
    lacking = readings.lacking(entry, reading, at=at)
    if lacking <= 0:
        return {}
    with translation.override(face.tongue.interface):
        return {"behind": portraits.behind(lacking).encode()}
