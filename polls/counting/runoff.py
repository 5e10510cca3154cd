"""Instant run-off: eliminate the last, move those ballots to their next choice, until one has a majority."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from polls.counting.ballots import ChoiceId, CountingError, Group, Number, Profile, Ranking, ranked_by
from polls.counting.election import Election
from polls.counting.lots import duels_among, earlier_rounds, pick
from polls.counting.results import Outcome, Round, Tie, Transfer


@dataclass(frozen=True, slots=True)
class Pile:
    """Equal ballots lying with one choice: `at` is the place in the ranking that brought them here."""

    ranking: Ranking
    weight: int
    at: int


def next_choice(ranking: Ranking, continuing: Collection[ChoiceId], start: int) -> tuple[int, ChoiceId | None]:
    """The next place on a ballot that names a continuing choice, and that choice; None where the ballot is exhausted.

    A place shared by several continuing choices is an overvote and exhausts the ballot for good; shared with choices
    already out, it counts for the one that is left (the rule of Burlington, Vermont).
    """
    for at in range(start, len(ranking)):
        group = ranking[at]
        left = group if len(group) == 1 and group[0] in continuing else tuple(c for c in group if c in continuing)
        if left:
            return at, left[0] if len(left) == 1 else None
    return len(ranking), None


def irv(election: Election) -> Outcome:
    """Single-winner instant run-off (Ware 1871), one elimination a round, a majority of the continuing ballots wins."""
    if election.seats != 1:
        raise CountingError("Instant run-off fills one seat; use stv for several.")
    piles, rounds, ties, out = first_piles(election.profile), list[Round](), list[Tie](), list[ChoiceId]()
    while True:
        tally: dict[ChoiceId, Number] = {choice: sum(pile.weight for pile in held) for choice, held in piles.items()}
        continuing = sum(tally.values())
        exhausted = election.profile.ballots - continuing
        winner = max(tally, key=lambda choice: tally[choice])
        if continuing == 0 or 2 * tally[winner] > continuing:
            break
        loser = _last(tally, rounds, ties, election)
        moved = _eliminate(loser, piles)
        rounds.append(Round(tally, eliminated=(loser,), exhausted=exhausted, transfers=moved))
        out.append(loser)
    winners: Group = (winner,) if continuing else ()
    rounds.append(Round(tally, elected=winners, exhausted=exhausted))
    ranking = (*ranked_by(tally), *((choice,) for choice in reversed(out)))
    return Outcome(ranking, tuple(rounds), tuple(ties), winners=winners)


def first_piles(profile: Profile) -> dict[ChoiceId, list[Pile]]:
    """Every ballot with its first preference; ballots without a usable one lie nowhere."""
    piles: dict[ChoiceId, list[Pile]] = {choice: [] for choice in profile.choices}
    for ranking, weight in profile.rankings().items():
        at, choice = next_choice(ranking, piles, 0)
        if choice is not None:
            piles[choice].append(Pile(ranking, weight, at))
    return piles


def _last(tally: Mapping[ChoiceId, Number], rounds: list[Round], ties: list[Tie], election: Election) -> ChoiceId:
    fewest = min(tally.values())
    tied = tuple(choice for choice, votes in tally.items() if votes == fewest)
    if len(tied) == 1:
        return tied[0]
    steps = [*earlier_rounds([earlier.tally for earlier in rounds]), duels_among(tied, election.matrix())]
    loser, tie = pick(tied, over="elimination", turn=len(rounds) + 1, steps=steps, seed=election.seed, worst=True)
    ties.append(tie)
    return loser


def _eliminate(loser: ChoiceId, piles: dict[ChoiceId, list[Pile]]) -> tuple[Transfer, ...]:
    moved: dict[ChoiceId | None, int] = {}
    for pile in piles.pop(loser):
        at, choice = next_choice(pile.ranking, piles, pile.at)
        moved[choice] = moved.get(choice, 0) + pile.weight
        if choice is not None:
            piles[choice].append(Pile(pile.ranking, pile.weight, at))
    return tuple(Transfer(loser, choice, votes) for choice, votes in moved.items())
