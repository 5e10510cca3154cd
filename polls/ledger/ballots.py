"""The statements that write ballots with their marks, and that look why one was not written."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from polls.ledger.dialects import Row, clock, day, instant_sent, is_sqlite, sent_as
from polls.terms import Status

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
    sent, values = sent_as(BALLOT_COLUMNS, rows)
    columns = "poll_id, voter_key, nonce, answers, network_key, network_slot, door, receipt, set_aside_for"
    chosen = ", ".join(f"sent.{name}" for name in columns.split(", "))
    aside = f"CASE WHEN sent.set_aside_for <> '' THEN {clock()} END"
    # A secret poll keeps the day alone: an exact time beside a log of visits would name the voter.
    when = f"CASE WHEN standing.anonymous THEN {day(clock())} ELSE {clock()} END"
    statement = f"""
        WITH {sent}, standing AS (
            SELECT id, version, anonymous FROM polls_poll
            WHERE id IN (SELECT poll_id FROM sent) AND status = 'published'
              AND (opens_at IS NULL OR opens_at <= {clock()}) AND (closes_at IS NULL OR closes_at > {clock()})
            {"" if is_sqlite() else "FOR SHARE"})
        INSERT INTO polls_ballot ({columns}, set_aside_at, cast_at) SELECT {chosen}, {aside}, {when}
        FROM sent JOIN standing ON standing.id = sent.poll_id AND standing.version = sent.version
        WHERE true ORDER BY sent.place
        ON CONFLICT DO NOTHING RETURNING id, poll_id, nonce"""
    instant = instant_sent(at)
    with connection.cursor() as cursor:
        cursor.execute(statement, [*values, *[instant] * 5])
        return {(poll, nonce): ballot for ballot, poll, nonce in cursor.fetchall()}


def insert_marks(rows: Sequence[Row]) -> None:
    sent, values = sent_as(MARK_COLUMNS, rows)
    columns = ", ".join(MARK_COLUMNS)
    with connection.cursor() as cursor:
        cursor.execute(f"WITH {sent} INSERT INTO polls_mark ({columns}) SELECT {columns} FROM sent", values)


def ballots_like(rows: Sequence[Row]) -> tuple[dict[int, tuple[str, bool]], set[int]]:
    """For ballots that were not inserted: the answers taken from the same paper and whether that ballot is set aside,
    and whose voters have voted. Both by the row's place.
    """
    sent, values = sent_as(BALLOT_COLUMNS, rows)
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
    sent, values = sent_as({"poll_id": "bigint", "network_key": "text"}, networks)
    statement = f"""
        WITH {sent} SELECT b.poll_id, b.network_key, max(b.network_slot) FROM sent
        JOIN polls_ballot b ON b.poll_id = sent.poll_id AND b.network_key = sent.network_key
        GROUP BY b.poll_id, b.network_key"""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return {(poll, network): slot for poll, network, slot in cursor.fetchall()}


def standings(poll_ids: Sequence[int], at: datetime | None, *, locked: bool = False) -> dict[int, Standing]:
    """Where polls stand by the database's clock. `locked`: and there they stay until the commit."""
    sent, values = sent_as({"poll_id": "bigint"}, [(poll,) for poll in poll_ids])
    statement = f"""
        WITH {sent} SELECT id, version, status, opens_at IS NULL OR opens_at <= {clock()},
                           closes_at IS NOT NULL AND closes_at <= {clock()}, {clock()}
        FROM polls_poll WHERE id IN (SELECT poll_id FROM sent) {"FOR SHARE" if locked and not is_sqlite() else ""}"""
    with connection.cursor() as cursor:
        cursor.execute(statement, [*values, *[instant_sent(at)] * 3])
        return {
            poll: Standing(version, Status(status), bool(begun), bool(over), now)
            for poll, version, status, begun, over, now in cursor.fetchall()
        }


def invitations(codes: Sequence[tuple[int, str]]) -> set[tuple[int, str]]:
    """Those of the invitations, by poll and hash of the code, that exist and are not revoked."""
    sent, values = sent_as({"poll_id": "bigint", "code_hash": "text"}, codes)
    statement = f"""
        WITH {sent} SELECT i.poll_id, i.code_hash FROM sent JOIN polls_invitation i
        ON i.poll_id = sent.poll_id AND i.code_hash = sent.code_hash WHERE i.revoked_at IS NULL"""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return {(poll, code) for poll, code in cursor.fetchall()}


def use_invitations(codes: Sequence[tuple[int, str]], at: datetime | None) -> None:
    """Note that invitations were used. The day alone: an exact time would tell whose ballot is whose."""
    sent, values = sent_as({"poll_id": "bigint", "code_hash": "text"}, sorted(codes))
    statement = f"""
        WITH {sent} UPDATE polls_invitation SET used_at = {day(clock())} FROM sent
        WHERE polls_invitation.poll_id = sent.poll_id AND polls_invitation.code_hash = sent.code_hash
        AND used_at IS NULL"""
    with connection.cursor() as cursor:
        cursor.execute(statement, [*values, instant_sent(at)])
