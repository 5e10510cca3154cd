"""A ballot whose answer was lost is sent again, and counts once."""

from polls import lifecycle
from polls.models import Ballot
from tests.browser import Browser
from tests.builders import a_poll, choices_of, now
from tests.doors import ApiDoor, FormDoor

type Door = FormDoor | ApiDoor


def test_the_same_paper_with_the_same_answer_is_counted_once_and_answered_each_time(door: Door, vera: Browser) -> None:
    poll = a_poll()
    first = choices_of(poll)[0]
    paper = vera.paper(poll.slug)
    replies = [door.vote(vera, poll.slug, [(first.question_id, [first.pk])], paper) for _ in range(3)]
    assert [reply.code for reply in replies] == ["counted"] * 3
    assert len({reply.status for reply in replies}) == 1
    assert Ballot.objects.count() == 1


def test_a_retry_whose_answer_was_lost_is_counted_even_after_the_close(door: Door, vera: Browser) -> None:
    poll = a_poll()
    answers = [(choices_of(poll)[0].question_id, [choices_of(poll)[0].pk])]
    paper = vera.paper(poll.slug)
    assert door.vote(vera, poll.slug, answers, paper).counted
    vera.client.cookies.clear()
    lifecycle.close(poll, at=now())
    assert door.vote(vera, poll.slug, answers, paper).counted
    assert Ballot.objects.count() == 1
