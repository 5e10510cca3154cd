"""How strong a poll's policy is, in words: the same on the ballot, in the API and at the desk."""

from typing import Protocol

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from polls import figures
from polls.terms import Policy


class Policed(Protocol):
    """A poll, or a snapshot of one."""

    @property
    def policy(self) -> str: ...

    @property
    def network_allowance(self) -> int | None: ...


def strength(poll: Policed, *, over: bool = False) -> str:
    """What the policy holds off and what it does not, or did until the close, in the active language."""
    policy, allowance = Policy(poll.policy), poll.network_allowance
    if policy == Policy.NETWORK and allowance == 1:
        if over:
            return _("One vote per network address. People in one home or office shared it.")
        return _("One vote per network address. People in one home or office share it.")
    shared = _shared(allowance, over=over) if allowance is not None else ""
    return f"{_alone(policy, over=over)} {shared}".rstrip()


def _alone(policy: Policy, *, over: bool) -> str:
    match policy, over:
        case Policy.INVITATION, False:
            return _("One vote per invitation. Who has no invitation can’t vote.")
        case Policy.INVITATION, True:
            return _("One vote per invitation. Who had no invitation couldn’t vote.")
        case Policy.ACCOUNT, False:
            return _("One vote per account. Somebody with two accounts can vote twice.")
        case Policy.ACCOUNT, True:
            return _("One vote per account. Somebody with two accounts could vote twice.")
        case Policy.BROWSER, False:
            return _("One vote per browser. Stops casual repeats; somebody who clears cookies can vote again.")
        case Policy.BROWSER, True:
            return _("One vote per browser. Stopped casual repeats; somebody who cleared cookies could vote again.")
        case Policy.OPEN, False:
            return _("Anyone can vote, and more than once. Take the result as a mood, not as a count.")
        case Policy.OPEN, True:
            return _("Anyone could vote, and more than once. Take the result as a mood, not as a count.")
    return _("One vote per browser, and a limit for each network address.")


def _shared(allowance: int, *, over: bool) -> str:
    if over:
        return ngettext(
            "People behind one office address shared %(number)s vote.",
            "People behind one office address shared %(number)s votes.",
            allowance,
        ) % {"number": figures.count(allowance)}
    return ngettext(
        "People behind one office address share %(number)s vote.",
        "People behind one office address share %(number)s votes.",
        allowance,
    ) % {"number": figures.count(allowance)}
