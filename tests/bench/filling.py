"""A database with much in it: polls of many sorts and their ballots, marks, counters and tallies, which agree.

Ten polls are made as an editor makes them. The others are copies of these ten, and all ballots rows that the database
makes of each other: five million votes cast one by one would take hours. What voters and editors meet afterwards is
what they would meet then: the same rows under the same constraints, and keys in no order.
"""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

LIKE = "stored-_"
"""The addresses of the ten that others are copied from: stored-0 to stored-9."""
CHOICES = ["Old Mill Bridge", "Harbour footbridge", "Railway viaduct", "None of them"]
GRADED, HIGHEST = 5, 10
"""Choices and the best grade in the polls whose ballots are exported: their files have 161,051 lines at most."""
MUCH = 100_000
"""From so many ballots on, a database that nobody else uses yet is filled without care for a power cut."""


@dataclass(frozen=True)
class Stock:
    """So many polls, in tens, and so many ballots; of these `large` in the first poll and as many in two for exports.

    With nothing for exports (0, 0) there are no polls for them.
    """

    polls: int
    ballots: int
    large: int
    exports: tuple[int, int] = (0, 0)

    @property
    def each(self) -> int:
        """Ballots of each other poll that has begun, which are eight of ten."""
        return max(0, self.ballots - self.large - sum(self.exports)) // max(1, self.polls * 8 // 10 - 1)


def fill(stock: Stock, *, alone: bool = False) -> None:
    """Add what is missing: what is there already stays as it is.

    `alone`: nobody else uses the database yet, so that indexes may be made when all rows are there.
    """
    from django.db import connection

    from polls.models import Poll

    if not Poll.objects.filter(slug="stored-0").exists():
        _ten()
    if any(stock.exports) and not Poll.objects.filter(slug="stored-export-0").exists():
        _to_export()
    with connection.cursor() as cursor:
        _copy(cursor, tens=stock.polls // 10)
        with _indexes_later(cursor) if alone and not _is_sqlite() else nullcontext():
            _vote(cursor, stock)
        _count(cursor)
        cursor.execute("DROP TABLE bench_number")
        cursor.execute("DROP TABLE bench_poll")


def settle() -> None:
    """What a database does by itself in its first night: it knows how much there is, and its writing is done."""
    from django.db import connection

    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("VACUUM (ANALYZE)")
            cursor.execute("CHECKPOINT")


def _ten() -> None:
    """Polls in every state that lists tell apart; by the last digit of their addresses."""
    from polls import lifecycle
    from polls.terms import Kind
    from tests.builders import a_draft, a_question, now

    at = now()
    schedules: dict[int, dict[str, datetime]] = {
        4: {"closes_at": at + timedelta(days=30)},
        8: {"opens_at": at + timedelta(days=30)},
    }
    for digit in range(10):
        fields: dict[str, Any] = {"listed": digit != 9} | schedules.get(digit, {})
        poll = a_draft(title="Which bridge should the city repair first?", slug=f"stored-{digit}", **fields)
        if digit == 3:
            a_question(poll, choices=(), kind=Kind.TEXT)
        else:
            a_question(poll, choices=CHOICES)
        if digit != 6:
            poll = lifecycle.publish(poll, at=at)
        if digit in {2, 7}:
            poll = lifecycle.close(poll, at=at)
        if digit == 7:
            lifecycle.archive(poll, at=at)


def _to_export() -> None:
    from polls import lifecycle
    from polls.terms import Kind, Scale
    from tests.builders import a_draft, a_question, now

    choices = [f"Bridge {number + 1}" for number in range(GRADED)]
    for number in range(2):
        poll = a_draft(title="How good is each bridge?", slug=f"stored-export-{number}", listed=False)
        a_question(poll, choices=choices, kind=Kind.RATING, scale=Scale.NUMBERS, lowest=0, highest=HIGHEST)
        lifecycle.publish(poll, at=now())


def _copy(cursor: Any, *, tens: int) -> None:
    """Of each of the ten so many in all: their ids and addresses go on, and they are older by a minute each time."""
    from polls.models import Choice, Poll, Question

    _numbers(cursor, tens)
    ten = f"(SELECT id FROM polls_poll WHERE slug LIKE '{LIKE}')"
    asked = f"(SELECT id FROM polls_question WHERE poll_id IN {ten})"
    offsets = {
        "poll": f"n * (SELECT 1 + max(id) - min(id) FROM polls_poll WHERE slug LIKE '{LIKE}')",
        "question": f"n * (SELECT 1 + max(id) - min(id) FROM polls_question WHERE poll_id IN {ten})",
        "choice": f"n * (SELECT 1 + max(id) - min(id) FROM polls_choice WHERE question_id IN {asked})",
    }
    # Far away from what was made one by one, so that nothing is in the way.
    far = 1_000_000
    moved = {f"{name}_id": f"{far} + t.{name}_id + {offset}" for name, offset in offsets.items()}
    changed = {"slug": "'stored-' || n || substr(t.slug, 8)", "title": "t.title || ' ' || n"}
    changed |= {name: _earlier(f"t.{name}") for name in ("created_at", "published_at", "updated_at")}
    for model, those in (
        (Poll, f"t.id IN {ten}"),
        (Question, f"t.poll_id IN {ten}"),
        (Choice, f"t.question_id IN {asked}"),
    ):
        name = model._meta.model_name
        new = moved | {"id": f"{far} + t.id + {offsets[str(name)]}"} | (changed if model is Poll else {})
        columns = [field.column for field in model._meta.concrete_fields]
        chosen = ", ".join(new.get(column, f't."{column}"') for column in columns)
        named = ", ".join(f'"{column}"' for column in columns)
        table = model._meta.db_table
        there = f"SELECT 1 FROM {table} AS known WHERE known.id = {new['id']}"
        cursor.execute(
            f"""INSERT INTO {table} ({named}) SELECT {chosen} FROM {table} AS t CROSS JOIN bench_number
                WHERE n BETWEEN 1 AND {tens - 1} AND {those} AND NOT EXISTS ({there})"""
        )
    _go_on_from_here(cursor, Poll, Question, Choice)


def _vote(cursor: Any, stock: Stock) -> None:
    """Ballots and marks for every poll that has begun and has none."""
    from polls.models import Ballot, Mark

    few, many = stock.exports
    cursor.execute("DROP TABLE IF EXISTS bench_poll")
    cursor.execute(
        f"""CREATE TEMPORARY TABLE bench_poll AS
            SELECT id, ballots, sum(ballots) OVER (ORDER BY ballots, id) - ballots AS before FROM (
                SELECT id, CASE slug WHEN 'stored-0' THEN {stock.large} WHEN 'stored-export-0' THEN {few}
                                     WHEN 'stored-export-1' THEN {many} ELSE {stock.each} END AS ballots
                FROM polls_poll WHERE slug LIKE 'stored-%' AND status <> 'draft' AND opens_at IS NULL
                AND NOT EXISTS (SELECT 1 FROM polls_tally WHERE poll_id = polls_poll.id)) AS begun"""
    )
    _numbers(cursor, max(stock.large, few, many, stock.each))
    cursor.execute("SELECT coalesce(max(id), 0) FROM polls_ballot")
    (last,) = cursor.fetchone()
    keys = f"{_key()}, {_key()}, '{'a' * 43}'"
    for size in sorted({stock.large, few, many, stock.each} - {0}):
        # One size after the other: what a database counts up to is then the same for all polls of a statement.
        cursor.execute(
            f"""INSERT INTO polls_ballot (id, poll_id, voter_key, nonce, answers, door, set_aside_for, cast_at)
                SELECT {last} + 1 + before + n, bench_poll.id, {keys}, 'page', '', CURRENT_TIMESTAMP
                FROM bench_poll CROSS JOIN bench_number WHERE ballots = {size} AND n < {size}"""
        )
    marks = """INSERT INTO polls_mark (ballot_id, question_id, choice_id, score, text, tied, written)
                SELECT b.id, q.id, %s, false, false FROM polls_ballot AS b
                JOIN bench_poll ON bench_poll.id = b.poll_id JOIN polls_question AS q ON q.poll_id = b.poll_id"""
    one = "JOIN polls_choice AS c ON c.question_id = q.id AND c.position = (b.id % 10) / 3"
    each = "JOIN polls_choice AS c ON c.question_id = q.id"
    cursor.execute(f"{marks % 'c.id, NULL, NULL'} {one} WHERE q.kind = 'single'")
    cursor.execute(f"{marks % f'c.id, {_random(HIGHEST + 1)}, NULL'} {each} WHERE q.kind = 'rating'")
    words = "'It is the way to school, and closed for the ' || (b.id % 37) || 'th time.'"
    cursor.execute(f"{marks % f'NULL, NULL, {words}'} WHERE q.kind = 'text'")
    _go_on_from_here(cursor, Ballot, Mark)


@contextmanager
def _indexes_later(cursor: Any) -> Iterator[None]:
    """The same ones: a sorted index is made in a tenth of the time that it takes to put each row into its place."""
    ours = "IN ('polls_ballot'::regclass, 'polls_mark'::regclass)"
    cursor.execute(
        f"""SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
            WHERE contype = 'u' AND conrelid {ours}"""
    )
    constraints = cursor.fetchall()
    for table, name, _ in constraints:
        cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    cursor.execute(
        f"""SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
            WHERE NOT indisprimary AND indrelid {ours}"""
    )
    indexes = cursor.fetchall()
    for name, _ in indexes:
        cursor.execute(f"DROP INDEX {name}")
    try:
        yield
    finally:
        for table, name, definition in constraints:
            cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")
        for _, definition in indexes:
            cursor.execute(definition)


def _count(cursor: Any) -> None:
    """Counters and tallies of the polls that got ballots: all that these say, counted once."""
    ours = "JOIN polls_question AS q ON q.poll_id = bench_poll.id"
    said = "CAST(m.choice_id AS text) || coalesce(':' || m.score, '')"
    cursor.execute(
        f"""INSERT INTO polls_counter (question_id, said, count)
            SELECT q.id, {said}, count(*) FROM bench_poll {ours} JOIN polls_mark AS m ON m.question_id = q.id
            WHERE m.choice_id IS NOT NULL GROUP BY q.id, m.choice_id, m.score"""
    )
    cursor.execute(
        f"""INSERT INTO polls_counter (question_id, said, count)
            SELECT q.id, '', ballots FROM bench_poll {ours} WHERE ballots > 0"""
    )
    cursor.execute(
        """INSERT INTO polls_tally (poll_id, ballots, version, set_aside, released)
           SELECT id, ballots, 1, 0, 0 FROM bench_poll"""
    )


def _numbers(cursor: Any, many: int) -> None:
    """A table with the numbers from 0."""
    cursor.execute("DROP TABLE IF EXISTS bench_number")
    cursor.execute("CREATE TEMPORARY TABLE bench_number (n integer PRIMARY KEY)")
    cursor.execute(
        f"""INSERT INTO bench_number WITH RECURSIVE number(n) AS (
            SELECT 0 UNION ALL SELECT n + 1 FROM number WHERE n + 1 < {many}) SELECT n FROM number"""
    )


def _go_on_from_here(cursor: Any, *models: Any) -> None:
    """The next row gets an id that is free."""
    from django.core.management.color import no_style
    from django.db import connection

    for statement in connection.ops.sequence_reset_sql(no_style(), models):
        cursor.execute(statement)


def _is_sqlite() -> bool:
    from django.db import connection

    return connection.vendor == "sqlite"


def _earlier(column: str) -> str:
    if _is_sqlite():
        return f"strftime('%Y-%m-%d %H:%M:%f', {column}, '-' || n || ' minutes')"
    return f"{column} - n * interval '1 minute'"


def _key() -> str:
    """As long as a hash is written, and in no order."""
    if _is_sqlite():
        return "'a' || hex(randomblob(21))"
    return "'pollstead-a' || md5(random()::text)"


def _random(below: int) -> str:
    return f"abs(random() % {below})" if _is_sqlite() else f"floor(random() * {below})::smallint"


def _hurry() -> None:
    """Nobody else is here, and what gets lost is made again."""
    from django.db import connection

    with connection.cursor() as cursor:
        if _is_sqlite():
            for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-500000", "foreign_keys=OFF"):
                cursor.execute(f"PRAGMA {pragma}")
            return
        cursor.execute("SELECT usesuper FROM pg_user WHERE usename = current_user")
        if cursor.fetchone() == (True,):
            # Foreign keys are looked up row by row: half an hour of it for nothing.
            cursor.execute("SET session_replication_role = replica")
            cursor.execute("SET maintenance_work_mem = '256MB'")


def _main(stock: Stock, votes: int, into: Path) -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")
    django.setup()
    from django.db import connection

    connection.ensure_connection()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = 0")
    alone = stock.ballots >= MUCH
    if alone:
        _hurry()
    fill(stock, alone=alone)
    settle()
    into.write_text(json.dumps(_ways_in(stock, votes)))


def _ways_in(stock: Stock, votes: int) -> dict[str, Any]:
    """What a voter and an editor need: letters to post, ids of polls, and a session at the desk."""
    from django.contrib.auth.models import User

    from polls.models import Poll
    from tests.bench.ballots import forms
    from tests.desk import an_editor, at_desk

    editor = User.objects.filter(username="olive").first() or an_editor(is_superuser=True)
    # In the middle of all of them.
    ten = str(stock.polls // 20 or "")
    slugs = {"large": "stored-0", "small": f"stored-{ten}1"}
    polls = {name: Poll.objects.get(slug=slug) for name, slug in slugs.items()}
    return {
        "session": at_desk(editor).cookies["sessionid"].value,
        "slugs": slugs,
        "unseen": [f"stored-{ten}{digit}" for digit in (2, 3, 4, 5, 9)],
        "pages": max(1, Poll.objects.count() // 50),
        "ids": {name: poll.pk for name, poll in polls.items()},
        "votes": {name: list(forms(poll, votes)) for name, poll in polls.items()},
    }


if __name__ == "__main__":
    polls, ballots, large, exports, votes, into = json.loads(sys.argv[1])
    _main(Stock(polls, ballots, large, tuple(exports)), votes, Path(into))
