"""Published ballots, as a page lists them and as JSON."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import translation
from django.utils.translation import gettext as _

from polls import figures, invitations
from polls.kinds import MarkLine
from polls.publishing import PublishedBallot
from polls.snapshots import PollSnapshot, QuestionSnapshot
from polls.terms import Kind


@dataclass(frozen=True, slots=True)
class Said:
    """What a ballot answers to a question, mark by mark; nothing where it was left out."""

    question: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Paper:
    """A published ballot."""

    code: str
    said: tuple[Said, ...]
    set_aside: bool


def papers(poll: PollSnapshot, ballots: tuple[PublishedBallot, ...]) -> tuple[Paper, ...]:
    with translation.override(poll.interface):
        return tuple(_paper(poll, ballot) for ballot in ballots)


def said(poll: PollSnapshot, marks: Iterable[MarkLine]) -> tuple[Said, ...]:
    """What a voter is told of the own ballot: each question that was answered, best ranks first, and the own words."""
    by_question: dict[int, list[str]] = {}
    asked = {question.id: question for question in poll.questions}
    for mark in sorted(marks, key=lambda mark: mark.rank or 0):
        by_question.setdefault(mark.question, []).append(mark.text or _words(asked[mark.question], mark))
    return tuple(Said(asked[one].text, tuple(by_question[one])) for one in asked if one in by_question)


def _paper(poll: PollSnapshot, ballot: PublishedBallot) -> Paper:
    said = (
        Said(question.text, tuple(_words(question, mark) for mark in ballot.marks.get(question.id, ())))
        for question in poll.questions
    )
    return Paper(invitations.grouped(ballot.code), tuple(said), ballot.set_aside)


def _words(question: QuestionSnapshot, mark: MarkLine) -> str:
    name = _name(question, mark)
    if mark.rank is not None:
        return _("%(rank)s. %(choice)s") % {"rank": figures.count(mark.rank), "choice": name}
    if mark.score is not None:
        return _("%(choice)s: %(grade)s") % {"choice": name, "grade": figures.count(mark.score)}
    return name


def _name(question: QuestionSnapshot, mark: MarkLine) -> str:
    if mark.choice is None:
        return _("Something else") if mark.written else _("A text, which is not listed")
    choice = next(one for one in question.choices if one.id == mark.choice)
    return _("%(choice)s (withdrawn)") % {"choice": choice.text} if choice.withdrawn else choice.text


def as_json(poll: PollSnapshot, ballot: PublishedBallot) -> dict[str, object]:
    """The answers in the shape in which the API takes them; `wrote` where a text stood."""
    asked = (question for question in poll.questions if question.id in ballot.marks)
    answers = [_answer(question, ballot.marks[question.id]) for question in asked]
    return {"receipt": invitations.grouped(ballot.code), "set_aside": ballot.set_aside, "answers": answers}


def _answer(question: QuestionSnapshot, marks: tuple[MarkLine, ...]) -> dict[str, object]:
    told: dict[str, object] = {"question": question.id, "wrote": any(mark.choice is None for mark in marks)}
    if question.kind == Kind.RANKED:
        groups: dict[int, list[int]] = {}
        for mark in marks:
            groups.setdefault(mark.rank or 0, []).append(mark.choice or 0)
        return told | {"ranking": [groups[rank] for rank in sorted(groups)]}
    if question.kind in {Kind.RATING, Kind.SCORE}:
        return told | {"scores": [{"choice": mark.choice, "score": mark.score} for mark in marks]}
    return told | {"choices": [mark.choice for mark in marks if mark.choice is not None]}
