"""The choices that a rule makes, in sentences to be shown beside its result."""

from polls.counting.ballots import ChoiceId
from polls.counting.election import Election
from polls.counting.registry import Rule

NOT_USED = "not used by this rule"

_UNRANKED = {
    ("single", "last"): "an unranked choice gets no vote",
    ("single", "no-opinion"): "an unranked choice gets no vote",
    ("approval", "last"): "an unmarked choice, or one with score 0, is not approved",
    ("approval", "no-opinion"): "an unmarked choice, or one with score 0, is not approved",
    ("score", "last"): "a choice without a score gets 0 points",
    ("score", "no-opinion"): "a choice without a score is left out; choices are compared by their mean score",
    ("star", "last"): "a choice without a score gets 0 points",
    ("star", "no-opinion"): "a choice without a score gets 0 points and takes part in no duel on that ballot",
    ("borda", "last"): "unranked choices share the last place",
    ("borda", "no-opinion"): "unranked choices neither give nor get points",
    ("elimination", "last"): "a ballot never moves to a choice it does not rank",
    ("elimination", "no-opinion"): "a ballot never moves to a choice it does not rank",
    ("stv", "last"): "a ballot never moves to a choice it does not rank",
    ("stv", "no-opinion"): "a ballot never moves to a choice it does not rank",
}
_DUELS_UNRANKED = {
    "last": "last: a ranked choice is preferred to every unranked one",
    "no-opinion": "no opinion: nothing is counted between a ranked and an unranked choice",
}
_DUELS_EQUAL = "allowed; nothing is counted between equals"
_MOVING_OVERVOTE = (
    "where the next rank holds two or more continuing choices the ballot is exhausted for good; "
    "where only one of them continues, it counts for that one"
)
_EQUAL_RANKS = {
    "single": "two choices in the first place are an overvote",
    "approval": "allowed; every marked choice is approved",
    "score": "equal scores are allowed",
    "star": "equal scores are allowed; such a ballot has no preference in the run-off",
    "borda": "allowed; equals share the points of their places evenly",
    "elimination": "treated as an overvote",
    "stv": "treated as an overvote",
}
_OVERVOTE = {
    "single": "counts for nobody, shown as exhausted",
    "elimination": _MOVING_OVERVOTE,
    "stv": _MOVING_OVERVOTE,
}
_TIE_FOR_LAST = {
    "elimination": "one at a time: fewest votes in the most recent earlier round that tells them apart, "
    "then the duels among the tied, then the lot",
    "stv": "one at a time: fewest votes at the most recent earlier stage that tells them apart, then the lot",
}
_TIES = {
    "star": "scoring round: fewest duels lost among the tied, most highest scores, lot; "
    "run-off: higher total, most highest scores, lot",
    "elimination": "between the last two as for last place",
    "stv": "order of surpluses: most votes at the most recent earlier stage that tells them apart, then the lot",
    "condorcet": "a tied duel is no win, so a tie elects nobody",
}
_EXHAUSTED = {
    "elimination": "shown in every round",
    "stv": "shown at every stage, with what is cut off behind the fifth decimal",
}
_MAJORITY = {
    "elimination": "more than half of the continuing ballots",
    "stv": "the quota: valid ballots divided by seats + 1, decimals ignored, plus 1",
    "star": "more ballots in the run-off between the two highest totals",
    "condorcet": "more ballots for than against, in every duel",
    "duels": "more ballots for than against, duel by duel",
}


def stated(election: Election, rule: Rule, *, quorum: int, nota: ChoiceId | None) -> dict[str, str]:
    """One sentence or phrase for each key; the same keys for every rule."""
    family, unranked = rule.family, election.unranked
    return {
        "rule": rule.title,
        "source": rule.source,
        "seats": str(election.seats),
        "unranked": _UNRANKED.get((family, unranked), _DUELS_UNRANKED[unranked]),
        "equal_ranks": _EQUAL_RANKS.get(family, _DUELS_EQUAL),
        "overvote": _OVERVOTE.get(family, "as equal ranks"),
        "skipped_rank": "closed up: the next rank used moves up",
        "duplicate_rank": "the same rank twice makes equal ranks; the same choice twice on a ballot is refused",
        "tie_for_last": _TIE_FOR_LAST.get(family, NOT_USED),
        "ties": _TIES.get(family, "by the lot, and only where a seat or the order of equal pairs depends on it"),
        "lot": "order of SHA-256 of seed, newline and choice id; the first is preferred, the last is eliminated",
        "seed": election.seed,
        "exhausted": _EXHAUSTED.get(family, "ballots that count for nobody are shown"),
        "majority": _MAJORITY.get(family, "none needed; the highest total wins"),
        "defeat_strength": election.strength.replace("-", " ") if family == "duels" else NOT_USED,
        "no_ballots": "no winner",
        "quorum": f"{quorum} ballots, blank ones included" if quorum else "none",
        "none_of_the_above": _none_of_the_above(family, nota),
    }


def _none_of_the_above(family: str, nota: ChoiceId | None) -> str:
    if nota is None:
        return "not offered"
    if family == "stv":
        return "counted like a choice; a seat that it wins stays empty"
    return "counted like a choice; it takes no seat, and no choice ranked behind it does"
