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
