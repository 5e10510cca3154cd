"""The results, which move with each vote: a card of them, their parts, and the card under a refusal."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from polls import refusals
from polls.kinds import MarkLine
from polls.terms import Phase
from ui import etags, portraits, readings
from ui.entries import Entry, Reading
from ui.faces import Face
from ui.portraits import Outcome
from ui.prints import cards, numbers
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
    beside = numbers.beside(reading)
    outcomes = numbers.outcomes_of(entry, face, reading, beside, told=told)
    context = _results_context(entry, face, outcomes, at)
    filled = numbers.as_html(beside) | marks(entry, face, mine) | _behind(entry, face, reading, at) | cards.where(face)
    # Who knows the place does not ask for the whole card at once, which comes without the refusal.
    place = (etags.place(entry, at=at) or "").encode()
    return cards.printed(entry, face, context | {"refusal": refusal}).filled(filled | {"place": place})


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
        now = numbers.separated(entry, face, reading, at=at, told=told)
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
    now: numbers.Separated,
    *,
    at: datetime,
    told: bool,
    write: Callable[[Entry, dict[str, object]], str],
) -> Print:
    if now.own and now.outcomes:
        return cards.print_of(entry, face, at, write(entry, _results_context(entry, face, now.outcomes, at)))

    def write_any(such: Entry) -> str:
        outcomes = now.outcomes or numbers.outcomes_alike(such.poll, now.reading, {}, told=told)
        return write(such, _results_context(such, face, outcomes, at))

    return cards.shared(entry, face, at, (key, now.shape), write_any)


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
