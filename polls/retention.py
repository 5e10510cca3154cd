"""What a poll promised to forget: some days after the close, everything that could name a voter is erased.

Voter keys, network keys, papers, invitations, the poll's own key, and texts go. Ballots, marks and counts stay.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import CharField, F, Q, Value
from django.db.models.functions import Cast, Concat

from polls import notices
from polls.models import Ballot, Invitation, Mark, Poll
from polls.models.poll import new_key
from polls.terms import Status


def due(at: datetime) -> list[Poll]:
    """The polls whose time has come and that have not been erased yet, the longest overdue first."""
    over = Q(status__in=[Status.CLOSED, Status.ARCHIVED]) | Q(status=Status.PUBLISHED, closes_at__lte=at)
    polls = Poll.objects.filter(over, erased_at=None, retention_days__isnull=False)
    return sorted((poll for poll in polls if _erase_at(poll) <= at), key=_erase_at)


def erase_at(poll: Poll) -> datetime | None:
    """When a poll's voters are forgotten; None when that is not promised, or the poll has no end yet."""
    if poll.retention_days is None or (poll.closed_at or poll.closes_at) is None:
        return None
    return _erase_at(poll)


@transaction.atomic
def erase(poll: Poll, *, at: datetime) -> None:
    """Forget a poll's voters, for ever. Does nothing the second time."""
    poll = Poll.objects.select_for_update().get(pk=poll.pk)
    if poll.erased_at is not None:
        return
    nobody = Concat(Value("-"), Cast(F("id"), CharField()))
    Ballot.objects.filter(poll=poll).update(
        voter_key=nobody, nonce=nobody, answers="", network_key=None, network_slot=None, door="page"
    )
    Mark.objects.filter(ballot__poll=poll, text__isnull=False).update(text="", read_as=None)
    Invitation.objects.filter(poll=poll).update(label="", code_hash=nobody)
    # A new key: the old one, with which a voter could be tried out, is gone.
    Poll.objects.filter(pk=poll.pk).update(key=new_key(), erased_at=at, version=F("version") + 1)
    notices.poll_changed(poll.pk)


def erase_due(at: datetime) -> list[Poll]:
    """Erase what is due; gives the polls. Called by the running service, and by `manage.py erase_due`."""
    polls = due(at)
    for poll in polls:
        erase(poll, at=at)
    return polls


def _erase_at(poll: Poll) -> datetime:
    # A poll that an editor closed counts from then; one that its schedule closed, from that.
    end = poll.closed_at or poll.closes_at or poll.updated_at
    return end + timedelta(days=poll.retention_days or 0)
