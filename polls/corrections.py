"""What may still be done to a poll's questions when people have voted. Each deed leaves one public `Change`.

A text may be corrected, not exchanged; title and introduction, which nobody chooses, may say something else. A choice
may be withdrawn: votes for it stay counted and are shown as withdrawn; rankings and scores are counted as if it had not
been there. A choice may be added where earlier ballots lose nothing by it: to a rating, where each choice is graded by
itself, and to a multiple choice or an approval whose voters may change their vote. To single choice, rankings and
scores nothing is added: whoever has voted could not have chosen it.
Everything else is a copy.
"""

from collections.abc import Mapping
from datetime import datetime
from difflib import SequenceMatcher
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from polls import asking, lifecycle, refusals
from polls.models import Change, Choice, Poll, Question
from polls.terms import Kind, Phase, Policy, Status

ALIKE = 0.6
"""How much of a corrected text must be what it was, of 1."""

_CORRECTED = _("A text was corrected")
_ADDED = _("A choice was added")
_WITHDRAWN = _("A choice was withdrawn. Votes for it stay counted and are shown as withdrawn.")
_NOT_COMPARED = _("A choice was withdrawn. The ballots are counted as if it had not been on them.")
_REWORDED: Mapping[str, Promise | str] = {
    "title": _("The title was changed"),
    "intro": _("The introduction was changed"),
}


@transaction.atomic
def correct(text_of: Question | Choice, text: str, *, reason: str, editor: User | None) -> Change:
    """Mend the text of a question or a choice. Raises Forbidden for a text that says something else."""
    question = text_of if isinstance(text_of, Question) else text_of.question
    poll = _correctable(question.poll)
    _require_reason(reason)
    before, after = text_of.text, text.strip()
    _require(after and after != before, _("Write the corrected text."), field="text")
    other = _("That is another text, not a correction: voters chose what was there. Make a copy.")
    _require(are_alike(before, after), other, field="text")
    if isinstance(text_of, Choice):
        _require_new(question, after)
    type(text_of)._base_manager.filter(pk=text_of.pk).update(text=after)
    return _note(poll, _CORRECTED, before=before, after=after, reason=reason, editor=editor)


@transaction.atomic
def withdraw_choice(choice: Choice, *, reason: str, editor: User | None, at: datetime) -> Change:
    """Take a choice out of what can be chosen. Raises Forbidden after the close, or where too few would be left."""
    question = choice.question
    poll = _changeable(question.poll, at=at)
    _require_reason(reason)
    choice = Choice.objects.get(pk=choice.pk)
    _require(choice.withdrawn_at is None, _("This choice has been withdrawn already."), field="about")
    left = question.choices.filter(withdrawn_at=None).count() - 1
    fewest = max(lifecycle.FEWEST_CHOICES.get(Kind(question.kind), 2), question.seats + (question.seats > 1), 1)
    _require(left >= fewest, _("Too few choices would be left. Close the poll, and make a copy."), field="about")
    Choice.objects.filter(pk=choice.pk).update(withdrawn_at=at)
    what = _NOT_COMPARED if question.kind in {Kind.RANKED, Kind.SCORE} else _WITHDRAWN
    return _note(poll, what, before=choice.text, after="", reason=reason, editor=editor)


@transaction.atomic
def add_choice(question: Question, text: str, *, reason: str, editor: User | None, at: datetime) -> Change:
    """Offer one more choice. Raises Forbidden where that would make earlier ballots worth less."""
    poll = _changeable(question.poll, at=at)
    _require_reason(reason)
    _require(may_grow(question), _("Whoever has voted could not choose it: no choice can be added. Make a copy."))
    text = text.strip()
    _require(text, _("A choice needs a text."), field="text")
    _require_new(question, text)
    _require(question.choices.count() < asking.MOST_CHOICES, _("A question has 100 choices at most."), field="about")
    last = question.choices.order_by("-position").values_list("position", flat=True).first() or 0
    question.choices.create(text=text, position=last + 1)
    return _note(poll, _ADDED, before="", after=text, reason=reason, editor=editor)


def note_reworded(poll: Poll, before: Mapping[str, str], changes: Mapping[str, Any], *, editor: User | None) -> None:
    """List what the poll says above its questions, where it says something else now. `changes` may name more."""
    for name, what in _REWORDED.items():
        if name in changes:
            _note(poll, what, before=before[name], after=changes[name], reason="", editor=editor)


def are_alike(before: str, after: str) -> bool:
    """Whether a text is the same but for what was mended in it."""
    return SequenceMatcher(None, before.casefold(), after.casefold(), autojunk=False).ratio() >= ALIKE


def may_grow(question: Question) -> bool:
    """Whether a choice may be added when people have voted: see above."""
    poll = question.poll
    if question.kind == Kind.RATING:
        return True
    return question.kind in {Kind.MULTIPLE, Kind.APPROVAL} and poll.changes_allowed and poll.policy != Policy.OPEN


def possible(poll: Poll, *, at: datetime) -> tuple[str, ...]:
    """The names of the deeds above that can be done to a poll now."""
    if not poll.has_ballots() or poll.edits_forbidden or poll.status == Status.ARCHIVED:
        return ()
    if poll.phase(at) != Phase.OPEN:
        return ("correct",)
    grows = any(may_grow(question) for question in poll.questions.all())
    return ("correct", "withdraw_choice", *(("add_choice",) if grows else ()))


def check(poll: Poll) -> None:
    """Raises Forbidden where nothing can be done to what a poll asks: nobody voted, or it promised so."""
    _require(poll.has_ballots(), _("Nobody has voted yet: change it in the editor."))
    _require(not poll.edits_forbidden, _("The poll promised that nothing is edited once somebody has voted."))
    _require(poll.status != Status.ARCHIVED, _("The poll is archived."))


def _correctable(poll: Poll) -> Poll:
    """The poll, locked: no ballot comes in until the change is there."""
    poll = Poll.objects.select_for_update().get(pk=poll.pk)
    check(poll)
    return poll


def _changeable(poll: Poll, *, at: datetime) -> Poll:
    poll = _correctable(poll)
    _require(poll.phase(at) == Phase.OPEN, _("The poll is not open: what was voted on stays."))
    return poll


def _require_reason(reason: str) -> None:
    _require(reason.strip(), _("Say why: everyone can read it."), field="reason")


def _require_new(question: Question, text: str) -> None:
    taken = question.choices.filter(text=text).exists()
    _require(not taken, _("This question already has a choice with this text."), field="text")


def _require(condition: object, sentence: str | Promise, *, field: str = "") -> None:
    if not condition:
        raise refusals.Forbidden(sentence, field=field)


def _note(poll: Poll, what: Promise | str, *, before: str, after: str, reason: str, editor: User | None) -> Change:
    lifecycle.edited(poll)
    # It is read by everyone, so in the poll's language and not in the editor's.
    known = {code for code, _name in settings.LANGUAGES}
    with translation.override(poll.language if poll.language in known else settings.LANGUAGE_CODE):
        words = str(what)
    return Change.objects.create(
        poll=poll, what=words, before=before, after=after, reason=reason.strip()[:300], editor=editor
    )
