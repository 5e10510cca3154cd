"""The statements that write ballots and counters, for PostgreSQL and SQLite alike.

Many rows travel in one statement: as arrays on PostgreSQL (one prepared statement whatever their number), as VALUES on
SQLite. `sent` is their name in each statement.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from polls.terms import Status

type Row = Sequence[Any]

BALLOT_COLUMNS = {
    "place": "int",
    "poll_id": "bigint",
    "version": "int",
    "voter_key": "text",
    "nonce": "text",
    "answers": "text",
    "network_key": "text",
    "network_slot": "int",
    "door": "text",
}
MARK_COLUMNS = {
    "ballot_id": "bigint",
    "question_id": "bigint",
    "choice_id": "bigint",
    "rank": "smallint",
    "tied": "boolean",
    "score": "smallint",
    "text": "text",
    "written": "boolean",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a poll stands by the database's own clock."""

    version: int
    status: Status
    begun: bool
    over: bool


def insert_ballots(rows: Sequence[Row], at: datetime | None) -> dict[tuple[int, str], int]:
    """Insert the ballots of polls that are open and of the version named; what conflicts is left out.

    Gives the new ballots' ids by poll and nonce. A poll stays locked against a change until the commit, so that a
    close has a sharp edge: each ballot is before it or is refused.
    """
    sent, values = _sent(BALLOT_COLUMNS, rows)
    columns = "poll_id, voter_key, nonce, answers, network_key, network_slot, door"
    chosen = ", ".join(f"sent.{name}" for name in columns.split(", "))
    statement = f"""
        WITH {sent}, standing AS (
            SELECT id, version FROM polls_poll
            WHERE id IN (SELECT poll_id FROM sent) AND status = 'published'
              AND (opens_at IS NULL OR opens_at <= {_clock()}) AND (closes_at IS NULL OR closes_at > {_clock()})
            {"" if _is_sqlite() else "FOR SHARE"})
        INSERT INTO polls_ballot ({columns}, cast_at) SELECT {chosen}, {_clock()}
        FROM sent JOIN standing ON standing.id = sent.poll_id AND standing.version = sent.version
        WHERE true ORDER BY sent.place
        ON CONFLICT DO NOTHING RETURNING id, poll_id, nonce"""
    instant = _instant(at)
    with connection.cursor() as cursor:
        cursor.execute(statement, [*values, instant, instant, instant])
        return {(poll, nonce): ballot for ballot, poll, nonce in cursor.fetchall()}


def insert_marks(rows: Sequence[Row]) -> None:
    sent, values = _sent(MARK_COLUMNS, rows)
    columns = ", ".join(MARK_COLUMNS)
    with connection.cursor() as cursor:
        cursor.execute(f"WITH {sent} INSERT INTO polls_mark ({columns}) SELECT {columns} FROM sent", values)


def add_to_counters(added: Mapping[tuple[int, str], int]) -> list[tuple[int, str, int]]:
    """Add to each counter once; gives question, what was said, and the new count."""
    # In one order everywhere: two writers that lock the same counters never wait for each other in a ring.
    rows = [(question, said, count) for (question, said), count in sorted(added.items())]
    sent, values = _sent({"question_id": "bigint", "said": "text", "count": "int"}, rows)
    statement = f"""
        WITH {sent} INSERT INTO polls_counter (question_id, said, count)
        SELECT question_id, said, count FROM sent WHERE true ORDER BY question_id, said
        ON CONFLICT (question_id, said) DO UPDATE SET count = polls_counter.count + excluded.count
        RETURNING question_id, said, count"""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return [tuple(row) for row in cursor.fetchall()]


def add_to_tallies(added: Mapping[int, int]) -> dict[int, tuple[int, int]]:
    """Add to the number of ballots of each poll; gives its ballots and the tally's new version by poll."""
    sent, values = _sent({"poll_id": "bigint", "ballots": "int"}, sorted(added.items()))
    statement = f"""
        WITH {sent} INSERT INTO polls_tally (poll_id, ballots, version)
        SELECT poll_id, ballots, 1 FROM sent WHERE true ORDER BY poll_id
        ON CONFLICT (poll_id) DO UPDATE
        SET ballots = polls_tally.ballots + excluded.ballots, version = polls_tally.version + 1
        RETURNING poll_id, ballots, version"""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return {poll: (ballots, version) for poll, ballots, version in cursor.fetchall()}


def ballots_like(rows: Sequence[Row]) -> tuple[dict[int, str], set[int]]:
    """For ballots that were not inserted: the answers counted from the same paper, and whose voters have voted.

    Both by the row's place.
    """
    sent, values = _sent(BALLOT_COLUMNS, rows)
    statement = f"""
        WITH {sent}
        SELECT sent.place, 1, b.answers FROM sent
        JOIN polls_ballot b ON b.poll_id = sent.poll_id AND b.nonce = sent.nonce
        UNION ALL SELECT sent.place, 0, '' FROM sent
        JOIN polls_ballot b ON b.poll_id = sent.poll_id AND b.voter_key = sent.voter_key"""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        found = cursor.fetchall()
    same_paper = {place: answers for place, by_paper, answers in found if by_paper}
    return same_paper, {place for place, by_paper, _ in found if not by_paper}


def slots_taken(networks: Sequence[tuple[int, str]]) -> dict[tuple[int, str], int]:
    """The highest slot in use of each network, by poll and network key."""
    sent, values = _sent({"poll_id": "bigint", "network_key": "text"}, networks)
    statement = f"""
        WITH {sent} SELECT b.poll_id, b.network_key, max(b.network_slot) FROM sent
        JOIN polls_ballot b ON b.poll_id = sent.poll_id AND b.network_key = sent.network_key
        GROUP BY b.poll_id, b.network_key"""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return {(poll, network): slot for poll, network, slot in cursor.fetchall()}


def standings(poll_ids: Sequence[int], at: datetime | None) -> dict[int, Standing]:
    sent, values = _sent({"poll_id": "bigint"}, [(poll,) for poll in poll_ids])
    statement = f"""
        WITH {sent} SELECT id, version, status, opens_at IS NULL OR opens_at <= {_clock()},
                           closes_at IS NOT NULL AND closes_at <= {_clock()}
        FROM polls_poll WHERE id IN (SELECT poll_id FROM sent)"""
    with connection.cursor() as cursor:
        cursor.execute(statement, [*values, _instant(at), _instant(at)])
        return {
            poll: Standing(version, Status(status), bool(begun), bool(over))
            for poll, version, status, begun, over in cursor.fetchall()
        }


def _is_sqlite() -> bool:
    return connection.vendor == "sqlite"


def _clock() -> str:
    """The instant given, or else the database's own."""
    if _is_sqlite():
        return "COALESCE(%s, strftime('%%Y-%%m-%%d %%H:%%M:%%f', 'now'))"
    return "COALESCE(%s::timestamptz, statement_timestamp())"


def _instant(at: datetime | None) -> Any:
    return connection.ops.adapt_datetimefield_value(at) if at else None


def _sent(columns: Mapping[str, str], rows: Sequence[Row]) -> tuple[str, list[Any]]:
    names = ", ".join(columns)
    if _is_sqlite():
        line = f"({', '.join(['%s'] * len(columns))})"
        return f"sent({names}) AS (VALUES {', '.join([line] * len(rows))})", [value for row in rows for value in row]
    arrays = ", ".join(f"%s::{kind}[]" for kind in columns.values())
    return f"sent({names}) AS (SELECT * FROM unnest({arrays}))", [list(column) for column in zip(*rows, strict=True)]
