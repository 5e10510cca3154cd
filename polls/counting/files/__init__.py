"""Ballot files: ABIF, BLT, CSV and JSON, read and written in pure Python.

A bad file raises BallotFileError and nothing else; its message is one sentence with the line number.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

from polls.counting.files import abif, blt, csv_table, json_document
from polls.counting.files.ballot_file import (
    MIB,
    MOST_BYTES,
    BallotFile,
    BallotFileError,
    Heading,
    Line,
    quoted,
    text_of,
)
from polls.counting.files.csv_table import Marks, safe_cell

__all__ = [
    "FORMATS",
    "MIB",
    "MOST_BYTES",
    "BallotFile",
    "BallotFileError",
    "Heading",
    "Line",
    "Marks",
    "parse",
    "pieces",
    "read",
    "render",
    "safe_cell",
    "write",
]

_WRITERS: Mapping[str, Callable[[Heading, Iterable[Line]], Iterator[str]]] = MappingProxyType(
    {"abif": abif.pieces, "blt": blt.pieces, "csv": csv_table.pieces, "json": json_document.pieces}
)
FORMATS = tuple(_WRITERS)


def parse(content: bytes, *, file_format: str, marks: Marks = "rank") -> BallotFile:
    """The ballots in the bytes of a file. `marks` says what plain columns of a CSV table hold."""
    known, text = _known(file_format), text_of(content)
    if known == "csv":
        return csv_table.parse(text, marks=marks)
    return {"abif": abif.parse, "blt": blt.parse, "json": json_document.parse}[known](text)


def render(file: BallotFile, *, file_format: str) -> str:
    """The text of a file; encode it as UTF-8."""
    profile = file.profile
    heading = Heading(profile.choices, file.title, file.seats, file.names, scored=profile.scored)
    lines = (Line(ballot, count) for ballot, count in profile.weights.items())
    return "".join(pieces(heading, lines, file_format=file_format))


def pieces(heading: Heading, lines: Iterable[Line], *, file_format: str) -> Iterator[str]:
    """The text of a file, a piece for each line: a file of any length can be written without being kept.

    Raises BallotFileError where the format cannot hold what it is given.
    """
    return _WRITERS[_known(file_format)](heading, lines)


def read(path: Path | str, *, file_format: str | None = None, marks: Marks = "rank") -> BallotFile:
    """Read a file, its format following from the extension unless given."""
    known = file_format or Path(path).suffix.removeprefix(".")
    try:
        with Path(path).open("rb") as stream:
            content = stream.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else "this is no file name"
        raise BallotFileError(f"The file {quoted(path)} cannot be read: {why}.") from error
    return parse(content, file_format=known, marks=marks)


def write(path: Path | str, file: BallotFile, *, file_format: str | None = None) -> None:
    """Write a file, its format following from the extension unless given. Raises OSError where the disk refuses."""
    text = render(file, file_format=file_format or Path(path).suffix.removeprefix("."))
    Path(path).write_bytes(text.encode("utf-8"))


def _known(file_format: str) -> str:
    if file_format.lower() not in _WRITERS:
        raise BallotFileError(f"The format {quoted(file_format)} is not known; it is one of {', '.join(FORMATS)}.")
    return file_format.lower()
