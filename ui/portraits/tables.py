"""A count as tables: round by round, and each choice against each other."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from polls import figures
from polls.counting import ChoiceId, Count, Round
from polls.counting.ballots import Number
from polls.counting.pairwise import Pairwise
from polls.terms import Rule
from ui.portraits.named import Names, amount, in_order


@dataclass(frozen=True, slots=True)
class Cell:
    text: str
    strong: bool = False
    said: str = ""
    """A word that stands under the number."""
    percent: int = 0
    """Of a whole, for the bar behind the number; 0 draws none."""


@dataclass(frozen=True, slots=True)
class Line:
    name: str
    cells: tuple[Cell, ...]
    number: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    caption: str
    head: tuple[Cell, ...]
    """Of each column: what is seen, and what is `said` where that is more."""
    lines: tuple[Line, ...]


def rounds(count: Count, names: Names) -> Table | None:
    if count.rule == Rule.RANKED_PAIRS:
        return None
    # Rounds that move votes are seen at a glance; the numbers of other rules are no parts of a whole.
    whole = count.ballots if count.rule in {Rule.IRV, Rule.STV} else 0
    lines = [
        Line(names[choice], tuple(_cell(stage, choice, whole, alone=count.seats == 1) for stage in count.rounds))
        for choice in in_order(count)
        if any(choice in stage.tally for stage in count.rounds)
    ]
    if any(stage.exhausted for stage in count.rounds):
        spent = tuple(Cell(amount(stage.exhausted)) for stage in count.rounds)
        lines.append(Line(_("Counts for nothing any more"), spent))
    return Table(_("The count"), tuple(map(Cell, _heads(count))), tuple(lines))


def _heads(count: Count) -> list[str]:
    if count.rule == Rule.STAR:
        return [_("Points") if stage.says == "scoring round" else _("Runoff") for stage in count.rounds]
    if count.rule in {Rule.IRV, Rule.STV}:
        rounds = range(1, len(count.rounds) + 1)
        return [_("Round %(number)s") % {"number": figures.count(number)} for number in rounds]
    return [_column(Rule(count.rule))] * len(count.rounds)


def _column(rule: Rule) -> str:
    match rule:
        case Rule.PLURALITY:
            return _("First choices")
        case Rule.CONDORCET:
            return _("Comparisons won")
        case Rule.SCHULZE:
            return _("Others beaten")
        case Rule.MINIMAX:
            return _("Worst defeat")
        case _:
            return _("Points")


def _part(stage: Round, choice: ChoiceId, whole: Number) -> int:
    """In whole percents of all ballots, so that the bars of all rounds can be compared."""
    return min(100, max(0, int(100 * stage.tally[choice] / whole))) if whole else 0


def _cell(stage: Round, choice: ChoiceId, whole: Number, *, alone: bool) -> Cell:
    if choice not in stage.tally:
        return Cell("–")
    elected = _("winner") if alone else _("elected")
    said = elected if choice in stage.elected else _("out") if choice in stage.eliminated else ""
    return Cell(amount(stage.tally[choice]), choice in stage.elected, said, _part(stage, choice, whole))


def duels(matrix: Pairwise, order: Sequence[ChoiceId], names: Names) -> Table:
    """Numbered rows and columns: the names would make the table as wide as a wall."""
    head = tuple(Cell(figures.count(place), said=names[choice]) for place, choice in enumerate(order, start=1))
    lines = tuple(
        Line(names[one], tuple(_duel(matrix, one, other) for other in order), figures.count(place))
        for place, one in enumerate(order, start=1)
    )
    caption = _("How many prefer the choice of the line to that of the column. The larger number of each two is bold.")
    return Table(caption, head, lines)


def _duel(matrix: Pairwise, one: ChoiceId, other: ChoiceId) -> Cell:
    if one == other:
        return Cell("–")
    votes, against = matrix.prefer(one, other), matrix.prefer(other, one)
    share = int(100 * votes / (votes + against)) if votes + against else 0
    return Cell(figures.count(votes), votes > against, percent=share)
