"""What a card says to one visitor alone: thanks, a receipt, the way to the ballot, and the voter's own marks."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.html import format_html
from django.utils.translation import gettext as _

from polls import figures, invitations, quiz
from polls.kinds import MarkLine
from ui.entries import Entry
from ui.faces import Face
from ui.prints.blanks import hole


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


def shown(personal: Personal) -> dict[str, object]:
    told = {"said": personal.said, "invites": personal.invites, "again": personal.again}
    return told | {name: hole(name) for name in ("brought", "receipt", "voted")}


def carried(entry: Entry, face: Face, personal: Personal) -> dict[str, bytes]:
    """The receipt, and with the invitation for the ways to another card: by it who is not known again is told so."""
    contents = {"voted": personal.receipt.encode()}
    along = f"&amp;receipt={personal.receipt}" if personal.receipt else ""
    if code := invitations.normalised(personal.invitation):
        along += f"&amp;invitation={invitations.grouped(code)}"
    if personal.receipt_code:
        told = {"code": personal.receipt_code, "ballots_url": face.base + face.url("ballots", entry.poll.slug)}
        with translation.override(face.tongue.interface):
            contents["receipt"] = render_to_string("ui/receipt.html", told).encode()
    brought = along if face.tongue.by_name or not along else f"?{along.removeprefix('&amp;')}"
    return contents | {"along": along.encode(), "brought": brought.encode()}


def marks(entry: Entry, face: Face, mine: Sequence[MarkLine]) -> dict[str, bytes]:
    """What goes into the holes for one voter: a mark at each choice, with its rank or grade, and the quiz's verdict."""
    if not mine:
        return {}
    quizzes, interface = quiz.is_quiz(entry.poll), face.tongue.interface
    wrong = quiz.wrong(entry.poll) if quizzes else frozenset()
    filled = {
        f"mark-{mark.choice or f'other-{mark.question}'}": _ticked(interface, wrong=mark.choice in wrong)
        for mark in mine
        if mark.score is None
    }
    if not quizzes and all(mark.rank is None and mark.score is None for mark in mine):
        return filled
    with translation.override(face.tongue.interface):
        return filled | {name: content.encode() for name, content in _words_of_marks(entry, mine).items()}


@cache
def _ticked(language: str, *, wrong: bool) -> bytes:
    with translation.override(language):
        said, sign = (_("your choice, not right"), "✗") if wrong else (_("your choice"), "✓")
        return format_html('<span role="img" aria-label="{}">{}</span>', said, sign).encode()


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
