"""Reading who has voted, by the voter's own key."""

from polls.models import Ballot
from polls.snapshots import PollSnapshot
from polls.voters import Voter, voter_key


def has_voted(poll: PollSnapshot, voter: Voter) -> bool:
    """Whether this voter has a ballot. Under the open policy nobody can tell."""
    key = voter_key(poll, voter, "")
    return key is not None and Ballot.objects.filter(poll=poll.id, voter_key=key).exists()
