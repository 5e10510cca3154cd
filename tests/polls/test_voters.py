"""Who a voter is to one poll: somebody it can know again, or nobody."""

from dataclasses import replace
from typing import Any

import pytest

from polls import ballots, eligibility, refusals, snapshots, voters
from polls.kinds import Answer
from polls.models import Ballot
from polls.terms import Door
from polls.voters import Voter
from tests.browser import Browser
from tests.builders import a_poll
from tests.doors import vote

VERA = Voter(browser="her browser", network="192.0.2.1", account=7, invitation="0123456789ABCDEF")
ASKED_FOR = {"invitation": "invitation", "account": "account", "browser": "browser", "network": "browser"}
WHY = {
    ("invitation", "invitation"): refusals.InvitationMissing,
    ("account", "account"): refusals.SignInFirst,
    ("browser", "browser"): refusals.VoterUnknown,
    ("network", "browser"): refusals.VoterUnknown,
    ("open", "network"): refusals.VoterUnknown,
    ("invitation", "network"): refusals.VoterUnknown,
}


@pytest.mark.parametrize(("policy", "asked"), ASKED_FOR.items())
def test_who_lacks_what_a_policy_asks_for_has_no_key(policy: str, asked: str, house: None) -> None:
    poll = snapshots.of(a_poll(policy=policy, network_allowance=5))
    assert voters.voter_key(poll, VERA, "a paper")
    assert voters.voter_key(poll, replace(VERA, **{asked: None}), "a paper") is None


@pytest.mark.parametrize(("policy", "lacking"), WHY)
def test_a_ballot_of_nobody_is_refused_by_the_town_hall_itself(policy: str, lacking: str, house: None) -> None:
    poll = snapshots.of(a_poll(policy=policy, network_allowance=5))
    answers = [Answer(poll.questions[0].id, (poll.questions[0].choices[0].id,))]
    for voter in (VERA, replace(VERA, **{lacking: None})):
        if voter is VERA:
            assert ballots.prepare(poll, answers, voter=voter, nonce="a paper", door=Door.API).voter_key
            continue
        with pytest.raises(WHY[policy, lacking]):
            ballots.prepare(poll, answers, voter=voter, nonce="a paper", door=Door.API)


def test_what_stands_for_a_voter_in_one_poll_says_nothing_in_another(house: None) -> None:
    one, other = (snapshots.of(a_poll(policy="invitation", network_allowance=5)) for _ in range(2))
    assert voters.voter_key(one, VERA, "") != voters.voter_key(other, VERA, "")
    assert voters.network_key(one, VERA) != voters.network_key(other, VERA)
    assert voters.invitation_hash(one, "0123456789ABCDEF") != voters.invitation_hash(other, "0123456789ABCDEF")


def test_only_who_voted_has_voted(house: None) -> None:
    poll = snapshots.of(a_poll(policy="account"))
    answers = [Answer(poll.questions[0].id, (poll.questions[0].choices[0].id,))]
    ballots.cast_many([ballots.prepare(poll, answers, voter=VERA, nonce="a paper", door=Door.API)])
    assert eligibility.has_voted(poll, VERA)
    assert not eligibility.has_voted(poll, replace(VERA, account=8))
    assert not eligibility.has_voted(poll, replace(VERA, account=None))


@pytest.mark.parametrize(
    ("fields", "plain"),
    [({}, True), ({"anonymous": True}, False), ({"network_allowance": 5}, False), ({"policy": "invitation"}, False)],
)
def test_a_ballot_that_needs_a_question_first_is_not_written_at_once(
    fields: dict[str, Any], plain: bool, house: None
) -> None:
    poll = snapshots.of(a_poll(**fields))
    answers = [Answer(poll.questions[0].id, (poll.questions[0].choices[0].id,))]
    assert ballots.prepare(poll, answers, voter=VERA, nonce="a paper", door=Door.API).is_plain is plain


@pytest.mark.parametrize("allowance", [None, 5])
def test_a_network_is_kept_only_where_votes_per_network_are_limited(allowance: int | None, vera: Browser) -> None:
    vote(vera, a_poll(network_allowance=allowance))
    assert (Ballot.objects.get().network_key is not None) == (allowance is not None)
