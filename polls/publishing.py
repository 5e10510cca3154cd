"""The ballots of a poll that publishes them: after the close, for everyone, by their receipt codes.

They stand in the order of the codes, which are keyed hashes: neither the order nor anything else tells when a ballot
came, by which door, or whose it is. Texts are not listed: beside the other answers they could name who wrote them.
Ballots are read a page at a time, each by its own short look at the database.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from polls import exports, invitations, merging, refusals, tallies
from polls.ballots.changes import marks_of
from polls.counting.files import Line
from polls.kinds import MarkLine
from polls.models import Ballot
from polls.snapshots import PollSnapshot, QuestionSnapshot
from polls.terms import Phase

PAGE = 100
AT_ONCE = 1000
"""Ballots that a file is written of at once."""

_CODE = re.compile(r"[A-Z2-7]{16}")
_MISTAKEN = str.maketrans({"0": "O", "1": "I", "8": "B", "-": None, " ": None})


@dataclass(frozen=True, slots=True)
class PublishedBallot:
    """`marks` by question, without texts. `set_aside`: it is being checked, and what it says is not told."""

    code: str
    marks: Mapping[int, tuple[MarkLine, ...]]
    set_aside: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    ballots: tuple[PublishedBallot, ...]
    before: str = ""
    """The code to ask with for what stands before; empty on the first page."""
    after: str = ""


def check_published(poll: PollSnapshot, *, at: datetime) -> None:
    """Raises the Refusal that says why the ballots can't be read: they tell what the results tell, and more."""
    if not poll.ballots_published:
        raise refusals.BallotsUnpublished
    phase = poll.phase(at)
    if phase == Phase.OPEN:
        raise refusals.BallotsAfterClose
    tallies.check_seen(poll, at=at, voted=False)


def normalised(code: str) -> str:
    """A receipt code as somebody copied it; empty for what can be none."""
    known = code.strip().upper().translate(_MISTAKEN)
    return known if _CODE.fullmatch(known) else ""


def page(poll: PollSnapshot, *, after: str = "", before: str = "", most: int = PAGE) -> Page:
    """Some ballots in the order of their codes. Ask `check_published` first."""
    counted = Ballot.objects.filter(poll=poll.id, receipt__isnull=False, set_aside_at=None)
    if before:
        rows = list(counted.filter(receipt__lt=before).order_by("-receipt").values_list("pk", "receipt")[: most + 1])
        more = [len(rows) > most, True]
        rows = rows[:most][::-1]
    else:
        rows = list(counted.filter(receipt__gt=after).order_by("receipt").values_list("pk", "receipt")[: most + 1])
        more = [bool(after), len(rows) > most]
        rows = rows[:most]
    found = _published({ballot: code or "" for ballot, code in rows})
    if not found:
        return Page(())
    return Page(found, found[0].code if more[0] else "", found[-1].code if more[1] else "")


def find(poll: PollSnapshot, code: str) -> PublishedBallot:
    """The ballot with a receipt code. Raises BallotUnknown. Ask `check_published` first."""
    known = normalised(code)
    ballots = Ballot.objects.filter(poll=poll.id, receipt=known) if known else Ballot.objects.none()
    row = ballots.values_list("pk", "set_aside_at").first()
    if row is None:
        raise refusals.BallotUnknown
    ballot, set_aside_at = row
    if set_aside_at is not None:
        return PublishedBallot(known, {}, set_aside=True)
    return _published({ballot: known})[0]


def written(poll: PollSnapshot, question: QuestionSnapshot, *, file_format: str) -> Iterator[str]:
    """The ballots that answer a question as a file, in pieces, each ballot with its code. Ask `check_published` first.

    Raises Forbidden where the format can't hold them.
    """
    return exports.written(question, _lines(poll, question), file_format=file_format, coded=True)


def _lines(poll: PollSnapshot, question: QuestionSnapshot) -> Iterator[Line]:
    kept, after, begun = {choice.id for choice in exports.choices(question)}, "", False
    while after or not begun:
        some, begun = page(poll, after=after, most=AT_ONCE), True
        for ballot in some.ballots:
            if marks := ballot.marks.get(question.id):
                yield Line(merging.ballot_of(question, marks, kept), code=invitations.grouped(ballot.code))
        after = some.after


def _published(codes: Mapping[int, str]) -> tuple[PublishedBallot, ...]:
    marks = marks_of(codes)
    return tuple(PublishedBallot(code, _by_question(marks.get(ballot, []))) for ballot, code in codes.items())


def _by_question(marks: list[MarkLine]) -> dict[int, tuple[MarkLine, ...]]:
    found: dict[int, tuple[MarkLine, ...]] = {}
    # In the order of choices, not in that in which they were written down.
    for mark in sorted(marks, key=lambda mark: (mark.rank or 0, mark.choice or 0)):
        without_text = MarkLine(mark.question, mark.choice, mark.rank, mark.tied, mark.score, written=mark.written)
        found[mark.question] = (*found.get(mark.question, ()), without_text)
    return found
