"""The results of a poll as its cards show them."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from polls import figures
from polls.counting import Rating
from polls.kinds.base import ChoiceResult, QuestionResult, percent
from polls.snapshots import ChoiceSnapshot, PollSnapshot, QuestionSnapshot
from polls.terms import Kind
from ui.portraits.fields import Field, fields
from ui.portraits.trails import Trail, trail

PLAIN = frozenset({Kind.SINGLE, Kind.MULTIPLE, Kind.APPROVAL})

type Hole = Callable[[str], str]
type Into = Callable[[str, object], Any]
"""Of the name of a number's place and what stands there: what is to be shown in its stead."""


@dataclass(frozen=True, slots=True)
class Step:
    """How many gave a grade."""

    grade: str
    votes: str
    percent: int


@dataclass(frozen=True, slots=True)
class Row:
    """A choice in the results."""

    id: int
    text: str
    percent: int
    """How long the bar is."""
    figure: str
    """What the bar stands for, as people read it: a percentage, a mean, points."""
    votes: str
    """What the figure is of, as people read it."""
    leads: str
    """The class of a row that leads, after a space; nothing for others."""
    withdrawn: bool
    hole: str
    """Where a page marks the voter's own choice: see `ui.prints`."""
    own: str
    """Where it says which rank or grade the voter gave."""
    picture: str = ""
    picture_alt: str = ""
    right: bool = False
    """A right answer, where the reader may know."""
    tag: str = ""
    facts: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """A question in the results."""

    field: Field
    answers: str
    """How many answered, as people read it."""
    rows: tuple[Row, ...]
    written: str
    """How many wrote a choice of their own, as a sentence; nothing where none may."""
    texts: tuple[str, ...]
    trail: Trail | None
    verdict: str
    """Where a page says whether the voter's own answer is right."""
    answer: str
    """The right answers in a sentence, where the reader may know."""
    explanation: str


def outcomes(
    poll: PollSnapshot,
    results: Sequence[QuestionResult],
    hole: Hole = str,
    *,
    told: bool = False,
    asked: Sequence[Field] = (),
    into: Into = lambda _name, said: said,
) -> tuple[Outcome, ...]:
    """The results of a poll. Ask `tallies.may_see` first, and `quiz.may_know` for what is `told`.

    `hole` names the place of a mark; `asked` are the poll's fields, from who has them already. `into` may put holes in
    the place of numbers: what comes with the next vote is mostly other numbers in the same card, which need not be
    printed again then. The words around the texts are in the language of the interface that is active.
    """
    lines = zip(poll.questions, asked or fields(poll), results, strict=True)
    return tuple(_outcome(question, field, result, hole, into, told) for question, field, result in lines)


def outline(poll: PollSnapshot, results: Sequence[QuestionResult]) -> Hashable | None:
    """All of the results that is no number, in brief: of two with one outline the numbers alone differ.

    None where more may differ: in ranks, grades and texts.
    """
    if any([question.write_in or question.kind not in PLAIN for question in poll.questions]):  # noqa: C419 -- no generator
        return None
    if any([result.texts or result.written for result in results]):  # noqa: C419
        return None
    return tuple([choice.count > 0 or not choice.withdrawn for result in results for choice in result.choices])


def numbers(poll: PollSnapshot, results: Sequence[QuestionResult]) -> dict[str, object]:
    """What `outcomes` puts `into` the places of numbers, for results that have an outline."""
    said: dict[str, object] = {}
    language = translation.get_language()
    for question, result in zip(poll.questions, results, strict=True):
        said[f"answers-{question.id}"] = _answers(result.answered)
        for choice in result.choices:
            if choice.count or not choice.withdrawn:
                place = f"{question.id}-{choice.choice}"
                said[f"leads-{place}"] = _leads(choice)
                said[f"percent-{place}"] = choice.bar
                said[f"figure-{place}"], said[f"votes-{place}"] = _figures(question, choice, language)
    return said


def votes(number: int) -> str:
    """To be called in the poll's language, as the next."""
    return ngettext("%(shown)s vote", "%(shown)s votes", number) % {"shown": figures.count(number)}


def behind(number: int) -> str:
    """What to say where the last count lacks so many votes that have come since."""
    if number <= 0:
        return ""
    said = ngettext("%(number)s more is being counted.", "%(number)s more are being counted.", number)
    return said % {"number": figures.count(number)}


def set_aside(number: int) -> str:
    """Nothing where nothing is set aside."""
    if not number:
        return ""
    said = ngettext(
        "%(shown)s vote is set aside until it is checked",
        "%(shown)s votes are set aside until they are checked",
        number,
    )
    return said % {"shown": figures.count(number)}


def _outcome(
    question: QuestionSnapshot,
    field: Field,
    result: QuestionResult,
    hole: Hole,
    into: Into,
    told: bool,  # noqa: FBT001
) -> Outcome:
    known = {choice.id: choice for choice in question.choices}
    # A withdrawn choice that nobody had chosen is no longer part of the picture.
    shown = [choice for choice in result.choices if choice.count or not choice.withdrawn]
    rows = [_row(question, known[choice.choice], choice, hole, into, told) for choice in _in_order(result, shown)]
    if field.write_in or result.written:
        rows.append(_something_else(question, result, hole, into))
    right = [choice.text for choice in question.choices if choice.right] if told else []
    return Outcome(
        field=field,
        answers=into(f"answers-{question.id}", _answers(result.answered)),
        rows=tuple(rows),
        written=into(f"written-{question.id}", _written(result.written)) if result.written else "",
        texts=result.texts,
        trail=trail(question, result.comparison) if result.comparison else None,
        verdict=hole(f"verdict-{question.id}") if told and question.is_quiz else "",
        answer=_answer(right) if right else "",
        explanation=question.explanation if told else "",
    )


def _in_order(result: QuestionResult, choices: Iterable[ChoiceResult]) -> list[ChoiceResult]:
    """Where choices were compared, the elected first and the others as they came in; else as the editor put them."""
    if result.comparison is None:
        return list(choices)
    count = result.comparison.deciding
    ranked = [*count.winners, *(choice for group in count.ranking for choice in group)]
    return sorted(choices, key=lambda choice: ranked.index(choice.choice) if choice.choice in ranked else len(ranked))


def _row(
    question: QuestionSnapshot,
    choice: ChoiceSnapshot,
    result: ChoiceResult,
    hole: Hole,
    into: Into,
    told: bool,  # noqa: FBT001
) -> Row:
    figure, votes = _figures(question, result)
    place = f"{question.id}-{choice.id}"
    elected = result.leads and question.kind in {Kind.RANKED, Kind.SCORE}
    return Row(
        id=result.choice,
        text=choice.text,
        percent=into(f"percent-{place}", result.bar),
        figure=into(f"figure-{place}", figure),
        votes=into(f"votes-{place}", votes),
        leads=into(f"leads-{place}", _leads(result)),
        withdrawn=result.withdrawn,
        hole=hole(f"mark-{result.choice}"),
        own=hole(f"own-{result.choice}"),
        picture=choice.picture,
        picture_alt=choice.picture_alt,
        right=told and choice.right,
        tag=(_("elected") if question.seats > 1 else _("winner")) if elected else "",
        facts=_facts(result.rating, place, into) if result.rating else (),
        steps=_steps(result.rating, place, into) if result.rating else (),
        alone=choice.text == question.text and len(question.choices) == 1,
    )


def _leads(result: ChoiceResult) -> str:
    return " leads" if result.leads else ""


def _figures(question: QuestionSnapshot, result: ChoiceResult, language: str | None = None) -> tuple[str, str]:
    number = figures.count(result.count, language)
    if result.rating is not None:
        mean = result.rating.mean
        said = ngettext("%(number)s grade", "%(number)s grades", result.count) % {"number": number}
        return figures.decimal(mean, places=1, noughts=True) if mean is not None else "–", said
    if question.kind == Kind.SCORE:
        return number, ngettext("point", "points", result.count)
    return figures.percent(result.percent, language), number


def _facts(rating: Rating, place: str, into: Into) -> tuple[str, ...]:
    return tuple(into(f"fact-{place}-{number}", fact) for number, fact in enumerate(_said_of(rating)))


def _said_of(rating: Rating) -> list[str]:
    if rating.mean is None or rating.median is None:
        return [_("No grades yet.")]
    facts = [
        _("Mean: %(number)s") % {"number": figures.decimal(rating.mean, places=2)},
        _("Median: %(number)s") % {"number": figures.decimal(rating.median, places=1)},
    ]
    if rating.nps is not None:
        facts.append(_("Net promoter score: %(number)s") % {"number": figures.decimal(rating.nps, places=0)})
    return facts


def _steps(rating: Rating, place: str, into: Into) -> tuple[Step, ...]:
    """The highest grade first."""
    return tuple(
        Step(
            figures.count(grade),
            votes=into(f"step-{place}-{number}", figures.count(votes)),
            percent=into(f"share-{place}-{number}", percent(votes, rating.answers)),
        )
        for number, (grade, votes) in enumerate(reversed(rating.distribution))
    )


def _something_else(question: QuestionSnapshot, result: QuestionResult, hole: Hole, into: Into) -> Row:
    """What voters wrote themselves and no editor has merged yet: one row for all of it."""
    bar = share = percent(result.written, result.answered)
    if question.kind == Kind.SINGLE:
        # What the others leave: together it is a hundred.
        share = 100 - sum(choice.percent for choice in result.choices) if result.answered else 0
    return Row(
        id=0,
        text=_("Something else"),
        percent=into(f"percent-{question.id}-0", bar),
        figure=into(f"figure-{question.id}-0", figures.percent(share)),
        votes=into(f"votes-{question.id}-0", figures.count(result.written)),
        leads="",
        withdrawn=False,
        hole=hole(f"mark-other-{question.id}"),
        own="",
    )


def _answers(number: int) -> str:
    return ngettext("%(shown)s answer", "%(shown)s answers", number) % {"shown": figures.count(number)}


def _written(number: int) -> str:
    said = ngettext("%(number)s wrote something else.", "%(number)s wrote something else.", number)
    return said % {"number": figures.count(number)}


def _answer(right: Sequence[str]) -> str:
    said = ngettext("The right answer: %(answers)s", "The right answers: %(answers)s", len(right))
    return said % {"answers": figures.beside(right)}
