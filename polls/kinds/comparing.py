"""The result of questions that compare choices: counted by the deciding rule, with what other rules say beside it."""

from collections.abc import Mapping

from polls.counting import Ballot, Comparison, Profile, compare, shares
from polls.kinds.base import ChoiceResult, QuestionResult, percent
from polls.snapshots import QuestionSnapshot
from polls.terms import Kind, Rule, Unranked

RULES: Mapping[Kind, tuple[Rule, ...]] = {
    Kind.RANKED: (
        Rule.IRV,
        Rule.STV,
        Rule.SCHULZE,
        Rule.RANKED_PAIRS,
        Rule.MINIMAX,
        Rule.CONDORCET,
        Rule.BORDA,
        Rule.PLURALITY,
    ),
    Kind.SCORE: (Rule.STAR, Rule.SCORE),
}
"""The rules that can decide a question of a kind; the first where the editor has chosen none."""


def result(
    question: QuestionSnapshot, answered: int, ballots: Mapping[Ballot, int], bars: Mapping[int, int]
) -> QuestionResult:
    """`bars` maps a choice to what its bar stands for: first ranks, or points."""
    comparison = _comparison(question, ballots)
    winners = set(comparison.deciding.winners)
    counts = [bars.get(choice.id, 0) for choice in question.choices]
    # Points are of the most that a choice could have, so that equal points are equally long; first ranks of all.
    whole = question.highest * answered if question.kind == Kind.SCORE else sum(counts)
    long = [percent(count, whole) for count in counts]
    percents = long if question.kind == Kind.SCORE else shares(counts)
    choices = tuple(
        ChoiceResult(choice.id, choice.text, count, share, bar, choice.id in winners, choice.withdrawn)
        for choice, count, share, bar in zip(question.choices, counts, percents, long, strict=True)
    )
    return QuestionResult(question.id, answered, choices, comparison=comparison)


def deciding(question: QuestionSnapshot) -> Rule:
    """The rule that decides this question."""
    accepted = RULES[question.kind]
    return Rule(question.rule) if question.rule in accepted else accepted[0]


def without_withdrawn(question: QuestionSnapshot, ballots: Mapping[Ballot, int]) -> dict[Ballot, int]:
    """A withdrawn choice is left out of the count: ballots read as if it had not been on them."""
    standing = {choice.id for choice in question.standing}
    kept: dict[Ballot, int] = {}
    for ballot, number in ballots.items():
        without = _only(ballot, standing)
        kept[without] = kept.get(without, 0) + number
    return kept


def _comparison(question: QuestionSnapshot, ballots: Mapping[Ballot, int]) -> Comparison:
    kept = without_withdrawn(question, ballots)
    nota = next((choice.id for choice in question.standing if choice.none_of_the_above), None)
    rule = deciding(question)
    return compare(
        Profile.of(kept, choices=[choice.id for choice in question.standing]),
        rule=rule.value,
        others=[other.value for other in RULES[question.kind] if other != rule and _comparable(other, question)],
        seats=question.seats,
        unranked="last" if question.unranked == Unranked.LAST else "no-opinion",
        seed=question.seed,
        quorum=question.quorum,
        nota=nota,
    )


def _comparable(rule: Rule, question: QuestionSnapshot) -> bool:
    # With one seat, STV is instant runoff under another name; with several, rules for one winner say nothing.
    return (rule == Rule.STV) == (question.seats > 1) or (question.seats == 1 and rule != Rule.STV)


def _only(ballot: Ballot, standing: set[int]) -> Ballot:
    ranking = tuple(kept for group in ballot.ranking if (kept := tuple(one for one in group if one in standing)))
    return Ballot(ranking, tuple((one, score) for one, score in ballot.scores if one in standing))
