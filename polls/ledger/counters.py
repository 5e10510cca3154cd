"""The statements that move counters and tallies."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection

from polls.ledger.dialects import Row, is_sqlite, sent_as

type Statement = tuple[str, list[Any]]

COUNTER_COLUMNS = {"question_id": "bigint", "said": "text", "count": "int"}
TALLY_COLUMNS = {"poll_id": "bigint", "ballots": "int", "set_aside": "int"}


def add(
    counters: Mapping[tuple[int, str], int], tallies: Mapping[int, tuple[int, int]]
) -> tuple[list[tuple[int, str, int]], dict[int, tuple[int, int]]]:
    """Add to counters and tallies, each once, or take from them.

    Gives question, what was said, and the new count; and by poll its ballots and the tally's new version.
    """
    first, second = _added_to_counters(counters), _added_to_tallies(tallies)
    # Every row is there before anything is taken: less than nothing is refused even on the way to a sum.
    if any(count < 0 for count in counters.values()):
        _run(_added_to_counters(dict.fromkeys(counters, 0)))
        first = _taken_from_counters(counters)
    if any(min(numbers) < 0 for numbers in tallies.values()):
        _run(_added_to_tallies(dict.fromkeys(tallies, (0, 0))))
        second = _taken_from_tallies(tallies)
    counted, tallied = _both(first, second)
    return counted, {poll: (ballots, version) for poll, ballots, version in tallied}


def _added_to_counters(added: Mapping[tuple[int, str], int]) -> Statement:
    sent, values = sent_as(COUNTER_COLUMNS, _counter_rows(added))
    statement = f"""
        WITH {sent} INSERT INTO polls_counter (question_id, said, count)
        SELECT question_id, said, count FROM sent WHERE true ORDER BY question_id, said
        ON CONFLICT (question_id, said) DO UPDATE SET count = polls_counter.count + excluded.count
        RETURNING question_id, said, count"""
    return statement, values


def _taken_from_counters(added: Mapping[tuple[int, str], int]) -> Statement:
    sent, values = sent_as(COUNTER_COLUMNS, _counter_rows(added))
    statement = f"""
        WITH {sent} UPDATE polls_counter SET count = polls_counter.count + sent.count FROM sent
        WHERE polls_counter.question_id = sent.question_id AND polls_counter.said = sent.said
        RETURNING polls_counter.question_id, polls_counter.said, polls_counter.count"""
    return statement, values


def _counter_rows(added: Mapping[tuple[int, str], int]) -> list[Row]:
    # In one order everywhere: two writers that lock the same counters never wait for each other in a ring.
    return [(question, said, count) for (question, said), count in sorted(added.items())]


def _added_to_tallies(added: Mapping[int, tuple[int, int]]) -> Statement:
    sent, values = sent_as(TALLY_COLUMNS, [(poll, *numbers) for poll, numbers in sorted(added.items())])
    statement = f"""
        WITH {sent} INSERT INTO polls_tally (poll_id, ballots, set_aside, version, released)
        SELECT poll_id, ballots, set_aside, 1, 0 FROM sent WHERE true ORDER BY poll_id
        ON CONFLICT (poll_id) DO UPDATE SET version = polls_tally.version + 1,
        ballots = polls_tally.ballots + excluded.ballots, set_aside = polls_tally.set_aside + excluded.set_aside
        RETURNING poll_id, ballots, version"""
    return statement, values


def _taken_from_tallies(added: Mapping[int, tuple[int, int]]) -> Statement:
    sent, values = sent_as(TALLY_COLUMNS, [(poll, *numbers) for poll, numbers in sorted(added.items())])
    statement = f"""
        WITH {sent} UPDATE polls_tally SET version = polls_tally.version + 1,
        ballots = polls_tally.ballots + sent.ballots, set_aside = polls_tally.set_aside + sent.set_aside
        FROM sent WHERE polls_tally.poll_id = sent.poll_id
        RETURNING polls_tally.poll_id, polls_tally.ballots, polls_tally.version"""
    return statement, values


def _run(statement: Statement) -> None:
    with connection.cursor() as cursor:
        cursor.execute(*statement)


def _both(first: Statement, second: Statement) -> list[list[tuple[Any, ...]]]:
    """What two statements return; inside `together` they make one journey."""
    with connection.cursor() as one, connection.cursor() as other:
        one.execute(*first)
        # On SQLite a cursor that was not read keeps its statement open.
        counted = one.fetchall() if is_sqlite() else None
        other.execute(*second)
        return [one.fetchall() if counted is None else counted, other.fetchall()]


def release(polls: Sequence[int], *, least: int) -> None:
    """Let the numbers of secret polls be seen, where at least so many ballots have come since the last time."""
    sent, values = sent_as({"poll_id": "bigint"}, [(poll,) for poll in polls])
    due = f"""WITH {sent} SELECT t.poll_id FROM polls_tally t JOIN sent ON sent.poll_id = t.poll_id
              WHERE abs(t.ballots - t.released) >= %s"""
    with connection.cursor() as cursor:
        cursor.execute(due, [*values, least])
        ready = [poll for (poll,) in cursor.fetchall()]
        if ready:
            sent, values = sent_as({"poll_id": "bigint"}, [(poll,) for poll in ready])
            cursor.execute(
                f"""WITH {sent} UPDATE polls_counter SET released = count WHERE question_id IN
                    (SELECT q.id FROM polls_question q JOIN sent ON sent.poll_id = q.poll_id)""",
                values,
            )
            cursor.execute(
                f"WITH {sent} UPDATE polls_tally SET released = ballots WHERE poll_id IN (SELECT poll_id FROM sent)",
                values,
            )
