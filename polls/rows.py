"""Rows by one of their columns. Django takes ten times as long to write such a query as a database to answer it."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db import connection
from django.db.models import Model


def having[M: Model](model: type[M], column: str, values: Sequence[int | str], *, order_by: str = "id") -> list[M]:
    """The rows whose column has one of these values; without values nothing is asked."""
    if not values:
        return []
    statement = f"SELECT * FROM {model._meta.db_table} WHERE {column} IN {_places(values)} ORDER BY {order_by}"
    return list(model._default_manager.raw(statement, values))


def grouped[M: Model](
    model: type[M], column: str, values: Sequence[int | str], *, order_by: str = "id"
) -> Mapping[Any, list[M]]:
    """The same by the value that they have; none for one that no row has."""
    groups: dict[Any, list[M]] = defaultdict(list)
    for row in having(model, column, values, order_by=order_by):
        groups[getattr(row, column)].append(row)
    return groups


def some(model: type[Model], column: str, value: int | str) -> bool:
    """Whether there is such a row."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM {model._meta.db_table} WHERE {column} = %s LIMIT 1", [value])
        return cursor.fetchone() is not None


def columns(
    model: type[Model], names: Sequence[str], column: str, values: Sequence[int | str]
) -> list[tuple[Any, ...]]:
    """Of the same rows only these columns, as the database has them, in no order."""
    if not values:
        return []
    with connection.cursor() as cursor:
        table = model._meta.db_table
        cursor.execute(f"SELECT {', '.join(names)} FROM {table} WHERE {column} IN {_places(values)}", values)
        return list(cursor.fetchall())


def streamed(statement: str, values: Sequence[int | str]) -> Iterator[tuple[Any, ...]]:
    """The rows of a statement one after the other, however many there are; in a transaction."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(statement, values)
        while chunk := cursor.fetchmany(5000):
            yield from chunk


def _places(values: Sequence[int | str]) -> str:
    return f"({', '.join(['%s'] * len(values))})"
