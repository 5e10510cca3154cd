"""ABIF, the Aggregated Ballot Information Format (electorama/abif, grammar 0.3).

    # a comment
    {title: "Capital of Tennessee"}
    =Memph:[Memphis, Tennessee]
    42: Memph>Nash=Chat>Knox
    3: Memph/5, Nash/2, Chat/0

`>` prefers, `=` ranks equally, `/` gives a score. A comma lists: with scores the ranking follows from them, without
they are equals (an approval ballot). A count without choices is a blank ballot. Tokens are bare words, "quoted" or in
[brackets]. Where choices are declared with `=`, a ballot may name no others. Ids are the tokens that ballots use.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from polls.counting.ballots import ChoiceId, Ranking, ranked_by
from polls.counting.files.ballot_file import (
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

_NAMED = r'(?:"(?P<quoted>(?:[^"\\]|\\.)*)"|\[(?P<bracketed>[^\]]*)\]|(?P<bare>[^\s>=,/#:*\[\]{}"]+))'
_DECLARED = re.compile(
    rf'=?\s*{_NAMED}\s*:\s*(?:\[(?P<name>[^\]]*)\]|"(?P<quoted_name>(?:[^"\\]|\\.)*)"|(?P<bare_name>[^\s\[\]"#]+))'
    r"\s*(?:#.*)?"
)
_BALLOT = re.compile(r"(?P<count>[^\s:>=,/\[\]\"]+)\s*:(?P<marks>.*)")
_MARK = re.compile(rf"\s*{_NAMED}\s*(?:/\s*(?P<score>[^\s>=,#]*))?\s*(?P<next>[>=,]|#.*|$)")
_METADATA = re.compile(
    r'\{\s*"?(?P<key>\w+)"?\s*:\s*(?:"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<value>[^{}"]*?))\s*\}\s*(?:#.*)?'
)
_BARE = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


@dataclass(slots=True)
class _Marks:
    """The marks of one line while it is read."""

    groups: list[list[ChoiceId]] = field(default_factory=lambda: [[]])
    scores: dict[ChoiceId, int] = field(default_factory=dict)
    named: set[ChoiceId] = field(default_factory=set)
    listed: bool = False


def parse(text: str) -> BallotFile:
    """Raises BallotFileError."""
    lines = [(number, line.strip()) for number, line in enumerate(text.split("\n"), 1)]
    lines = [(number, line) for number, line in lines if line and not line.startswith("#")]
    names, title, seats = dict[ChoiceId, str](), "", None
    ballots: list[tuple[int, str]] = []
    for number, line in lines:
        if line.startswith("{"):
            key, value = _metadata(line, number)
            title = value if key == "title" else title
            seats = whole_number(value, "seats", line=number, least=1) if key == "seats" else seats
        elif declared := _declaration(line, number):
            if declared[0] in names:
                raise BallotFileError(f"{quoted(declared[0])} is declared twice.", line=number)
            names[declared[0]] = declared[1]
        else:
            ballots.append((number, line))
    box = BallotBox(list(names), fixed=bool(names), line=1)
    ids = {name: choice for choice, name in names.items()}
    for number, line in ballots:
        _put(box, line, number, ids if names else {})
    return BallotFile(box.profile(), title, seats, {choice: name for choice, name in names.items() if choice != name})


def pieces(heading: Heading, lines: Iterable[Line]) -> Iterator[str]:
    """Every choice is declared; a receipt code is a comment.

    Raises BallotFileError for names with a line break, which ABIF cannot hold.
    """
    tokens = {choice: _token(str(choice)) for choice in heading.choices}
    declared = [f"={token}:{_full_name(heading.name(choice))}\n" for choice, token in tokens.items()]
    if heading.title:
        yield f"{{title: {escaped(heading.title, format_name='ABIF')}}}\n"
    if heading.seats:
        yield f"{{seats: {heading.seats}}}\n"
    yield from declared
    for line in lines:
        scores = dict(line.ballot.scores)
        marks = {choice: f"{token}/{scores[choice]}" if choice in scores else token for choice, token in tokens.items()}
        groups = ("=".join(marks[choice] for choice in group) for group in line.ballot.ranking)
        yield f"{line.count}:{'>'.join(groups)}{f' # {line.code}' if line.code else ''}\n"


def _token(text: str) -> str:
    return text if _BARE.fullmatch(text) else escaped(text, format_name="ABIF")


def _full_name(name: str) -> str:
    return escaped(name, format_name="ABIF") if any(letter in name for letter in '[]"#\n\r') else f"[{name}]"


def _metadata(line: str, number: int) -> tuple[str, str]:
    match = _METADATA.fullmatch(line)
    if not match:
        raise BallotFileError("a line with {…} should read {key: value}.", line=number)
    return match["key"], match["value"] if match["quoted"] is None else unescaped(match["quoted"])


def _declaration(line: str, number: int) -> tuple[ChoiceId, str] | None:
    """A choice and its full name; None where the line is a ballot."""
    match = _DECLARED.fullmatch(line)
    if not line.startswith("="):
        # The leading = is optional, but only a name in brackets tells such a line from a ballot of one mark.
        is_ballot = match is None or match["name"] is None or (match["bare"] or "").isdecimal()
        if is_ballot:
            return None
    if match is None:
        raise BallotFileError("a declared choice should read =token:[Full name].", line=number)
    if match["name"] is not None:
        name = match["name"]
    else:
        name = match["bare_name"] if match["quoted_name"] is None else unescaped(match["quoted_name"])
    return _text(match), name.strip()


def _put(box: BallotBox, line: str, number: int, ids: dict[str, ChoiceId]) -> None:
    match = _BALLOT.fullmatch(line)
    if not match:
        raise BallotFileError("a ballot line begins with how many ballots, then a colon.", line=number)
    weight = whole_number(match["count"], "the count of a ballot", line=number)
    marks = _marks(match["marks"].strip(), number, ids)
    ranking: Ranking = tuple(tuple(group) for group in marks.groups if group)
    if marks.listed and marks.scores:
        ranking = ranked_by(marks.scores)
        if len(marks.scores) < len(marks.named):
            raise BallotFileError("a list with commas needs a score for each choice, or none at all.", line=number)
    elif marks.scores:
        _refuse_contradiction(ranking, marks.scores, number)
    box.put(ranking, marks.scores, weight, line=number)


def _marks(text: str, number: int, ids: dict[str, ChoiceId]) -> _Marks:
    marks, position, ended = _Marks(), 0, not text or text.startswith("#")
    while not ended:
        match = _MARK.match(text, position)
        if not match:
            raise BallotFileError(f"this cannot be read as a choice: {quoted(text[position:])}.", line=number)
        _mark(marks, match, number, ids)
        position = match.end()
        ended = match["next"] not in (">", "=", ",")
    return marks


def _mark(marks: _Marks, match: re.Match[str], number: int, ids: dict[str, ChoiceId]) -> None:
    text = _text(match)
    choice = ids.get(text, text) if match["bare"] is None else text
    if choice in marks.named:
        raise BallotFileError(f"the ballot names {quoted(choice)} twice.", line=number)
    marks.named.add(choice)
    marks.groups[-1].append(choice)
    if match["score"] is not None:
        marks.scores[choice] = whole_number(match["score"], "a score", line=number)
    if match["next"] == ">":
        marks.groups.append([])
    marks.listed = marks.listed or match["next"] == ","


def _text(match: re.Match[str]) -> str:
    if match["quoted"] is not None:
        return unescaped(match["quoted"]).strip()
    return (match["bracketed"] if match["bracketed"] is not None else match["bare"]).strip()


def _refuse_contradiction(ranking: Ranking, scores: dict[ChoiceId, int], number: int) -> None:
    above: int | None = None
    for group in ranking:
        here = [scores[choice] for choice in group if choice in scores]
        if here and above is not None and max(here) > above:
            raise BallotFileError("the ranks and the scores of the ballot contradict each other.", line=number)
        above = min(here) if here else above
