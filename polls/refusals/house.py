"""Of the house itself, and of what an editor may not do in it."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from polls.refusals.base import Refusal


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

    def __init__(self, *, voting: bool = True) -> None:
        """Not `voting` where editors do something: at the desk, at the sign-in, by the API with a token of theirs."""
        super().__init__()
        self.voting = voting

    @property
    def sentence(self) -> str:
        return (
            super().sentence if self.voting else str(_("Nothing can be saved right now. Please try again in a moment."))
        )


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
