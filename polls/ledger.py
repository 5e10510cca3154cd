"""The statements that write ballots and counters, for PostgreSQL and SQLite alike.

Many rows travel in one statement, as one JSON array: nothing else is written and read as quickly on both sides (arrays,
one for each column, take four times as long). `sent` is their name in each statement.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache
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
    "receipt": "text",
    "set_aside_for": "text",
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


@contextmanager
def together() -> Iterator[None]:
    """Statements here wait for an answer only where it is asked for, and else travel together (PostgreSQL).

    A transaction goes inside: its begin and its end travel along.
    """
    if _is_sqlite():
        yield
        return
    connection.ensure_connection()
    with connection.wrap_database_errors, connection.connection.pipeline():
        yield


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a poll stands by the database's own clock."""

    version: int
    status: Status
    begun: bool
    over: bool
    now: Any
    """The instant by which this is so, as the database writes it."""

    @property
    def open(self) -> bool:
        return self.status == Status.PUBLISHED and self.begun and not self.over


def insert_ballots(rows: Sequence[Row], at: datetime | None) -> dict[tuple[int, str], int]:
    """Insert the ballots of polls that are open and of the version named; what conflicts is left out.

    Gives the new ballots' ids by poll and nonce. A poll stays locked against a change until the commit, so that a
    close has a sharp edge: each ballot is before it or is refused.
    """
    sent, values = _sent(BALLOT_COLUMNS, rows)
    columns = "poll_id, voter_key, nonce, answers, network_key, network_slot, door, receipt, set_aside_for"
    chosen = ", ".join(f"sent.{name}" for name in columns.split(", "))
    aside = f"CASE WHEN sent.set_aside_for <> '' THEN {_clock()} END"
    # A secret poll keeps the day alone: an exact time beside a log of visits would name the voter.
    when = f"CASE WHEN standing.anonymous THEN {_day(_clock())} ELSE {_clock()} END"
    statement = f"""
        WITH {sent}, standing AS (
            SELECT id, version, anonymous FROM polls_poll
            WHERE id IN (SELECT poll_id FROM sent) AND status = 'published'
              AND (opens_at IS NULL OR opens_at <= {_clock()}) AND (closes_at IS NULL OR closes_at > {_clock()})
            {"" if _is_sqlite() else "FOR SHARE"})
        INSERT INTO polls_ballot ({columns}, set_aside_at, cast_at) SELECT {chosen}, {aside}, {when}
        FROM sent JOIN standing ON standing.id = sent.poll_id AND standing.version = sent.version
        WHERE true ORDER BY sent.place
        ON CONFLICT DO NOTHING RETURNING id, poll_id, nonce"""
    instant = _instant(at)
    with connection.cursor() as cursor:
        cursor.execute(statement, [*values, *[instant] * 5])
        return {(poll, nonce): ballot for ballot, poll, nonce in cursor.fetchall()}


def insert_marks(rows: Sequence[Row]) -> None:
    sent, values = _sent(MARK_COLUMNS, rows)
    columns = ", ".join(MARK_COLUMNS)
    with connection.cursor() as cursor:
        cursor.execute(f"WITH {sent} INSERT INTO polls_mark ({columns}) SELECT {columns} FROM sent", values)


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


type Statement = tuple[str, list[Any]]

COUNTER_COLUMNS = {"question_id": "bigint", "said": "text", "count": "int"}
TALLY_COLUMNS = {"poll_id": "bigint", "ballots": "int", "set_aside": "int"}


def _added_to_counters(added: Mapping[tuple[int, str], int]) -> Statement:
    sent, values = _sent(COUNTER_COLUMNS, _counter_rows(added))
    statement = f"""
        WITH {sent} INSERT INTO polls_counter (question_id, said, count)
        SELECT question_id, said, count FROM sent WHERE true ORDER BY question_id, said
        ON CONFLICT (question_id, said) DO UPDATE SET count = polls_counter.count + excluded.count
        RETURNING question_id, said, count"""
    return statement, values


def _taken_from_counters(added: Mapping[tuple[int, str], int]) -> Statement:
    sent, values = _sent(COUNTER_COLUMNS, _counter_rows(added))
    statement = f"""
        WITH {sent} UPDATE polls_counter SET count = polls_counter.count + sent.count FROM sent
        WHERE polls_counter.question_id = sent.question_id AND polls_counter.said = sent.said
        RETURNING polls_counter.question_id, polls_counter.said, polls_counter.count"""
    return statement, values


def _counter_rows(added: Mapping[tuple[int, str], int]) -> list[Row]:
    # In one order everywhere: two writers that lock the same counters never wait for each other in a ring.
    return [(question, said, count) for (question, said), count in sorted(added.items())]


def _added_to_tallies(added: Mapping[int, tuple[int, int]]) -> Statement:
    sent, values = _sent(TALLY_COLUMNS, [(poll, *numbers) for poll, numbers in sorted(added.items())])
    statement = f"""
        WITH {sent} INSERT INTO polls_tally (poll_id, ballots, set_aside, version, released)
        SELECT poll_id, ballots, set_aside, 1, 0 FROM sent WHERE true ORDER BY poll_id
        ON CONFLICT (poll_id) DO UPDATE SET version = polls_tally.version + 1,
        ballots = polls_tally.ballots + excluded.ballots, set_aside = polls_tally.set_aside + excluded.set_aside
        RETURNING poll_id, ballots, version"""
    return statement, values


def _taken_from_tallies(added: Mapping[int, tuple[int, int]]) -> Statement:
    sent, values = _sent(TALLY_COLUMNS, [(poll, *numbers) for poll, numbers in sorted(added.items())])
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
        counted = one.fetchall() if _is_sqlite() else None
        other.execute(*second)
        return [one.fetchall() if counted is None else counted, other.fetchall()]


def release(polls: Sequence[int], *, least: int) -> None:
    """Let the numbers of secret polls be seen, where at least so many ballots have come since the last time."""
    sent, values = _sent({"poll_id": "bigint"}, [(poll,) for poll in polls])
    due = f"""WITH {sent} SELECT t.poll_id FROM polls_tally t JOIN sent ON sent.poll_id = t.poll_id
              WHERE abs(t.ballots - t.released) >= %s"""
    with connection.cursor() as cursor:
        cursor.execute(due, [*values, least])
        ready = [poll for (poll,) in cursor.fetchall()]
        if ready:
            sent, values = _sent({"poll_id": "bigint"}, [(poll,) for poll in ready])
            cursor.execute(
                f"""WITH {sent} UPDATE polls_counter SET released = count WHERE question_id IN
                    (SELECT q.id FROM polls_question q JOIN sent ON sent.poll_id = q.poll_id)""",
                values,
            )
            cursor.execute(
                f"WITH {sent} UPDATE polls_tally SET released = ballots WHERE poll_id IN (SELECT poll_id FROM sent)",
                values,
            )


def ballots_like(rows: Sequence[Row]) -> tuple[dict[int, tuple[str, bool]], set[int]]:
    """For ballots that were not inserted: the answers taken from the same paper and whether that ballot is set aside,
    and whose voters have voted. Both by the row's place.
    """
    sent, values = _sent(BALLOT_COLUMNS, rows)
    statement = f"""
        WITH {sent}
        SELECT sent.place, 1, b.answers, b.set_aside_at IS NOT NULL FROM sent
        JOIN polls_ballot b ON b.poll_id = sent.poll_id AND b.nonce = sent.nonce
        UNION ALL SELECT sent.place, 0, '', false FROM sent
        JOIN polls_ballot b ON b.poll_id = sent.poll_id AND b.voter_key = sent.voter_key"""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        found = cursor.fetchall()
    same_paper = {place: (answers, bool(aside)) for place, by_paper, answers, aside in found if by_paper}
    return same_paper, {place for place, by_paper, *_ in found if not by_paper}


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


def standings(poll_ids: Sequence[int], at: datetime | None, *, locked: bool = False) -> dict[int, Standing]:
    """Where polls stand by the database's clock. `locked`: and there they stay until the commit."""
    sent, values = _sent({"poll_id": "bigint"}, [(poll,) for poll in poll_ids])
    statement = f"""
        WITH {sent} SELECT id, version, status, opens_at IS NULL OR opens_at <= {_clock()},
                           closes_at IS NOT NULL AND closes_at <= {_clock()}, {_clock()}
        FROM polls_poll WHERE id IN (SELECT poll_id FROM sent) {"FOR SHARE" if locked and not _is_sqlite() else ""}"""
    with connection.cursor() as cursor:
        cursor.execute(statement, [*values, *[_instant(at)] * 3])
        return {
            poll: Standing(version, Status(status), bool(begun), bool(over), now)
            for poll, version, status, begun, over, now in cursor.fetchall()
        }


def invitations(codes: Sequence[tuple[int, str]]) -> set[tuple[int, str]]:
    """Those of the invitations, by poll and hash of the code, that exist and are not revoked."""
    sent, values = _sent({"poll_id": "bigint", "code_hash": "text"}, codes)
    statement = f"""
        WITH {sent} SELECT i.poll_id, i.code_hash FROM sent JOIN polls_invitation i
        ON i.poll_id = sent.poll_id AND i.code_hash = sent.code_hash WHERE i.revoked_at IS NULL"""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return {(poll, code) for poll, code in cursor.fetchall()}


def use_invitations(codes: Sequence[tuple[int, str]], at: datetime | None) -> None:
    """Note that invitations were used. The day alone: an exact time would tell whose ballot is whose."""
    sent, values = _sent({"poll_id": "bigint", "code_hash": "text"}, sorted(codes))
    statement = f"""
        WITH {sent} UPDATE polls_invitation SET used_at = {_day(_clock())} FROM sent
        WHERE polls_invitation.poll_id = sent.poll_id AND polls_invitation.code_hash = sent.code_hash
        AND used_at IS NULL"""
    with connection.cursor() as cursor:
        cursor.execute(statement, [*values, _instant(at)])


def _is_sqlite() -> bool:
    return connection.vendor == "sqlite"


def _clock() -> str:
    """The instant given, or else the database's own."""
    if _is_sqlite():
        return "COALESCE(%s, strftime('%%Y-%%m-%%d %%H:%%M:%%f', 'now'))"
    return "COALESCE(%s::timestamptz, statement_timestamp())"


def _day(instant: str) -> str:
    if _is_sqlite():
        return f"strftime('%%Y-%%m-%%d 00:00:00', {instant})"
    return f"date_trunc('day', {instant}, 'UTC')"


def _instant(at: datetime | None) -> Any:
    if isinstance(at, str):  # SQLite's own clock, as `standings` gave it
        return at
    return connection.ops.adapt_datetimefield_value(at) if at else None


def _sent(columns: Mapping[str, str], rows: Sequence[Row]) -> tuple[str, list[Any]]:
    return _reading(tuple(columns.items()), sqlite=_is_sqlite()), [json.dumps(rows)]


@cache
def _reading(columns: tuple[tuple[str, str], ...], *, sqlite: bool) -> str:
    if sqlite:
        read = [f"json_extract(value, '$[{place}]') AS {name}" for place, (name, _) in enumerate(columns)]
        return f"sent AS (SELECT {', '.join(read)} FROM json_each(%s))"
    read = [f"(one->>{place})::{kind} AS {name}" for place, (name, kind) in enumerate(columns)]
    return f"sent AS (SELECT {', '.join(read)} FROM json_array_elements(%s::json) AS one)"
