from collections.abc import Mapping, Sequence

from polls import refusals
from polls.counting import Rating, rate
from polls.counting.ballots import Ballot
from polls.kinds import comparing
from polls.kinds.answers import Answer, MarkLine
from polls.kinds.base import ChoiceResult, QuestionResult, check_choices, percent, wrong_number
from polls.snapshots import ChoiceSnapshot, QuestionSnapshot


def _grades(question: QuestionSnapshot, answer: Answer, *, lowest: int) -> tuple[MarkLine, ...]:
    if answer.choices or answer.ranking or answer.text:
        raise refusals.AnswerMismatch
    check_choices(question, [choice for choice, _ in answer.scores])
    outside = any(not lowest <= score <= question.highest for _, score in answer.scores)
    refusals.raise_all(refusals.ScoreOutOfRange() if outside else None, wrong_number(question, len(answer.scores)))
    return tuple(MarkLine(question.id, choice, score=score) for choice, score in sorted(answer.scores))


class Rated:
    """Rating: each choice is graded by itself, from the lowest to the highest grade. What is left out has no grade."""

    slow = False

    def read(self, question: QuestionSnapshot, answer: Answer) -> tuple[MarkLine, ...]:
        return _grades(question, answer, lowest=question.lowest)

    def said(self, marks: Sequence[MarkLine]) -> list[str]:
        return [f"{mark.choice}:{mark.score}" for mark in marks]

    def result(self, question: QuestionSnapshot, counters: Mapping[str, int]) -> QuestionResult:
        ratings = {choice.id: self._rating(question, choice, counters) for choice in question.choices}
        best = max((rating.mean for rating in ratings.values() if rating.mean is not None), default=None)
        choices = []
        for choice in question.choices:
            rating = ratings[choice.id]
            leads = best is not None and rating.mean == best
            # The bar begins at zero, as all bars do, not at the lowest grade: twice the mean is a bar twice as long.
            share = percent(int(1000 * (rating.mean or 0)), 1000 * question.highest)
            said = ChoiceResult(choice.id, choice.text, rating.answers, share, share, leads, choice.withdrawn, rating)
            choices.append(said)
        return QuestionResult(question.id, counters.get("", 0), tuple(choices))

    def _rating(self, question: QuestionSnapshot, choice: ChoiceSnapshot, counters: Mapping[str, int]) -> Rating:
        grades = range(question.lowest, question.highest + 1)
        answers = {grade: counters.get(f"{choice.id}:{grade}", 0) for grade in grades}
        return rate(answers, lowest=question.lowest, highest=question.highest)


class Scored:
    """Score: choices are graded from 0 and compared with each other. A choice left out has 0."""

    slow = True

    def read(self, question: QuestionSnapshot, answer: Answer) -> tuple[MarkLine, ...]:
        return _grades(question, answer, lowest=0)

    def said(self, marks: Sequence[MarkLine]) -> list[str]:
        return [",".join(f"{mark.choice}:{mark.score}" for mark in sorted(marks, key=lambda mark: mark.choice or 0))]

    def result(self, question: QuestionSnapshot, counters: Mapping[str, int]) -> QuestionResult:
        ballots = {ballot_of(said): number for said, number in counters.items() if said}
        points = dict.fromkeys((choice.id for choice in question.choices), 0)
        for ballot, number in ballots.items():
            for choice, score in ballot.scores:
                points[int(choice)] = points.get(int(choice), 0) + score * number
        return comparing.result(question, counters.get("", 0), ballots, points)


def ballot_of(said: str) -> Ballot:
    pairs = (mark.split(":") for mark in said.split(","))
    return Ballot.scoring({int(choice): int(score) for choice, score in pairs})
