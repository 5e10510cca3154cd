"""What editors do with a poll. The only writer of its status; each deed is one transaction."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from polls import asking, clocks, notices, refusals, rows
from polls.kinds import KINDS
from polls.models import Choice, Poll, Question
from polls.terms import Kind, Phase, Reveal, Status
from polls.webhooks import outbox

FEWEST_CHOICES = {Kind.RATING: 0, Kind.TEXT: 0}

POSSIBLE: Mapping[Phase, tuple[str, ...]] = {
    Phase.DRAFT: ("publish",),
    Phase.SCHEDULED: ("open_now", "close"),
    Phase.OPEN: ("close",),
    Phase.CLOSED: ("reopen", "archive"),
    Phase.ARCHIVED: ("restore",),
}


def possible(poll: Poll, *, at: datetime) -> tuple[str, ...]:
    """The names of the deeds below that can be done with a poll now."""
    deeds = POSSIBLE[poll.phase(at)]
    return tuple(deed for deed in deeds if deed != "reopen" or not _results_were_seen(poll))


@transaction.atomic
def publish(poll: Poll, *, at: datetime) -> Poll:
    """From draft to the public; open at once unless its schedule says later. Raises Forbidden when it isn't ready."""
    poll = _locked(poll)
    _require(poll.status == Status.DRAFT, _("Only a draft can be published."))
    refusals.raise_all(*map(refusals.Forbidden, problems(poll, at=at)))
    return _become(poll, at=at, status=Status.PUBLISHED, published_at=at)


@transaction.atomic
def open_now(poll: Poll, *, at: datetime) -> Poll:
    """Open a poll before its time."""
    poll = _locked(poll)
    _require(poll.phase(at) == Phase.SCHEDULED, _("Only a poll that waits for its opening can be opened."))
    return _become(poll, at=at, opens_at=at)


@transaction.atomic
def close(poll: Poll, *, at: datetime) -> Poll:
    poll = _locked(poll)
    _require(poll.phase(at) in {Phase.OPEN, Phase.SCHEDULED}, _("Only an open poll can be closed."))
    if poll.earliest_close and at < poll.earliest_close:
        raise refusals.Forbidden(
            _("This poll promised its voters not to close before %(instant)s.")
            % {"instant": clocks.told(poll.earliest_close, zone=poll.time_zone)}
        )
    return _become(poll, at=at, status=Status.CLOSED, closed_at=at)


@transaction.atomic
def reopen(poll: Poll, *, at: datetime) -> Poll:
    """Take votes again. Refused where results had been promised for after the close: they have been seen."""
    poll = _locked(poll)
    _require(poll.phase(at) == Phase.CLOSED, _("Only a closed poll can be opened again."))
    _require(
        not _results_were_seen(poll),
        _("The results were promised for after the close and can be seen now. Make a copy instead."),
    )
    closes_at = poll.closes_at if poll.closes_at and poll.closes_at > at else None
    return _become(poll, at=at, status=Status.PUBLISHED, closed_at=None, closes_at=closes_at)


@transaction.atomic
def archive(poll: Poll, *, at: datetime) -> Poll:
    poll = _locked(poll)
    _require(poll.phase(at) == Phase.CLOSED, _("Close the poll before you archive it."))
    return _become(poll, at=at, status=Status.ARCHIVED, closed_at=poll.closed_at or poll.closes_at or at)


@transaction.atomic
def restore(poll: Poll, *, at: datetime) -> Poll:
    """From the archive back to the closed polls."""
    poll = _locked(poll)
    _require(poll.status == Status.ARCHIVED, _("Only an archived poll can be brought back."))
    return _become(poll, at=at, status=Status.CLOSED, closed_at=poll.closed_at or at)


@transaction.atomic
def remove(poll: Poll) -> None:
    """Delete a poll that nobody has voted in, with everything it asks."""
    poll = _locked(poll)
    check_removal(poll)
    notices.poll_changed(poll.pk)
    outbox.removed(poll, at=timezone.now())
    poll.delete()


def check_removal(poll: Poll) -> None:
    """Raises Forbidden for a poll that can't be deleted."""
    _require(not poll.has_ballots(), _("Votes have been counted in this poll: it can be archived, not deleted."))


@transaction.atomic
def hand_over(poll: Poll, organiser: User) -> Poll:
    """Give it to another editor. Voters see nothing of it."""
    poll = _locked(poll)
    poll.organiser = organiser
    poll.save(update_fields=["organiser"])
    return poll


@transaction.atomic
def edited(poll: Poll) -> None:
    """To be called after each change of a poll, its questions or its choices: all copies of it are old now."""
    _note(poll)
    poll.refresh_from_db()
    outbox.changed(poll, at=timezone.now())


@transaction.atomic
def moderated(poll: Poll) -> None:
    """To be called after each change of which words of voters are shown: results say something else now."""
    _note(poll)
    poll.refresh_from_db()
    outbox.moderated(poll)


@transaction.atomic
def restyled(polls: QuerySet[Poll]) -> None:
    """To be called after each change of how these polls look: their pages and frames are old now."""
    ids = list(polls.values_list("pk", flat=True))
    Poll.objects.filter(pk__in=ids).update(version=F("version") + 1)
    for poll_id in ids:
        notices.poll_changed(poll_id)


def problems(poll: Poll, *, at: datetime) -> list[str]:
    """Why a draft can't be published yet, in sentences."""
    found = []
    questions = rows.having(Question, "poll_id", [poll.pk], order_by="position, id")
    choices = rows.grouped(Choice, "question_id", [question.pk for question in questions])
    if not questions:
        found.append(_("The poll has no question yet."))
    for question in questions:
        found.extend(_problems_of(question, choices[question.pk]))
    if poll.changes_allowed and any(choice.right for group in choices.values() for choice in group):
        found.append(_("A quiz tells the right answers after the vote: its voters can’t change theirs then."))
    if poll.closes_at and poll.closes_at <= at:
        found.append(_("The poll would close before it opens: its closing time has passed."))
    return found


def _problems_of(question: Question, choices: Iterable[Choice]) -> list[str]:
    """Why a question can't be asked, in sentences."""
    kind, name = Kind(question.kind), {"question": question}
    standing = [choice for choice in choices if choice.withdrawn_at is None]
    found = []
    if kind not in KINDS:
        found.append(_("“%(question)s”: this kind of question can’t be used yet.") % name)
    if len(standing) < FEWEST_CHOICES.get(kind, 2) - question.write_in:
        found.append(_("“%(question)s” needs at least two choices.") % name)
    if kind == Kind.RATING and not standing:
        found.append(_("“%(question)s” needs something to rate: add at least one choice.") % name)
    if question.minimum > max(1, len(standing)) and kind != Kind.TEXT:
        found.append(_("“%(question)s” asks for more choices than there are.") % name)
    settings = asking.problems(question, choices=len(standing)).values()
    return found + [_("“%(question)s”: %(problem)s") % (name | {"problem": sentence}) for sentence in settings]


def _results_were_seen(poll: Poll) -> bool:
    return poll.reveal == Reveal.AFTER_CLOSE and poll.has_ballots()


def _locked(poll: Poll) -> Poll:
    return Poll.objects.select_for_update().get(pk=poll.pk)


def _require(condition: object, sentence: str) -> None:
    if not condition:
        raise refusals.Forbidden(sentence)


def _become(poll: Poll, *, at: datetime, **changes: Any) -> Poll:
    """A poll that is locked, and so known as it is."""
    before = poll.phase(at)
    _note(poll, **changes)
    for name, value in {"version": poll.version + 1, **changes}.items():
        setattr(poll, name, value)
    outbox.turned(poll, before=before, at=at)
    return poll


def _note(poll: Poll, **changes: Any) -> None:
    Poll.objects.filter(pk=poll.pk).update(version=F("version") + 1, **changes)
    notices.poll_changed(poll.pk)
