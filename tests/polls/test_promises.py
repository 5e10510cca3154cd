from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from polls import retention, snapshots
from polls.kinds import Answer
from polls.models import Ballot, Invitation, Mark, Poll
from tests.browser import Browser
from tests.builders import a_poll, a_question, now
from tests.doors import ApiDoor, choosing, vote


def _named(change: dict[str, Any]) -> str:
    """Without instants: parallel test processes must agree on names."""
    return ", ".join(f"{name} to {'a time' if hasattr(value, 'year') else value}" for name, value in change.items())


BROKEN: list[dict[str, Any]] = [
    {"policy": "open"},
    {"network_allowance": 5},
    {"reveal": "always"},
    {"anonymous": False},
    {"ballots_published": True},
    {"changes_allowed": True},
    {"edits_forbidden": False},
    {"earliest_close": None},
    {"earliest_close": now()},
    {"retention_days": None},
    {"retention_days": 31},
]
KEPT: list[dict[str, Any]] = [
    {"title": "Another"},
    {"retention_days": 7},
    {"earliest_close": now() + timedelta(days=9)},
    {"listed": False},
]


def a_promising_poll() -> Poll:
    return a_poll(
        reveal="after_close",
        anonymous=True,
        edits_forbidden=True,
        earliest_close=now() + timedelta(days=1),
        retention_days=30,
    )


@pytest.mark.parametrize("change", BROKEN, ids=_named)
def test_the_database_itself_keeps_a_promise_once_somebody_voted(change: dict[str, Any], vera: Browser) -> None:
    poll = a_promising_poll()
    vote(vera, poll)
    with pytest.raises(IntegrityError, match="poll_promises_locked"), transaction.atomic():
        Poll.objects.filter(pk=poll.pk).update(**change)


@pytest.mark.parametrize("change", BROKEN, ids=_named)
def test_before_the_first_ballot_everything_may_change(change: dict[str, Any], house: None) -> None:
    assert Poll.objects.filter(pk=a_promising_poll().pk).update(**change)


@pytest.mark.parametrize("change", KEPT, ids=_named)
def test_what_breaks_no_promise_may_change_after_it(change: dict[str, Any], vera: Browser) -> None:
    poll = a_promising_poll()
    vote(vera, poll)
    assert Poll.objects.filter(pk=poll.pk).update(**change)


def test_more_may_be_promised_after_it(vera: Browser) -> None:
    poll = a_poll()
    vote(vera, poll)
    more = {"edits_forbidden": True, "earliest_close": now(), "retention_days": 30}
    assert Poll.objects.filter(pk=poll.pk).update(**more)


def test_votes_lock_the_promises_of_their_own_poll_alone(vera: Browser) -> None:
    poll = a_promising_poll()
    vote(vera, a_poll())
    assert Poll.objects.filter(pk=poll.pk).update(anonymous=False, retention_days=None)


def test_after_its_days_a_poll_forgets_its_voters_and_keeps_the_counts(vera: Browser) -> None:
    poll = a_poll(retention_days=30, network_allowance=100)
    why = a_question(poll, text="Why?", kind="text", choices=[], required=False)
    answers = [*choosing(poll), Answer(why.pk, text="I am Vera")]
    assert ApiDoor().vote(vera, poll.slug, answers, vera.paper(poll.slug)).counted
    Mark.objects.filter(question=why).update(read_as="It is Vera")
    Invitation.objects.create(poll=poll, code_hash="vera’s code", label="vera@example.org")
    before = Ballot.objects.get()
    Poll.objects.filter(pk=poll.pk).update(status="closed", closed_at=now() - timedelta(days=29))
    assert retention.erase_due(now()) == []
    Poll.objects.filter(pk=poll.pk).update(closed_at=now() - timedelta(days=30))
    assert retention.erase_due(now()) == [poll]
    after, erased = Ballot.objects.get(), Poll.objects.get()
    assert erased.erased_at
    assert erased.key != poll.key
    assert not {after.voter_key, after.nonce, after.answers} & {before.voter_key, before.nonce, before.answers}
    assert (after.network_key, after.network_slot) == (None, None)
    assert Mark.objects.filter(question=why).values_list("text", "read_as").get() == ("", None)
    invitation = Invitation.objects.get()
    assert (invitation.label, "vera’s code" in invitation.code_hash) == ("", False)
    assert Mark.objects.filter(choice__isnull=False).count() == 1
    assert retention.erase_due(now()) == []
    snapshot = snapshots.load(poll.slug)
    assert snapshot
    assert vera.get(f"/api/v1/polls/{poll.slug}/results").json()["ballots"] == 1


def test_the_days_count_from_the_end_and_a_poll_that_is_open_has_none(house: None) -> None:
    poll = a_poll(retention_days=30)
    long_ago, lately = now() - timedelta(days=300), now() - timedelta(days=29)
    for standing, is_due in (
        ({"updated_at": long_ago, "closes_at": None}, False),
        ({"closes_at": lately}, False),
        ({"closes_at": long_ago}, True),
        ({"closes_at": lately, "status": "closed", "closed_at": long_ago}, True),
    ):
        Poll.objects.filter(pk=poll.pk).update(**standing)
        assert bool(retention.due(now())) == is_due, standing


def test_a_poll_without_that_promise_is_not_erased(vera: Browser) -> None:
    poll = a_poll()
    vote(vera, poll)
    Poll.objects.filter(pk=poll.pk).update(status="closed", closed_at=now() - timedelta(days=900))
    assert retention.erase_due(now()) == []
    assert retention.erase_at(poll) is None
