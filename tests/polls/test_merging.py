"""Equal ballots become one line in the database, and lines are read a few at a time."""

import tracemalloc

import pytest
from django.db import connection
from django.utils import timezone

from polls import audit, corrections, exports, merging, snapshots
from polls.counting import Ballot
from polls.models import Ballot as BallotRow
from polls.models import Mark, Poll
from polls.snapshots import PollSnapshot
from tests.builders import a_poll, choices_of, now

pytestmark = pytest.mark.usefixtures("house")


def with_ballots(poll: Poll, marks: list[list[dict[str, int]]]) -> PollSnapshot:
    """A poll with many ballots, written at once. Their counters are left to `house`, which compares them."""
    question = poll.questions.get()
    rows = BallotRow.objects.bulk_create(
        BallotRow(poll=poll, voter_key=f"v{n}", nonce=f"n{n}", answers="", door="page") for n in range(len(marks))
    )
    Mark.objects.bulk_create(
        Mark(ballot=row, question=question, **mark) for row, lines in zip(rows, marks, strict=True) for mark in lines
    )
    audit.rebuild(poll)
    return snapshots.of(poll)


def score_differently(poll: Poll, ballots: int) -> None:
    """Ballots that grade each choice, each another way, made in the database."""
    numbers = f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {ballots})"
    columns = "poll_id, voter_key, nonce, answers, door, set_aside_for"
    with connection.cursor() as cursor:
        cursor.execute(
            f"{numbers} INSERT INTO polls_ballot ({columns}) SELECT %s, 'v' || i, 'n' || i, '', 'page', '' FROM n",
            [poll.pk],
        )
        cursor.execute(
            """INSERT INTO polls_mark (ballot_id, question_id, choice_id, score, tied, written)
               SELECT b.id, c.question_id, c.id,
                      (CASE c.position WHEN 1 THEN b.id / 101 ELSE b.id END) % 101, false, false
               FROM polls_ballot b CROSS JOIN polls_choice c"""
        )
    audit.rebuild(poll)


def ranked(*orders: str) -> Poll:
    poll = a_poll(question={"kind": "ranked"})
    ids = dict(zip("ABC", (choice.pk for choice in choices_of(poll)), strict=True))
    marks = [[{"choice_id": ids[one], "rank": rank} for rank, one in enumerate(order, 1)] for order in orders]
    with_ballots(poll, marks)
    return poll


def test_ballots_that_are_equal_without_a_withdrawn_choice_are_one_line() -> None:
    poll = ranked("ABC", "BAC", "BCA", "A", "AC")
    first = choices_of(poll)[0]
    corrections.withdraw_choice(first, reason="Gone.", editor=None, at=now())
    question = snapshots.of(poll).questions[0]
    b, c = (choice.id for choice in question.standing)
    lines = merging.merged(question, [b, c])
    assert {line.ballot: line.count for line in lines} == {
        Ballot(((b,), (c,))): 3,
        Ballot(): 1,
        Ballot(((c,),)): 1,
    }


def test_the_order_of_lines_is_not_the_order_of_ballots() -> None:
    orders = ["ABC", "ACB", "BAC", "BCA", "CAB", "CBA"]
    seen = []
    for came in (orders, orders[::-1]):
        poll = ranked(*came)
        ids = {choice.pk: choice.text for choice in choices_of(poll)}
        lines = merging.merged(snapshots.of(poll).questions[0], list(ids))
        seen.append([line.ballot for line in lines])
    # Ids differ between the polls, so only that neither order is that of coming in can be said.
    assert all(len(set(lines)) == 6 for lines in seen)
    assert [[len(ballot.ranking) for ballot in lines] for lines in seen] == [[3] * 6] * 2


def test_a_file_of_many_different_ballots_is_never_in_memory_as_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    poll = a_poll(question={"kind": "score", "highest": 100}, choices=[str(number) for number in range(20)])
    score_differently(poll, 1000)
    monkeypatch.setattr(merging, "AT_ONCE", 20)
    snapshot = snapshots.of(poll)
    pieces = exports.export(snapshot, snapshot.questions[0], file_format="json", at=timezone.now())
    next(pieces)
    tracemalloc.start()
    lines = len([next(pieces) and 1 for _ in range(10)])
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_cursors")
            assert cursor.fetchone() == (1,), "all lines came at once"
    lines += sum(1 for _ in pieces)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert lines == 1001
    assert peak < 150_000, f"{peak:,} bytes: all lines were read at once"


@pytest.mark.only_on("sqlite")
def test_sqlite_sorts_ballots_in_files_and_has_its_memory_back_afterwards() -> None:
    def limits() -> tuple[int, int]:
        with connection.cursor() as cursor:
            return tuple(cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in ("temp_store", "cache_size"))

    before, poll = limits(), ranked("ABC", "BAC")
    ids = [choice.pk for choice in choices_of(poll)]
    lines = merging.merged(snapshots.of(poll).questions[0], ids)
    next(lines)
    assert limits() == (1, -merging.SORTED_IN_MEMORY) != before
    assert (len(list(lines)), limits()) == (1, before)
