"""The questions of a poll as a form asks them."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from polls import figures, refusals
from polls.kinds import Answer
from polls.kinds.base import limits
from polls.kinds.choosing import longest_write_in
from polls.kinds.comparing import deciding
from polls.snapshots import ChoiceSnapshot, PollSnapshot, QuestionSnapshot
from polls.terms import Kind, Scale
from ui.forms import Ballot
from ui.portraits.orders import shuffled
from ui.portraits.rules import name_of

MOST_GRADES = 11
"""A longer scale is a number to write, not a row of buttons."""


@dataclass(frozen=True, slots=True)
class Grade:
    """A step of a scale. `name` is what it is called, `shown` what its button shows."""

    value: int
    name: str
    shown: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Option:
    """A choice on the form, with what the voter had said of it already."""

    id: int
    text: str
    chosen: bool
    picture: str
    picture_alt: str
    rank_name: str
    rank: str
    score_name: str
    score: str
    grades: tuple[Grade, ...]
    alone: bool
    """It says what the question says, and needs no name of its own."""


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
    form: str
    """The template that asks it."""
    results: str
    """The template that shows its results."""
    scale: str
    lowest: int
    highest: int
    low_label: str
    high_label: str
    equal_ranks: bool
    write_in: bool
    other: bool
    text_name: str
    written: str
    """The text, or the choice of their own, that the voter had written already."""
    longest: int
    seats: int
    rule: str
    """The name of the rule that decides."""
    fault: str
    """What is to be mended in the answer, in words."""

    @property
    def number(self) -> int:
        return len(self.options)

    @property
    def wants_all(self) -> bool:
        """Nothing may be left out."""
        return self.required and self.minimum >= len(self.options) + self.write_in

    @property
    def every(self) -> bool:
        """A whole answer is asked for, if there is one at all."""
        return 1 < self.minimum == len(self.options) + self.write_in

    @property
    def unlimited(self) -> bool:
        return self.maximum >= len(self.options) + self.write_in

    @property
    def may_skip(self) -> bool:
        """A choice may be left without a grade."""
        return not self.wants_all

    @property
    def steady(self) -> bool:
        """Its results stand where its choices stood: a vote moves nothing."""
        return self.kind in {Kind.SINGLE, Kind.MULTIPLE, Kind.APPROVAL}

    @property
    def stars(self) -> bool:
        return self.kind == Kind.RATING and self.scale == Scale.STARS

    @property
    def ends(self) -> bool:
        """The ends of the scale have labels."""
        return self.kind == Kind.RATING and bool(self.low_label or self.high_label)


def fields(
    poll: PollSnapshot, kept: Ballot | None = None, *, order: int = 0, refusal: refusals.Refusal | None = None
) -> tuple[Field, ...]:
    """The questions as a form asks them, with what the voter had said already, and what of it is to be mended.

    `order` is one of ORDERS. To be called in the poll's language.
    """
    said = {answer.question: answer for answer in kept.answers} if kept else {}
    faults = refusal.all if refusal else ()
    return tuple(
        _field(
            question,
            shuffled(poll, question, order),
            said.get(question.id, Answer(question.id)),
            " ".join(fault.sentence for fault in faults if fault.question == question.id),
        )
        for question in poll.questions
    )


def _field(question: QuestionSnapshot, choices: tuple[ChoiceSnapshot, ...], said: Answer, fault: str) -> Field:
    minimum, maximum = limits(question)
    kind, lowest = question.kind, 0 if question.kind == Kind.SCORE else question.lowest
    rank = {choice: place for place, group in enumerate(said.ranking, start=1) for choice in group}
    score = dict(said.scores)
    return Field(
        id=question.id,
        name=f"q{question.id}",
        kind=kind.value,
        text=question.text,
        hint=question.hint,
        required=question.required,
        several=kind != Kind.SINGLE,
        minimum=minimum,
        maximum=maximum,
        options=tuple(_option(question, choice, said, rank, score, lowest) for choice in choices),
        form=f"ui/kinds/{kind.value}.html",
        results=f"ui/results/{kind.value}.html",
        scale=question.scale.value,
        lowest=lowest,
        highest=question.highest,
        low_label=question.low_label,
        high_label=question.high_label,
        equal_ranks=question.equal_ranks,
        write_in=question.write_in and kind in {Kind.SINGLE, Kind.MULTIPLE, Kind.APPROVAL},
        other=said.other,
        text_name=f"q{question.id}_text",
        written=said.text,
        longest=question.longest if kind == Kind.TEXT else longest_write_in(question),
        seats=question.seats,
        rule=name_of(deciding(question)) if kind in {Kind.RANKED, Kind.SCORE} else "",
        fault=fault,
    )


def _option(
    question: QuestionSnapshot,
    choice: ChoiceSnapshot,
    said: Answer,
    rank: Mapping[int, int],
    score: Mapping[int, int],
    lowest: int,
) -> Option:
    return Option(
        id=choice.id,
        text=choice.text,
        chosen=choice.id in said.choices,
        picture=choice.picture,
        picture_alt=choice.picture_alt,
        rank_name=f"q{question.id}_rank_{choice.id}",
        rank=str(rank.get(choice.id, "")),
        score_name=f"q{question.id}_score_{choice.id}",
        score=str(score.get(choice.id, "")),
        grades=_grades(question, lowest, score.get(choice.id)),
        alone=choice.text == question.text and len(question.choices) == 1,
    )


def _grades(question: QuestionSnapshot, lowest: int, chosen: int | None) -> tuple[Grade, ...]:
    if question.kind not in {Kind.RATING, Kind.SCORE} or question.highest - lowest >= MOST_GRADES:
        return ()
    steps = range(lowest, question.highest + 1)
    return tuple(Grade(step, _name(question, step, lowest), figures.count(step), step == chosen) for step in steps)


def _name(question: QuestionSnapshot, grade: int, lowest: int) -> str:
    """What a screen reader says of a grade: the ends of a labelled scale with their labels."""
    shown = figures.count(grade)
    if question.kind == Kind.RATING and question.scale == Scale.STARS:
        return ngettext("%(number)s star", "%(number)s stars", grade) % {"number": shown}
    label = {lowest: question.low_label, question.highest: question.high_label}.get(grade)
    return _("%(grade)s, %(label)s") % {"grade": shown, "label": label} if label else shown
