"""A count of a ranking or of scores in the words of voters: who won, why, step by step, and what other rules say."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from polls import figures
from polls.counting import ChoiceId, Comparison, Count, Round, Tie, Transfer
from polls.counting.ballots import Number
from polls.counting.pairwise import Pairwise
from polls.snapshots import QuestionSnapshot
from polls.terms import Kind, Rule
from ui.portraits import statements
from ui.portraits.rules import MEANINGS, STATEMENTS, name_of


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


@dataclass(frozen=True, slots=True)
class Trail:
    sentence: str
    rule: str
    meaning: str
    bars: str
    """What the bars stand for."""
    notes: tuple[str, ...]
    dissent: tuple[str, ...]
    """What the rules say that would elect somebody else."""
    others: tuple[tuple[str, str], ...]
    """The name of each other rule, and whom it elects."""
    steps: tuple[str, ...]
    rounds: Table | None
    duels: Table | None
    ties: tuple[str, ...]
    statements: tuple[tuple[str, str], ...]


class _Names(dict[ChoiceId, str]):
    def all(self, choices: Iterable[ChoiceId]) -> str:
        """“A, B and C”"""
        return str(get_text_list([self[choice] for choice in choices], _("and")))


def trail(question: QuestionSnapshot, comparison: Comparison) -> Trail:
    """To be called in the poll's language."""
    names = _Names({choice.id: choice.text for choice in question.choices})
    count = comparison.deciding
    rule = Rule(count.rule)
    # Every voter's question: who would have won against whom? Rules that don't ask it have no matrix of their own.
    matrix = next((one.pairwise for one in (count, *comparison.others.values()) if one.pairwise), None)
    return Trail(
        sentence=_sentence(count, names),
        rule=name_of(rule),
        meaning=str(MEANINGS[rule]),
        bars=_bars(question.kind),
        notes=tuple(_notes(question, count)),
        dissent=tuple(_dissent(comparison, names)),
        others=tuple((name_of(Rule(other)), _elects(count, names)) for other, count in comparison.others.items()),
        steps=tuple(_steps(count, names)) if count.ballots else (),
        rounds=_rounds(count, names) if count.ballots else None,
        duels=_duels(matrix, _order(count), names) if matrix and count.ballots else None,
        ties=tuple(_tie(tie, names) for tie in count.ties),
        statements=(*_statements(count), (_("Numbers in the lot"), _numbers(names))),
    )


def _bars(kind: Kind) -> str:
    if kind == Kind.RANKED:
        return _("The bars show first choices.")
    return _("The bars show points; a full one is the most that is possible.")


def _sentence(count: Count, names: _Names) -> str:
    if not count.winners:
        return _("Nothing is elected.") if count.ballots else _("There are no votes yet.")
    drawn = _drawn(count)
    if count.seats == 1:
        said = _("%(name)s wins by lot.") if drawn else _("%(name)s wins.")
        return said % {"name": names.all(count.winners)}
    elected = _("Elected: %(names)s.") % {"names": names.all(count.winners)}
    return f"{elected} {_('The lot decided for %(names)s.') % {'names': names.all(drawn)}}" if drawn else elected


def _drawn(count: Count) -> list[ChoiceId]:
    """The elected who might not be, had the lot fallen otherwise: they were tied with some who lost by it."""
    spared: set[ChoiceId] = set()
    for tie in count.ties:
        if tie.by != "lot":
            continue
        # Who are tied for a place in the runoff, or in the order of surpluses, may all have come through.
        out = {choice for stage in count.rounds[tie.round - 1 : tie.round] for choice in stage.eliminated}
        if tie.over == "run-off":
            spared.add(tie.chosen)
        elif tie.over == "seat" or out & set(tie.lot):
            spared |= set(tie.lot) - out
    return [choice for choice in count.winners if choice in spared]


def _elects(count: Count, names: _Names) -> str:
    return names.all(count.winners) if count.winners else _("nobody")


def _dissent(comparison: Comparison, names: _Names) -> Iterable[str]:
    """A sentence for each other result, with the rules that lead to it."""
    rules: dict[frozenset[ChoiceId], list[str]] = {}
    for other in comparison.dissenting:
        rules.setdefault(frozenset(comparison.others[other].winners), []).append(name_of(Rule(other)))
    for winners, by in rules.items():
        elected = names.all(choice for choice in names if choice in winners)
        yield _("By %(rules)s it would be %(names)s.") % {"rules": get_text_list(by, _("and")), "names": elected}


def _notes(question: QuestionSnapshot, count: Count) -> Iterable[str]:
    if count.ballots < question.quorum:
        said = _("%(number)s of the %(quorum)s votes that are needed have come, so nothing is decided.")
        yield said % {"number": figures.count(count.ballots), "quorum": figures.count(question.quorum)}
    nota = {choice.id for choice in question.standing if choice.none_of_the_above}
    if count.ballots and nota & {choice for stage in count.rounds for choice in stage.elected} - set(count.winners):
        if count.rule == Rule.STV:
            yield _("“None of the above” won a seat, which stays empty.")
        else:
            yield _("“None of the above” won: nothing behind it is elected.")
    if count.rule == Rule.CONDORCET and count.ballots and not count.winners and not nota:
        yield _("No choice is preferred to each of the others.")
    if count.rule == Rule.STV and count.ballots:
        quota = int(sum(count.rounds[0].tally.values())) // (count.seats + 1) + 1
        yield ngettext("The quota is %(number)s vote.", "The quota is %(number)s votes.", quota) % {
            "number": figures.count(quota)
        }


def _steps(count: Count, names: _Names) -> Iterable[str]:
    """What happened, a sentence or two for each round; nothing for rules that add up once."""
    if count.rule == Rule.RANKED_PAIRS:
        return (_pair(stage, names) for stage in count.rounds if len(stage.tally) == 2)
    if count.rule == Rule.STAR:
        return (_star(stage, names) for stage in count.rounds)
    if count.rule in {Rule.IRV, Rule.STV}:
        return (_moved(number, stage, count, names) for number, stage in enumerate(count.rounds, start=1))
    return ()


def _pair(stage: Round, names: _Names) -> str:
    (one, most), (other, least) = stage.tally.items()
    kept = _("%(one)s over %(other)s, %(most)s to %(least)s: kept.")
    left = _("%(one)s over %(other)s, %(most)s to %(least)s: left out, it contradicts those before.")
    return (kept if stage.says == "locked" else left) % {
        "one": names[one],
        "other": names[other],
        "most": _number(most),
        "least": _number(least),
    }


def _star(stage: Round, names: _Names) -> str:
    if stage.eliminated or stage.says == "scoring round":
        ahead = sorted((one for one in stage.tally if one not in stage.eliminated), key=lambda one: -stage.tally[one])
        points = get_text_list([_number(stage.tally[one]) for one in ahead], _("and"))
        said = _("%(names)s have the most points, %(points)s, and meet in the runoff.")
        return said % {"names": names.all(ahead), "points": points}
    winner = names.all(stage.elected)
    if len(stage.tally) != 2:
        return _("%(name)s is the only one left.") % {"name": winner}
    (one, votes), (other, fewer) = sorted(stage.tally.items(), key=lambda line: (line[0] not in stage.elected, line[0]))
    said = _("Runoff: %(votes)s gave %(one)s more points, %(fewer)s gave %(other)s more. %(name)s wins.")
    return said % {
        "one": names[one],
        "votes": _number(votes),
        "other": names[other],
        "fewer": _number(fewer),
        "name": winner,
    }


def _moved(number: int, stage: Round, count: Count, names: _Names) -> str:
    said = [_("Round %(number)s:") % {"number": figures.count(number)}]
    if stage.elected and count.rule == Rule.IRV:
        votes, of = stage.tally[stage.elected[0]], sum(stage.tally.values())
        won = _("%(name)s has %(votes)s of the %(of)s votes that still count, more than half, and wins.")
        said.append(won % {"name": names.all(stage.elected), "votes": _number(votes), "of": _number(of)})
    else:
        seated = _("%(name)s is elected with %(votes)s votes.")
        said += [seated % {"name": names[one], "votes": _number(stage.tally[one])} for one in stage.elected]
    for one in stage.eliminated:
        left = _("%(name)s is last with %(votes)s and leaves.")
        said.append(left % {"name": names[one], "votes": _number(stage.tally[one])})
    if not (stage.elected or stage.eliminated or stage.transfers):
        said.append(_("No votes are left that count for anything."))
    if any(move.votes for move in stage.transfers):
        said.append(_transfers(stage.transfers, names))
    return " ".join(said)


def _transfers(moves: Sequence[Transfer], names: _Names) -> str:
    onward = [move for move in moves if move.to is not None and move.votes]
    lines = [
        _("%(votes)s to %(name)s") % {"votes": _number(move.votes), "name": names[move.to]}
        for move in sorted(onward, key=lambda move: -move.votes)
        if move.to is not None
    ]
    lines += [
        _("%(votes)s to nothing any more") % {"votes": _number(m.votes)} for m in moves if m.to is None and m.votes
    ]
    return _("Votes move on: %(moves)s.") % {"moves": ", ".join(lines)}


def _rounds(count: Count, names: _Names) -> Table | None:
    if count.rule == Rule.RANKED_PAIRS:
        return None
    # Rounds that move votes are seen at a glance; the numbers of other rules are no parts of a whole.
    whole = count.ballots if count.rule in {Rule.IRV, Rule.STV} else 0
    lines = [
        Line(names[choice], tuple(_cell(stage, choice, whole) for stage in count.rounds))
        for choice in _order(count)
        if any(choice in stage.tally for stage in count.rounds)
    ]
    if any(stage.exhausted for stage in count.rounds):
        spent = tuple(Cell(_number(stage.exhausted)) for stage in count.rounds)
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


def _cell(stage: Round, choice: ChoiceId, whole: Number) -> Cell:
    if choice not in stage.tally:
        return Cell("–")
    said = _("elected") if choice in stage.elected else _("out") if choice in stage.eliminated else ""
    return Cell(_number(stage.tally[choice]), choice in stage.elected, said, _part(stage, choice, whole))


def _duels(matrix: Pairwise, order: Sequence[ChoiceId], names: _Names) -> Table:
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


def _order(count: Count) -> list[ChoiceId]:
    """The elected first, then as the rule ranks them."""
    return list(dict.fromkeys([*count.winners, *(choice for group in count.ranking for choice in group)]))


def _tie(tie: Tie, names: _Names) -> str:
    tied = {"names": names.all(tie.tied), "number": figures.count(tie.round)}
    match tie.over:
        case "elimination":
            what = _("Round %(number)s: %(names)s were tied for the last place.")
        case "seat":
            what = _("%(names)s were tied for a seat.")
        case "order of surpluses":
            what = _("Round %(number)s: %(names)s had votes to pass on in equal number.")
        case "order of pairs":
            what = _("Comparisons among %(names)s were equally clear.")
        case _:
            what = _("%(names)s were tied in the runoff, or for a place in it.")
    done = _("%(name)s left.") if tie.over == "elimination" else _("%(name)s came first.")
    return " ".join([what % tied, _decided(tie, names), done % {"name": names[tie.chosen]}])


def _decided(tie: Tie, names: _Names) -> str:
    if tie.by == "lot":
        said = _("Decided by the lot, seed %(seed)s, in which the order is %(order)s:")
        return said % {"seed": tie.seed, "order": " · ".join(names[choice] for choice in tie.lot)}
    if tie.by.startswith("round "):
        number = figures.count(int(tie.by.removeprefix("round ")))
        return _("Decided by round %(number)s, the last that tells them apart:") % {"number": number}
    by: Mapping[str, str] = {
        "duels among the tied": _("Decided by comparing those that were tied:"),
        "fewest duels lost among the tied": _("Decided by comparing those that were tied:"),
        "most highest scores": _("Decided by the most votes with the highest points:"),
        "higher total score": _("Decided by the higher sum of points:"),
    }
    return by[tie.by]


def _statements(count: Count) -> Iterable[tuple[str, str]]:
    """What the rule states about itself."""
    unused = {"", "not used by this rule"}
    return (
        (str(name), statements.told(key, said))
        for key, name in STATEMENTS.items()
        if (said := count.rules[key]) not in unused
    )


def _numbers(names: _Names) -> str:
    return ", ".join(f"{name} {choice}" for choice, name in names.items())


def _number(value: Number) -> str:
    return figures.decimal(value, places=2)
