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
from polls.tallies import TallySnapshot
from polls.terms import Phase
from ui import etags, portraits, readings
from ui.cache import Entry
from ui.faces import Face
from ui.portraits import Outcome
from ui.prints import cards
from ui.prints.blanks import Print, hole
from ui.prints.personal import NOBODY, Personal, carried, marks, shown
from ui.readings import Reading

MOST_SHAPES = 8
MOST_OWN = 64


@dataclass(frozen=True, slots=True)
class _Results:
    """A card of results: printed for outcomes without numbers, and filled with those of this reading."""

    reading: Reading
    blank: Print
    shapes: tuple[tuple[tuple[Outcome, ...], Print], ...]
    """The last few that were printed: in a close race the lead goes to and fro."""
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
        printed=lambda context: cards.printed(entry, face, context | shown(personal)),
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

    def printed(context: dict[str, object]) -> Print:
        return Print.of(render_to_string("ui/live.html", context | {"base": hole("base") if face.away else ""}))

    known = _with_numbers(entry, face, key, reading, at=at, told=told, printed=printed)
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
    outcomes, numbers = _outcomes(entry, face, reading, told=told)
    context = _results_context(entry, face, outcomes, at)
    filled = numbers | marks(entry, face, mine) | _behind(entry, face, reading, at) | cards.where(face)
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
    why: refusals.Refusal | None = None,
) -> bytes:
    """A ballot was counted and no results are shown: the choices as they stood, the voter's own ones marked."""
    # From an empty tally: what must not be seen is not there.
    nothing = tallies.results(entry.poll, TallySnapshot())
    outcomes = portraits.outcomes(cards.edition(entry, face), nothing, hole, told=True)
    context = cards.context(entry, face, at) | {"outcomes": outcomes, "veiled": True, "why": why} | shown(personal)
    return cards.printed(entry, face, context).filled(
        marks(entry, face, mine) | carried(entry, face, personal) | cards.where(face)
    )


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
    context = cards.context(entry, face, at) | {"refusal": refusal, "why": why} | shown(personal)
    return cards.printed(entry, face, context).filled(carried(entry, face, personal) | cards.where(face))


def _with_numbers(
    entry: Entry,
    face: Face,
    key: object,
    reading: Reading,
    *,
    at: datetime,
    told: bool,
    printed: Callable[[dict[str, object]], Print],
) -> _Results:
    """The print with the numbers of a reading. What the next vote changes is mostly these, and nothing is printed."""
    known: _Results | None = entry.prints.get(key)
    if known is not None and known.reading is reading:
        return known
    with translation.override(face.tongue.interface):
        outcomes, numbers = _outcomes(entry, face, reading, told=told)
        shapes = known.shapes if known else ()
        unnumbered = next((there for shape, there in shapes if shape is outcomes or shape == outcomes), None)
        if unnumbered is None:
            unnumbered = printed(_results_context(entry, face, outcomes, at))
            shapes = ((outcomes, unnumbered), *shapes[: MOST_SHAPES - 1])
    known = entry.prints[key] = _Results(reading, unnumbered.with_some(numbers), shapes)
    return known


@dataclass(frozen=True, slots=True)
class _Told:
    """A reading in one language, with holes for its numbers."""

    reading: Reading
    outline: Hashable
    outcomes: tuple[Outcome, ...]
    numbers: dict[str, bytes]


def _outcomes(
    entry: Entry, face: Face, reading: Reading, *, told: bool
) -> tuple[tuple[Outcome, ...], dict[str, bytes]]:
    """The results with holes for their numbers, and the numbers: once for every card that shows this reading."""
    key = ("outcomes", face.tongue, told)
    known: _Told | None = entry.prints.get(key)
    if known is None or known.reading is not reading:
        poll = cards.edition(entry, face)
        numbers: dict[str, object] = {"votes": portraits.votes(reading.tally.ballots)}
        numbers["aside"] = portraits.set_aside(reading.tally.set_aside)
        outline = portraits.outline(poll, reading.results)
        if known and outline is not None and outline == known.outline:
            outcomes = known.outcomes
            numbers |= portraits.numbers(poll, reading.results)
        else:
            outcomes = _told(entry, face, reading, numbers, told=told)
        filled = {name: _written(said) for name, said in numbers.items()}
        known = entry.prints[key] = _Told(reading, outline, outcomes, filled)
    return known.outcomes, known.numbers


def _told(entry: Entry, face: Face, reading: Reading, numbers: dict[str, object], *, told: bool) -> tuple[Outcome, ...]:
    """The results with holes; what goes into these is put into `numbers`."""
    poll = cards.edition(entry, face)
    if (asked := entry.prints.get(("fields", face.tongue))) is None:
        asked = entry.prints["fields", face.tongue] = portraits.fields(poll)

    def into(name: str, said: object) -> str:
        numbers[name] = said
        return hole(name)

    return portraits.outcomes(poll, reading.results, hole, told=told, asked=asked, into=into)


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
