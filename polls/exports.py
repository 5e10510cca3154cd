"""The ballots of a question as a file that anyone can count: `manage.py count FILE --rule …`.

Nothing in it leads to a voter: no key, no paper, no time, no order of coming in. Equal ballots are one line with their
number; lines stand in the order of a hash. Ballots that were taken back or set aside are left out. In rankings and
scores a withdrawn choice is left out as it is in the result.

JSON and ABIF keep the ids of choices, by which ties are drawn; in CSV and BLT choices go by their names, so a tie that
the lot decides may fall another way there.

Ballots are read one by one; what is kept grows with the different ballots, not with their number.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import groupby

from django.utils.translation import gettext as _

from polls import refusals, tallies
from polls.counting import Ballot, Profile
from polls.counting.files import FORMATS, BallotFile, BallotFileError, render
from polls.kinds import MarkLine
from polls.kinds.comparing import without_withdrawn
from polls.models import Mark
from polls.snapshots import PollSnapshot, QuestionSnapshot
from polls.terms import Kind, Phase

_GRADED = {Kind.RATING, Kind.SCORE}
_COMPARED = {Kind.RANKED, Kind.SCORE}


def formats(question: QuestionSnapshot) -> tuple[str, ...]:
    """The formats that can hold the answers to a question: none for texts, no BLT for grades."""
    if question.kind == Kind.TEXT:
        return ()
    return tuple(name for name in FORMATS if name != "blt" or question.kind not in _GRADED)


def check_exported(poll: PollSnapshot, *, at: datetime) -> None:
    """Raises the Refusal that says why ballots can't be had now: an export tells what the results tell, and more."""
    tallies.check_seen_by_editor(poll, at=at)
    if poll.anonymous and poll.phase(at) == Phase.OPEN:
        raise refusals.Forbidden(_("The votes are secret: the ballots can be had after the close."))


def export(poll: PollSnapshot, question: QuestionSnapshot, *, file_format: str, at: datetime) -> str:
    """The text of the file. Raises a Refusal where results are not shown, or the format can't hold the answers."""
    check_exported(poll, at=at)
    if file_format not in formats(question):
        raise refusals.Forbidden(_("This format can’t hold the answers to this question."))
    try:
        return render(_file(question), file_format=file_format)
    except BallotFileError as error:
        raise refusals.Forbidden(str(error)) from error


def _file(question: QuestionSnapshot) -> BallotFile:
    choices = question.standing if question.kind in _COMPARED else question.choices
    weights: dict[Ballot, int] = {}
    for ballot in _ballots(question):
        weights[ballot] = weights.get(ballot, 0) + 1
    if question.kind in _COMPARED:
        weights = without_withdrawn(question, weights)
    return BallotFile(
        Profile.of(_mixed(weights), choices=[choice.id for choice in choices]),
        title=question.text,
        seats=question.seats if question.seats > 1 else None,
        names={choice.id: choice.text for choice in choices},
    )


def _mixed(weights: Mapping[Ballot, int]) -> dict[Ballot, int]:
    def place(ballot: Ballot) -> str:
        return hashlib.sha256(repr(ballot).encode()).hexdigest()

    return {ballot: weights[ballot] for ballot in sorted(weights, key=place)}


def _ballots(question: QuestionSnapshot) -> Iterator[Ballot]:
    """What each voter answered to a question."""
    counted = Mark.objects.filter(question=question.id, ballot__set_aside_at=None, ballot__withdrawn_at=None)
    fields = ("ballot_id", "question_id", "choice_id", "rank", "tied", "score")
    marks = counted.order_by("ballot_id", "id").values_list(*fields).iterator(chunk_size=5000)
    for _ballot, lines in groupby(marks, key=lambda mark: mark[0]):
        yield _ballot_of(question.kind, [MarkLine(*line[1:]) for line in lines])


def _ballot_of(kind: Kind, lines: Iterable[MarkLine]) -> Ballot:
    # A write-in that no editor has merged is an answer without a choice.
    marked = [line for line in lines if line.choice is not None]
    if kind in _GRADED:
        return Ballot.scoring({line.choice or 0: line.score or 0 for line in marked})
    groups: dict[int, list[int]] = {}
    for line in marked:
        groups.setdefault(line.rank or 1, []).append(line.choice or 0)
    return Ballot(tuple(tuple(sorted(groups[rank])) for rank in sorted(groups)))
