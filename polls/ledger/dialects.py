"""What PostgreSQL and SQLite write in words of their own.

Many rows travel in one statement, as one JSON array: nothing else is written and read as quickly on both sides (arrays,
one for each column, take four times as long). `sent` is their name in each statement.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from typing import Any

from django.db import connection

type Row = Sequence[Any]


@contextmanager
def together() -> Iterator[None]:
    """Statements here wait for an answer only where it is asked for, and else travel together (PostgreSQL).

    A transaction goes inside: its begin and its end travel along.
    """
    if is_sqlite():
        yield
        return
    connection.ensure_connection()
    with connection.wrap_database_errors, connection.connection.pipeline():
        yield


def is_sqlite() -> bool:
    return connection.vendor == "sqlite"


def clock() -> str:
    """The instant given, or else the database's own."""
    if is_sqlite():
        return "COALESCE(%s, strftime('%%Y-%%m-%%d %%H:%%M:%%f', 'now'))"
    return "COALESCE(%s::timestamptz, statement_timestamp())"


def day(instant: str) -> str:
    if is_sqlite():
        return f"strftime('%%Y-%%m-%%d 00:00:00', {instant})"
    return f"date_trunc('day', {instant}, 'UTC')"


def instant_sent(at: datetime | None) -> Any:
    if isinstance(at, str):  # SQLite's own clock, as `standings` gave it
        return at
    return connection.ops.adapt_datetimefield_value(at) if at else None


def sent_as(columns: Mapping[str, str], rows: Sequence[Row]) -> tuple[str, list[Any]]:
    return _reading(tuple(columns.items()), sqlite=is_sqlite()), [json.dumps(rows)]


@cache
def _reading(columns: tuple[tuple[str, str], ...], *, sqlite: bool) -> str:
    if sqlite:
        read = [f"json_extract(value, '$[{place}]') AS {name}" for place, (name, _) in enumerate(columns)]
        return f"sent AS (SELECT {', '.join(read)} FROM json_each(%s))"
    read = [f"(one->>{place})::{kind} AS {name}" for place, (name, kind) in enumerate(columns)]
    return f"sent AS (SELECT {', '.join(read)} FROM json_array_elements(%s::json) AS one)"
