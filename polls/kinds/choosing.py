from collections.abc import Mapping, Sequence

from polls import refusals
from polls.counting import shares
from polls.kinds import texts
from polls.kinds.answers import Answer, MarkLine
from polls.kinds.base import ChoiceResult, QuestionResult, check_choices, percent, wrong_number
from polls.snapshots import QuestionSnapshot
from polls.terms import Kind

WRITTEN = "written"


def longest_write_in(question: QuestionSnapshot) -> int:
    """In characters: a write-in has to fit where choices stand."""
    return min(question.longest, 200)


class Choosing:
    """Single choice, multiple choice and approval: a mark is a choice, or a write-in where the question takes them."""

    slow = False

    def read(self, question: QuestionSnapshot, answer: Answer) -> tuple[MarkLine, ...]:
        if answer.ranking or answer.scores or ((answer.text or answer.other) and not question.write_in):
            raise refusals.AnswerMismatch
        check_choices(question, answer.choices)
        written, longest = texts.tidy(answer.text) if answer.text else "", longest_write_in(question)
        refusals.raise_all(
            refusals.TextTooLong(longest) if len(written) > longest else None,
            refusals.WriteInEmpty() if answer.other and not written else None,
            wrong_number(question, len(answer.choices) + bool(written or answer.other)),
        )
        marks = [MarkLine(question.id, choice) for choice in sorted(answer.choices)]
        if written:
            marks.append(MarkLine(question.id, text=written, written=True))
        return tuple(marks)

    def said(self, marks: Sequence[MarkLine]) -> list[str]:
        return [WRITTEN if mark.choice is None else str(mark.choice) for mark in marks]

    def result(self, question: QuestionSnapshot, counters: Mapping[str, int]) -> QuestionResult:
        answered, written = counters.get("", 0), counters.get(WRITTEN, 0)
        counts = [counters.get(str(choice.id), 0) for choice in question.choices]
        bars = [percent(count, answered) for count in counts]
        percents = shares([*counts, written])[:-1] if question.kind == Kind.SINGLE else bars
        most = max(counts, default=0)
        choices = tuple(
            ChoiceResult(choice.id, choice.text, count, share, bar, most > 0 and count == most, choice.withdrawn)
            for choice, count, share, bar in zip(question.choices, counts, percents, bars, strict=True)
        )
        return QuestionResult(question.id, answered, choices, written)
