"""The ballots of a question as a file that anyone can count: `manage.py count FILE --rule …`.

Nothing in it leads to a voter: no key, no paper, no time, no order of coming in. Equal ballots are one line with their
number; lines stand in the order of a hash. Ballots that were taken back or set aside are left out. In rankings and
scores a withdrawn choice is left out as it is in the result.

JSON and ABIF keep the ids of choices, by which ties are drawn; in CSV and BLT choices go by their names, so a tie that
the lot decides may fall another way there.

A file is written while ballots are read, however many there are.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from django.utils.translation import gettext as _

from polls import merging, refusals, tallies
from polls.counting.files import FORMATS, BallotFileError, Heading, Line, pieces
from polls.snapshots import ChoiceSnapshot, PollSnapshot, QuestionSnapshot
from polls.terms import Kind, Phase

_COMPARED = {Kind.RANKED, Kind.SCORE}

type Tell = Callable[[int], None]
"""Hears of each line how many ballots it stands for."""


def formats(question: QuestionSnapshot) -> tuple[str, ...]:
    """The formats that can hold the answers to a question: none for texts, no BLT for grades."""
    if question.kind == Kind.TEXT:
        return ()
    return tuple(name for name in FORMATS if name != "blt" or question.kind not in merging.GRADED)


def choices(question: QuestionSnapshot) -> tuple[ChoiceSnapshot, ...]:
    """The choices that a file tells of."""
    return question.standing if question.kind in _COMPARED else question.choices


def check_exported(poll: PollSnapshot, *, at: datetime) -> None:
    """Raises the Refusal that says why ballots can't be had now: an export tells what the results tell, and more."""
    tallies.check_seen_by_editor(poll, at=at)
    if poll.anonymous and poll.phase(at) == Phase.OPEN:
        raise refusals.Forbidden(_("The votes are secret: the ballots can be had after the close."))


def export(
    poll: PollSnapshot, question: QuestionSnapshot, *, file_format: str, at: datetime, tell: Tell | None = None
) -> Iterator[str]:
    """The text of the file, in pieces. Raises a Refusal where results are not shown, or the format can't hold it."""
    check_exported(poll, at=at)
    lines = merging.merged(question, [choice.id for choice in choices(question)])
    return written(question, _told(lines, tell) if tell else lines, file_format=file_format)


def written(
    question: QuestionSnapshot, lines: Iterable[Line], *, file_format: str, coded: bool = False
) -> Iterator[str]:
    """A file of these ballots, in pieces. Raises Forbidden where the format can't hold the answers."""
    if file_format not in formats(question):
        raise refusals.Forbidden(_("This format can’t hold the answers to this question."))
    heading = Heading(
        tuple(choice.id for choice in choices(question)),
        title=question.text,
        seats=question.seats if question.seats > 1 else None,
        names={choice.id: choice.text for choice in choices(question)},
        scored=question.kind in merging.GRADED,
        coded=coded,
    )
    return _pieces(heading, lines, file_format)


def _pieces(heading: Heading, lines: Iterable[Line], file_format: str) -> Iterator[str]:
    try:
        yield from pieces(heading, lines, file_format=file_format)
    except BallotFileError as error:
        raise refusals.Forbidden(str(error)) from error


def _told(lines: Iterable[Line], tell: Tell) -> Iterator[Line]:
    for line in lines:
        yield line
        tell(line.count)
