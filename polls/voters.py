"""Who a voter is to one poll: a keyed hash, never a name, an address or an IP."""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from functools import lru_cache

from polls.snapshots import PollSnapshot
from polls.terms import Policy


@dataclass(frozen=True, slots=True)
class Voter:
    """What a door knows of a voter. `network` is an IPv4 address or the /64 of an IPv6 one, in text."""

    browser: str | None = None
    network: str | None = None
    account: int | None = None
    invitation: str | None = None


def hashed(poll: PollSnapshot, said: str) -> str:
    """43 characters: HMAC-SHA-256 under the poll's own key, so that two polls can't be compared."""
    signer = _signer(poll.key).copy()
    signer.update(said.encode())
    return base64.urlsafe_b64encode(signer.digest()).decode().rstrip("=")


@lru_cache(maxsize=1000)
def _signer(key: bytes) -> "hmac.HMAC":
    # To make one takes longer than all it does for a voter.
    return hmac.new(key, digestmod="sha256")


def voter_key(poll: PollSnapshot, voter: Voter, nonce: str) -> str | None:
    """The key that stands for the voter in this poll; None when the policy can't know this voter: fail closed."""
    match poll.policy:
        case Policy.BROWSER | Policy.NETWORK:
            return hashed(poll, f"browser:{voter.browser}") if voter.browser else None
        case Policy.ACCOUNT:
            return hashed(poll, f"account:{voter.account}") if voter.account is not None else None
        case Policy.INVITATION:
            return hashed(poll, f"invitation:{voter.invitation}") if voter.invitation else None
        case Policy.OPEN:
            return hashed(poll, f"paper:{nonce}")


def invitation_hash(poll: PollSnapshot, code: str) -> str:
    """What is kept of an invitation's code. Voter keys are made from the code itself."""
    said = f"pollstead.invitation:{poll.id}:{code}"
    return base64.urlsafe_b64encode(hashlib.sha256(said.encode()).digest()).decode().rstrip("=")


def network_key(poll: PollSnapshot, voter: Voter) -> str | None:
    """The key of the voter's network where the poll limits votes per network, else None: what isn't used isn't kept."""
    if poll.network_allowance is None or voter.network is None:
        return None
    return hashed(poll, f"network:{voter.network}")
