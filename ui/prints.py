"""Cards printed once and kept as bytes with holes: a fresh paper, or the voter's own mark, is put in per request.

A print hangs on a cache entry, so that it goes when the poll changes; results hang on what was read of the tally too.
"""

import json
import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, lru_cache, wraps
from typing import Any, Concatenate

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.html import escape, format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from polls import invitations, policies, quiz, refusals, tallies
from polls.kinds import MarkLine
from polls.snapshots import PollSnapshot
from polls.tallies import TallySnapshot
from polls.terms import Phase, Policy
from ui import etags, figures, linked_data, papers, portraits, themes
from ui.cache import Entry
from ui.faces import Face
from ui.forms import Ballot
from ui.portraits import Outcome
from ui.readings import Reading

MOST_SHAPES = 8
MOST_OWN = 64
MOST_AGAIN = 200
"""So many forms with choices kept hang on one poll."""

# Nobody outside can write a hole into a text: its name is drawn at each start.
_TOKEN = secrets.token_hex(8)
_HOLE = re.compile(rb"\[\[%s:([a-z0-9-]+)\]\]" % _TOKEN.encode())


@dataclass(frozen=True, slots=True)
class Print:
    """Bytes with holes: `pieces` has one more than `holes`, which hold the name of what goes between."""

    pieces: tuple[bytes, ...]
    holes: tuple[str, ...]

    def filled(self, contents: Mapping[str, bytes]) -> bytes:
        """The bytes with each hole filled; a hole that `contents` does not name stays empty."""
        if not self.holes:
            return self.pieces[0]
        parts = [self.pieces[0]]
        for hole, piece in zip(self.holes, self.pieces[1:], strict=True):
            parts += (contents.get(hole, b""), piece)
        return b"".join(parts)

    def with_some(self, contents: Mapping[str, bytes]) -> "Print":
        """The same with those holes filled that `contents` names, and the others left."""
        pieces, holes = [self.pieces[0]], []
        for hole, piece in zip(self.holes, self.pieces[1:], strict=True):
            if hole in contents:
                pieces[-1] += contents[hole] + piece
            else:
                holes.append(hole)
                pieces.append(piece)
        return Print(tuple(pieces), tuple(holes))


@dataclass(frozen=True, slots=True)
class _Results:
    """A card of results: printed for outcomes without numbers, and filled with those of this reading."""

    reading: Reading
    blank: Print
    shapes: tuple[tuple[tuple[Outcome, ...], Print], ...]
    """The last few that were printed: in a close race the lead goes to and fro."""
    own: dict[object, Print] = field(default_factory=dict)
    """With marks: of those who voted in one batch, many have chosen the same."""


@dataclass(frozen=True, slots=True)
class Personal:
    """What a card says to one visitor alone."""

    said: str = ""
    invites: bool = False
    """This visitor may still vote: then there is a way to the ballot."""
    again: bool = False
    """The vote can be changed or withdrawn."""
    invitation: str = ""
    receipt_code: str = ""
    receipt: str = ""
    """By this a voter whose browser keeps no cookie is known: to the results that refresh themselves, and on the way to
    the card in another language."""


NOBODY = Personal()


def hole(name: str) -> str:
    return mark_safe(f"[[{_TOKEN}:{name}]]")  # noqa: S308 -- our own token, letters and digits


def _in_its_language[**P](
    card: Callable[Concatenate[Entry, Face, P], bytes],
) -> Callable[Concatenate[Entry, Face, P], bytes]:
    """All that a card says is said in the language of its face."""

    def spoken(entry: Entry, face: Face, /, *args: P.args, **kwargs: P.kwargs) -> bytes:
        with translation.override(face.tongue.interface):
            return card(entry, face, *args, **kwargs)

    return wraps(card)(spoken)


@_in_its_language
def form(
    entry: Entry,
    face: Face,
    *,
    paper: str,
    at: datetime,
    order: int = 0,
    said: str = "",
    again: bool = False,
    invitation: str = "",
    name: str = "",
) -> bytes:
    """The empty form with its paper, its choices in one of a few orders.

    `again` for somebody who has voted; `name` of who is signed in.
    """
    code = invitations.normalised(invitation)
    key = ("form", face, order, said, again, code is not None)
    if key not in entry.prints:
        known = {"said": said, "again": again, "coded": code is not None, "invitation": hole("invitation")}
        known |= {"here": face.again_url(entry.poll.slug)} if again else {}
        context = _form_context(entry, face, at, order=order) | known | {"name": hole("name")}
        entry.prints[key] = _printed(entry, face, context)
    holes = {
        "paper": paper.encode(),
        "invitation": (invitations.grouped(code) if code else escape(invitation)).encode(errors="replace"),
        "name": escape(name).encode(),
        "along": f"&amp;invitation={invitations.grouped(code)}".encode() if code else b"",
    }
    fresh: bytes = entry.prints[key].filled(holes | _where(face))
    return fresh


@_in_its_language
def form_again(
    entry: Entry,
    face: Face,
    refusal: refusals.Refusal,
    kept: Ballot | None,
    *,
    at: datetime,
    order: int = 0,
    name: str = "",
) -> bytes:
    """The form after a refusal: what to mend, all that was said kept. The paper too, where nothing is wrong with it."""
    key = _key_of_many(entry, face, refusal, kept, order=order) if entry.poll.policy in _NAMELESS else None
    blank: Print | None = entry.prints.get(key)
    if blank is None:
        context = _form_context(entry, face, at, kept, order=order) | {"refusal": refusal, "name": name}
        context |= _identity(refusal, kept)
        if isinstance(refusal, refusals.WorkNeeded):
            context["challenge"] = hole("challenge")
        blank = _printed(entry, face, context)
        if key:
            _keep_again(entry, key, blank)
    filled = {"paper": _paper(entry, refusal, kept, at=at).encode()} | _where(face)
    if isinstance(refusal, refusals.WorkNeeded):
        filled["challenge"] = escape(json.dumps(refusal.challenge)).encode()
    return blank.filled(filled)


_NAMELESS = frozenset({Policy.BROWSER, Policy.NETWORK, Policy.OPEN})


def _key_of_many(
    entry: Entry, face: Face, refusal: refusals.Refusal, kept: Ballot | None, *, order: int
) -> tuple[object, ...] | None:
    """What refusals have in common that come by the thousand, when a house is full: the form with the same choices
    kept need not be printed for each of them. None for others.
    """
    if kept is None or not isinstance(refusal, refusals.WorkNeeded | refusals.Throttled | refusals.Busy):
        return None
    if any(answer.ranking or answer.scores or answer.text for answer in kept.answers):
        return None
    # Only what the form shows: made up numbers of choices must not make us print.
    known = {choice.id for question in entry.poll.questions for choice in question.choices}
    chosen = frozenset(choice for answer in kept.answers for choice in answer.choices if choice in known)
    asked = {question.id for question in entry.poll.questions}
    others = frozenset(answer.question for answer in kept.answers if answer.other and answer.question in asked)
    return "again", face, order, refusal.code, refusal.sentence, chosen, others


def _keep_again(entry: Entry, key: tuple[object, ...], blank: Print) -> None:
    there = [known for known in entry.prints if known[0] == "again"]
    if len(there) >= MOST_AGAIN:
        del entry.prints[there[0]]
    entry.prints[key] = blank


@_in_its_language
def sign_in(entry: Entry, face: Face, *, at: datetime) -> bytes:
    """The card of a poll by account for somebody who is not signed in."""
    key = ("sign-in", face)
    if key not in entry.prints:
        entry.prints[key] = _printed(entry, face, _context(entry, face, at) | {"signs_in": True})
    card: bytes = entry.prints[key].filled(_where(face))
    return card


@_in_its_language
def withdrawal(
    entry: Entry,
    face: Face,
    *,
    at: datetime,
    refusal: refusals.Refusal | None = None,
    slip: Ballot | None = None,
    invitation: str = "",
) -> bytes:
    """Asks once whether a vote is to be withdrawn, with a fresh paper."""
    context = _context(entry, face, at) | {"withdrawing": True, "refusal": refusal, "paper": hole("paper")}
    context |= {"here": face.withdraw_url(entry.poll.slug)}
    context |= _identity(refusal, slip or Ballot("", invitation=invitation))
    paper = {"paper": papers.issue(entry.poll.id, at=at).encode()}
    return _printed(entry, face, context).filled(paper | _where(face))


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
        printed=lambda context: _printed(entry, face, context | _shown(personal)),
    )
    place, behind = etags.place(entry, at=at) or "", _behind(entry, face, reading, at)
    whose = (tuple(mine), place, behind.get("behind"), face.base, face.origin)
    own = known.own.get(whose)
    if own is None:
        own = known.blank.with_some(_marks(entry, face, mine) | behind | {"place": place.encode()} | _where(face))
        if len(known.own) >= MOST_OWN:
            known.own.clear()
        known.own[whose] = own
    return own.filled(_carried(entry, face, personal))


def parts(entry: Entry, face: Face, reading: Reading, *, at: datetime, told: bool = False) -> bytes:
    """What moves in the results, without what is one voter's own; the same on a page and in a frame."""
    key = ("parts", face.tongue.language, face.away, entry.poll.phase(at), told)

    def printed(context: dict[str, object]) -> Print:
        return _blank(render_to_string("ui/live.html", context | {"base": hole("base") if face.away else ""}))

    known = _with_numbers(entry, face, key, reading, at=at, told=told, printed=printed)
    return known.blank.filled(_behind(entry, face, reading, at) | _where(face))


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
        unnumbered = next((there for shape, there in shapes if shape == outcomes), None)
        if unnumbered is None:
            unnumbered = printed(_results_context(entry, face, outcomes, at))
            shapes = ((outcomes, unnumbered), *shapes[: MOST_SHAPES - 1])
    known = entry.prints[key] = _Results(reading, unnumbered.with_some(numbers), shapes)
    return known


def _outcomes(
    entry: Entry, face: Face, reading: Reading, *, told: bool
) -> tuple[tuple[Outcome, ...], dict[str, bytes]]:
    """The results with holes for their numbers, and the numbers: once for every card that shows this reading."""
    key = ("outcomes", face.tongue, told)
    known = entry.prints.get(key)
    if known is None or known[0] is not reading:
        poll = _edition(entry, face)
        if (asked := entry.prints.get(("fields", face.tongue))) is None:
            asked = entry.prints["fields", face.tongue] = portraits.fields(poll)
        found = portraits.outcomes(poll, reading.results, hole, told=told, asked=asked)
        outcomes, numbers = portraits.with_holes(found, hole)
        numbers["votes"] = portraits.votes(reading.tally.ballots)
        numbers["aside"] = portraits.set_aside(reading.tally.set_aside)
        filled = {name: escape(said).encode() for name, said in numbers.items()}
        known = entry.prints[key] = reading, outcomes, filled
    return known[1], known[2]


@_in_its_language
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
    outcomes = portraits.outcomes(_edition(entry, face), nothing, hole, told=True)
    context = _context(entry, face, at) | {"outcomes": outcomes, "veiled": True, "why": why} | _shown(personal)
    return _printed(entry, face, context).filled(
        _marks(entry, face, mine) | _carried(entry, face, personal) | _where(face)
    )


@_in_its_language
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
    context = _context(entry, face, at) | {"refusal": refusal, "why": why} | _shown(personal)
    return _printed(entry, face, context).filled(_carried(entry, face, personal) | _where(face))


@_in_its_language
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
    filled = numbers | _marks(entry, face, mine) | _behind(entry, face, reading, at) | _where(face)
    return _printed(entry, face, context | {"refusal": refusal}).filled(filled)


def _paper(entry: Entry, refusal: refusals.Refusal, kept: Ballot | None, *, at: datetime) -> str:
    """The voter's own paper where it is still good: the same ballot again is then the same ballot."""
    if refusal.keeps_paper and kept:
        try:
            papers.read(kept.paper, poll=entry.poll.id, at=at)
        except refusals.Refusal:
            pass
        else:
            return kept.paper
    return papers.issue(entry.poll.id, at=at)


def _identity(refusal: refusals.Refusal | None, sent: Ballot | None) -> dict[str, object]:
    """The invitation as it was sent: hidden where it is as it should be, to be mended where it isn't."""
    text = sent.invitation if sent else ""
    mended = isinstance(refusal, refusals.InvitationUnknown) or invitations.normalised(text) is None
    return {"coded": not mended, "invitation": text}


def _shown(personal: Personal) -> dict[str, object]:
    told = {"said": personal.said, "invites": personal.invites, "again": personal.again}
    return told | {name: hole(name) for name in ("carried", "brought", "receipt", "voted")}


def _where(face: Face) -> dict[str, bytes]:
    return _placed(face.base, face.origin)


@lru_cache(maxsize=256)
def _placed(base: str, origin: str) -> dict[str, bytes]:
    return {"base": escape(base).encode(), "origin": escape(origin).encode()}


def _carried(entry: Entry, face: Face, personal: Personal) -> dict[str, bytes]:
    """The invitation for the links to the ballot, the receipt, and both for the way to the card in another language."""
    contents = {"voted": personal.receipt.encode()}
    along = f"&amp;receipt={personal.receipt}" if personal.receipt else ""
    if code := invitations.normalised(personal.invitation):
        carried = f"&amp;invitation={invitations.grouped(code)}"
        along += carried
        contents["carried"] = carried.encode()
        contents["brought"] = (carried if face.tongue.by_name else f"?invitation={invitations.grouped(code)}").encode()
    if personal.receipt_code:
        told = {"code": personal.receipt_code, "ballots_url": face.base + face.url("ballots", entry.poll.slug)}
        with translation.override(face.tongue.interface):
            contents["receipt"] = render_to_string("ui/receipt.html", told).encode()
    return contents | {"along": along.encode()}


def _results_context(entry: Entry, face: Face, outcomes: tuple[Outcome, ...], at: datetime) -> dict[str, object]:
    """The context of a card of results with holes for its numbers. Beside these it moves with the phase alone."""
    context: dict[str, object] = {"votes": hole("votes"), "set_aside": hole("aside"), "behind": hole("behind")}
    live = {"live_url": reverse("live", args=[entry.poll.slug]), "place": hole("place")}
    moves = entry.poll.phase(at) == Phase.OPEN
    context |= _context(entry, face, at) | {"outcomes": outcomes} | (live if moves else {})
    return context | {"here": face.results_url(entry.poll.slug)}


def _form_context(
    entry: Entry, face: Face, at: datetime, kept: Ballot | None = None, *, order: int
) -> dict[str, object]:
    fields = portraits.fields(_edition(entry, face), kept, order=order)
    return _context(entry, face, at) | {"fields": fields, "paper": hole("paper")}


def _context(entry: Entry, face: Face, at: datetime) -> dict[str, object]:
    told = {"poll": portraits.poll(_edition(entry, face), at=at), "is_over": entry.poll.phase(at) == Phase.CLOSED}
    # Of an open poll the results move, or the card turns into another one at the close.
    awaits = reverse("live-phase", args=[entry.poll.slug]) if entry.poll.phase(at) == Phase.OPEN else ""
    return told | {"strength": policies.strength(entry.poll), "awaits": awaits, "at": at}


def _edition(entry: Entry, face: Face) -> PollSnapshot:
    """The poll in the language of the face."""
    return entry.poll.in_language(face.tongue.language)


def _printed(entry: Entry, face: Face, context: dict[str, Any]) -> Print:
    slug = entry.poll.slug
    # Somebody else at this browser may have an invitation of their own.
    ballot_url = face.again_url(slug) if entry.poll.policy == Policy.INVITATION else face.form_url(slug)
    base = hole("base") if face.away else ""
    paths = {
        "form_url": face.form_url(slug),
        "vote_url": face.vote_url(slug),
        "results_url": face.results_url(slug),
        "again_url": face.again_url(slug),
        "withdraw_url": face.withdraw_url(slug),
        "ballot_url": ballot_url,
        "page_url": face.page_url(slug),
        "ballots_url": face.url("ballots", slug),
        "changes_url": face.url("changes", slug),
    }
    # What they are put into is HTML.
    place: dict[str, object] = {name: mark_safe(base + escape(path)) for name, path in paths.items()}  # noqa: S308 -- our paths
    place |= {"base": base, "framed": face.framed, "in_place": face.in_place}
    here = str(context.get("here", face.form_url(slug)))
    links = portraits.tongues(entry.poll, face.tongue.language, base + here)
    place |= {"tongues": links, "tongue": face.tongue.language, "along": hole("along")}
    if not (face.framed or face.fragment):
        told = linked_data.of(
            _edition(entry, face),
            at=context["at"],
            origin=hole("origin"),
            languages=entry.poll.languages,
            query=face.tongue.query,
        )
        place |= {"origin": hole("origin"), "told": told}
    dressed = {"fragment": face.fragment, "worn": themes.worn(entry.poll.theme)}
    return _blank(render_to_string(face.template, context | place | dressed))


def _blank(text: str) -> Print:
    pieces = _HOLE.split(text.encode())
    return Print(tuple(pieces[::2]), tuple(name.decode() for name in pieces[1::2]))


def _marks(entry: Entry, face: Face, mine: Sequence[MarkLine]) -> dict[str, bytes]:
    """What goes into the holes for one voter: a mark at each choice, with its rank or grade, and the quiz's verdict."""
    if not mine:
        return {}
    ticked = _ticked(face.tongue.interface)
    filled = {f"mark-{mark.choice or f'other-{mark.question}'}": ticked for mark in mine if mark.score is None}
    if not quiz.is_quiz(entry.poll) and all(mark.rank is None and mark.score is None for mark in mine):
        return filled
    return filled | {name: content.encode() for name, content in _words_of_marks(entry, mine).items()}


@cache
def _ticked(language: str) -> bytes:
    with translation.override(language):
        return format_html('<span role="img" aria-label="{}">✓</span>', _("your choice")).encode()


def _words_of_marks(entry: Entry, mine: Sequence[MarkLine]) -> dict[str, str]:
    filled: dict[str, str] = {}
    for mark in mine:
        if said := _said_of(mark):
            filled[f"own-{mark.choice}"] = format_html(' <small class="tag">{}</small>', said)
    for question in entry.poll.questions:
        right = quiz.is_right(question, mine)
        if right is not None:
            verdict = _("Your answer is right.") if right else _("Your answer is not right.")
            filled[f"verdict-{question.id}"] = verdict
    return filled


def _said_of(mark: MarkLine) -> str:
    if mark.rank is not None:
        return _("your rank: %(number)s") % {"number": figures.count(mark.rank)}
    if mark.score is not None:
        return _("you gave %(number)s") % {"number": figures.count(mark.score)}
    return ""


def _behind(entry: Entry, face: Face, reading: Reading, at: datetime) -> dict[str, bytes]:
    """What to say where the last count lacks votes that have come since."""
    lacking = entry.tally.shown(entry.poll, at=at).ballots - reading.tally.ballots
    if lacking <= 0:
        return {}
    with translation.override(face.tongue.interface):
        said = ngettext("%(number)s more is being counted.", "%(number)s more are being counted.", lacking)
        return {"behind": (said % {"number": figures.count(lacking)}).encode()}
