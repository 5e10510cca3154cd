"""Texts that voters wrote: shown or hidden by an editor, and write-ins merged, counters following.

A text waits until an editor shows or hides it. Both can be taken back, and so can a merge: the ballot keeps what its
voter wrote.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Count, F, Min, Q, QuerySet, TextField, Value
from django.db.models.functions import Coalesce
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from polls import lifecycle, notices, refusals, snapshots, tallies
from polls.ballots.changes import marks_of
from polls.ballots.counts import Moves
from polls.models import Ballot, Change, Choice, Mark, Poll
from polls.snapshots import PollSnapshot
from polls.terms import Kind, Moderation, Phase

_MERGED = _("Write-ins were counted as votes for a choice.")
_PARTED = _("Write-ins that had been counted as votes for a choice stand for themselves again.")

_STATES = {
    Moderation.WAITING: Q(choice=None, shown_at=None, hidden_at=None),
    Moderation.SHOWN: Q(choice=None, shown_at__isnull=False),
    Moderation.HIDDEN: Q(choice=None, hidden_at__isnull=False),
    Moderation.MERGED: Q(written=True) & (Q(choice__isnull=False) | Q(read_as__isnull=False)),
}

_STANDING = _STATES[Moderation.WAITING] | _STATES[Moderation.SHOWN]
"""Neither hidden nor merged."""


@dataclass(frozen=True, slots=True)
class Words:
    """The same words on a number of ballots, as an answer to one question."""

    mark: int
    """One of the marks that say so: the others are `alike`."""
    question: int
    text: str
    """As the voters wrote it; where it was merged, see `merged_into`."""
    number: int
    written: bool
    """A write-in, not the answer to a question for a text."""
    merged_into: str = ""


def check_read(poll: PollSnapshot, *, at: datetime) -> None:
    """Raises the Refusal that says why texts can't be read now: they are results, and one by one they name a voter."""
    tallies.check_seen_by_editor(poll, at=at)
    if poll.anonymous and poll.phase(at) == Phase.OPEN:
        raise refusals.Forbidden(_("The votes are secret: what was written can be read after the close."))


def takes_texts(poll: PollSnapshot) -> bool:
    return any(question.write_in or question.kind == Kind.TEXT for question in poll.questions)


class Listed:
    """Words as the database groups them: only those that are asked for are fetched."""

    def __init__(self, rows: QuerySet[Any, Any]) -> None:
        self._rows = rows

    def __len__(self) -> int:
        return self._rows.count()

    def __getitem__(self, some: slice) -> list[Words]:
        return [
            Words(row["mark"], row["question_id"], row["words"], row["number"], row["written"], row["into"] or "")
            for row in self._rows[some]
        ]

    def __iter__(self) -> Iterator[Words]:
        return iter(self[:])


def words(poll: Poll, state: Moderation) -> Listed:
    """What was written, the most frequent first. The order says nothing about that of the ballots."""
    merged = state == Moderation.MERGED
    into = Coalesce("choice__text", "read_as", output_field=TextField()) if merged else Value("")
    return Listed(
        _grouped(_counted(poll).filter(_STATES[state]), "text" if merged else "said", into).order_by(
            "question__position", "question_id", "-number", "words", "into"
        )
    )


def frequent(poll: Poll, question: int) -> Listed:
    """Write-ins that stand for themselves, shown or waiting: the most frequent first."""
    marks = _counted(poll).filter(_STANDING, question=question, written=True)
    return Listed(_grouped(marks, "said", Value("")).order_by("-number", "words"))


def standing(poll: Poll, mark: int) -> str | None:
    """What a write-in is read as that stands for itself; None where none does by that id."""
    found = _counted(poll).filter(_STANDING, pk=mark, written=True).annotate(said=Coalesce("read_as", "text"))
    return found.values_list("said", flat=True).first()


def numbers(poll: Poll) -> dict[Moderation, int]:
    """How many ballots hold a text of each state."""
    counts = {state.value: Count("id", filter=_STATES[state]) for state in Moderation}
    found = _counted(poll).aggregate(**counts)
    return {state: found[state.value] for state in Moderation}


def waiting(polls: Iterable[Poll], *, at: datetime) -> dict[int, int]:
    """How many texts wait for an editor, by poll; only where they can be read now, and only what is not nothing."""
    marks = Mark.objects.filter(_STATES[Moderation.WAITING], _is_counted(), ballot__poll__in=list(polls))
    found = dict(marks.order_by().values_list("ballot__poll").annotate(Count("id")))
    asked = snapshots.of_many(poll for poll in polls if poll.pk in found)
    return {poll.id: found[poll.id] for poll in asked if _may_read(poll, at)}


def alike(poll: Poll, marks: Iterable[int], state: Moderation) -> list[int]:
    """The marks of a state that say the same, to the same question, as one of those named."""
    there = _counted(poll).filter(_STATES[state]).annotate(said=Coalesce("read_as", "text"))
    fields = ("question", "text", "read_as", "choice") if state == Moderation.MERGED else ("question", "said")
    same = Q(pk__in=[])
    for one in there.filter(pk__in=list(marks)).values(*fields):
        same |= Q(**one)
    return list(there.filter(same).values_list("pk", flat=True))


@transaction.atomic
def show(poll: Poll, texts: Iterable[int], *, at: datetime) -> int:
    """Let texts be seen with the results, by the ids of their marks; gives how many were not shown before."""
    asked = _texts(poll, texts).filter(choice=None, shown_at=None)
    return _turned(poll, asked.update(shown_at=at, hidden_at=None))


@transaction.atomic
def hide(poll: Poll, texts: Iterable[int], *, at: datetime) -> int:
    """Keep texts from sight; gives how many were not hidden before. They stay on their ballots, and counted."""
    asked = _texts(poll, texts).filter(choice=None, hidden_at=None)
    return _turned(poll, asked.update(shown_at=None, hidden_at=at))


@transaction.atomic
def merge(poll: Poll, written: Iterable[int], *, choice: Choice, editor: User | None = None) -> int:
    """Count write-ins, by the ids of their marks, as votes for a choice of their question; gives how many.

    A ballot that marks the choice already is counted for it once. Everyone can read that it was done. Raises Forbidden
    for a choice of another question.
    """
    Poll.objects.select_for_update().get(pk=poll.pk)
    if choice.question.poll_id != poll.pk or choice.withdrawn_at is not None:
        raise refusals.Forbidden(_("Write-ins can be merged into a standing choice of the same poll."))
    found = _write_ins(poll, written).filter(question=choice.question_id, choice=None)
    marks = dict(found.values_list("ballot_id", "pk"))
    recount = _Recount(poll, marks)
    doubled = Mark.objects.filter(ballot__in=marks, choice=choice)
    ballots = set(doubled.values_list("ballot_id", flat=True))
    doubled.delete()
    Mark.objects.filter(pk__in=marks.values()).update(choice=choice)
    Mark.objects.filter(pk__in=[marks[ballot] for ballot in ballots]).update(doubled=True)
    recount.write()
    return _noted(poll, _MERGED, choice, len(marks), editor)


@transaction.atomic
def read_as(poll: Poll, written: Iterable[int], *, words: str) -> int:
    """Show write-ins in other words, which others wrote to the same question; gives how many.

    They are shown or hidden as those are. Raises Forbidden for words that nobody wrote.
    """
    Poll.objects.select_for_update().get(pk=poll.pk)
    turned = 0
    mine = _write_ins(poll, written).filter(choice=None)
    for question in set(mine.values_list("question_id", flat=True)):
        there = Mark.objects.filter(ballot__poll=poll, question=question, written=True, choice=None, text=words)
        model = there.filter(read_as=None).order_by("shown_at", "hidden_at", "id").last()
        if model is None:
            raise refusals.Forbidden(_("Write-ins can be merged into words that a voter wrote to the same question."))
        differing = mine.filter(question=question).exclude(text=words, read_as=None)
        turned += differing.update(read_as=words, shown_at=model.shown_at, hidden_at=model.hidden_at)
    return _turned(poll, turned)


@transaction.atomic
def part(poll: Poll, written: Iterable[int], *, editor: User | None = None) -> int:
    """Let merged write-ins stand for themselves again, as their voters wrote them; gives how many. They wait again."""
    Poll.objects.select_for_update().get(pk=poll.pk)
    merged = list(_write_ins(poll, written).filter(_STATES[Moderation.MERGED]).select_related("choice"))
    recount = _Recount(poll, dict.fromkeys(mark.ballot_id for mark in merged))
    Mark.objects.filter(pk__in=[mark.pk for mark in merged]).update(
        choice=None, read_as=None, doubled=False, shown_at=None, hidden_at=None
    )
    Mark.objects.bulk_create(
        Mark(ballot_id=mark.ballot_id, question_id=mark.question_id, choice=mark.choice)
        for mark in merged
        if mark.doubled
    )
    recount.write()
    for choice in {mark.choice for mark in merged if mark.choice}:
        _noted(poll, _PARTED, choice, sum(mark.choice == choice for mark in merged), editor)
    return _turned(poll, len(merged))


class _Recount:
    """Takes ballots from the counters as they were, and adds them as they are when it is told to `write`."""

    def __init__(self, poll: Poll, ballots: Iterable[int]) -> None:
        self._poll, self._snapshot, self._moves = poll, snapshots.of(poll), Moves()
        counted = Ballot.objects.filter(pk__in=list(ballots), set_aside_at=None, withdrawn_at=None)
        self._ballots = dict.fromkeys(counted.values_list("pk", flat=True))
        self._move(-1)

    def write(self) -> None:
        self._move(1)
        self._moves.write()
        notices.poll_changed(self._poll.pk)

    def _move(self, by: int) -> None:
        for lines in marks_of(self._ballots).values():
            self._moves.move(self._snapshot, lines, by=by)


def _is_counted() -> Q:
    """Texts that are there: not erased, and on a ballot that counts."""
    return Q(text__isnull=False, ballot__set_aside_at=None) & ~Q(text="")


def _grouped(marks: QuerySet[Mark], said: str, into: Any) -> QuerySet[Any, Any]:
    return (
        marks.annotate(said=Coalesce("read_as", "text"))
        .values("question_id", "written", words=F(said), into=into)
        .annotate(number=Count("id"), mark=Min("id"))
    )


def _counted(poll: Poll) -> QuerySet[Mark]:
    return Mark.objects.filter(_is_counted(), ballot__poll=poll).order_by()


def _texts(poll: Poll, texts: Iterable[int]) -> QuerySet[Mark]:
    return Mark.objects.filter(ballot__poll=poll, pk__in=list(texts), text__isnull=False)


def _write_ins(poll: Poll, written: Iterable[int]) -> QuerySet[Mark]:
    return _texts(poll, written).filter(written=True)


def _may_read(poll: PollSnapshot, at: datetime) -> bool:
    try:
        check_read(poll, at=at)
    except refusals.Refusal:
        return False
    return True


def _turned(poll: Poll, number: int) -> int:
    if number:
        lifecycle.moderated(poll)
    return number


def _noted(poll: Poll, what: str | Promise, choice: Choice, number: int, editor: User | None) -> int:
    """One line in the public list of changes. Not the words: nobody has let them be seen."""
    if not number:
        return 0
    known = {code for code, _name in settings.LANGUAGES}
    with translation.override(poll.language if poll.language in known else settings.LANGUAGE_CODE):
        told = str(what)
    Change.objects.create(poll=poll, what=told, after=f"{choice.text}: {number}", editor=editor)
    return _turned(poll, number)
