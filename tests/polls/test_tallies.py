"""Who sees results, and which words of voters are among them."""

from collections.abc import Callable
from datetime import timedelta
from itertools import product

import pytest

from polls import ballots, lifecycle, refusals, snapshots, tallies
from polls.ballots import moderation
from polls.models import Ballot, Mark, Poll
from polls.terms import Reveal
from tests.builders import a_draft, a_poll, now
from tests.votes import a_writing

pytestmark = pytest.mark.usefixtures("house")


def _archived(poll: Poll) -> Poll:
    return lifecycle.archive(lifecycle.close(poll, at=now()), at=now())


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (a_draft, refusals.UnknownPoll),
        (lambda **fields: a_poll(opens_at=now() + timedelta(hours=1), **fields), refusals.NotOpenYet),
        (lambda **fields: _archived(a_poll(**fields)), refusals.PollArchived),
    ],
    ids=["draft", "scheduled", "archived"],
)
def test_before_a_poll_opens_and_in_the_archive_nobody_sees_results(
    make: Callable[..., Poll], why: type[refusals.Refusal]
) -> None:
    for reveal, voted in product(Reveal, (False, True)):
        poll = snapshots.of(make(reveal=reveal))
        assert type(tallies.why_hidden(poll, at=now(), voted=voted)) is why, (reveal, voted)


def _shown(poll: Poll) -> list[str]:
    """The texts, each on a ballot of its own, after an editor has let all be shown."""
    moderation.show(poll, Mark.objects.order_by("pk").values_list("pk", flat=True), at=now())
    snapshot = snapshots.of(poll)
    return list(tallies.load(snapshot).texts[snapshot.questions[0].id])


@pytest.mark.parametrize(("anonymous", "order"), [(False, ["A", "C", "B"]), (True, ["A", "B", "C"])])
def test_the_order_of_texts_tells_nothing_of_the_order_of_secret_ballots(anonymous: bool, order: list[str]) -> None:
    poll = a_poll(question={"kind": "text"}, choices=[], anonymous=anonymous)
    for text in "BCA":
        a_writing(poll, text)
    assert _shown(lifecycle.close(poll, at=now())) == order


def test_the_words_of_a_ballot_that_is_set_aside_are_not_shown() -> None:
    poll = a_poll(question={"kind": "text"}, choices=[])
    for text in "AB":
        a_writing(poll, text)
    assert _shown(poll) == ["B", "A"]
    ballots.set_aside(poll, [Ballot.objects.latest("pk").pk], reason="editor", at=now())
    assert _shown(poll) == ["A"]
