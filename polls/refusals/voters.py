"""Of who votes: whether they may, once or at all, and now."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from polls.refusals.base import Refusal


class AlreadyVoted(Refusal):
    code, status = "already_voted", 409
    words = _("You have already voted in this poll.")


class NetworkFull(Refusal):
    code, status = "network_full", 409
    words = _("All votes that this poll allows from your network are used.")


class InvitationMissing(Refusal):
    code, status, keeps_ballot = "invitation_missing", 403, True
    words = _("This poll is by invitation. Please write the code from your invitation.")


class InvitationUnknown(Refusal):
    code, status, keeps_ballot = "invitation_unknown", 403, True
    words = _("This invitation is not valid. Please check the code, letter by letter.")


class SignInFirst(Refusal):
    code, status, keeps_ballot = "sign_in_first", 403, True
    words = _("Please sign in to vote in this poll.")


class VoterUnknown(Refusal):
    code, status = "voter_unknown", 403
    words = _("This poll has to know who votes, and was not told.")


class ChangesForbidden(Refusal):
    code, status = "changes_forbidden", 409
    words = _("A vote in this poll can’t be changed or withdrawn.")


class NothingToWithdraw(Refusal):
    code, status = "nothing_to_withdraw", 409
    words = _("There is no vote of yours in this poll.")


class NotKnownAgain(Refusal):
    code, status = "not_known_again", 409
    words = _(
        "Your browser has kept no cookie by which this vote is known as yours, so it can’t be changed or withdrawn. "
        "It stays counted."
    )


class Throttled(Refusal):
    code, status, keeps_ballot, keeps_paper = "throttled", 429, True, True
    words = _("Many votes are coming from your network. Please try again in a moment; your choice is kept.")

    def __init__(self, retry_after: int = 1, *, guessing: bool = False, writing: bool = False) -> None:
        """`guessing` where it is not votes that came, but passwords; `writing` where it is polls, or wrong tokens."""
        super().__init__(retry_after)
        self.retry_after, self.guessing, self.writing = retry_after, guessing, writing

    @property
    def sentence(self) -> str:
        if self.writing:
            return str(_("Too much came with API tokens from there. Please try again in a moment."))
        if not self.guessing:
            return super().sentence
        return str(_("Too many wrong passwords came from your network. Please try again in a moment."))


class WorkNeeded(Refusal):
    """`challenge` is in ALTCHA's format: see `ui.work`."""

    code, status, retry_after, keeps_ballot, keeps_paper = "work_needed", 429, 20, True, True
    words = _("Very many people are voting right now. Please wait 20 seconds and vote again; your choice is kept.")

    def __init__(self, challenge: Mapping[str, object] | None = None) -> None:
        super().__init__()
        self.challenge = challenge
