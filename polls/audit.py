"""Counts all ballots again and compares: counters are derived, ballots are the truth."""

from collections import Counter as Count
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import transaction

from polls import notices, rows
from polls.kinds import MarkLine, said
from polls.models import Counter, Poll, Question, Tally
from polls.terms import Kind

type Key = tuple[int, str]


@dataclass(frozen=True, slots=True)
class Difference:
    """What the counters say and what the ballots say. `question` is None for the number of ballots of the poll."""

    poll: str
    question: int | None
    said: str
    counted: int
    true: int

    def __str__(self) -> str:
        where = f"question {self.question}, {self.said or 'answers'!r}" if self.question else "ballots"
        return f"{self.poll}: {where}: the counter says {self.counted}, the ballots say {self.true}"


def differences(polls: list[Poll] | None = None) -> list[Difference]:
    """All differences, or those of some polls; none when everything agrees. Reads each poll in one transaction."""
    found: list[Difference] = []
    for poll in Poll.objects.order_by("id") if polls is None else polls:
        with transaction.atomic():
            found.extend(_differences(poll))
    return found


def rebuild(poll: Poll) -> list[Difference]:
    """Write the counters of a poll again from its ballots; gives what was wrong."""
    with transaction.atomic():
        Poll.objects.select_for_update().get(pk=poll.pk)
        wrong = list(_differences(poll))
        if wrong:
            _write(poll)
            notices.poll_changed(poll.pk)
    return wrong


def _differences(poll: Poll) -> Iterator[Difference]:
    true, ballots = recount(poll)
    asked = [question.id for question in _asked(poll)]
    counters = rows.columns(Counter, ("question_id", "said", "count"), "question_id", asked)
    counted: dict[Key, int] = {(question, what): count for question, what, count in counters}
    tallied = sum(number for (number,) in rows.columns(Tally, ("ballots",), "poll_id", [poll.pk]))
    if tallied != ballots:
        yield Difference(poll.slug, None, "", tallied, ballots)
    for key in sorted(true.keys() | counted.keys()):
        if true[key] != counted.get(key, 0):
            yield Difference(poll.slug, *key, counted.get(key, 0), true[key])


@dataclass(frozen=True, slots=True)
class _Asked:
    id: int
    kind: Kind


def recount(poll: Poll) -> tuple[Count[Key], int]:
    """What its ballots say, and how many there are. Takes the same memory for any number. In a transaction."""
    counted: Count[Key] = Count()
    lines: list[MarkLine] = []
    ballots, before = 0, None
    asked = _asked(poll)
    for ballot, withdrawn_at, question, *of_a_line in rows.streamed(MARKED, [poll.pk]):
        if ballot != before:
            counted.update(said(asked, lines))
            lines, before, ballots = [], ballot, ballots + (withdrawn_at is None)
        if question is not None:
            lines.append(MarkLine(question, *of_a_line))
    counted.update(said(asked, lines))
    return counted, ballots


MARKED = """
    SELECT polls_ballot.id, withdrawn_at, question_id, choice_id, rank, tied, score, text, written
    FROM polls_ballot LEFT JOIN polls_mark ON polls_mark.ballot_id = polls_ballot.id
    WHERE poll_id = %s AND set_aside_at IS NULL
    ORDER BY polls_ballot.id, polls_mark.id"""
"""All ballots of a poll that count, also those without a mark."""


def _asked(poll: Poll) -> list[_Asked]:
    return [
        _Asked(question, Kind(kind)) for question, kind in rows.columns(Question, ("id", "kind"), "poll_id", [poll.pk])
    ]


def _write(poll: Poll) -> None:
    true, ballots = recount(poll)
    Counter.objects.filter(question__poll=poll).delete()
    Counter.objects.bulk_create(
        Counter(question_id=question, said=what, count=count) for (question, what), count in true.items()
    )
    tally, _ = Tally.objects.get_or_create(poll=poll)
    tally.ballots, tally.version = ballots, tally.version + 1
    tally.save()
