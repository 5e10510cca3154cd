"""Ballots as one JSON object.

    {"title": "Capital", "seats": 1,
     "choices": ["Memphis", {"id": 7, "name": "Nashville"}],
     "ballots": [{"count": 42, "ranking": [["Memphis"], [7]]},
                 {"count": 3, "scores": {"Memphis": 5, "7": 2}},
                 {"count": 1, "receipt": "ABCD-EFGH-IJKL-MNOP"}]}

`choices` and `ballots` are needed, all else may be left out. An id is text or a whole number. In a ranking a lone
choice needs no list around it. A ballot without marks is blank. By `receipt` a voter finds a ballot; it is not counted.
Unknown keys are refused, so that a typing error cannot make ballots blank.
"""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, TypeGuard

from polls.counting.ballots import ChoiceId, Ranking
from polls.counting.files.ballot_file import BallotBox, BallotFile, BallotFileError, Heading, Line, quoted, whole_number

_KEYS = {"title", "seats", "choices", "ballots"}
_BALLOT_KEYS = {"count", "ranking", "scores", "receipt"}
_BALLOTS_BEGIN = re.compile(r'"ballots"\s*:\s*\[\s*')
_COMMA = re.compile(r"\s*,?\s*")


def parse(text: str) -> BallotFile:
    """Raises BallotFileError; its line is that of the ballot it is about."""
    document = _document(text)
    title, seats = document.get("title", ""), document.get("seats")
    if not _is_text(title):
        raise BallotFileError("title must be text.")
    if seats is not None:
        seats = _whole(seats, "seats", 0, least=1)
    ids, names = _choices(document["choices"])
    box = BallotBox(list(ids.values()), fixed=True, line=0)
    for place, ballot in enumerate(document["ballots"]):
        try:
            _put(box, ballot, ids)
        except BallotFileError as error:
            raise BallotFileError(str(error), line=_line_of_ballot(text, place)) from error
    return BallotFile(box.profile(), title, seats, names)


def pieces(heading: Heading, lines: Iterable[Line]) -> Iterator[str]:
    """One ballot a line, so that differences between two files can be read."""
    head = {"title": heading.title, "seats": heading.seats}
    told = "".join(f"  {json.dumps(key)}: {_dumped(value)},\n" for key, value in head.items() if value)
    names = heading.names
    choices = [{"id": choice, "name": names[choice]} if choice in names else choice for choice in heading.choices]
    yield f'{{\n{told}  "choices": {_dumped(choices)},\n  "ballots": [\n    '
    between = ""
    for line in lines:
        yield f"{between}{_dumped(_ballot(line))}"
        between = ",\n    "
    yield "\n  ]\n}\n"


def _dumped(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _ballot(line: Line) -> dict[str, Any]:
    ballot, written = line.ballot, dict[str, Any](count=line.count)
    if ballot.ranking:
        written["ranking"] = [list(group) for group in ballot.ranking]
    if ballot.scores:
        written["scores"] = {str(choice): score for choice, score in ballot.scores}
    return written | ({"receipt": line.code} if line.code else {})


def _document(text: str) -> dict[str, Any]:
    try:
        document = json.loads(text, object_pairs_hook=_without_twins, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        raise BallotFileError(f"this is not JSON: {error.msg}.", line=error.lineno) from error
    except RecursionError as error:
        raise BallotFileError("The JSON is nested too deeply.") from error
    except BallotFileError:
        raise
    except ValueError as error:
        raise BallotFileError("The JSON has a number with too many digits.") from error
    if not isinstance(document, dict):
        raise BallotFileError("The file should hold one JSON object.")
    _refuse_unknown_keys(document, _KEYS)
    for key in ("choices", "ballots"):
        if not isinstance(document.get(key), list):
            raise BallotFileError(f"The list “{key}” is missing.")
    return document


def _without_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        raise BallotFileError(f"The key {quoted(next(key for key in keys if keys.count(key) > 1))} stands twice.")
    return found


def _refuse_constant(name: str) -> None:
    raise BallotFileError(f"{name} is not a number that can be counted.")


def _refuse_unknown_keys(found: dict[str, Any], known: set[str]) -> None:
    if unknown := sorted(set(found) - known):
        raise BallotFileError(f"the key {quoted(unknown[0])} is not known here.")


def _choices(listed: list[Any]) -> tuple[dict[str, ChoiceId], dict[ChoiceId, str]]:
    """The ids by their text, as scores use them for keys, and the full names where there are any."""
    ids: dict[str, ChoiceId] = {}
    names: dict[ChoiceId, str] = {}
    for choice in listed:
        given = choice if isinstance(choice, dict) else {"id": choice}
        _refuse_unknown_keys(given, {"id", "name"})
        known, name = given.get("id"), given.get("name")
        if not _is_id(known) or not (name is None or _is_text(name)):
            raise BallotFileError("A choice is text, a whole number, or an object with id and name.")
        if str(known) in ids:
            raise BallotFileError(f"The choice {quoted(known)} is listed twice.")
        ids[str(known)] = known
        if name is not None:
            names[known] = name
    return ids, names


def _is_id(value: object) -> TypeGuard[ChoiceId]:
    return _is_text(value) or (type(value) is int and 0 <= value < 10**15)


def _is_text(value: object) -> TypeGuard[str]:
    """Text that can be written down again: JSON can escape halves of characters and NUL, no other format can."""
    return isinstance(value, str) and "\0" not in value and not any("\ud800" <= letter <= "\udfff" for letter in value)


def _put(box: BallotBox, ballot: Any, ids: dict[str, ChoiceId]) -> None:
    if not isinstance(ballot, dict):
        raise BallotFileError("a ballot should be a JSON object.")
    _refuse_unknown_keys(ballot, _BALLOT_KEYS)
    groups, scores = ballot.get("ranking", []), ballot.get("scores", {})
    if not _is_text(ballot.get("receipt", "")):
        raise BallotFileError("a receipt should be text.")
    if not isinstance(groups, list) or not isinstance(scores, dict):
        raise BallotFileError("a ranking should be a list, and scores an object.")
    ranking: Ranking = tuple(_group(group, ids) for group in groups)
    marks = {_known(choice, ids): _whole(score, "a score", 0) for choice, score in scores.items()}
    box.put(ranking, marks, _whole(ballot.get("count", 1), "the count of a ballot", 0), line=0)


def _group(group: Any, ids: dict[str, ChoiceId]) -> tuple[ChoiceId, ...]:
    return tuple(_known(choice, ids) for choice in (group if isinstance(group, list) else [group]))


def _known(choice: Any, ids: dict[str, ChoiceId]) -> ChoiceId:
    if not _is_id(choice) or str(choice) not in ids:
        raise BallotFileError(f"{quoted(choice)} is not one of the choices.")
    return ids[str(choice)]


def _whole(value: Any, what: str, line: int, *, least: int = 0) -> int:
    if type(value) is not int:
        raise BallotFileError(f"{what} must be a whole number, not {quoted(value)}.", line=line)
    return whole_number(str(value) if abs(value) < 10**15 else "", what, line=line, least=least)


def _line_of_ballot(text: str, place: int) -> int:
    """The line on which a ballot begins; 1 where the list is not found. Only needed once something is wrong."""
    begin = _BALLOTS_BEGIN.search(text)
    if not begin:
        return 1
    decoder, position = json.JSONDecoder(), begin.end()
    for _ in range(place):
        _, position = decoder.raw_decode(text, position)
        if gap := _COMMA.match(text, position):
            position = gap.end()
    return text.count("\n", 0, position) + 1
