"""One gate for all channels: where results are hidden, nothing that anybody is given moves with the votes.

What a channel gives is compared, whole and with its headers, before and after something happened to the votes. So a
leak is found whatever it looks like: a figure, a length, a version in an ETag.
"""

from collections.abc import Iterable
from typing import Any

import pytest

from polls import ballots, lifecycle
from polls.ballots import moderation
from polls.kinds import Answer
from polls.models import Ballot, Mark, Poll
from tests.browser import Browser
from tests.builders import a_draft, a_question, now
from tests.channels import CHANNELS, Channel
from tests.doors import ApiDoor
from ui.cache import cache

HIDDEN = {
    "after voting": ({"reveal": "after_voting"}, False, False),
    "after the close": ({"reveal": "after_close"}, False, True),
    "never": ({"reveal": "never"}, False, True),
    "never, and closed": ({"reveal": "never"}, True, True),
    "secret, before a batch is full": ({"reveal": "always", "anonymous": True}, False, True),
}
"""Fields of a poll, whether it is closed, and whether its results are hidden even from those who have voted."""


def a_rich_poll(**fields: Any) -> Poll:
    """It asks all that could tell something, and publishes its ballots."""
    draft = a_draft(ballots_published=True, **fields)
    a_question(draft, "Which?", write_in=True)
    a_question(draft, "In what order?", kind="ranked")
    a_question(draft, "Why?", choices=(), kind="text", required=False)
    return lifecycle.publish(draft, at=now())


def vote(browser: Browser, poll: Poll, *, wrote: str = "") -> None:
    which, order, why = poll.questions.all()
    (first, *_), ranked = which.choices.all(), [(choice.pk,) for choice in order.choices.all()]
    said = [Answer(which.pk, choices=(first.pk,)), Answer(order.pk, ranking=tuple(ranked))]
    browser.client.cookies.clear()
    answers = [*said, Answer(why.pk, text=wrote)] if wrote else said
    assert ApiDoor().vote(browser, poll.slug, answers, browser.paper(poll.slug)).counted


def stir(browser: Browser, poll: Poll, *, closed: bool) -> None:
    """Something happens to the votes."""
    if closed:
        ballots.set_aside(poll, Ballot.objects.values_list("pk", flat=True)[:2], reason="editor", at=now())
        return
    vote(browser, poll)
    vote(browser, poll, wrote="Because of the tally")
    if not poll.anonymous:
        moderation.show(poll, Mark.objects.filter(text__isnull=False).values_list("pk", flat=True), at=now())


def moved(poll: Poll, *, closed: bool, vera: Browser, victor: Browser) -> set[str]:
    """The channels that give a stranger something else after the votes have changed."""
    vote(victor, poll)
    vote(victor, poll)
    if closed:
        lifecycle.close(poll, at=now())
    before = {channel.name: channel.look(vera, poll) for channel in CHANNELS}
    stir(victor, poll, closed=closed)

    def now_moved(channels: Iterable[Channel]) -> set[str]:
        return {channel.name for channel in channels if channel.look(vera, poll) != before[channel.name]}

    at_once = now_moved(channel for channel in CHANNELS if channel.remembered)
    cache.clear()  # a ranking is counted again after a while; now
    return at_once | now_moved(CHANNELS)


@pytest.mark.parametrize(("fields", "closed", "from_voters"), HIDDEN.values(), ids=HIDDEN.keys())
def test_no_channel_moves_with_hidden_votes(
    fields: dict[str, Any], closed: bool, from_voters: bool, vera: Browser, victor: Browser
) -> None:
    allowed = {channel.name for channel in CHANNELS if channel.as_voter and not from_voters}
    assert moved(a_rich_poll(**fields), closed=closed, vera=vera, victor=victor) <= allowed


def test_every_channel_that_tells_results_moves_where_they_may_be_seen(vera: Browser, victor: Browser) -> None:
    telling = {channel.name for channel in CHANNELS if channel.tells}
    # The card of a closed poll is its result; of an open one its form.
    assert moved(a_rich_poll(reveal="after_close"), closed=True, vera=vera, victor=victor) - {"page"} == telling
