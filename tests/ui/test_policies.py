"""What is said of how strong a policy is."""

from html import unescape

import pytest

from polls import lifecycle
from tests.browser import Browser
from tests.builders import a_poll, now


@pytest.mark.parametrize(
    ("policy", "words"),
    [
        ("browser", "somebody who clears cookies can vote again"),
        ("network", "People behind one office address share 5 votes."),
        ("open", "as a mood, not as a count"),
        ("invitation", "One vote per invitation."),
        ("account", "One vote per account."),
    ],
)
def test_a_ballot_says_how_strong_its_policy_is(policy: str, words: str, vera: Browser) -> None:
    poll = a_poll(policy=policy, network_allowance=5)
    assert words in unescape(vera.get(f"/p/{poll.slug}/").text)
    assert words in unescape(vera.get(f"/embed/{poll.slug}/").text)
    assert words in vera.get(f"/api/v1/polls/{poll.slug}").json()["strength"]


def test_after_the_close_nothing_is_said_of_voting_again(vera: Browser) -> None:
    poll = a_poll(reveal="always")
    addresses = (f"/p/{poll.slug}/results/", f"/embed/{poll.slug}/?show=results", f"/api/v1/polls/{poll.slug}")
    for address in addresses:
        assert "can vote again" in vera.get(address).text, address
    lifecycle.close(poll, at=now())
    for address in addresses:
        said = vera.get(address).text
        assert ("can vote again" in said, "could vote again" in said) == (False, True), address
