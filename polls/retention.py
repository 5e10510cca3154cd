"""What a poll promised to forget: some days after the close, everything that could name a voter is erased.

Voter keys, network keys, papers, invitations, the poll's own key, and texts go. Ballots, marks and counts stay.

Ballots are forgotten some at a time, so that voters in other polls wait for none of it, and the poll is marked at the
end: whatever comes between, the next time goes on with the rest.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import CharField, F, Q, Value
from django.db.models.functions import Cast, Concat

from polls import notices
from polls.models import Ballot, Invitation, Mark, Poll
from polls.models.poll import new_key
from polls.terms import Status

AT_ONCE = 2000
"""Ballots that one transaction forgets."""
LOCK = 0x706F6C6C73 + 1


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


def erase(poll: Poll, *, at: datetime, go_on: Callable[[], bool] = lambda: True) -> bool:
    """Forget a poll's voters, for ever. False when somebody else has done it, or it was not to `go_on`."""
    last = 0
    while True:
        some = list(Ballot.objects.filter(poll=poll, pk__gt=last).order_by("pk").values_list("pk", flat=True)[:AT_ONCE])
        if not some:
            return _mark_erased(poll, at=at)
        if not go_on():
            return False
        _forget(some)
        last = some[-1]


def erase_due(at: datetime, *, go_on: Callable[[], bool] = lambda: True) -> list[Poll]:
    """Erase what is due; gives the polls. Called by the running service, and by `manage.py erase_due`.

    One process at a time: does nothing where another is at it.
    """
    with _alone() as alone:
        return [poll for poll in due(at) if go_on() and erase(poll, at=at, go_on=go_on)] if alone else []


@transaction.atomic
def _forget(ballots: list[int]) -> None:
    Ballot.objects.filter(pk__in=ballots).update(
        voter_key=_NOBODY, nonce=_NOBODY, answers="", network_key=None, network_slot=None, door="page"
    )
    Mark.objects.filter(ballot__in=ballots, text__isnull=False).update(text="", read_as=None)


@transaction.atomic
def _mark_erased(poll: Poll, *, at: datetime) -> bool:
    poll = Poll.objects.select_for_update().get(pk=poll.pk)
    if poll.erased_at is not None:
        return False
    Invitation.objects.filter(poll=poll).update(label="", code_hash=_NOBODY)
    # A new key: the old one, with which a voter could be tried out, is gone.
    Poll.objects.filter(pk=poll.pk).update(key=new_key(), erased_at=at, version=F("version") + 1)
    notices.poll_changed(poll.pk)
    return True


@contextmanager
def _alone() -> Iterator[bool]:
    """Whether no other process erases now. SQLite's one writer needs no lock: what is done twice is done once."""
    if connection.vendor == "sqlite":
        yield True
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        (got,) = cursor.fetchone()
        try:
            yield bool(got)
        finally:
            # The connection goes back to the pool: nobody would find the lock again.
            if got:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


_NOBODY = Concat(Value("-"), Cast(F("id"), CharField()))


def _erase_at(poll: Poll) -> datetime:
    # A poll that an editor closed counts from then; one that its schedule closed, from that.
    end = poll.closed_at or poll.closes_at or poll.updated_at
    return end + timedelta(days=poll.retention_days or 0)
