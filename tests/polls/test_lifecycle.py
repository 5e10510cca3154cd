from datetime import timedelta

import pytest

from polls import lifecycle, refusals
from polls.models import Poll
from polls.terms import Phase
from tests.browser import Browser
from tests.builders import a_draft, a_poll, a_question, choices_of, now
from tests.doors import ApiDoor

pytestmark = pytest.mark.usefixtures("house")


def test_a_draft_without_questions_is_not_published() -> None:
    with pytest.raises(refusals.Forbidden, match="no question"):
        lifecycle.publish(a_draft(), at=now())


def test_a_question_with_one_choice_is_not_published() -> None:
    poll = a_draft()
    a_question(poll, text="Only?", choices=["A"])
    with pytest.raises(refusals.Forbidden, match="“Only\\?” needs at least two choices"):
        lifecycle.publish(poll, at=now())


def test_a_poll_whose_closing_time_has_passed_is_not_published() -> None:
    poll = a_draft(closes_at=now() - timedelta(minutes=1))
    a_question(poll)
    with pytest.raises(refusals.Forbidden, match="closing time has passed"):
        lifecycle.publish(poll, at=now())


def test_a_quiz_whose_voters_could_change_their_vote_is_not_published() -> None:
    poll = a_draft(changes_allowed=True)
    a_question(poll)
    first = choices_of(poll)[0]
    type(first).objects.filter(pk=first.pk).update(right=True)
    with pytest.raises(refusals.Forbidden, match="right answers"):
        lifecycle.publish(poll, at=now())


def test_a_poll_goes_its_way() -> None:
    poll = a_draft(opens_at=now() + timedelta(hours=1))
    a_question(poll)
    poll = lifecycle.publish(poll, at=now())
    assert poll.phase(now()) == Phase.SCHEDULED
    poll = lifecycle.open_now(poll, at=now())
    assert poll.phase(now()) == Phase.OPEN
    poll = lifecycle.close(poll, at=now())
    assert poll.phase(now()) == Phase.CLOSED
    poll = lifecycle.reopen(poll, at=now())
    assert poll.phase(now()) == Phase.OPEN
    poll = lifecycle.archive(lifecycle.close(poll, at=now()), at=now())
    assert poll.phase(now()) == Phase.ARCHIVED
    assert lifecycle.restore(poll, at=now()).phase(now()) == Phase.CLOSED


@pytest.mark.parametrize("deed", [lifecycle.publish, lifecycle.open_now, lifecycle.reopen, lifecycle.archive])
def test_an_open_poll_refuses_what_makes_no_sense(deed: object) -> None:
    poll = a_poll()
    with pytest.raises(refusals.Forbidden):
        deed(poll, at=now())  # type: ignore[operator]
    assert Poll.objects.get().phase(now()) == Phase.OPEN


def test_results_that_were_promised_for_after_the_close_forbid_opening_again(vera: Browser) -> None:
    poll = a_poll(reveal="after_close")
    first = choices_of(poll)[0]
    assert ApiDoor().vote(vera, poll.slug, [(first.question_id, [first.pk])], vera.paper(poll.slug)).counted
    poll = lifecycle.close(poll, at=now())
    with pytest.raises(refusals.Forbidden, match="promised"):
        lifecycle.reopen(poll, at=now())


def test_a_poll_is_open_from_its_first_instant_to_before_its_last() -> None:
    begin, end = now(), now() + timedelta(hours=1)
    poll = a_draft(opens_at=begin, closes_at=end)
    a_question(poll)
    poll = lifecycle.publish(poll, at=begin)
    moment = timedelta(microseconds=1)
    assert poll.phase(begin - moment) == Phase.SCHEDULED
    assert poll.phase(begin) == Phase.OPEN
    assert poll.phase(end - moment) == Phase.OPEN
    assert poll.phase(end) == Phase.CLOSED


def test_a_change_makes_every_copy_old(vera: Browser) -> None:
    poll = a_poll(title="Before")
    assert "Before" in vera.get(f"/p/{poll.slug}/").text
    Poll.objects.filter(pk=poll.pk).update(title="Afterwards")
    lifecycle.edited(poll)
    assert "Afterwards" in vera.get(f"/p/{poll.slug}/").text


def test_a_poll_that_promised_to_stay_open_is_not_closed_before(house: None) -> None:
    until = now() + timedelta(hours=1)
    poll = a_poll(earliest_close=until, time_zone="Europe/Berlin")
    with pytest.raises(refusals.Forbidden, match="promised its voters not to close before"):
        lifecycle.close(poll, at=now())
    assert lifecycle.close(poll, at=until).status == "closed"


def test_each_deed_gives_the_poll_as_it_is_stored() -> None:
    poll = a_draft()
    a_question(poll)
    publish, close, reopen = lifecycle.publish, lifecycle.close, lifecycle.reopen
    for deed in (publish, close, reopen, close, lifecycle.archive, lifecycle.restore):
        poll = deed(poll, at=now())
        stored = Poll.objects.values().get()
        assert {name: getattr(poll, name) for name in stored} == stored
