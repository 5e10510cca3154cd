"""Texts that voters wrote: shown when an editor lets them, and write-ins merged into choices, counters following."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from polls import lifecycle, notices, refusals, snapshots
from polls.ballots.changes import marks_of
from polls.ballots.counts import Moves
from polls.models import Ballot, Choice, Mark, Poll


@transaction.atomic
def show(poll: Poll, texts: Iterable[int], *, at: datetime) -> int:
    """Let texts be seen, by the ids of their marks; gives how many."""
    return _let(poll, texts, hidden=True, at=at)


@transaction.atomic
def hide(poll: Poll, texts: Iterable[int]) -> int:
    """Take texts from sight again; gives how many."""
    return _let(poll, texts, hidden=False, at=None)


@transaction.atomic
def merge(poll: Poll, written: Iterable[int], *, choice: Choice) -> int:
    """Count write-ins, by the ids of their marks, as votes for a choice of their question; gives how many.

    A ballot that marks the choice already keeps that one mark. Raises Forbidden for a choice of another question.
    """
    Poll.objects.select_for_update().get(pk=poll.pk)
    if choice.question.poll_id != poll.pk or choice.withdrawn_at is not None:
        raise refusals.Forbidden(_("Write-ins can be merged into a standing choice of the same poll."))
    mine = Mark.objects.filter(ballot__poll=poll, question=choice.question_id, written=True, choice=None)
    found = dict(mine.filter(pk__in=list(written)).values_list("ballot_id", "pk"))
    snapshot, moves = snapshots.of(poll), Moves()
    counted = set(
        Ballot.objects.filter(pk__in=found, set_aside_at=None, withdrawn_at=None).values_list("pk", flat=True)
    )
    before = marks_of(found)
    marking = set(Mark.objects.filter(ballot__in=found, choice=choice).values_list("ballot_id", flat=True))
    Mark.objects.filter(pk__in=[found[ballot] for ballot in marking]).delete()
    Mark.objects.filter(pk__in=found.values()).update(choice=choice)
    after = marks_of(found)
    for ballot in counted:
        moves.move(snapshot, before[ballot], by=-1)
        moves.move(snapshot, after[ballot], by=1)
    moves.write()
    notices.poll_changed(poll.pk)
    return len(found)


def _let(poll: Poll, texts: Iterable[int], *, hidden: bool, at: datetime | None) -> int:
    asked = Mark.objects.filter(ballot__poll=poll, pk__in=list(texts), text__isnull=False, shown_at__isnull=hidden)
    changed = asked.update(shown_at=at)
    if changed:
        lifecycle.edited(poll)
    return changed
