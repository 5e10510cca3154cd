"""The kinds of question. A kind says what an answer may hold, what is counted of it, and how the counts are read.

To add one: write its module, name it in `KINDS`, give it templates under templates/ui/kinds/ and templates/ui/results/.
"""

from collections.abc import Iterable, Mapping
from typing import Protocol

from polls import refusals
from polls.kinds.answers import Answer, MarkLine, answers_of
from polls.kinds.base import QuestionKind, wrong_number
from polls.kinds.choosing import Choosing
from polls.kinds.grading import Rated, Scored
from polls.kinds.ranking import Ranked
from polls.kinds.texts import Writing
from polls.snapshots import PollSnapshot, QuestionSnapshot
from polls.terms import Kind

__all__ = ["KINDS", "Answer", "Asked", "MarkLine", "QuestionKind", "answers_of", "read_marks", "said"]

KINDS: Mapping[Kind, QuestionKind] = {
    Kind.SINGLE: Choosing(),
    Kind.MULTIPLE: Choosing(),
    Kind.APPROVAL: Choosing(),
    Kind.RATING: Rated(),
    Kind.RANKED: Ranked(),
    Kind.SCORE: Scored(),
    Kind.TEXT: Writing(),
}


def read_marks(poll: PollSnapshot, answers: Iterable[Answer]) -> tuple[MarkLine, ...]:
    """The marks of a whole ballot, in the order of the poll's questions.

    Raises a Refusal for what can't be counted, which names all that is wrong with the answers.
    """
    questions = {question.id: question for question in poll.questions}
    given: dict[int, Answer] = {}
    for answer in answers:
        if answer.question not in questions:
            raise refusals.QuestionUnknown
        if answer.question in given:
            raise refusals.QuestionTwice
        given[answer.question] = answer
    marks: list[MarkLine] = []
    faults: list[refusals.Refusal] = []
    for question in poll.questions:
        try:
            marks += _marks(question, given.get(question.id))
        except refusals.Refusal as refusal:
            faults += refusal.all
    refusals.raise_all(*faults)
    if not marks:
        raise _unanswered(poll.questions[0]) if len(poll.questions) == 1 else refusals.TooFewChoices(kind=None)
    return tuple(marks)


def _marks(question: QuestionSnapshot, answer: Answer | None) -> tuple[MarkLine, ...]:
    try:
        if answer is None or answer.is_empty():
            if question.required:
                raise _unanswered(question)
            return ()
        return KINDS[question.kind].read(question, answer)
    except refusals.Refusal as refusal:
        for fault in refusal.all:
            fault.question = question.id
        raise


def _unanswered(question: QuestionSnapshot) -> refusals.Refusal:
    return wrong_number(question, 0) or refusals.TooFewChoices(kind=question.kind)


class Asked(Protocol):
    """As much of a question as it takes to count an answer."""

    @property
    def id(self) -> int: ...
    @property
    def kind(self) -> Kind: ...


def said(questions: Iterable[Asked], marks: Iterable[MarkLine]) -> list[tuple[int, str]]:
    """What a ballot adds to the counters: question ids with what was said, "" for the answer itself."""
    by_question: dict[int, list[MarkLine]] = {}
    for mark in marks:
        by_question.setdefault(mark.question, []).append(mark)
    counted: list[tuple[int, str]] = []
    for question in questions:
        if lines := by_question.get(question.id):
            counted.append((question.id, ""))
            counted.extend((question.id, what) for what in KINDS[question.kind].said(lines))
    return counted
