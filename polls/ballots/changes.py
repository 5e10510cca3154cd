"""A voter's own second thoughts, where the poll allows them: change a ballot, or take it back."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import F, Value
from django.db.models.fields import CharField
from django.db.models.functions import Cast, Concat

from polls import ledger, refusals
from polls.ballots.counts import Moves
from polls.ballots.outcomes import TallyChange
from polls.kinds import MarkLine
from polls.models import Ballot, Mark
from polls.snapshots import PollSnapshot
from polls.terms import Policy


def may_change(poll: PollSnapshot) -> bool:
    """Whether this poll knows a voter again: with the open policy every paper is somebody else."""
    return poll.changes_allowed and poll.policy != Policy.OPEN


def withdraw(poll: PollSnapshot, *, voter_key: str, at: datetime | None = None) -> tuple[TallyChange, ...]:
    """Take a voter's ballot back. Raises a Refusal when there is none, or the poll is not open."""
    if not may_change(poll):
        raise refusals.ChangesForbidden
    with transaction.atomic(durable=True):
        standing = ledger.standings([poll.id], at, locked=True).get(poll.id)
        if standing is None:
            raise refusals.UnknownPoll
        if not standing.open:
            raise refusals.PollClosed
        moves = Moves()
        if not supersede(poll, [voter_key], moves):
            raise refusals.NothingToWithdraw
        return moves.write()


def supersede(poll: PollSnapshot, voter_keys: list[str], moves: Moves) -> int:
    """Empty the voters' ballots and free their keys and network slots; gives how many there were.

    The rows stay, with their papers: a late retry of an old paper must not be counted again.
    """
    ballots = Ballot.objects.select_for_update().filter(poll=poll.id, voter_key__in=voter_keys)
    found = {ballot.pk: ballot for ballot in ballots}
    marks = marks_of(found)
    for key, ballot in found.items():
        moves.move(poll, marks.get(key, []), by=-1, set_aside=ballot.set_aside_at is not None)
    Mark.objects.filter(ballot__in=found).delete()
    freed = Concat(Value("-"), Cast(F("id"), CharField()))
    Ballot.objects.filter(pk__in=found).update(
        voter_key=freed,
        network_key=None,
        network_slot=None,
        receipt=None,
        withdrawn_at=F("cast_at"),
        set_aside_at=None,
        set_aside_for="",
    )
    return len(found)


def marks_on(poll: PollSnapshot, nonce: str) -> tuple[MarkLine, ...]:
    """The marks of the ballot that was cast on a paper; none where there is no such ballot."""
    ballots = dict.fromkeys(Ballot.objects.filter(poll=poll.id, nonce=nonce).values_list("pk", flat=True))
    return tuple(mark for marks in marks_of(ballots).values() for mark in marks)


def marks_by(poll: PollSnapshot, voter_key: str) -> tuple[MarkLine, ...]:
    """The marks of a voter's own ballot; none where there is no such ballot."""
    ballots = dict.fromkeys(Ballot.objects.filter(poll=poll.id, voter_key=voter_key).values_list("pk", flat=True))
    return tuple(mark for marks in marks_of(ballots).values() for mark in marks)


def marks_of(ballots: Mapping[int, object]) -> dict[int, list[MarkLine]]:
    """The marks of ballots, by the ballot's id."""
    fields = ("ballot_id", "question_id", "choice_id", "rank", "tied", "score", "text", "written")
    marks: dict[int, list[MarkLine]] = {}
    for ballot, *line in Mark.objects.filter(ballot__in=ballots).order_by("id").values_list(*fields):
        marks.setdefault(ballot, []).append(MarkLine(*line))
    return marks
