"""What may still be changed, and that nothing else is, whoever writes it."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection

from polls import ballots, edits, lifecycle, snapshots
from polls.kinds import Answer
from polls.models import Ballot, Change, Choice, Poll
from polls.refusals import Forbidden
from polls.terms import Door
from polls.voters import Voter
from tests.builders import a_draft, a_poll, choices_of, now
from tests.votes import a_ballot

pytestmark = pytest.mark.usefixtures("house")


def test_a_draft_can_be_changed_in_everything() -> None:
    assert edits.fixed(a_draft(), at=now()) == frozenset()


def test_publishing_fixes_the_address() -> None:
    assert edits.fixed(a_poll(opens_at=now() + timedelta(days=1)), at=now()) == {"slug"}


def test_opening_fixes_the_opening_time() -> None:
    assert edits.fixed(a_poll(), at=now()) == {"slug", "opens_at"}


def test_the_first_ballot_fixes_what_is_asked_and_promised() -> None:
    poll = a_poll()
    a_ballot(poll)
    assert edits.fixed(poll, at=now()) == edits.PROMISES | {"slug", "opens_at"}


def test_the_end_fixes_the_closing_time() -> None:
    poll = lifecycle.close(a_poll(), at=now())
    assert "closes_at" in edits.fixed(poll, at=now())


def test_an_open_poll_may_close_later_and_not_in_the_past() -> None:
    poll = a_poll()
    assert edits.problems(poll, {"closes_at": now() + timedelta(hours=1)}, at=now()) == {}
    assert "closes_at" in edits.problems(poll, {"closes_at": now() - timedelta(hours=1)}, at=now())


@pytest.mark.parametrize(
    "change",
    [
        {"slug": "elsewhere"},
        {"policy": "open"},
        {"reveal": "never"},
        {"network_allowance": 3},
    ],
)
def test_a_promise_is_kept_whoever_writes(change: dict[str, object]) -> None:
    poll = a_poll()
    a_ballot(poll)
    with pytest.raises(Forbidden), edits.within_promises(poll.pk, at=now()):
        Poll.objects.filter(pk=poll.pk).update(**change)
    (name,) = change
    assert getattr(Poll.objects.get(), name) == getattr(poll, name)


def test_choices_stay_once_there_is_a_ballot() -> None:
    poll = a_poll()
    a_ballot(poll)
    first = choices_of(poll)[0]
    with pytest.raises(Forbidden), edits.within_promises(poll.pk, at=now()):
        Choice.objects.filter(pk=first.pk).update(text="Something else")
    with pytest.raises(Forbidden), edits.within_promises(poll.pk, at=now()):
        Choice.objects.create(question=first.question, text="One more", position=9)
    assert [choice.text for choice in choices_of(poll)] == ["A", "B", "C"]


def test_the_title_stays_free() -> None:
    poll = a_poll()
    a_ballot(poll)
    with edits.within_promises(poll.pk, at=now()):
        Poll.objects.filter(pk=poll.pk).update(title="Better words")
    assert Poll.objects.get().title == "Better words"


def test_another_title_or_introduction_than_people_voted_by_is_listed_for_everyone() -> None:
    poll = a_poll(title="Build it?", language="de")
    with edits.within_promises(poll.pk, at=now()):
        Poll.objects.filter(pk=poll.pk).update(title="Build the hall?")
    assert not Change.objects.exists()
    a_ballot(poll)
    with edits.within_promises(poll.pk, at=now()):
        Poll.objects.filter(pk=poll.pk).update(listed=False)
    assert not Change.objects.exists()
    with edits.within_promises(poll.pk, at=now()):
        Poll.objects.filter(pk=poll.pk).update(title="Tear the hall down?", intro="As it was.")
    assert list(Change.objects.values_list("what", "before", "after")) == [
        ("Der Titel wurde geändert", "Build the hall?", "Tear the hall down?"),
        ("Die Einleitung wurde geändert", "", "As it was."),
    ]
    assert [change.after for change in snapshots.of(Poll.objects.get()).changes] == [
        "Tear the hall down?",
        "As it was.",
    ]


def test_a_poll_with_ballots_is_not_deleted() -> None:
    poll = a_poll()
    a_ballot(poll)
    with pytest.raises(Forbidden, match="archived, not deleted"):
        lifecycle.remove(poll)
    assert Ballot.objects.count() == 1


def test_a_poll_without_ballots_goes_with_all_it_asks() -> None:
    lifecycle.remove(a_poll())
    assert not Poll.objects.exists()
    assert not Choice.objects.exists()


def test_a_ballot_waits_for_an_edit_and_is_then_read_again() -> None:
    poll = a_poll()
    snapshot, first = snapshots.of(poll), choices_of(poll)[0]
    answers = [Answer(first.question_id, (first.pk,))]
    casting = ballots.prepare(snapshot, answers, voter=Voter(browser="vera"), nonce="paper", door=Door.PAGE)

    def cast() -> ballots.Batch:
        try:
            return ballots.cast_many([casting])
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as elsewhere:
        with edits.within_promises(poll.pk, at=now()):
            waiting = elsewhere.submit(cast)
            time.sleep(0.3)
            assert not waiting.done()
            Choice.objects.filter(pk=first.pk).update(text="Something else")
            lifecycle.edited(poll)
        assert waiting.result(20).outcomes == (ballots.Stale(),)
    assert not poll.has_ballots()


def test_a_promise_may_be_made_stronger_and_not_weaker() -> None:
    soon, late = now() + timedelta(days=1), now() + timedelta(days=2)
    poll = a_poll(edits_forbidden=True, retention_days=30, earliest_close=soon)
    a_ballot(poll)
    stronger = {"retention_days": 7, "earliest_close": late}
    weaker = {"edits_forbidden": False, "retention_days": None, "earliest_close": None}
    assert edits.problems(poll, stronger, at=now()) == {}
    assert edits.problems(poll, weaker, at=now()).keys() == weaker.keys()


def test_where_no_edits_are_promised_the_title_stays_too() -> None:
    poll = a_poll(edits_forbidden=True)
    a_ballot(poll)
    with pytest.raises(Forbidden, match="the title stays"), edits.within_promises(poll.pk, at=now()):
        Poll.objects.filter(pk=poll.pk).update(title="Better words")
