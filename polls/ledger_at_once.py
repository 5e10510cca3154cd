"""A whole batch as one statement, which is a transaction by itself: for PostgreSQL, where journeys cost more than work.

Three journeys (ballots, marks, counters) hold the batch up three times, each time until the event loop lets go of
Python's lock; and Django's cursors have PostgreSQL plan each statement anew. SQLite can't insert within a WITH, and has
no journeys to save.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from django.db import connection
from psycopg.errors import DuplicatePreparedStatement, InvalidSqlStatementName

from polls import ledger
from polls.ledger import Row


@dataclass(frozen=True, slots=True)
class Written:
    """What is committed: the places of the ballots that are in, and what they moved."""

    places: frozenset[int] = frozenset()
    counters: tuple[tuple[int, str, int], ...] = ()
    """Question, what was said, and the new count."""
    tallies: tuple[tuple[int, int, int], ...] = ()
    """Poll, its ballots, and the tally's new version."""


def is_possible() -> bool:
    return connection.vendor == "postgresql"


def write(ballots: Sequence[Row], marks: Sequence[Row], said: Sequence[Row], at: datetime | None) -> Written:
    """Insert ballots with their marks, and add what they say to the counters. What conflicts is left out, as is a
    ballot of a poll that is not open or has another version; see `ledger.insert_ballots`.

    Marks and what is said begin with the place of their ballot. No paper may be there twice, and no ballot of a secret
    poll: of that one the day alone is kept, and its numbers are released in batches.
    """
    sent = {"ballots": json.dumps(ballots), "marks": json.dumps(marks), "said": json.dumps(said), "at": at}
    found = _asked(STATEMENT, sent)
    return Written(
        frozenset(one for what, one, _, _ in found if what == "ballot"),
        tuple((one, told, number) for what, one, told, number in found if what == "counter"),
        tuple((one, number, int(told)) for what, one, told, number in found if what == "tally"),
    )


def standing(polls: Sequence[int]) -> dict[int, tuple[int, int, int, list[tuple[int, str, int]]]]:
    """Version, ballots, number set aside, and all counters of each poll, as they stand together at one instant."""
    found: dict[int, tuple[int, int, int, list[tuple[int, str, int]]]] = {}
    for poll, version, ballots, aside, question, said, count in _asked(STANDING, {"polls": list(polls)}):
        found.setdefault(poll, (version, ballots, aside, []))[3].append((question, said, count))
    return found


def _asked(statement: str, values: Mapping[str, object]) -> list[Any]:
    """The rows of a statement that PostgreSQL plans once, and not each time as with Django's cursor, which writes
    values into it.
    """
    connection.ensure_connection()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        try:
            cursor.execute(statement, values, prepare=True)
        except (DuplicatePreparedStatement, InvalidSqlStatementName):
            # Behind a pooler each transaction may meet another PostgreSQL, which was never told. Nothing was done yet.
            connection.connection.prepare_threshold = None
            cursor.execute(statement, values)
        return cursor.fetchall()


def _sent(name: str, columns: dict[str, str]) -> str:
    read = ", ".join(f"(one->>{place})::{kind} AS {column}" for place, (column, kind) in enumerate(columns.items()))
    return f"{name} AS (SELECT {read} FROM jsonb_array_elements(%({name})s::jsonb) AS one)"


CLOCK = "COALESCE(%(at)s::timestamptz, statement_timestamp())"
MARKED = [column for column in ledger.MARK_COLUMNS if column != "ballot_id"]
MARK_COLUMNS = {"place": "int"} | {column: ledger.MARK_COLUMNS[column] for column in MARKED}
SAID_COLUMNS = {"place": "int", "question_id": "bigint", "what": "text"}

# Parts are written in the order in which the last SELECT reads them. Counters and tallies come last, since another
# process that counts in the same poll waits for them; and in one order everywhere, so that two writers never wait for
# each other in a ring.
STATEMENT = f"""
    WITH {_sent("ballots", ledger.BALLOT_COLUMNS)}, {_sent("marks", MARK_COLUMNS)}, {_sent("said", SAID_COLUMNS)},
    standing AS (
        SELECT id, version FROM polls_poll
        WHERE id IN (SELECT poll_id FROM ballots) AND status = 'published'
          AND (opens_at IS NULL OR opens_at <= {CLOCK}) AND (closes_at IS NULL OR closes_at > {CLOCK})
        FOR SHARE),
    inserted AS (
        INSERT INTO polls_ballot (poll_id, voter_key, nonce, answers, network_key, network_slot, door, receipt,
                                  set_aside_for, set_aside_at, cast_at)
        SELECT poll_id, voter_key, nonce, answers, network_key, network_slot, door, receipt,
               set_aside_for, CASE WHEN set_aside_for <> '' THEN {CLOCK} END, {CLOCK}
        FROM ballots JOIN standing ON standing.id = poll_id AND standing.version = ballots.version
        ORDER BY place
        ON CONFLICT DO NOTHING RETURNING id, poll_id, nonce, set_aside_for = '' AS counts),
    placed AS (
        SELECT place, inserted.id, counts FROM inserted
        JOIN ballots ON ballots.poll_id = inserted.poll_id AND ballots.nonce = inserted.nonce),
    marked AS (
        INSERT INTO polls_mark (ballot_id, {", ".join(MARKED)})
        SELECT placed.id, {", ".join(MARKED)} FROM marks JOIN placed USING (place) RETURNING 1),
    counted AS (
        INSERT INTO polls_counter (question_id, said, count)
        SELECT question_id, what, count(*) FROM said JOIN placed USING (place) WHERE counts
        GROUP BY question_id, what ORDER BY question_id, what
        ON CONFLICT (question_id, said) DO UPDATE SET count = polls_counter.count + excluded.count
        RETURNING question_id, said, count),
    tallied AS (
        INSERT INTO polls_tally (poll_id, ballots, set_aside, version, released)
        SELECT poll_id, count(*) FILTER (WHERE counts), count(*) FILTER (WHERE NOT counts), 1, 0 FROM inserted
        GROUP BY poll_id ORDER BY poll_id
        ON CONFLICT (poll_id) DO UPDATE SET version = polls_tally.version + 1,
        ballots = polls_tally.ballots + excluded.ballots, set_aside = polls_tally.set_aside + excluded.set_aside
        RETURNING poll_id, ballots, version)
    SELECT 'ballot', place::bigint, '', 0::bigint FROM placed
    UNION ALL SELECT 'mark', count(*), '', 0 FROM marked
    UNION ALL SELECT 'counter', question_id, said, count::bigint FROM counted
    UNION ALL SELECT 'tally', poll_id, version::text, ballots::bigint FROM tallied"""

STANDING = """
    SELECT t.poll_id, t.version, t.ballots, t.set_aside, c.question_id, c.said, c.count
    FROM polls_tally t JOIN polls_question q ON q.poll_id = t.poll_id JOIN polls_counter c ON c.question_id = q.id
    WHERE t.poll_id = ANY(%(polls)s)"""
