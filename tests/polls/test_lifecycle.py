from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from polls import lifecycle, refusals
from polls.models import Choice, Poll
from polls.terms import Phase
from tests.browser import Browser
from tests.builders import a_draft, a_poll, a_question, a_ready_draft, choices_of, now
from tests.doors import ApiDoor, vote

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


DEEDS: dict[str, Callable[..., Poll]] = {
    name: getattr(lifecycle, name) for name in ("publish", "open_now", "close", "reopen", "archive", "restore")
}
PHASES: dict[Phase, Callable[[], Poll]] = {
    Phase.DRAFT: a_ready_draft,
    Phase.SCHEDULED: lambda: a_poll(opens_at=now() + timedelta(hours=1)),
    Phase.OPEN: a_poll,
    Phase.CLOSED: lambda: lifecycle.close(a_poll(), at=now()),
    Phase.ARCHIVED: lambda: lifecycle.archive(lifecycle.close(a_poll(), at=now()), at=now()),
}


@pytest.mark.parametrize("phase", PHASES)
def test_a_poll_refuses_what_makes_no_sense_and_offers_the_rest(phase: Phase) -> None:
    poll = PHASES[phase]()
    possible = lifecycle.possible(poll, at=now())
    assert possible
    for name in DEEDS.keys() - set(possible):
        with pytest.raises(refusals.Forbidden):
            DEEDS[name](poll, at=now())
        assert Poll.objects.get(pk=poll.pk).phase(now()) == phase, name
    for name in possible:
        assert DEEDS[name](PHASES[phase](), at=now()).phase(now()) != phase, name


def test_a_deed_goes_by_what_the_poll_is_now_and_not_by_what_somebody_saw() -> None:
    seen = a_poll()
    lifecycle.close(Poll.objects.get(), at=now())
    with pytest.raises(refusals.Forbidden):
        lifecycle.close(seen, at=now())
    assert lifecycle.archive(seen, at=now()).version == 4


def test_a_poll_that_is_opened_again_closes_by_its_schedule_only_where_that_is_still_to_come() -> None:
    at, later = now(), now() + timedelta(days=1)
    early = lifecycle.close(a_poll(closes_at=later), at=at)
    assert lifecycle.reopen(early, at=at).closes_at == later
    over = a_poll(closes_at=later)
    assert lifecycle.reopen(over, at=later).closes_at is None


def test_when_it_closed_a_poll_remembers_in_the_archive_and_out_of_it() -> None:
    at, later = now() + timedelta(days=1), now() + timedelta(days=2)
    by_hand, by_the_clock = lifecycle.close(a_poll(), at=at), a_poll(closes_at=at)
    for poll in (by_hand, by_the_clock):
        archived = lifecycle.archive(poll, at=later)
        assert archived.closed_at == at
        assert lifecycle.restore(archived, at=later).closed_at == at


def test_opened_again_it_is_not_closed_any_more() -> None:
    assert lifecycle.reopen(lifecycle.close(a_poll(), at=now()), at=now()).closed_at is None


def test_where_nobody_voted_nothing_was_seen_and_a_poll_is_opened_again(vera: Browser) -> None:
    poll = lifecycle.close(a_poll(reveal="after_close"), at=now())
    assert "reopen" in lifecycle.possible(poll, at=now())
    vote(vera, lifecycle.reopen(poll, at=now()))
    poll = lifecycle.close(poll, at=now())
    assert "reopen" not in lifecycle.possible(poll, at=now())


def test_a_poll_that_somebody_voted_in_is_not_deleted(vera: Browser) -> None:
    poll, empty = a_poll(), a_poll()
    vote(vera, poll)
    with pytest.raises(refusals.Forbidden, match="archived, not deleted"):
        lifecycle.remove(poll)
    lifecycle.remove(empty)
    assert Poll.objects.get() == poll


@pytest.mark.parametrize(
    ("question", "choices", "problem"),
    [
        ({"kind": "rating"}, [], "something to rate"),
        ({"kind": "rating"}, ["A"], ""),
        ({"kind": "text"}, [], ""),
        ({"write_in": True}, ["A"], ""),
        ({"kind": "multiple", "minimum": 4}, ["A", "B", "C"], "more choices than there are"),
        ({"kind": "multiple", "minimum": 3}, ["A", "B", "C"], ""),
    ],
)
def test_what_a_question_needs_before_it_is_asked(question: dict[str, Any], choices: list[str], problem: str) -> None:
    poll = a_ready_draft(choices=choices, question=question)
    found = lifecycle.problems(poll, at=now())
    assert any(problem in sentence for sentence in found) if problem else found == []


def test_a_withdrawn_choice_is_none_that_a_question_has() -> None:
    poll = a_ready_draft(choices=["A", "B"])
    Choice.objects.filter(text="B").update(withdrawn_at=now())
    assert any("at least two choices" in sentence for sentence in lifecycle.problems(poll, at=now()))


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
