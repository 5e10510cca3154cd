"""Every refusal at every door: the same code, the same sentence, nothing counted."""

from collections.abc import Callable
from typing import Any

import pytest

from polls.models import Ballot
from tests.attempts import ATTEMPTS, Arranged
from tests.browser import Browser
from tests.builders import a_poll, choices_of
from tests.doors import ApiDoor, FormDoor

type Door = FormDoor | ApiDoor


@pytest.mark.parametrize("arranged", ATTEMPTS.values(), ids=ATTEMPTS.keys())
def test_is_refused_with_its_code_and_counts_nothing(arranged: Arranged, door: Door, vera: Browser) -> None:
    attempt = arranged.arrange()
    told = {"extra": attempt.extra, "headers": attempt.headers}
    reply = door.vote(vera, attempt.slug, attempt.answers, attempt.paper, **told)
    assert (reply.code, reply.status) == (arranged.meets.code, arranged.meets.status)
    assert reply.sentence
    assert "set-cookie" not in reply.response.headers
    assert not Ballot.objects.exists()


def test_a_second_vote_of_the_same_browser_is_refused(door: Door, vera: Browser) -> None:
    poll = a_poll()
    first, second, _ = choices_of(poll)
    assert door.vote(vera, poll.slug, [(first.question_id, [first.pk])], vera.paper(poll.slug)).counted
    reply = door.vote(vera, poll.slug, [(second.question_id, [second.pk])], vera.paper(poll.slug))
    assert (reply.code, reply.status) == ("already_voted", 409)
    assert Ballot.objects.count() == 1


@pytest.mark.parametrize("policy", ["browser", "open", "network"])
def test_a_vote_without_work_is_refused_where_work_is_asked_for(
    policy: str, door: Door, vera: Browser, settings: Any
) -> None:
    settings.PROOF_OF_WORK = "always"
    poll = a_poll(policy=policy, network_allowance=5)
    first = choices_of(poll)[0]
    reply = door.vote(vera, poll.slug, [(first.question_id, [first.pk])], vera.paper(poll.slug))
    assert (reply.code, reply.status, reply.response.headers["retry-after"]) == ("work_needed", 429, "20")
    assert not Ballot.objects.exists()


@pytest.mark.parametrize("policy", ["browser", "network"])
def test_a_network_that_nobody_can_tell_is_refused_where_networks_are_counted(
    policy: str, door: Door, browse: Callable[..., Browser]
) -> None:
    poll = a_poll(policy=policy, network_allowance=5)
    first = choices_of(poll)[0]
    stranger = browse("somewhere")
    reply = door.vote(stranger, poll.slug, [(first.question_id, [first.pk])], stranger.paper(poll.slug))
    assert (reply.code, reply.status) == ("voter_unknown", 403)
    assert not Ballot.objects.exists()


def test_a_second_vote_from_a_full_network_is_refused(door: Door, browse: Callable[..., Browser]) -> None:
    poll = a_poll(policy="network", network_allowance=2)
    answers = [(choices_of(poll)[0].question_id, [choices_of(poll)[0].pk])]
    for _ in range(2):
        assert door.vote(browse(), poll.slug, answers, browse().paper(poll.slug)).counted
    assert door.vote(browse(), poll.slug, answers, browse().paper(poll.slug)).code == "network_full"
    assert door.vote(browse("198.51.100.9"), poll.slug, answers, browse().paper(poll.slug)).counted


def test_the_same_paper_with_another_answer_is_refused(door: Door, vera: Browser, victor: Browser) -> None:
    poll = a_poll()
    first, second, _ = choices_of(poll)
    paper = vera.paper(poll.slug)
    assert door.vote(vera, poll.slug, [(first.question_id, [first.pk])], paper).counted
    assert door.vote(victor, poll.slug, [(first.question_id, [second.pk])], paper).code == "paper_used"
    assert Ballot.objects.count() == 1
