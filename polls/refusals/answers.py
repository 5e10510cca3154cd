"""Of what a ballot says: a voter mends it at the form."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from polls import figures
from polls.refusals.base import Refusal
from polls.terms import Kind


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


_EVERY = {
    Kind.RANKED: _("Please rank all of them."),
    Kind.RATING: _("Please grade all of them."),
    Kind.SCORE: _("Please give points to all of them."),
}


class TooFewChoices(Refusal):
    """`kind` is that of the question; None where no question of several is answered, and none has to be.

    `maximum` is the question's, where it is told; `every` where nothing may be left out; `alone` where there is one
    thing to say something about.
    """

    code, status, keeps_ballot = "too_few_choices", 422, True

    def __init__(
        self,
        minimum: int = 1,
        *,
        maximum: int | None = None,
        every: bool = False,
        alone: bool = False,
        kind: Kind | None = Kind.MULTIPLE,
    ) -> None:
        super().__init__(minimum)
        self.minimum, self.maximum, self.every, self.alone, self.kind = minimum, maximum, every, alone, kind

    @property
    def sentence(self) -> str:
        return self._words() % {"number": figures.count(self.minimum)}

    def _words(self) -> str:
        least = self.minimum
        if self.every and self.kind in _EVERY:
            return str(_EVERY[self.kind])
        match self.kind:
            case None:
                return str(_("Please answer at least one question."))
            case Kind.TEXT:
                return str(_("Please write an answer."))
            case Kind.SINGLE:
                return str(_("Please choose one."))
            case Kind.RATING if self.alone:
                return str(_("Please choose a grade."))
            case Kind.RATING:
                return ngettext("Please grade at least one.", "Please grade at least %(number)s.", least)
            case Kind.SCORE:
                return ngettext(
                    "Please give points to at least one.", "Please give points to at least %(number)s.", least
                )
        if both := _both_ends(self.kind, least, self.maximum):
            return both
        if self.kind == Kind.RANKED:
            return ngettext("Please rank at least one.", "Please rank at least %(number)s.", least)
        return ngettext("Please choose at least one.", "Please choose at least %(number)s.", least)


class TooManyChoices(Refusal):
    """`minimum` and `kind` are the question's."""

    code, status, keeps_ballot = "too_many_choices", 422, True

    def __init__(self, maximum: int = 1, *, minimum: int = 1, kind: Kind = Kind.SINGLE) -> None:
        super().__init__(maximum)
        self.maximum, self.minimum, self.kind = maximum, minimum, kind

    @property
    def sentence(self) -> str:
        return self._words() % {"number": figures.count(self.maximum)}

    def _words(self) -> str:
        most = self.maximum
        ranked = self.kind == Kind.RANKED
        if (ranked or most > 1) and (both := _both_ends(self.kind, self.minimum, most)):
            return both
        if ranked:
            return ngettext("Please rank only one.", "Please rank at most %(number)s.", most)
        return ngettext("Please choose only one.", "Please choose at most %(number)s.", most)


def _both_ends(kind: Kind | None, least: int, most: int | None) -> str:
    """What is asked for where there can be too few and too many, the same whichever there are. Empty elsewhere."""
    told = {"number": figures.count(least), "least": figures.count(least), "most": figures.count(most or 0)}
    ranked = kind == Kind.RANKED
    if least == most and ranked:
        return ngettext("Please rank exactly one.", "Please rank exactly %(number)s.", least) % told
    if least == most == 1:
        return str(_("Please choose one."))
    if least == most:
        return ngettext("Please choose exactly one.", "Please choose exactly %(number)s.", least) % told
    if least == 1 or most is None:
        return ""
    return (_("Please rank %(least)s to %(most)s.") if ranked else _("Please choose %(least)s to %(most)s.")) % told
