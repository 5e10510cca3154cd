from collections.abc import Mapping, Sequence

from polls import refusals
from polls.counting.shares import shares
from polls.kinds.answers import Answer, MarkLine
from polls.kinds.base import ChoiceResult, QuestionResult
from polls.snapshots import QuestionSnapshot
from polls.terms import Kind


class Choosing:
    """Single and multiple choice: a mark is a choice."""

    def read(self, question: QuestionSnapshot, answer: Answer) -> tuple[MarkLine, ...]:
        if answer.ranking or answer.scores or answer.text:
            raise refusals.AnswerMismatch
        known = {choice.id: choice for choice in question.choices}
        for choice in answer.choices:
            if choice not in known:
                raise refusals.ChoiceUnknown
            if known[choice].withdrawn:
                raise refusals.ChoiceWithdrawn
        if len(set(answer.choices)) < len(answer.choices):
            raise refusals.ChoiceTwice
        minimum, maximum = limits(question)
        if len(answer.choices) < minimum:
            raise refusals.TooFewChoices(minimum)
        if len(answer.choices) > maximum:
            raise refusals.TooManyChoices(maximum)
        return tuple(MarkLine(question.id, choice) for choice in sorted(answer.choices))

    def said(self, marks: Sequence[MarkLine]) -> list[str]:
        return [str(mark.choice) for mark in marks]

    def result(self, question: QuestionSnapshot, counters: Mapping[str, int]) -> QuestionResult:
        answered = counters.get("", 0)
        counts = [counters.get(str(choice.id), 0) for choice in question.choices]
        percents = shares(counts) if question.kind == Kind.SINGLE else [_percent(count, answered) for count in counts]
        most = max(counts, default=0)
        return QuestionResult(
            question.id,
            answered,
            tuple(
                ChoiceResult(choice.id, choice.text, count, percent, most > 0 and count == most, choice.withdrawn)
                for choice, count, percent in zip(question.choices, counts, percents, strict=True)
            ),
        )


def limits(question: QuestionSnapshot) -> tuple[int, int]:
    """The fewest and the most choices that an answer may have; never more than there are."""
    if question.kind == Kind.SINGLE:
        return 1, 1
    standing = len(question.standing)
    return min(question.minimum, standing), min(question.maximum or standing, standing)


def _percent(count: int, answered: int) -> int:
    # Half up, in whole numbers: 12.5 % is 13 %.
    return (200 * count + answered) // (2 * answered) if answered else 0
