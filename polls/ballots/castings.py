import base64
import hmac
from collections.abc import Sequence
from dataclasses import dataclass

from polls import ledger, refusals
from polls.kinds import Answer, MarkLine, read_marks
from polls.kinds.answers import digest
from polls.snapshots import PollSnapshot
from polls.terms import Door, Policy
from polls.voters import Voter, invitation_hash, network_key, voter_key


@dataclass(frozen=True, slots=True)
class Casting:
    """A ballot on its way to the ledger: read, checked against a version of the poll, not yet counted."""

    poll: PollSnapshot
    marks: tuple[MarkLine, ...]
    voter_key: str
    network_key: str | None
    nonce: str
    answers: str
    door: Door
    network_slot: int | None = None
    invitation: str | None = None
    """The hash of the invitation's code, where the poll asks for one."""
    set_aside_for: str = ""
    """Why the ballot goes into quarantine; empty for one that counts at once."""

    @property
    def is_plain(self) -> bool:
        """It can be written as it stands: no network's slot to find, no invitation to look up, nothing to release."""
        return self.network_key is None and self.invitation is None and not self.poll.anonymous

    def row(self, place: int) -> ledger.Row:
        poll, slot = self.poll, self.network_slot
        mine = (self.voter_key, self.nonce, self.answers, self.network_key if slot else None, slot)
        receipt = receipt_code(poll, self.nonce) if poll.ballots_published else None
        return (place, poll.id, poll.version, *mine, self.door.value, receipt, self.set_aside_for)


@dataclass(frozen=True, slots=True)
class Checked:
    """What answers say by the rules of a poll: their marks, and the digest of these."""

    marks: tuple[MarkLine, ...]
    digest: str


def check(poll: PollSnapshot, answers: Sequence[Answer]) -> Checked:
    """Check answers against the poll's rules. Raises a Refusal."""
    marks = read_marks(poll, answers)
    return Checked(marks, digest(marks))


def prepare(
    poll: PollSnapshot,
    answers: Sequence[Answer],
    *,
    voter: Voter,
    nonce: str,
    door: Door,
    set_aside_for: str = "",
    checked: Checked | None = None,
) -> Casting:
    """Check a ballot against the poll's rules, and say whose it is. Raises a Refusal.

    `checked`: who has checked the same answers before, for the same version of the poll, need not do it again.
    """
    checked = checked or check(poll, answers)
    key, network, invitation = voter_key(poll, voter, nonce), network_key(poll, voter), None
    if poll.policy == Policy.INVITATION:
        if not voter.invitation:
            raise refusals.InvitationMissing
        invitation = invitation_hash(poll, voter.invitation)
    if poll.policy == Policy.ACCOUNT and voter.account is None:
        raise refusals.SignInFirst
    if key is None or (network is None and poll.network_allowance is not None):
        raise refusals.VoterUnknown
    marks, answered = checked.marks, checked.digest
    return Casting(poll, marks, key, network, nonce, answered, door, invitation=invitation, set_aside_for=set_aside_for)


def receipt_code(poll: PollSnapshot, nonce: str) -> str:
    """By this code a voter finds the ballot in the published list: 16 letters and digits, made from the paper."""
    code = hmac.digest(poll.key, f"receipt:{nonce}".encode(), "sha256")[:10]
    return base64.b32encode(code).decode()
