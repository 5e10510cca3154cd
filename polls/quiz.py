"""Questions with right answers, which nobody is told before having voted."""

from collections.abc import Iterable
from datetime import datetime

from polls.kinds import MarkLine
from polls.snapshots import PollSnapshot, QuestionSnapshot
from polls.terms import Kind, Phase


def may_know(poll: PollSnapshot, *, at: datetime, voted: bool) -> bool:
    """Whether somebody who has `voted` or not may be told the right answers."""
    return voted or poll.phase(at) == Phase.CLOSED


def is_quiz(poll: PollSnapshot) -> bool:
    return any(question.is_quiz for question in poll.questions)


def wrong(poll: PollSnapshot) -> frozenset[int]:
    """The choices that are no right answers, where a question has some."""
    quizzes = [question for question in poll.questions if question.is_quiz]
    return frozenset(choice.id for question in quizzes for choice in question.choices if not choice.right)


def is_right(question: QuestionSnapshot, marks: Iterable[MarkLine]) -> bool | None:
    """Whether a ballot answers the question rightly; None where it is no quiz, or was left out.

    Where one is chosen, any of the right answers is right; where several are, it takes all of them and no other.
    """
    own = {mark.choice for mark in marks if mark.question == question.id}
    right = {choice.id for choice in question.choices if choice.right}
    if not own or not right:
        return None
    return own <= right if question.kind == Kind.SINGLE else own == right
