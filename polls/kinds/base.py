from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from polls import refusals
from polls.counting import Comparison, Rating
from polls.kinds.answers import Answer, MarkLine
from polls.snapshots import ChoiceSnapshot, QuestionSnapshot
from polls.terms import Kind


@dataclass(frozen=True, slots=True)
class ChoiceResult:
    """A choice in the results.

    `count` is what the bar shows: votes, first ranks, or points. `percent` is of the ballots that answer the question,
    of all first ranks, or of the most points that these ballots could have given the choice; where a ballot has one
    mark, the percentages add up to 100. Of a rating it is the mean, where the highest grade is 100.
    """

    choice: int
    text: str
    count: int
    percent: int
    bar: int
    """Its length in percents: as `percent`, but for what makes these add up, so that equal counts are equally long."""
    leads: bool
    withdrawn: bool
    rating: Rating | None = None


@dataclass(frozen=True, slots=True)
class QuestionResult:
    question: int
    answered: int
    """Ballots that answer this question."""
    choices: tuple[ChoiceResult, ...] = ()
    written: int = 0
    """Write-ins that no editor has merged into a choice yet."""
    comparison: Comparison | None = None
    """For ranked and score questions: the deciding count with its trail, and what other rules say."""
    texts: tuple[str, ...] = ()
    """Texts and write-ins that an editor has let be shown, the newest first."""


class QuestionKind(Protocol):
    slow: bool
    """The result takes long enough to be worked out off the event loop."""

    def read(self, question: QuestionSnapshot, answer: Answer) -> tuple[MarkLine, ...]:
        """The marks of an answer that is not empty. Raises a Refusal when it can't be counted, see `raise_all`."""

    def said(self, marks: Sequence[MarkLine]) -> list[str]:
        """What the marks of one ballot add one to, each at most once."""

    def result(self, question: QuestionSnapshot, counters: Mapping[str, int]) -> QuestionResult:
        """The counters of a question, read: `counters` maps what was said to how often."""


def check_choices(question: QuestionSnapshot, chosen: Sequence[int]) -> dict[int, ChoiceSnapshot]:
    """The question's choices by id. Raises the Refusal of a choice that is foreign, withdrawn, or there twice."""
    known = {choice.id: choice for choice in question.choices}
    for choice in chosen:
        if choice not in known:
            raise refusals.ChoiceUnknown
        if known[choice].withdrawn:
            raise refusals.ChoiceWithdrawn
    if len(set(chosen)) < len(chosen):
        raise refusals.ChoiceTwice
    return known


def wrong_number(question: QuestionSnapshot, chosen: int) -> refusals.Refusal | None:
    """What is wrong where the number of choices is outside the question's limits."""
    minimum, maximum = limits(question)
    if chosen < minimum:
        there = number_there(question)
        most = maximum if maximum < there or minimum == maximum else None
        every = 1 < minimum == there
        return refusals.TooFewChoices(minimum, maximum=most, every=every, alone=there == 1, kind=question.kind)
    return refusals.TooManyChoices(maximum, minimum=minimum, kind=question.kind) if chosen > maximum else None


def limits(question: QuestionSnapshot) -> tuple[int, int]:
    """The fewest and the most choices that an answer may have; never more than there are."""
    if question.kind == Kind.SINGLE:
        return 1, 1
    there = number_there(question)
    if question.kind == Kind.APPROVAL:
        return 1, there
    return min(question.minimum, there), min(question.maximum or there, there)


def number_there(question: QuestionSnapshot) -> int:
    return len(question.standing) + question.write_in


def percent(part: int, whole: int) -> int:
    """In whole numbers, half up: 12.5 % is 13 %. Nothing of nothing is 0 %."""
    return (200 * part + whole) // (2 * whole) if whole else 0
