import base64
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Answer:
    """What a voter sent to one question, not yet checked: the same from a form as from JSON."""

    question: int
    choices: tuple[int, ...] = ()
    ranking: tuple[tuple[int, ...], ...] = ()
    """Groups of choice ids, the best first."""
    scores: tuple[tuple[int, int], ...] = ()
    """Pairs of a choice id and its score."""
    text: str = ""
    other: bool = False
    """The voter picked "something else", which a form can say without the text that goes with it."""

    def is_empty(self) -> bool:
        return not (self.choices or self.ranking or self.scores or self.text or self.other)


@dataclass(frozen=True, slots=True)
class MarkLine:
    """One checked line of a ballot, as `polls.models.Mark` stores it."""

    question: int
    choice: int | None = None
    rank: int | None = None
    tied: bool = False
    score: int | None = None
    text: str | None = None
    written: bool = False
    """A write-in: a choice of the voter's own."""


def answers_of(marks: Iterable[MarkLine]) -> tuple[Answer, ...]:
    """What a voter would send to say the same again. A write-in that was merged into a choice is that choice."""
    by_question: dict[int, list[MarkLine]] = {}
    for mark in marks:
        by_question.setdefault(mark.question, []).append(mark)
    return tuple(_answer(question, lines) for question, lines in by_question.items())


def _answer(question: int, marks: list[MarkLine]) -> Answer:
    groups: dict[int, list[int]] = {}
    for mark in marks:
        if mark.choice and mark.rank:
            groups.setdefault(mark.rank, []).append(mark.choice)
    own = next((mark for mark in marks if mark.choice is None), None)
    return Answer(
        question,
        choices=tuple(mark.choice for mark in marks if mark.choice and mark.rank is None and mark.score is None),
        ranking=tuple(tuple(groups[rank]) for rank in sorted(groups)),
        scores=tuple((mark.choice, mark.score) for mark in marks if mark.choice and mark.score is not None),
        text=(own.text or "") if own else "",
        other=bool(own and own.written),
    )


def digest(marks: Iterable[MarkLine]) -> str:
    """43 characters that differ when the marks differ, whatever their order."""
    lines = sorted(
        repr((mark.question, mark.choice, mark.rank, mark.tied, mark.score, mark.text, mark.written)) for mark in marks
    )
    return base64.urlsafe_b64encode(hashlib.sha256("\n".join(lines).encode()).digest()).decode().rstrip("=")
