"""Who sees results, and which words of voters are among them."""

from collections.abc import Callable
from datetime import timedelta
from itertools import product

import pytest

from polls import ballots, lifecycle, refusals, snapshots, tallies
from polls.ballots import moderation
from polls.kinds import Answer
from polls.models import Ballot, Mark, Poll
from polls.terms import Door, Reveal
from polls.voters import Voter, voter_key
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


def _voting(poll: Poll, name: str) -> ballots.Batch:
    snapshot = snapshots.of(poll)
    first = snapshot.questions[0]
    answers, voter = [Answer(first.id, (first.choices[0].id,))], Voter(browser=name)
    return ballots.cast_many([ballots.prepare(snapshot, answers, voter=voter, nonce=name, door=Door.PAGE)])


def _seen(poll: Poll) -> tuple[int, int, int, int]:
    """Ballots, version, ballots set aside and votes for the first choice, as they are shown now."""
    snapshot = snapshots.of(poll)
    shown, first = tallies.load(snapshot).shown(snapshot, at=now()), snapshot.questions[0]
    return shown.ballots, shown.version, shown.set_aside, shown.counters[first.id].get(str(first.choices[0].id), 0)


def test_the_numbers_of_a_secret_poll_move_ten_ballots_at_a_time_and_are_all_told_at_the_close() -> None:
    poll, other = a_poll(anonymous=True, changes_allowed=True), a_poll(anonymous=True)
    _voting(other, "vera")
    snapshot = snapshots.of(poll)
    for number in range(1, 22):
        (change,) = _voting(poll, f"voter {number}").changes
        assert change.counters is None, "whoever hears of a batch would know what was in it"
        told = number - number % 10
        assert _seen(poll) == (told, told, 0, told), number
    assert _seen(other) == (0, 0, 0, 0)
    for number in range(1, 12):
        key = voter_key(snapshot, Voter(browser=f"voter {number}"), "")
        assert key
        ballots.withdraw(snapshot, voter_key=key)
        left = 20 if number < 11 else 10
        assert _seen(poll) == (left, left, 0, left), number
    ballots.set_aside(poll, [Ballot.objects.filter(poll=poll).latest("pk").pk], reason="editor", at=now())
    assert _seen(poll) == (10, 10, 0, 10)
    ballots_now, _version, set_aside, votes = _seen(lifecycle.close(poll, at=now()))
    assert (ballots_now, set_aside, votes) == (9, 1, 9)
