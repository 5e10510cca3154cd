import pytest
from django.utils import translation

from polls.models import Poll
from polls.policies import strength


@pytest.mark.parametrize(
    ("policy", "allowance", "words"),
    [
        ("invitation", None, "One vote per invitation. Who has no invitation can’t vote."),
        ("account", None, "One vote per account. Somebody with two accounts can vote twice."),
        (
            "browser",
            None,
            "One vote per browser. Stops casual repeats; somebody who clears cookies can vote again.",
        ),
        (
            "browser",
            1,
            (
                "One vote per browser. Stops casual repeats; somebody who clears cookies can vote again. "
                "People behind one office address share 1 vote."
            ),
        ),
        (
            "network",
            5,
            (
                "One vote per browser, and a limit for each network address. "
                "People behind one office address share 5 votes."
            ),
        ),
        ("network", 1, "One vote per network address. People in one home or office share it."),
        (
            "open",
            9,
            (
                "Anyone can vote, and more than once. Take the result as a mood, not as a count. "
                "People behind one office address share 9 votes."
            ),
        ),
    ],
)
def test_a_policy_says_how_strong_it_is(policy: str, allowance: int | None, words: str) -> None:
    with translation.override("en"):
        assert strength(Poll(policy=policy, network_allowance=allowance)) == words


@pytest.mark.parametrize(
    ("policy", "allowance", "words"),
    [
        ("invitation", None, "One vote per invitation. Who had no invitation couldn’t vote."),
        ("account", None, "One vote per account. Somebody with two accounts could vote twice."),
        (
            "browser",
            None,
            "One vote per browser. Stopped casual repeats; somebody who cleared cookies could vote again.",
        ),
        (
            "network",
            5,
            (
                "One vote per browser, and a limit for each network address. "
                "People behind one office address shared 5 votes."
            ),
        ),
        ("network", 1, "One vote per network address. People in one home or office shared it."),
        ("open", None, "Anyone could vote, and more than once. Take the result as a mood, not as a count."),
    ],
)
def test_after_the_close_a_policy_says_how_strong_it_was(policy: str, allowance: int | None, words: str) -> None:
    with translation.override("en"):
        assert strength(Poll(policy=policy, network_allowance=allowance), over=True) == words


def test_a_policy_counts_as_its_readers_do() -> None:
    with translation.override("ar"):
        said = strength(Poll(policy="network", network_allowance=12))
    assert "١٢" in said
    assert "12" not in said
