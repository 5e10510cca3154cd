"""A poll and its tally as plain data, for templates and JSON alike. No query happens behind any of it."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils import translation

from polls import refusals, tallies
from polls.kinds.base import ChoiceResult, QuestionResult, limits
from polls.models import Poll
from polls.snapshots import PollSnapshot, QuestionSnapshot
from polls.tallies import TallySnapshot
from polls.terms import Kind, Phase
from ui import figures
from ui.forms import Ballot

type Hole = Callable[[str], str]

# A page is printed once for all its readers; its script tells each of them their own time.
ZONE = ZoneInfo("UTC")
RIGHT_TO_LEFT = {"ar", "fa", "he", "ur"}


@dataclass(frozen=True, slots=True)
class Option:
    """A choice on the form."""

    id: int
    text: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Field:
    """A question on the form."""

    id: int
    name: str
    kind: str
    text: str
    hint: str
    required: bool
    several: bool
    minimum: int
    maximum: int
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A choice in the results."""

    id: int
    text: str
    count: int
    percent: int
    figure: str
    """The percentage as people read it."""
    votes: str
    """The count as people read it."""
    leads: bool
    withdrawn: bool
    hole: str
    """Where a page marks the voter's own choice: see `ui.prints`."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A question in the results."""

    field: Field
    answered: int
    answers: str
    """`answered` as people read it."""
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Portrait:
    id: int
    slug: str
    title: str
    heading: str
    """What stands above a card that asks nothing. A question is not told before its poll opens."""
    intro: str
    language: str
    direction: str
    phase: str
    policy: str
    reveal: str
    opens_at: datetime | None
    closes_at: datetime | None
    closed_at: datetime | None
    alone: bool
    """The poll asks one question, which then is its heading."""
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class Line:
    """A poll in the public list."""

    slug: str
    title: str
    language: str
    phase: str
    opens_at: datetime | None
    closes_at: datetime | None
    zone: ZoneInfo


def line(poll: Poll, *, at: datetime) -> Line:
    phase = poll.phase(at).value
    return Line(poll.slug, poll.title, poll.language, phase, poll.opens_at, poll.closes_at, ZONE)


def poll(poll: PollSnapshot, *, at: datetime) -> Portrait:
    phase, alone = poll.phase(at), len(poll.questions) == 1
    return Portrait(
        id=poll.id,
        slug=poll.slug,
        title=poll.title,
        heading=poll.questions[0].text if alone and phase != Phase.SCHEDULED else poll.title,
        intro=poll.intro,
        language=poll.language,
        direction="rtl" if poll.language in RIGHT_TO_LEFT else "ltr",
        phase=phase.value,
        policy=poll.policy.value,
        reveal=poll.reveal.value,
        opens_at=poll.opens_at,
        closes_at=poll.closes_at,
        closed_at=poll.closed_at or poll.closes_at,
        alone=alone,
        zone=ZONE,
    )


def fields(poll: PollSnapshot, kept: Ballot | None = None) -> tuple[Field, ...]:
    """The questions as a form asks them, with what the voter had chosen already."""
    chosen = {answer.question: frozenset(answer.choices) for answer in kept.answers} if kept else {}
    return tuple(_field(question, chosen.get(question.id, frozenset())) for question in poll.questions)


def _field(question: QuestionSnapshot, chosen: Collection[int]) -> Field:
    minimum, maximum = limits(question)
    return Field(
        id=question.id,
        name=f"q{question.id}",
        kind=question.kind.value,
        text=question.text,
        hint=question.hint,
        required=question.required,
        several=question.kind != Kind.SINGLE,
        minimum=minimum,
        maximum=maximum,
        options=tuple(Option(choice.id, choice.text, choice.id in chosen) for choice in question.standing),
    )


def outcomes(poll: PollSnapshot, tally: TallySnapshot, hole: Hole = str) -> tuple[Outcome, ...]:
    """The results of a poll. Ask `tallies.may_see` first. `hole` names the place of a mark."""
    with translation.override(poll.language):
        return tuple(
            Outcome(field, result.answered, figures.count(result.answered), _rows(result, hole))
            for field, result in zip(fields(poll), tallies.results(poll, tally), strict=True)
        )


def _rows(result: QuestionResult, hole: Hole) -> tuple[Row, ...]:
    # A withdrawn choice that nobody had chosen is no longer part of the picture.
    return tuple(_row(choice, hole) for choice in result.choices if choice.count or not choice.withdrawn)


def _row(choice: ChoiceResult, hole: Hole) -> Row:
    return Row(
        id=choice.choice,
        text=choice.text,
        count=choice.count,
        percent=choice.percent,
        figure=figures.percent(choice.percent),
        votes=figures.count(choice.count),
        leads=choice.leads,
        withdrawn=choice.withdrawn,
        hole=hole(f"mark-{choice.choice}"),
    )


def as_json(poll: PollSnapshot, *, at: datetime) -> dict[str, object]:
    """A poll as the API tells it, without a paper and without results."""
    return {
        "id": poll.id,
        "slug": poll.slug,
        "title": poll.title,
        "intro": poll.intro,
        "language": poll.language,
        "status": poll.phase(at).value,
        "opens_at": poll.opens_at,
        "closes_at": poll.closes_at,
        "policy": poll.policy.value,
        "reveal": poll.reveal.value,
        "questions": [_question_as_json(question) for question in poll.questions],
    }


def _question_as_json(question: QuestionSnapshot) -> dict[str, object]:
    minimum, maximum = limits(question)
    return {
        "id": question.id,
        "kind": question.kind.value,
        "text": question.text,
        "hint": question.hint,
        "required": question.required,
        "minimum": minimum,
        "maximum": maximum,
        "choices": [
            {"id": choice.id, "text": choice.text, "withdrawn": choice.withdrawn} for choice in question.choices
        ],
    }


def results_as_json(poll: PollSnapshot, tally: TallySnapshot, *, at: datetime, voted: bool) -> Mapping[str, object]:
    """The results through the gate: raises the Refusal of a reader who may not see them."""
    tallies.check_seen(poll, at=at, voted=voted)
    return {
        "slug": poll.slug,
        "status": poll.phase(at).value,
        "ballots": tally.ballots,
        "set_aside": tally.set_aside,
        "version": tally.version,
        "questions": [
            {
                "id": outcome.field.id,
                "text": outcome.field.text,
                "answered": outcome.answered,
                "choices": [
                    {"id": row.id, "text": row.text, "count": row.count, "percent": row.percent} for row in outcome.rows
                ],
            }
            for outcome in outcomes(poll, tally)
        ],
    }


def refusal_as_json(refusal: refusals.Refusal) -> dict[str, object]:
    """RFC 9457. `code` is for programs, `detail` for people; `challenge` is what a program can solve to be let in."""
    challenge = {"challenge": refusal.challenge} if isinstance(refusal, refusals.WorkNeeded) else {}
    return challenge | {
        "type": f"urn:pollstead:refusal:{refusal.code}",
        "title": refusal.code.replace("_", " ").capitalize(),
        "status": refusal.status,
        "detail": refusal.sentence,
        "code": refusal.code,
    }
