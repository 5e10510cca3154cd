"""A count of a ranking or of scores in the words of voters: who won, why, step by step, and what other rules say."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from polls import figures
from polls.counting import ChoiceId, Comparison, Count
from polls.snapshots import QuestionSnapshot
from polls.terms import Kind, Rule
from ui.portraits import statements
from ui.portraits.named import Names, in_order
from ui.portraits.rules import MEANINGS, STATEMENTS, name_of
from ui.portraits.steps import steps, tie_of
from ui.portraits.tables import Table, duels, rounds


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


def trail(question: QuestionSnapshot, comparison: Comparison) -> Trail:
    """To be called in the poll's language."""
    names = Names({choice.id: choice.text for choice in question.choices})
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
        steps=tuple(steps(count, names)) if count.ballots else (),
        rounds=rounds(count, names) if count.ballots else None,
        duels=duels(matrix, in_order(count), names) if matrix and count.ballots else None,
        ties=tuple(tie_of(tie, names) for tie in count.ties),
        statements=(*_statements(count), (_("Numbers in the lot"), _numbers(names))),
    )


def _bars(kind: Kind) -> str:
    if kind == Kind.RANKED:
        return _("The bars show first choices.")
    return _("The bars show points; a full one is the most that is possible.")


def _sentence(count: Count, names: Names) -> str:
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


def _elects(count: Count, names: Names) -> str:
    return names.all(count.winners) if count.winners else _("nobody")


def _dissent(comparison: Comparison, names: Names) -> Iterable[str]:
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


def _statements(count: Count) -> Iterable[tuple[str, str]]:
    """What the rule states about itself."""
    unused = {"", "not used by this rule"}
    return (
        (str(name), statements.told(key, said))
        for key, name in STATEMENTS.items()
        if (said := count.rules[key]) not in unused
    )


def _numbers(names: Names) -> str:
    return ", ".join(f"{name} {choice}" for choice, name in names.items())
