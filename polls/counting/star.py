"""STAR: score, then automatic run-off between the two highest totals (Equal Vote Coalition).

Several seats are filled by Bloc STAR: the rule is run again without those already elected.
Ties follow the Equal Vote protocol, the last step being our lot: in the scoring round fewer duels lost among the tied,
then more ballots with the highest score; in the run-off the higher total, then more ballots with the highest score.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from polls.counting.ballots import Ballot, ChoiceId, Group, Number, Profile, ranked_by
from polls.counting.election import Election
from polls.counting.lots import Narrowing, pick
from polls.counting.pairwise import Pairwise, matrix_of
from polls.counting.points import blank_ballots, refuse_without_scores, score_totals
from polls.counting.results import Outcome, Round, Tie


@dataclass(frozen=True, slots=True)
class _Sheet:
    """The three counts that decide everything: total scores, ballots with the highest score, duels by score."""

    totals: Mapping[ChoiceId, int]
    highest: Mapping[ChoiceId, int]
    duels: Pairwise
    seed: str


def star(election: Election) -> Outcome:
    profile = election.profile
    refuse_without_scores(profile, "The STAR rule")
    sheet = _Sheet(score_totals(profile)[0], _highest_scores(profile), _duels(election), election.seed)
    rest, winners = list(profile.choices), list[ChoiceId]()
    rounds, ties, second = list[Round](), list[Tie](), None
    while rest and len(winners) < election.seats:
        winner, second = _one_seat(rest, sheet, rounds, ties, blank=blank_ballots(profile))
        winners.append(winner)
        rest.remove(winner)
    behind = ranked_by({choice: sheet.totals[choice] for choice in rest if choice != second})
    runner_up = ((second,),) if second is not None else ()
    ranking = (*((winner,) for winner in winners), *runner_up, *behind)
    return Outcome(ranking, tuple(rounds), tuple(ties), winners=tuple(winners), pairwise=sheet.duels)


def _one_seat(
    rest: list[ChoiceId], sheet: _Sheet, rounds: list[Round], ties: list[Tie], *, blank: int
) -> tuple[ChoiceId, ChoiceId | None]:
    """The winner and the other finalist; writes both rounds into the trail."""
    turn = len(rounds) + 1
    first = _finalist(rest, sheet, turn, ties)
    others = [choice for choice in rest if choice != first]
    totals: dict[ChoiceId, Number] = {choice: sheet.totals[choice] for choice in rest}
    if not others:
        rounds.append(Round(totals, elected=(first,), exhausted=blank, says="the only choice left"))
        return first, None
    second = _finalist(others, sheet, turn, ties)
    out = tuple(choice for choice in others if choice != second)
    rounds.append(Round(totals, eliminated=out, exhausted=blank, says="scoring round"))
    winner, votes = _run_off(first, second, sheet, turn + 1, ties)
    rounds.append(Round(votes, elected=(winner,), exhausted=blank, says="automatic run-off"))
    return winner, second if winner == first else first


def _finalist(rest: list[ChoiceId], sheet: _Sheet, turn: int, ties: list[Tie]) -> ChoiceId:
    highest = max(sheet.totals[choice] for choice in rest)
    tied: Group = tuple(choice for choice in rest if sheet.totals[choice] == highest)
    if len(tied) == 1:
        return tied[0]
    lost = {
        one: -sum(sheet.duels.prefer(other, one) > sheet.duels.prefer(one, other) for other in tied) for one in tied
    }
    steps = [Narrowing("fewest duels lost among the tied", lost), Narrowing("most highest scores", sheet.highest)]
    chosen, tie = pick(tied, over="place in the run-off", turn=turn, steps=steps, seed=sheet.seed)
    ties.append(tie)
    return chosen


def _run_off(
    first: ChoiceId, second: ChoiceId, sheet: _Sheet, turn: int, ties: list[Tie]
) -> tuple[ChoiceId, dict[ChoiceId, Number]]:
    votes: dict[ChoiceId, Number] = {
        first: sheet.duels.prefer(first, second),
        second: sheet.duels.prefer(second, first),
    }
    if votes[first] != votes[second]:
        return max(votes, key=lambda choice: votes[choice]), votes
    steps = [Narrowing("higher total score", sheet.totals), Narrowing("most highest scores", sheet.highest)]
    winner, tie = pick((first, second), over="run-off", turn=turn, steps=steps, seed=sheet.seed)
    ties.append(tie)
    return winner, votes


def _duels(election: Election) -> Pairwise:
    """Who is scored above whom. A choice without a score has 0, or with unranked "no-opinion" is in no duel."""
    choices = election.profile.choices
    unscored: dict[ChoiceId, int] = dict.fromkeys(choices, 0) if election.unranked == "last" else {}
    merged: dict[Ballot, int] = {}
    for ballot, weight in election.profile.weights.items():
        paper = Ballot(ranked_by(unscored | dict(ballot.scores)))
        merged[paper] = merged.get(paper, 0) + weight
    return matrix_of(Profile(choices, merged), unranked="no-opinion")


def _highest_scores(profile: Profile) -> dict[ChoiceId, int]:
    """How many ballots give each choice the highest score that any ballot gives at all."""
    top = max((points for ballot in profile.weights for _, points in ballot.scores), default=0)
    counted = dict.fromkeys(profile.choices, 0)
    for ballot, weight in profile.weights.items():
        for choice, points in ballot.scores:
            counted[choice] += weight if points == top else 0
    return counted
