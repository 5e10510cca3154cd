"""Ballots that look stuffed are set aside, not thrown away: an editor sees why, and can let them in again."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from polls import notices, snapshots
from polls.ballots.changes import marks_of
from polls.ballots.counts import Moves
from polls.models import Ballot, Poll


@transaction.atomic
def set_aside(poll: Poll, ballots: Iterable[int], *, reason: str, at: datetime) -> int:
    """Take counted ballots out of the count; gives how many. `reason` is one of `polls.terms.Suspicion`."""
    return _move(poll, ballots, counted=True, reason=reason, at=at)


@transaction.atomic
def let_in(poll: Poll, ballots: Iterable[int]) -> int:
    """Count ballots that had been set aside; gives how many."""
    return _move(poll, ballots, counted=False, reason="", at=None)


def _move(poll: Poll, ballots: Iterable[int], *, counted: bool, reason: str, at: datetime | None) -> int:
    Poll.objects.select_for_update().get(pk=poll.pk)
    snapshot, moves = snapshots.of(poll), Moves()
    chosen = Ballot.objects.select_for_update().filter(poll=poll, pk__in=list(ballots), withdrawn_at=None)
    found = {ballot.pk: ballot for ballot in chosen.filter(set_aside_at__isnull=counted)}
    marks = marks_of(found)
    for key in found:
        lines = marks.get(key, [])
        moves.move(snapshot, lines, by=-1 if counted else 1)
        moves.move(snapshot, lines, by=1 if counted else -1, set_aside=True)
    Ballot.objects.filter(pk__in=found).update(set_aside_at=at, set_aside_for=reason)
    moves.write()
    notices.poll_changed(poll.pk)
    return len(found)
