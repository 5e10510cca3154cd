"""Changing a ballot, taking it back, setting ballots aside, secret polls: counters follow in the same transaction."""

from itertools import count
from typing import Any

import pytest

from polls import ballots, lifecycle, refusals, snapshots, tallies
from polls.kinds import Answer
from polls.models import Ballot, Invitation, Mark, Poll, Tally
from polls.snapshots import PollSnapshot
from polls.terms import Door
from polls.voters import Voter, invitation_hash, voter_key
from tests.builders import a_poll, choices_of, now

pytestmark = pytest.mark.usefixtures("house")
_nonce = count(1)


def snapshot_of(poll: Poll) -> PollSnapshot:
    found = snapshots.load(poll.slug)
    assert found
    return found


def cast(poll: Poll, place: int, voter: str | Voter = "vera", **fields: Any) -> ballots.Outcome:
    """Cast a ballot for the choice at a place, as a browser of that name."""
    snapshot = snapshot_of(poll)
    question = snapshot.questions[0]
    given = {
        "voter": Voter(browser=voter) if isinstance(voter, str) else voter,
        "nonce": f"nonce-{next(_nonce)}",
        "door": Door.PAGE,
    } | fields
    casting = ballots.prepare(snapshot, [Answer(question.id, (question.choices[place].id,))], **given)
    return ballots.cast_many([casting]).outcomes[0]


def counts(poll: Poll) -> list[int]:
    snapshot = snapshot_of(poll)
    shown = tallies.load(snapshot).shown(snapshot, at=now())
    return [choice.count for choice in tallies.results(snapshot, shown)[0].choices]


def key_of(poll: Poll, voter: str = "vera") -> str:
    key = voter_key(snapshot_of(poll), Voter(browser=voter), "")
    assert key
    return key


def test_a_changed_ballot_takes_the_place_of_the_first() -> None:
    poll = a_poll(changes_allowed=True)
    assert cast(poll, 0) == ballots.Counted()
    assert cast(poll, 1) == ballots.Counted(changed=True)
    assert counts(poll) == [0, 1, 0]
    assert Tally.objects.get().ballots == 1


def test_a_change_is_refused_where_the_poll_does_not_allow_it() -> None:
    poll = a_poll()
    cast(poll, 0)
    assert isinstance(cast(poll, 1), refusals.AlreadyVoted)
    assert counts(poll) == [1, 0, 0]


def test_a_late_retry_of_the_first_paper_does_not_undo_a_change() -> None:
    poll = a_poll(changes_allowed=True)
    cast(poll, 0, nonce="first")
    cast(poll, 1, nonce="second")
    assert cast(poll, 0, nonce="first") == ballots.Counted(again=True)
    assert counts(poll) == [0, 1, 0]


def test_a_change_after_the_close_is_refused() -> None:
    poll = a_poll(changes_allowed=True)
    cast(poll, 0)
    lifecycle.close(poll, at=now())
    assert isinstance(cast(poll, 1), refusals.PollClosed)
    assert counts(poll) == [1, 0, 0]


def test_a_withdrawn_ballot_leaves_nothing_but_its_paper() -> None:
    poll = a_poll(changes_allowed=True)
    cast(poll, 0, nonce="first")
    ballots.withdraw(snapshot_of(poll), voter_key=key_of(poll))
    assert counts(poll) == [0, 0, 0]
    assert not Mark.objects.exists()
    assert cast(poll, 0, nonce="first") == ballots.Counted(again=True)
    assert counts(poll) == [0, 0, 0]
    assert cast(poll, 2) == ballots.Counted()
    assert counts(poll) == [0, 0, 1]


def test_nobody_withdraws_the_ballot_of_somebody_else() -> None:
    poll = a_poll(changes_allowed=True)
    cast(poll, 0)
    with pytest.raises(refusals.NothingToWithdraw):
        ballots.withdraw(snapshot_of(poll), voter_key=key_of(poll, "mallory"))
    assert counts(poll) == [1, 0, 0]


def test_a_withdrawal_frees_the_place_of_its_network() -> None:
    poll = a_poll(policy="network", network_allowance=1, changes_allowed=True)
    office = "192.0.2.1"
    cast(poll, 0, voter=Voter(browser="vera", network=office))
    ballots.withdraw(snapshot_of(poll), voter_key=key_of(poll))
    assert cast(poll, 1, voter=Voter(browser="victor", network=office)) == ballots.Counted()


def test_ballots_set_aside_do_not_count_until_they_are_let_in() -> None:
    poll = a_poll()
    cast(poll, 0, voter="vera")
    cast(poll, 1, voter="victor")
    vera = Ballot.objects.get(voter_key=key_of(poll)).pk
    assert ballots.set_aside(poll, [vera], reason="editor", at=now()) == 1
    assert counts(poll) == [0, 1, 0]
    assert (Tally.objects.get().ballots, Tally.objects.get().set_aside) == (1, 1)
    assert ballots.set_aside(poll, [vera], reason="editor", at=now()) == 0
    assert ballots.let_in(poll, [vera]) == 1
    assert counts(poll) == [1, 1, 0]
    assert (Tally.objects.get().ballots, Tally.objects.get().set_aside) == (2, 0)


def test_a_ballot_can_come_in_set_aside() -> None:
    poll = a_poll()
    assert cast(poll, 0, set_aside_for="burst") == ballots.Counted(set_aside=True)
    assert counts(poll) == [0, 0, 0]
    assert Tally.objects.get().set_aside == 1
    ballots.let_in(poll, [Ballot.objects.get().pk])
    assert counts(poll) == [1, 0, 0]


def test_a_secret_poll_shows_its_numbers_in_batches_while_it_is_open() -> None:
    poll = a_poll(anonymous=True)
    for number in range(9):
        cast(poll, 0, voter=f"voter {number}")
    assert counts(poll) == [0, 0, 0]
    cast(poll, 1, voter="the tenth")
    assert counts(poll) == [9, 1, 0]
    cast(poll, 1, voter="the eleventh")
    assert counts(poll) == [9, 1, 0]
    lifecycle.close(poll, at=now())
    assert counts(poll) == [9, 2, 0]


def test_a_ballot_that_is_taken_back_is_not_set_aside_any_more() -> None:
    poll = a_poll(changes_allowed=True)
    cast(poll, 0, set_aside_for="burst")
    ballots.withdraw(snapshot_of(poll), voter_key=key_of(poll))
    assert Tally.objects.get().set_aside == 0
    assert not Ballot.objects.exclude(set_aside_at=None, set_aside_for="").exists()


def test_a_secret_poll_that_is_open_does_not_tell_what_is_set_aside() -> None:
    poll = a_poll(anonymous=True)
    cast(poll, 0, set_aside_for="burst")
    snapshot = snapshot_of(poll)
    assert tallies.load(snapshot).shown(snapshot, at=now()).set_aside == 0
    lifecycle.close(poll, at=now())
    snapshot = snapshot_of(poll)
    assert tallies.load(snapshot).shown(snapshot, at=now()).set_aside == 1


def test_a_secret_poll_keeps_no_exact_time() -> None:
    poll = a_poll(anonymous=True)
    cast(poll, 0)
    cast_at = Ballot.objects.get().cast_at
    assert (cast_at.hour, cast_at.minute, cast_at.second, cast_at.microsecond) == (0, 0, 0, 0)
    assert cast_at.date() == now().date()


def invited(poll: Poll, code: str) -> Invitation:
    return Invitation.objects.create(poll=poll, code_hash=invitation_hash(snapshot_of(poll), code))


def test_an_invitation_is_good_for_one_ballot() -> None:
    poll = a_poll(policy="invitation")
    invitation = invited(poll, "CODE")
    assert cast(poll, 0, voter=Voter(invitation="CODE")) == ballots.Counted()
    invitation.refresh_from_db()
    assert invitation.used_at
    assert (invitation.used_at.hour, invitation.used_at.minute) == (0, 0)
    assert isinstance(cast(poll, 1, voter=Voter(invitation="CODE")), refusals.AlreadyVoted)


def test_an_invitation_that_is_unknown_or_revoked_or_of_another_poll_is_refused() -> None:
    poll, other = a_poll(policy="invitation"), a_poll(policy="invitation")
    invited(other, "OTHER")
    Invitation.objects.filter(pk=invited(poll, "GONE").pk).update(revoked_at=now())
    for code in ("NONE", "OTHER", "GONE"):
        assert isinstance(cast(poll, 0, voter=Voter(invitation=code)), refusals.InvitationUnknown)
    assert not Ballot.objects.exists()


@pytest.mark.parametrize(
    ("policy", "refusal"), [("invitation", refusals.InvitationMissing), ("account", refusals.SignInFirst)]
)
def test_without_identity_the_ballot_is_refused(policy: str, refusal: type[refusals.Refusal]) -> None:
    with pytest.raises(refusal):
        cast(a_poll(policy=policy), 0, voter=Voter(browser="vera", network="192.0.2.1"))


def test_a_poll_that_counts_networks_refuses_a_voter_without_one() -> None:
    poll = a_poll(policy="network", network_allowance=3)
    with pytest.raises(refusals.VoterUnknown):
        cast(poll, 0, voter=Voter(browser="vera"))
    assert choices_of(poll)


def test_a_receipt_is_kept_only_where_the_ballots_are_published() -> None:
    poll, published = a_poll(), a_poll(ballots_published=True)
    cast(poll, 0)
    cast(published, 0)
    assert Ballot.objects.get(poll=poll).receipt is None
    receipt = Ballot.objects.get(poll=published).receipt
    assert receipt
    assert len(receipt) == 16
