"""Ballots as a CSV table: one row for equal ballots, one column for each choice.

    count,Memphis,Nashville,Knoxville
    42,1,2,3
    26,3,1,

`count` (or `weight`) may be left out; a row is then one ballot. A cell is a rank, 1 being best, equal numbers being
equal ranks; empty is unranked. A column called "score:Memphis" holds scores, the highest being best; "rank:Memphis"
says that it holds ranks. Plain columns hold ranks, or scores if the reader asks for that (`marks="score"`). A column
"receipt" holds the codes by which voters find their ballots; it is not counted.

Written headers never begin with a character that a spreadsheet takes for a formula: such names get the prefix "rank:".
All other cells are digits or empty.
"""

import csv
import io
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from polls.counting.ballots import Ballot, ChoiceId, Ranking
from polls.counting.files.ballot_file import BallotBox, BallotFile, BallotFileError, Heading, Line, quoted, whole_number

type Marks = Literal["rank", "score"]

_COUNT = ("count", "weight")
_CODE = "receipt"
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "'")


@dataclass(frozen=True, slots=True)
class _Column:
    """`kind` is "count", "receipt", "rank" or "score"."""

    kind: str
    choice: str


def parse(text: str, *, marks: Marks = "rank") -> BallotFile:
    """Raises BallotFileError."""
    rows = _rows(text)
    line, header = next(rows, (0, []))
    if not header:
        raise BallotFileError("The file is empty; the first row should name the choices.")
    columns = [_column(cell, marks) for cell in header]
    _refuse_twice(columns, line)
    choices: list[ChoiceId] = list(
        dict.fromkeys(column.choice for column in columns if column.kind in ("rank", "score"))
    )
    box = BallotBox(choices, fixed=True, line=line)
    for line, cells in rows:
        if len(cells) != len(columns):
            raise BallotFileError(f"there are {len(cells)} cells, and the first row has {len(columns)}.", line=line)
        _put(box, columns, [cell.strip() for cell in cells], line)
    return BallotFile(box.profile())


def pieces(heading: Heading, lines: Iterable[Line]) -> Iterator[str]:
    """Ranks, and where ballots have scores also a score column for each choice."""
    names = [heading.name(choice) for choice in heading.choices]
    scored = [f"score:{name}" for name in names] if heading.scored else []
    coded = [_CODE] if heading.coded else []
    first = io.StringIO()
    writer = csv.writer(first, lineterminator="\n")
    writer.writerow([*coded, "count", *(_safe(name, plain=not scored) for name in names), *scored])
    yield first.getvalue()
    for line in lines:
        cells = _rank_cells(line.ballot, heading.choices)
        cells += _score_cells(line.ballot, heading.choices) if scored else []
        # Digits and letters need no quotes.
        yield ",".join([*([line.code] if coded else []), str(line.count), *cells]) + "\n"


def safe_cell(text: str) -> str:
    """Any foreign text as a cell that no spreadsheet takes for a formula: a leading apostrophe makes it plain text."""
    return f"'{text}" if _looks_like_formula(text) else text


def _looks_like_formula(text: str) -> bool:
    # Spreadsheets in East Asian locales also take the full-width forms of these signs; NFKC folds them.
    return text.startswith(_FORMULA) or unicodedata.normalize("NFKC", text).lstrip().startswith(_FORMULA)


def _safe(name: str, *, plain: bool) -> str:
    # A prefix and not an apostrophe, so that reading the file gives the name back unchanged.
    mistaken = name.casefold() in (*_COUNT, _CODE) or name.startswith(("rank:", "score:")) or _looks_like_formula(name)
    return name if plain and not mistaken else f"rank:{name}"


def _rank_cells(ballot: Ballot, choices: tuple[ChoiceId, ...]) -> list[str]:
    ranks = {choice: str(rank) for rank, group in enumerate(ballot.ranking, 1) for choice in group}
    return [ranks.get(choice, "") for choice in choices]


def _score_cells(ballot: Ballot, choices: tuple[ChoiceId, ...]) -> list[str]:
    scores = dict(ballot.scores)
    return [str(scores[choice]) if choice in scores else "" for choice in choices]


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """The rows that are not empty, each with the line it begins on."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    while True:
        line = reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise BallotFileError(f"this is not CSV: {error}.", line=line) from error
        if row:
            yield line, row


def _column(cell: str, marks: Marks) -> _Column:
    name = cell.strip()
    if name.casefold() in _COUNT:
        return _Column("count", "")
    if name.casefold() == _CODE:
        return _Column(_CODE, "")
    kind, colon, rest = name.partition(":")
    return _Column(kind, rest.strip()) if colon and kind in ("rank", "score") else _Column(marks, name)


def _refuse_twice(columns: list[_Column], line: int) -> None:
    for column in columns:
        if columns.count(column) > 1:
            raise BallotFileError(f"there are two columns for {quoted(column.choice or column.kind)}.", line=line)


def _put(box: BallotBox, columns: list[_Column], cells: list[str], line: int) -> None:
    weight, ranks, scores = 1, dict[int, list[ChoiceId]](), dict[ChoiceId, int]()
    for column, cell in zip(columns, cells, strict=True):
        if column.kind == "count":
            weight = whole_number(cell, "the count of a ballot", line=line)
        elif cell and column.kind == "rank":
            ranks.setdefault(whole_number(cell, "a rank", line=line, least=1), []).append(column.choice)
        elif cell and column.kind == "score":
            scores[column.choice] = whole_number(cell, "a score", line=line)
    ranking: Ranking = tuple(tuple(ranks[rank]) for rank in sorted(ranks))
    box.put(ranking, scores, weight, line=line)
