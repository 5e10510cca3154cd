"""The ballot's form, empty or with what is to be mended, and what stands in its place: signing in, withdrawing."""

import json
from collections.abc import Sequence
from datetime import datetime

from django.utils.html import escape

from polls import invitations, refusals
from polls.kinds import MarkLine, answers_of
from polls.terms import Policy
from ui import papers, portraits
from ui.entries import Entry
from ui.faces import Face
from ui.forms import Ballot
from ui.prints import cards
from ui.prints.blanks import Print, hole

MOST_AGAIN = 200
"""So many forms with choices kept hang on one poll."""

_NAMELESS = frozenset({Policy.BROWSER, Policy.NETWORK, Policy.OPEN})


@cards.in_its_language
def form(
    entry: Entry,
    face: Face,
    *,
    paper: str,
    at: datetime,
    order: int = 0,
    said: str = "",
    again: bool = False,
    earlier: Sequence[MarkLine] = (),
    invitation: str = "",
    name: str = "",
) -> bytes:
    """The form with its paper, its choices in one of a few orders.

    `again` for somebody who has voted, `earlier` what they voted, with which the form then begins; `name` of who is
    signed in.
    """
    code = invitations.normalised(invitation)
    key = ("form", face, order, said, again, code is not None)
    blank: Print | None = None if earlier else entry.prints.get(key)
    if blank is None:
        known = {"said": said, "again": again, "coded": code is not None, "begins": bool(earlier)}
        kept = Ballot("", answers_of(earlier)) if earlier else None

        def write(any_such: Entry) -> str:
            here = {"here": face.again_url(any_such.poll.slug)} if again else {}
            holes = {"invitation": hole("invitation"), "name": hole("name")}
            fields = _form_context(any_such, face, at, kept, order=order)
            return cards.written(any_such, face, fields | known | here | holes)

        if earlier:
            blank = cards.print_of(entry, face, at, write(entry))
        else:
            alike = ("form", face, said, again, code is not None)
            blank = entry.prints[key] = cards.shared(entry, face, at, alike, write, order=order)
    holes = {
        "paper": paper.encode(),
        "invitation": (invitations.grouped(code) if code else escape(invitation)).encode(errors="replace"),
        "name": escape(name).encode(),
        "along": f"&amp;invitation={invitations.grouped(code)}".encode() if code else b"",
    }
    return blank.filled(holes | cards.where(face))


@cards.in_its_language
def form_again(
    entry: Entry,
    face: Face,
    refusal: refusals.Refusal,
    kept: Ballot | None,
    *,
    at: datetime,
    order: int = 0,
    again: bool = False,
    name: str = "",
) -> bytes:
    """The form after a refusal: what to mend, all that was said kept. The paper too, where nothing is wrong with it."""
    key = _key_of_many(entry, face, refusal, kept, order=order, again=again) if entry.poll.policy in _NAMELESS else None
    blank: Print | None = entry.prints.get(key)
    if blank is None:
        context = _form_context(entry, face, at, kept, order=order, refusal=refusal)
        context |= {"again": again, "name": name}
        context |= _identity(refusal, kept)
        if isinstance(refusal, refusals.WorkNeeded):
            context["challenge"] = hole("challenge")
        blank = cards.printed(entry, face, context)
        if key:
            _keep_again(entry, key, blank)
    filled = {"paper": _paper(entry, refusal, kept, at=at).encode()} | cards.where(face)
    if isinstance(refusal, refusals.WorkNeeded):
        filled["challenge"] = escape(json.dumps(refusal.challenge)).encode()
    return blank.filled(filled)


def _key_of_many(
    entry: Entry, face: Face, refusal: refusals.Refusal, kept: Ballot | None, *, order: int, again: bool
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
    return "again", face, order, again, refusal.code, refusal.sentence, chosen, others


def _keep_again(entry: Entry, key: tuple[object, ...], blank: Print) -> None:
    there = [known for known in entry.prints if known[0] == "again"]
    if len(there) >= MOST_AGAIN:
        del entry.prints[there[0]]
    entry.prints[key] = blank


@cards.in_its_language
def sign_in(entry: Entry, face: Face, *, at: datetime) -> bytes:
    """The card of a poll by account for somebody who is not signed in."""
    key = ("sign-in", face)
    if key not in entry.prints:

        def write(any_such: Entry) -> str:
            return cards.written(any_such, face, cards.context(any_such, face, at) | {"signs_in": True})

        entry.prints[key] = cards.shared(entry, face, at, key, write)
    card: bytes = entry.prints[key].filled(cards.where(face))
    return card


@cards.in_its_language
def withdrawal(
    entry: Entry,
    face: Face,
    *,
    at: datetime,
    refusal: refusals.Refusal | None = None,
    slip: Ballot | None = None,
    invitation: str = "",
    name: str = "",
    mine: Sequence[MarkLine] = (),
) -> bytes:
    """Asks once whether a vote is to be withdrawn, which is `mine`, with a fresh paper; `name` of who is signed in."""
    context = cards.context(entry, face, at) | {"withdrawing": True, "refusal": refusal, "paper": hole("paper")}
    context |= {"here": face.withdraw_url(entry.poll.slug), "mine": portraits.said(cards.edition(entry, face), mine)}
    context["name"] = name
    context |= _identity(refusal, slip or Ballot("", invitation=invitation))
    paper = {"paper": papers.issue(entry.poll.id, at=at).encode()}
    return cards.printed(entry, face, context).filled(paper | cards.where(face))


def _form_context(
    entry: Entry,
    face: Face,
    at: datetime,
    kept: Ballot | None = None,
    *,
    order: int,
    refusal: refusals.Refusal | None = None,
) -> dict[str, object]:
    fields = portraits.fields(cards.edition(entry, face), kept, order=order, refusal=refusal)
    first = next((field.id for field in fields if field.fault), None)
    told = {"fields": fields, "refusal": refusal, "first_fault": first, "paper": hole("paper")}
    return cards.context(entry, face, at) | told


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
    miscoded = isinstance(refusal, refusals.InvitationUnknown | refusals.InvitationMissing)
    mended = isinstance(refusal, refusals.InvitationUnknown) or invitations.normalised(text) is None
    return {"coded": not mended, "invitation": text, "miscoded": miscoded}
