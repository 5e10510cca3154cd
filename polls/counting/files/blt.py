"""BLT, the ballot format of Hill, Wichmann and Woodall (Algorithm 123, 1987), as OpenSTV and OpaVote extended it.

Read: choices and seats, withdrawn choices as negative numbers, a line "count choice choice … 0" for equal ballots,
`1=2` for equal ranks, `-` for a skipped rank, a lone 0, the names, the title; `#` begins a comment. A withdrawn choice
is taken out of the list and off the ballots. A ballot may not run over a line end: that is nearly always a forgotten 0.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from polls.counting.ballots import ChoiceId, Ranking
from polls.counting.files.ballot_file import (
    MOST_CHOICES,
    BallotBox,
    BallotFile,
    BallotFileError,
    Heading,
    Line,
    escaped,
    quoted,
    unescaped,
    whole_number,
)

_WORD = re.compile(r'\s*(?:#.*|"(?P<name>(?:[^"\\]|\\.)*)"|(?P<word>[^\s"#]+)|(?P<bad>"))')


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    line: int
    is_name: bool = False


@dataclass(frozen=True, slots=True)
class _Paper:
    """Equal ballots before the names are known: choices are numbers from 1."""

    ranking: tuple[tuple[int, ...], ...]
    weight: int
    line: int


def parse(text: str) -> BallotFile:
    """Raises BallotFileError."""
    tokens = list(_tokens(text))
    words = iter(tokens)
    size = _number(_next(words, "the number of choices"), "the number of choices", least=1, most=MOST_CHOICES)
    seats = _number(_next(words, "the number of seats"), "the number of seats", least=1)
    withdrawn, papers = _ballots(words, size)
    named = list(words)
    names = _names(named, size, line=tokens[-1].line)
    title = named[size].text if len(named) > size else ""
    standing: list[ChoiceId] = [name for number, name in enumerate(names, 1) if number not in withdrawn]
    box = BallotBox(standing, fixed=True, line=named[0].line)
    for paper in papers:
        groups = (tuple(names[n - 1] for n in group if n not in withdrawn) for group in paper.ranking)
        ranking: Ranking = tuple(group for group in groups if group)
        box.put(ranking, {}, paper.weight, line=paper.line)
    return BallotFile(box.profile(), title, seats)


def pieces(heading: Heading, lines: Iterable[Line]) -> Iterator[str]:
    """A receipt code is a comment.

    Raises BallotFileError for scores and for names with a line break, which BLT cannot hold.
    """
    if heading.scored:
        raise BallotFileError("BLT holds rankings only, and these ballots have scores.")
    number = {choice: str(place) for place, choice in enumerate(heading.choices, 1)}
    names = [escaped(heading.name(choice), format_name="BLT") for choice in heading.choices]
    names.append(escaped(heading.title, format_name="BLT"))
    yield f"{len(number)} {heading.seats or 1}\n"
    for line in lines:
        groups = ("=".join(number[choice] for choice in group) for group in line.ballot.ranking)
        code = [f"# {line.code}"] if line.code else []
        yield " ".join([str(line.count), *groups, "0", *code]) + "\n"
    yield "\n".join(["0", *names, ""])


def _tokens(text: str) -> Iterator[_Token]:
    for line, content in enumerate(text.split("\n"), 1):
        for match in _WORD.finditer(content):
            if match["bad"]:
                raise BallotFileError("a quotation mark is never closed.", line=line)
            if match["name"] is not None:
                yield _Token(unescaped(match["name"]).strip(), line, is_name=True)
            elif match["word"]:
                yield _Token(match["word"], line)


def _next(words: Iterator[_Token], expected: str) -> _Token:
    token = next(words, None)
    if token is None:
        raise BallotFileError(f"The file ends where {expected} should stand.")
    return token


def _number(token: _Token, what: str, *, least: int = 0, most: int | None = None) -> int:
    if token.is_name:
        raise BallotFileError(f"{what} should stand here, not the name {quoted(token.text)}.", line=token.line)
    value = whole_number(token.text, what, line=token.line, least=least)
    if most is not None and value > most:
        raise BallotFileError(f"{what} must be at most {most}, not {value}.", line=token.line)
    return value


def _ballots(words: Iterator[_Token], size: int) -> tuple[set[int], list[_Paper]]:
    withdrawn: set[int] = set()
    papers: list[_Paper] = []
    token = _next(words, "a ballot or the final 0")
    while token.text.startswith("-") and not token.is_name and not papers:
        withdrawn.add(_choice(token.text[1:], token, size))
        token = _next(words, "a ballot or the final 0")
    while weight := _number(token, "the count of a ballot"):
        papers.append(_Paper(tuple(_ranking(words, token.line, size)), weight, token.line))
        token = _next(words, "a ballot or the final 0")
    return withdrawn, papers


def _ranking(words: Iterator[_Token], line: int, size: int) -> Iterator[tuple[int, ...]]:
    while (token := _next(words, "the 0 that ends a ballot")).text != "0":
        if token.line != line or token.is_name:
            raise BallotFileError("the ballot does not end with 0.", line=line)
        if token.text != "-":
            yield tuple(_choice(part, token, size) for part in token.text.split("="))
    if token.line != line:
        raise BallotFileError("the ballot does not end with 0.", line=line)


def _choice(text: str, token: _Token, size: int) -> int:
    number = whole_number(text, "a choice", line=token.line)
    if not 1 <= number <= size:
        raise BallotFileError(f"there is no choice {quoted(text)}, only 1 to {size}.", line=token.line)
    return number


def _names(named: list[_Token], size: int, *, line: int) -> list[str]:
    if len(named) < size:
        raise BallotFileError(f"{size} names are needed and only {len(named)} are there.", line=line)
    names = [token.text for token in named[:size]]
    seen: set[str] = set()
    for token in named[:size]:
        if not token.text:
            raise BallotFileError("a choice has no name.", line=token.line)
        if token.text in seen:
            raise BallotFileError(f"{quoted(token.text)} is listed twice.", line=token.line)
        seen.add(token.text)
    return names
