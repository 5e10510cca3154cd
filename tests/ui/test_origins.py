"""From which sites a ballot is taken."""

from collections.abc import Callable

import pytest

from polls.models import Ballot
from tests.browser import Browser
from tests.builders import a_poll, choices_of
from tests.doors import DOORS, ApiDoor


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site", "Origin": "https://mallory.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": "https://other.polls.test"},
        {"Origin": "https://mallory.example"},
        {"Origin": "https://[::1"},
        {"Origin": "http://["},
    ],
)
def test_a_post_from_a_foreign_site_is_refused(headers: dict[str, str], vera: Browser) -> None:
    poll = a_poll(allowed_sites="https://gina.example")
    first = choices_of(poll)[0]
    for door in DOORS:
        reply = door.vote(vera, poll.slug, [(first.question_id, [first.pk])], vera.paper(poll.slug), headers=headers)
        assert (reply.code, reply.status) == ("origin_foreign", 403), door.name
        way_out = f'href="/p/{poll.slug}/" target="_blank"'
        assert isinstance(door, ApiDoor) or way_out in reply.response.text, door.name
        assert not Ballot.objects.exists(), door.name


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {}])
def test_a_post_that_hides_its_origin_is_refused_with_what_to_do(headers: dict[str, str], vera: Browser) -> None:
    poll = a_poll(allowed_sites="https://gina.example")
    answers, way_out = (
        [(choices_of(poll)[0].question_id, [choices_of(poll)[0].pk])],
        f'href="/p/{poll.slug}/" target="_blank"',
    )
    for door in DOORS:
        reply = door.vote(vera, poll.slug, answers, vera.paper(poll.slug), headers={"Origin": "null"} | headers)
        assert (reply.code, reply.status) == ("origin_hidden", 403), door.name
        assert isinstance(door, ApiDoor) or way_out in reply.response.text, door.name
        assert not Ballot.objects.exists(), door.name


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "same-origin", "Origin": "https://polls.test"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "https://polls.test"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "https://gina.example"},
        {},
    ],
)
def test_a_post_from_home_or_an_allowed_site_is_taken(headers: dict[str, str], browse: Callable[..., Browser]) -> None:
    poll = a_poll(allowed_sites="https://gina.example")
    first = choices_of(poll)[0]
    answers = [(first.question_id, [first.pk])]
    for door in DOORS:
        voter = browse()
        assert door.vote(voter, poll.slug, answers, voter.paper(poll.slug), headers=headers).counted, door.name
    assert Ballot.objects.count() == len(DOORS)
