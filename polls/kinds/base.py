from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from polls.kinds.answers import Answer, MarkLine
from polls.snapshots import QuestionSnapshot


@dataclass(frozen=True, slots=True)
class ChoiceResult:
    choice: int
    text: str
    count: int
    percent: int
    """Of the ballots that answer the question. Where a ballot has one mark, the percentages add up to 100."""
    leads: bool
    withdrawn: bool


@dataclass(frozen=True, slots=True)
class QuestionResult:
    question: int
    answered: int
    """Ballots that answer this question."""
    choices: tuple[ChoiceResult, ...]


class QuestionKind(Protocol):
    def read(self, question: QuestionSnapshot, answer: Answer) -> tuple[MarkLine, ...]:
        """The marks of an answer that is not empty. Raises a Refusal when it can't be counted."""

    def said(self, marks: Sequence[MarkLine]) -> list[str]:
        """What the marks of one ballot add one to, each at most once."""

    def result(self, question: QuestionSnapshot, counters: Mapping[str, int]) -> QuestionResult:
        """The counters of a question, read: `counters` maps what was said to how often."""
