"""Polite noes. Each has a stable code, an HTTP status and one sentence, the same at every door.

Raised deep, answered once (`ui.faces`). docs/refusals.md lists them; a test holds that page to this file.
"""

from collections.abc import Mapping
from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from polls import figures
from polls.terms import Kind


class Refusal(Exception):  # noqa: N818 -- a refusal is an answer, not an error
    """`code` never changes; `status` is the HTTP status; `sentence` is for a person; `retry_after` is in seconds."""

    code: ClassVar[str]
    status: ClassVar[int]
    words: ClassVar[str | Promise]
    retry_after: int | None = None
    question: int | None = None
    """The id of the question whose answer is to be mended, where it is one."""
    others: tuple["Refusal", ...] = ()
    """What else is to be mended on the same ballot."""
    paper: str | None = None
    """A fresh one, where the one that was sent is good for nothing."""
    keeps_ballot: ClassVar[bool] = False
    """True when the voter can mend it at the form, which is then shown again with the choice kept."""
    keeps_paper: ClassVar[bool] = False
    """True when the same paper is to be sent again: nothing is wrong with it, or it may have been counted already."""

    @property
    def sentence(self) -> str:
        return str(self.words)

    @property
    def all(self) -> tuple["Refusal", ...]:
        return self, *self.others

    def __str__(self) -> str:
        return f"{self.code}: {self.sentence}"


def raise_all(*faults: Refusal | None) -> None:
    """Raise the first of the faults, if there is one; it names the others, so that they can be mended at once."""
    there = [fault for fault in faults if fault]
    if there:
        there[0].others = tuple(there[1:])
        raise there[0]


class UnknownPoll(Refusal):
    code, status = "unknown_poll", 404
    words = _("There is no poll at this address.")


class UnknownAddress(Refusal):
    code, status = "unknown_address", 404
    words = _("There is nothing at this address.")


class PollArchived(Refusal):
    code, status = "poll_archived", 410
    words = _("This poll has been archived.")


class NotOpenYet(Refusal):
    code, status = "not_open_yet", 409
    words = _("This poll is not open yet.")


class PollClosed(Refusal):
    code, status = "poll_closed", 409
    words = _("This poll is closed.")


class AlreadyVoted(Refusal):
    code, status = "already_voted", 409
    words = _("You have already voted in this poll.")


class NetworkFull(Refusal):
    code, status = "network_full", 409
    words = _("All votes that this poll allows from your network are used.")


class ResultsHidden(Refusal):
    code, status = "results_hidden", 403
    words = _("The results of this poll are not shown.")


class ResultsAfterVoting(Refusal):
    code, status = "results_after_voting", 403
    words = _("You see the results after you have voted.")


class ResultsAfterClose(Refusal):
    code, status = "results_after_close", 403
    words = _("The results are shown when the poll has closed.")


class BallotsUnpublished(Refusal):
    code, status = "ballots_unpublished", 403
    words = _("The ballots of this poll are not published.")


class BallotsAfterClose(Refusal):
    code, status = "ballots_after_close", 403
    words = _("The ballots are published when the poll has closed.")


class BallotUnknown(Refusal):
    code, status = "ballot_unknown", 404
    words = _("There is no ballot with this code. Please check it, letter by letter.")


class PaperMissing(Refusal):
    code, status, keeps_ballot = "paper_missing", 422, True
    words = _("Please confirm your vote once more.")


class PaperForged(Refusal):
    code, status, keeps_ballot = "paper_forged", 422, True
    words = _("This ballot paper is not ours. Here is a fresh one; please confirm your vote.")


class PaperForeign(Refusal):
    code, status, keeps_ballot = "paper_foreign", 422, True
    words = _("This ballot paper belongs to another poll. Here is a fresh one; please confirm your vote.")


class PaperExpired(Refusal):
    code, status, keeps_ballot = "paper_expired", 409, True
    words = _("This page had been open for a long time. Please confirm your vote.")


class PaperUsed(Refusal):
    code, status = "paper_used", 409
    words = _("A vote with another answer was already counted from this page.")


class QuestionUnknown(Refusal):
    code, status, keeps_ballot = "question_unknown", 422, True
    words = _("One of the questions is not part of this poll.")


class QuestionTwice(Refusal):
    code, status, keeps_ballot = "question_twice", 422, True
    words = _("A question was answered twice.")


class ChoiceUnknown(Refusal):
    code, status, keeps_ballot = "choice_unknown", 422, True
    words = _("One of the choices is not part of this question.")


class ChoiceTwice(Refusal):
    code, status, keeps_ballot = "choice_twice", 422, True
    words = _("A choice was marked twice.")


class ChoiceWithdrawn(Refusal):
    code, status, keeps_ballot = "choice_withdrawn", 422, True
    words = _("One of the choices has been withdrawn. Please choose again.")


class RankTwice(Refusal):
    code, status, keeps_ballot = "rank_twice", 422, True
    words = _("Two choices have the same rank. Please give each its own.")


class ScoreOutOfRange(Refusal):
    code, status, keeps_ballot = "score_out_of_range", 422, True
    words = _("A grade is outside the scale.")


class WriteInEmpty(Refusal):
    code, status, keeps_ballot = "write_in_empty", 422, True
    words = _("Please write what you would like instead, or choose one of the others.")


class TextTooLong(Refusal):
    code, status, keeps_ballot = "text_too_long", 422, True

    def __init__(self, longest: int = 500) -> None:
        super().__init__(longest)
        self.longest = longest

    @property
    def sentence(self) -> str:
        return ngettext(
            "Please write at most %(number)s character.", "Please write at most %(number)s characters.", self.longest
        ) % {"number": figures.count(self.longest)}


class AnswerMismatch(Refusal):
    code, status, keeps_ballot = "answer_mismatch", 422, True
    words = _("The answer does not fit the kind of question.")


class TooFewChoices(Refusal):
    """`kind` is that of the question; None where no question of several is answered, and none has to be."""

    code, status, keeps_ballot = "too_few_choices", 422, True

    def __init__(self, minimum: int = 1, *, kind: Kind | None = Kind.MULTIPLE) -> None:
        super().__init__(minimum)
        self.minimum, self.kind = minimum, kind

    @property
    def sentence(self) -> str:
        return self._words() % {"number": figures.count(self.minimum)}

    def _words(self) -> str:
        least = self.minimum
        match self.kind:
            case None:
                return str(_("Please answer at least one question."))
            case Kind.TEXT:
                return str(_("Please write an answer."))
            case Kind.SINGLE:
                return str(_("Please choose one."))
            case Kind.RANKED:
                return ngettext("Please rank at least one.", "Please rank at least %(number)s.", least)
            case Kind.RATING:
                return ngettext("Please grade at least one.", "Please grade at least %(number)s.", least)
            case Kind.SCORE:
                return ngettext(
                    "Please give points to at least one.", "Please give points to at least %(number)s.", least
                )
        return ngettext("Please choose at least one.", "Please choose at least %(number)s.", least)


class TooManyChoices(Refusal):
    code, status, keeps_ballot = "too_many_choices", 422, True

    def __init__(self, maximum: int = 1) -> None:
        super().__init__(maximum)
        self.maximum = maximum

    @property
    def sentence(self) -> str:
        return ngettext("Please choose only one.", "Please choose at most %(number)s.", self.maximum) % {
            "number": figures.count(self.maximum)
        }


class InvitationMissing(Refusal):
    code, status, keeps_ballot = "invitation_missing", 403, True
    words = _("This poll is by invitation. Please write the code from your invitation.")


class InvitationUnknown(Refusal):
    code, status, keeps_ballot = "invitation_unknown", 403, True
    words = _("This invitation is not valid. Please check the code, letter by letter.")


class SignInFirst(Refusal):
    code, status, keeps_ballot = "sign_in_first", 403, True
    words = _("Please sign in to vote in this poll.")


class ChangesForbidden(Refusal):
    code, status = "changes_forbidden", 409
    words = _("A vote in this poll can’t be changed or withdrawn.")


class NothingToWithdraw(Refusal):
    code, status = "nothing_to_withdraw", 409
    words = _("There is no vote of yours in this poll.")


class Unreadable(Refusal):
    code, status = "unreadable", 400
    words = _("What was sent can’t be read.")


class TooSlow(Refusal):
    code, status = "too_slow", 408
    words = _("What was sent took too long to arrive. Please send it again.")


class TooLarge(Refusal):
    code, status = "too_large", 413
    words = _("What was sent is too large.")

    def __init__(self, megabytes: int = 0) -> None:
        """`megabytes` are what is taken, where that is worth to be told."""
        super().__init__(megabytes)
        self.megabytes = megabytes

    @property
    def sentence(self) -> str:
        if not self.megabytes:
            return super().sentence
        return _("What was sent is too large: %(megabytes)s MB are taken at once.") % {
            "megabytes": figures.count(self.megabytes)
        }


class TypeUnknown(Refusal):
    code, status = "type_unknown", 415
    words = _("This kind of content is not taken here.")


class MethodNotAllowed(Refusal):
    code, status = "method_not_allowed", 405
    words = _("This address can’t be used that way.")

    def __init__(self, *allowed: str) -> None:
        super().__init__(*allowed)
        self.allowed = allowed


class OriginForeign(Refusal):
    code, status = "origin_foreign", 403
    words = _("Votes for this poll are not taken from that site.")


class OriginHidden(Refusal):
    """Browsers say `Origin: null` for a frame whose sandbox has no `allow-same-origin`; any page could make one."""

    code, status = "origin_hidden", 403
    words = _(
        "No vote can be taken here: the page that shows this poll hides where votes come from. "
        "Its owner can change that: the sandbox of a frame needs allow-same-origin."
    )


class TokenUnknown(Refusal):
    """It is not ours, is revoked, or is missing where only a token may say something."""

    code, status = "token_unknown", 401
    words = _("No valid API token came with this.")


class TokenForbidden(Refusal):
    code, status = "token_forbidden", 403
    words = _("This API token may not cast ballots in this poll.")


class FormatUnknown(Refusal):
    code, status = "format_unknown", 501
    words = _("Only JSON and XML are spoken here.")


class AddressPrivate(Refusal):
    code, status = "address_private", 401
    words = _("This address belongs to one person alone and can’t be embedded.")


class HostUnknown(Refusal):
    code, status = "host_unknown", 400
    words = _("This server does not answer to that name.")


class Throttled(Refusal):
    code, status, keeps_ballot, keeps_paper = "throttled", 429, True, True
    words = _("Many votes are coming from your network. Please try again in a moment; your choice is kept.")

    def __init__(self, retry_after: int = 1, *, guessing: bool = False) -> None:
        """`guessing` where it is not votes that came, but passwords."""
        super().__init__(retry_after)
        self.retry_after, self.guessing = retry_after, guessing

    @property
    def sentence(self) -> str:
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


class Busy(Refusal):
    code, status, retry_after, keeps_ballot, keeps_paper = "busy", 503, 2, True, True
    words = _("Very many people are voting right now. Please try again in a moment; your choice is kept.")

    def __init__(self, *, large: bool = False) -> None:
        """`large` where it is not votes that come, but pictures."""
        super().__init__()
        self.large = large

    @property
    def sentence(self) -> str:
        if not self.large:
            return super().sentence
        return str(_("Many large files are being sent right now. Please send yours again in a moment."))


class TooManyWatch(Refusal):
    code, status, retry_after = "too_many_watch", 503, 60
    words = _("Very many people are watching these results. Please ask for them again in a while.")


class DatabaseAway(Refusal):
    code, status, retry_after, keeps_ballot, keeps_paper = "database_away", 503, 5, True, True
    words = _("Votes can’t be stored right now. Please try again in a moment; your choice is kept.")


class OurFault(Refusal):
    code, status = "our_fault", 500
    words = _("Something went wrong on our side. It has been written down.")


class Forbidden(Refusal):
    """A deed that is not allowed to this person or at this time; the sentence says which."""

    code, status = "not_allowed", 409

    def __init__(self, sentence: str | Promise, *, field: str = "") -> None:
        """`field` is what of it is to be mended, where something else in it would do."""
        super().__init__(sentence)
        self.why, self.field = sentence, field

    @property
    def sentence(self) -> str:
        return str(self.why)


class VoterUnknown(Refusal):
    code, status = "voter_unknown", 403
    words = _("This poll has to know who votes, and was not told.")
