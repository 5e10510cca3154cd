"""How strong a poll's policy is, in words: the same on the ballot, in the API and at the desk."""

from typing import Protocol

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from polls.terms import Policy


class Policed(Protocol):
    """A poll, or a snapshot of one."""

    @property
    def policy(self) -> str: ...

    @property
    def network_allowance(self) -> int | None: ...


def strength(poll: Policed) -> str:
    """What the policy holds off and what it does not, in the active language."""
    policy, allowance = Policy(poll.policy), poll.network_allowance
    if policy == Policy.NETWORK and allowance == 1:
        return _("One vote per network address. People in one home or office share it.")
    return " ".join(filter(None, [_alone(policy), _shared(allowance) if allowance is not None else ""]))


def _alone(policy: Policy) -> str:
    match policy:
        case Policy.INVITATION:
            return _("One vote per invitation. Who has no invitation can’t vote.")
        case Policy.ACCOUNT:
            return _("One vote per account. Somebody with two accounts can vote twice.")
        case Policy.BROWSER:
            return _("One vote per browser. Stops casual repeats; somebody who clears cookies can vote again.")
        case Policy.NETWORK:
            return _("One vote per browser, and a limit for each network address.")
        case Policy.OPEN:
            return _("Anyone can vote, and more than once. Take the result as a mood, not as a count.")


def _shared(allowance: int) -> str:
    return ngettext(
        "People behind one office address share %(number)d vote.",
        "People behind one office address share %(number)d votes.",
        allowance,
    ) % {"number": allowance}
