from collections.abc import Mapping, Sequence

from polls import refusals
from polls.kinds.answers import Answer, MarkLine
from polls.kinds.base import QuestionResult
from polls.snapshots import QuestionSnapshot


class Writing:
    """A text. It is counted as an answer at once, and shown when an editor has let it."""

    slow = False

    def read(self, question: QuestionSnapshot, answer: Answer) -> tuple[MarkLine, ...]:
        if answer.choices or answer.ranking or answer.scores:
            raise refusals.AnswerMismatch
        text = tidy(answer.text)
        if len(text) > question.longest:
            raise refusals.TextTooLong(question.longest)
        if not text and question.required:
            raise refusals.TooFewChoices(kind=question.kind)
        return (MarkLine(question.id, text=text),) if text else ()

    def said(self, marks: Sequence[MarkLine]) -> list[str]:  # noqa: ARG002 -- the answer itself is all that counts
        return []

    def result(self, question: QuestionSnapshot, counters: Mapping[str, int]) -> QuestionResult:
        return QuestionResult(question.id, counters.get("", 0))


def tidy(text: str) -> str:
    """The text without space around it, and one kind of line break."""
    return "\n".join(text.strip().splitlines())
