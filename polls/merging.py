"""Equal ballots, merged by the database and read a few at a time: memory grows neither with ballots nor with lines."""

from collections.abc import Container, Iterable, Iterator, Sequence
from contextlib import contextmanager

from django.db import connection, transaction

from polls.counting import Ballot
from polls.counting.files import Line
from polls.kinds import MarkLine
from polls.snapshots import QuestionSnapshot
from polls.terms import Kind

AT_ONCE = 2000
"""So many lines are in memory."""

SORTED_IN_MEMORY = 2000
"""KiB of one sort (SQLite)."""

GRADED = frozenset({Kind.RATING, Kind.SCORE})


def merged(question: QuestionSnapshot, choices: Sequence[int]) -> Iterator[Line]:
    """What the counted ballots answer to a question, equal ones as one line, in the order of a hash.

    Only `choices` are read; whoever marked others alone has a blank ballot. Reads one state of the database to its end
    and keeps nobody waiting meanwhile: PostgreSQL sends the lines by and by, SQLite reads beside its writer.
    """
    with _patience(), connection.chunked_cursor() as cursor:
        cursor.execute(_statement(question, len(choices)), [*choices, question.id])
        while rows := cursor.fetchmany(AT_ONCE):
            for said, count in rows:
                yield Line(_read(question, said), count)


def ballot_of(question: QuestionSnapshot, marks: Iterable[MarkLine], choices: Container[int]) -> Ballot:
    """One voter's marks as a ballot, of which only `choices` are read."""
    # A write-in that no editor has merged is an answer without a choice.
    kept = [mark for mark in marks if mark.choice is not None and mark.choice in choices]
    graded = question.kind in GRADED
    return _ballot(question, [(mark.choice or 0, (mark.score or 0) if graded else mark.rank or 1) for mark in kept])


def _read(question: QuestionSnapshot, said: str | None) -> Ballot:
    """The ballot that says "7:1,9:2": each choice with its rank or its score."""
    words = (word.partition(":") for word in said.split(",")) if said else ()
    return _ballot(question, [(int(choice), int(place)) for choice, _, place in words])


def _ballot(question: QuestionSnapshot, places: list[tuple[int, int]]) -> Ballot:
    if question.kind in GRADED:
        return Ballot.scoring(dict(sorted(places)))
    groups: dict[int, list[int]] = {}
    for choice, place in places:
        groups.setdefault(place, []).append(choice)
    return Ballot(tuple(tuple(sorted(groups[place])) for place in sorted(groups)))


def _statement(question: QuestionSnapshot, choices: int) -> str:
    place = "score" if question.kind in GRADED else "1"
    if question.kind == Kind.RANKED:
        # Where a choice is left out, the ranks below it move up: ballots that are equal then become one line.
        place = "dense_rank() OVER (PARTITION BY ballot_id ORDER BY kept IS NULL, rank)"
    word = "kept || ':' || place"
    all_words = f"string_agg({word}, ',' ORDER BY place, kept)"
    if connection.vendor == "sqlite":
        # Its aggregate has no order of its own before SQLite 3.44, and keeps that of what it is given.
        all_words = f"group_concat({word}, ',')"
    return f"""
        WITH marks AS (
            SELECT m.ballot_id, m.rank, m.score,
                   CASE WHEN m.choice_id IN ({", ".join(["%s"] * choices)}) THEN m.choice_id END AS kept
            FROM polls_mark m JOIN polls_ballot b ON b.id = m.ballot_id
            WHERE m.question_id = %s AND b.set_aside_at IS NULL),
        placed AS (SELECT ballot_id, kept, {place} AS place FROM marks ORDER BY ballot_id, place, kept),
        ballots AS (SELECT {all_words} AS said FROM placed GROUP BY ballot_id)
        SELECT said, count(*) FROM ballots GROUP BY said ORDER BY md5(coalesce(said, ''))"""


@contextmanager
def _patience() -> Iterator[None]:
    """The limits of time are for voters' statements; this one may take as long as sorting all ballots does."""
    if connection.vendor == "sqlite":
        # No transaction: ours begin by taking the one seat of the writer.
        with _sorting_on_disk():
            yield
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        yield


@contextmanager
def _sorting_on_disk() -> Iterator[None]:
    """Each of several sorts keeps as much in memory as the cache of pages may take; the rest goes to files."""
    with connection.cursor() as cursor:
        before = [(name, cursor.execute(f"PRAGMA {name}").fetchone()[0]) for name in ("temp_store", "cache_size")]
    _set([("temp_store", "FILE"), ("cache_size", f"-{SORTED_IN_MEMORY}")])
    try:
        yield
    finally:
        _set(before)


def _set(pragmas: Iterable[tuple[str, object]]) -> None:
    with connection.cursor() as cursor:
        for name, value in pragmas:
            cursor.execute(f"PRAGMA {name}={value}")
