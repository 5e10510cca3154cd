"""Reads a vote from a form or from JSON into answers; the rules are elsewhere. What can't be read is Unreadable."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from urllib.parse import parse_qsl

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest
from django.http.multipartparser import MultiPartParserError

from polls import refusals
from polls.kinds import Answer

LARGEST = 64 * 1024
MOST_FIELDS = 2000
LONGEST_KEPT = 200
ENCODED = frozenset(b"%+")
FORM = "application/x-www-form-urlencoded"
HALVES = frozenset(map(chr, range(0xD800, 0xE000)))
OTHER = "other"
"""In place of a choice's id: "something else", which `q<id>_text` says in words.

A text alone counts as well. A text beside the one choice of a single choice is neither dropped nor guessed at: the
voter is asked which of the two is meant, with both kept in the form.
"""


@dataclass(frozen=True, slots=True)
class Ballot:
    """What a form says: the paper's text, and answers not yet checked."""

    paper: str
    answers: tuple[Answer, ...] = ()
    invitation: str = ""
    work: str = ""
    """A solved challenge, see `ui.work`."""


@dataclass(slots=True)
class _Draft:
    choices: list[int] = field(default_factory=list)
    ranks: list[tuple[int, int]] = field(default_factory=list)
    scores: list[tuple[int, int]] = field(default_factory=list)
    text: str = ""
    other: bool = False


def read(request: HttpRequest) -> Ballot:
    """The ballot of a posted form, by the field names of the address contract."""
    return _ballot(_fields(request))


def read_encoded(body: bytes) -> Ballot:
    """The same from the body of an urlencoded form."""
    # In a hot poll thousands say the same, but for the paper, with which our forms begin.
    first, _, rest = body.partition(b"&")
    if not first.startswith(b"paper=") or len(rest) > LONGEST_KEPT or not ENCODED.isdisjoint(body) or b"paper" in rest:
        return _ballot(_parsed(body))
    ((_name, paper),) = _parsed(first)
    kept = _kept(rest)
    return Ballot(paper, kept.answers, kept.invitation, kept.work)


@lru_cache(maxsize=1000)
def _kept(rest: bytes) -> Ballot:
    return _ballot(_parsed(rest))


def number(text: str) -> int:
    """A whole number in plain digits: `int()` would take other alphabets' digits, "1_0" and " 1 " too."""
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise refusals.Unreadable
    return int(text)


def readable(text: str) -> str:
    """Text that every database can hold: no NUL, no half of a surrogate pair."""
    if "\x00" in text or not (text.isascii() or HALVES.isdisjoint(text)):
        raise refusals.Unreadable
    return text


def _ballot(fields: Iterable[tuple[str, str]]) -> Ballot:
    drafts: dict[int, _Draft] = defaultdict(_Draft)
    named = dict.fromkeys(("paper", "invitation", "work"), "")
    for name, value in fields:
        if name in named:
            named[name] = value
        elif name.startswith("q"):
            _note(drafts, name, value)
    return Ballot(answers=tuple(_answer(question, draft) for question, draft in drafts.items()), **named)


def _fields(request: HttpRequest) -> Iterable[tuple[str, str]]:
    if len(request.body) > LARGEST:
        raise refusals.TooLarge
    match request.content_type:
        case "application/x-www-form-urlencoded":
            return _parsed(request.body)
        case "multipart/form-data":
            return _of_parts(request)
        case _:
            raise refusals.TypeUnknown


def _of_parts(request: HttpRequest) -> list[tuple[str, str]]:
    try:
        request.body.decode()  # Django would put a sign of its own in the place of what it can't read
        files, fields = request.FILES, request.POST
    except (MultiPartParserError, SuspiciousOperation, UnicodeDecodeError) as error:
        raise refusals.Unreadable from error
    if files:
        raise refusals.Unreadable
    return [(name, readable(value)) for name, values in fields.lists() for value in values]


def _parsed(body: bytes) -> list[tuple[str, str]]:
    try:
        text = body.decode("ascii")
        if "%" not in text and "+" not in text and text.count("&") < MOST_FIELDS:
            # Nothing is encoded, as in most ballots: then there is little to read.
            pairs = [pair.partition("=") for pair in readable(text).split("&") if pair]
            return [(name, value) for name, _, value in pairs]
        fields = parse_qsl(text, keep_blank_values=True, encoding="utf-8", errors="strict", max_num_fields=MOST_FIELDS)
    except ValueError as error:
        raise refusals.Unreadable from error
    return [(readable(name), readable(value)) for name, value in fields]


def _note(drafts: Mapping[int, _Draft], name: str, value: str) -> None:
    question, _, rest = name[1:].partition("_")
    if not question.isascii() or not question.isdigit():
        raise refusals.Unreadable
    draft = drafts[number(question)]
    if not rest and value and value != OTHER:
        draft.choices.append(number(value))
        return
    what, _, choice = rest.partition("_")
    match what:
        case "" if value == OTHER:
            draft.other = True
        case "rank" if value:
            draft.ranks.append((number(value), number(choice)))
        case "score" if value:
            draft.scores.append((number(choice), number(value)))
        case "text":
            draft.text = value
        case "" | "rank" | "score":
            pass
        case _:
            raise refusals.Unreadable


def _answer(question: int, draft: _Draft) -> Answer:
    if not (draft.ranks or draft.scores):
        return Answer(question, tuple(draft.choices), text=draft.text, other=draft.other)
    groups: dict[int, list[int]] = defaultdict(list)
    for rank, choice in draft.ranks:
        groups[rank].append(choice)
    ranking = tuple(tuple(groups[rank]) for rank in sorted(groups))
    return Answer(question, tuple(draft.choices), ranking, tuple(draft.scores), draft.text, draft.other)
