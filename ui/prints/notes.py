"""What stands in the place of results: a card that shows none."""

from collections.abc import Callable, Hashable, Sequence
from datetime import datetime

from polls import refusals, tallies
from polls.kinds import MarkLine
from polls.tallies import TallySnapshot
from ui import portraits
from ui.entries import Entry
from ui.faces import Face
from ui.prints import cards
from ui.prints.blanks import Print, hole
from ui.prints.personal import NOBODY, Personal, carried, marks, shown


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
