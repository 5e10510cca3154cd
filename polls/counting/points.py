"""Rules of one round: add up what the ballots give, the highest total wins. Plurality, approval, score, Borda."""

from collections.abc import Mapping
from fractions import Fraction

from polls.counting.ballots import ChoiceId, CountingError, Group, Number, Profile, Ranking, plain, ranked_by
from polls.counting.election import Election
from polls.counting.pairwise import Unranked
from polls.counting.results import Outcome, Round


def plurality(election: Election) -> Outcome:
    """One vote for the choice that a ballot puts first, alone. Two firsts are an overvote and count for nobody."""
    tally: dict[ChoiceId, Number] = dict.fromkeys(election.profile.choices, 0)
    for ranking, weight in election.profile.rankings().items():
        if ranking and len(ranking[0]) == 1:
            tally[ranking[0][0]] += weight
    return _outcome(tally, exhausted=election.profile.ballots - sum(tally.values()))


def approval(election: Election) -> Outcome:
    """One vote for every approved choice (Brams and Fishburn 1978).

    Approved is every choice with a score above 0, or, on a ballot without scores, every choice that is marked at all.
    Raises CountingError where rankings leave no choice out anywhere: they say nothing about approval.
    """
    profile = election.profile
    _refuse_complete_rankings(profile)
    tally: dict[ChoiceId, Number] = dict.fromkeys(profile.choices, 0)
    blank = 0
    for ballot, weight in profile.weights.items():
        approved = [c for c, score in ballot.scores if score > 0] if ballot.scores else _marked(ballot.ranking)
        blank += 0 if approved else weight
        for choice in approved:
            tally[choice] += weight
    return _outcome(tally, exhausted=blank)


def score(election: Election) -> Outcome:
    """The sum of scores; with unranked "no-opinion" the mean of the scores that a choice was given."""
    profile = election.profile
    refuse_without_scores(profile, "The score rule")
    totals, given = score_totals(profile)
    tally = {choice: Fraction(totals[choice], given[choice] or 1) for choice in profile.choices}
    if election.unranked == "last":
        tally = {choice: Fraction(total) for choice, total in totals.items()}
    return _outcome({choice: plain(value) for choice, value in tally.items()}, exhausted=blank_ballots(profile))


def borda(election: Election) -> Outcome:
    """On each ballot a point for every choice ranked below, half a point for every equal (Borda 1770/1781).

    For n choices ranked without ties that is n-1, n-2, … 0. Unranked "last": the unranked share the last place.
    "no-opinion": they neither give nor get points, so a ballot of m ranked choices gives m-1, m-2, … 0.
    """
    profile = election.profile
    twice: dict[ChoiceId, int] = dict.fromkeys(profile.choices, 0)
    for ranking, weight in profile.rankings().items():
        for group, below in _with_below(ranking, profile.choices, election.unranked):
            for choice in group:
                twice[choice] += weight * (2 * below + len(group) - 1)
    tally = {choice: plain(Fraction(points, 2)) for choice, points in twice.items()}
    return _outcome(tally, exhausted=blank_ballots(profile), votes_needed=False)


def score_totals(profile: Profile) -> tuple[dict[ChoiceId, int], dict[ChoiceId, int]]:
    """The sum of scores of each choice, and how many ballots score it."""
    totals, given = dict.fromkeys(profile.choices, 0), dict.fromkeys(profile.choices, 0)
    for ballot, weight in profile.weights.items():
        for choice, points in ballot.scores:
            totals[choice] += weight * points
            given[choice] += weight
    return totals, given


def refuse_without_scores(profile: Profile, rule: str) -> None:
    bare = sum(weight for ballot, weight in profile.weights.items() if ballot.ranking and not ballot.scores)
    if bare:
        raise CountingError(f"{rule} needs scores, and {bare} of the ballots rank choices without scoring them.")


def blank_ballots(profile: Profile) -> int:
    return profile.ballots - profile.marked


def _outcome(tally: Mapping[ChoiceId, Number], *, exhausted: Number, votes_needed: bool = True) -> Outcome:
    ranking = ranked_by(tally)
    # Nobody is elected without a single vote; Borda points are relative, so that 0 is no such sign there.
    seatable = {choice for choice in tally if not votes_needed or tally[choice] > 0}
    return Outcome(ranking, (Round(tally, exhausted=exhausted),), seatable=frozenset(seatable))


def _marked(ranking: Ranking) -> list[ChoiceId]:
    return [choice for group in ranking for choice in group]


def _with_below(ranking: Ranking, choices: Group, unranked: Unranked) -> list[tuple[Group, int]]:
    """The groups of a ballot, each with the number of choices below it."""
    marked = _marked(ranking)
    groups, below = list(ranking), len(marked)
    if unranked == "last" and len(marked) < len(choices):
        known = set(marked)
        groups.append(tuple(choice for choice in choices if choice not in known))
        below = len(choices)
    counted = []
    for group in groups:
        below -= len(group)
        counted.append((group, below))
    return counted


def _refuse_complete_rankings(profile: Profile) -> None:
    marked = [ballot for ballot in profile.weights if ballot.ranking]
    ordered = any(len(ballot.ranking) > 1 and not ballot.scores for ballot in marked)
    if ordered and all(not ballot.scores and len(_marked(ballot.ranking)) == len(profile.choices) for ballot in marked):
        raise CountingError("Every ballot ranks every choice, which does not say where approval ends.")
