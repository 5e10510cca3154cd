"""What a ballot file holds, whatever its format, and the one error that a bad file raises."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from polls.counting.ballots import Ballot, ChoiceId, CountingError, Profile, Ranking, tidied

MIB = 1024 * 1024
# Generous for any poll, and small enough that a hostile file cannot keep a machine busy. It is read whole, and what is
# made of it takes up to 16 times as much memory.
MOST_BYTES = 64 * MIB
MOST_CHOICES = 500
_WHOLE = re.compile(r"[0-9]{1,15}")


class BallotFileError(ValueError):
    """A file that cannot be read or written; one sentence, with the line it is about (0: the file as a whole)."""

    def __init__(self, says: str, *, line: int = 0) -> None:
        super().__init__(f"Line {line}: {says}" if line else says)
        self.line = line


@dataclass(frozen=True, slots=True)
class BallotFile:
    """`names` has the full names of choices where a file knows them beside the ids that its ballots use."""

    profile: Profile
    title: str = ""
    seats: int | None = None
    names: Mapping[ChoiceId, str] = field(default_factory=dict)

    def name(self, choice: ChoiceId) -> str:
        return self.names.get(choice, str(choice))


@dataclass(frozen=True, slots=True)
class Heading:
    """What a file says of all its ballots. `scored`: they give scores; `coded`: each has a receipt code beside it."""

    choices: tuple[ChoiceId, ...]
    title: str = ""
    seats: int | None = None
    names: Mapping[ChoiceId, str] = field(default_factory=dict)
    scored: bool = False
    coded: bool = False

    def name(self, choice: ChoiceId) -> str:
        return self.names.get(choice, str(choice))


@dataclass(frozen=True, slots=True)
class Line:
    """Equal ballots, or a single one with the code by which its voter finds it."""

    ballot: Ballot
    count: int = 1
    code: str = ""


class BallotBox:
    """Collects the ballots of a file that is being read, line by line, and merges them into a profile.

    With a `fixed` list of choices, a ballot may name no other; without, choices are known once a ballot names them.
    """

    def __init__(self, choices: list[ChoiceId], *, fixed: bool, line: int) -> None:
        self._place: dict[ChoiceId, int] = {}
        self._fixed = fixed
        self._weights: dict[Ballot, int] = {}
        for choice in choices:
            self._admit(choice, line)

    def put(self, ranking: Ranking, scores: Mapping[ChoiceId, int], weight: int, *, line: int) -> None:
        named = [choice for group in ranking for choice in group] + list(scores)
        for choice in (choice for choice in named if choice not in self._place):
            if self._fixed:
                raise BallotFileError(f"{quoted(choice)} is not one of the choices.", line=line)
            self._admit(choice, line)
        try:
            ballot = tidied(Ballot(ranking, tuple(scores.items())), self._place)
        except CountingError as error:
            raise BallotFileError(str(error), line=line) from error
        if weight:
            self._weights[ballot] = self._weights.get(ballot, 0) + weight

    def profile(self) -> Profile:
        return Profile(tuple(self._place), self._weights)

    def _admit(self, choice: ChoiceId, line: int) -> None:
        if str(choice).strip() == "":
            raise BallotFileError("a choice has no name.", line=line)
        if choice in self._place:
            raise BallotFileError(f"{quoted(choice)} is listed twice.", line=line)
        if len(self._place) == MOST_CHOICES:
            raise BallotFileError(f"there are more than {MOST_CHOICES} choices.", line=line)
        self._place[choice] = len(self._place)


def text_of(content: bytes) -> str:
    """The text of a file: UTF-8, with or without a byte order mark, any line ends. Raises BallotFileError."""
    if len(content) > MOST_BYTES:
        raise BallotFileError(
            f"The file is larger than {MOST_BYTES // MIB} MiB; "
            "let equal ballots share a line that says how many they are."
        )
    if (nul := content.find(b"\0")) >= 0:
        raise BallotFileError("there is a NUL byte; this is not a text file.", line=_line_at(content, nul))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BallotFileError("this is not UTF-8 text.", line=_line_at(content, error.start)) from error
    return text.replace("\r\n", "\n")


def whole_number(text: str, what: str, *, line: int, least: int = 0) -> int:
    """Plain digits only: int() would also take the digits of other scripts, "0_1" and "+1"."""
    if not _WHOLE.fullmatch(text):
        raise BallotFileError(f"{what} must be a whole number of at most 15 digits, not {quoted(text)}.", line=line)
    number = int(text)
    if number < least:
        raise BallotFileError(f"{what} must be at least {least}, not {number}.", line=line)
    return number


def quoted(text: object) -> str:
    """Foreign text for a message: short, and without characters that a terminal or a log would obey."""
    shown = "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in str(text)[:60])
    return f"“{shown}…”" if len(str(text)) > 60 else f"“{shown}”"


def escaped(text: str, *, format_name: str) -> str:
    """A name in double quotes, quotes and backslashes inside marked by a backslash. No format holds a line break."""
    if any(letter in text for letter in "\n\r\0"):
        raise BallotFileError(f"{format_name} cannot hold a name with a line break: {quoted(text)}.")
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def unescaped(text: str) -> str:
    """What stands between the quotes; a backslash before anything but a quote or a backslash is just a backslash."""
    return re.sub(r'\\(["\\])', r"\1", text)


def _line_at(content: bytes, position: int) -> int:
    return content.count(b"\n", 0, position) + 1
