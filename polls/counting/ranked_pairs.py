"""Ranked pairs: lock the strongest duels first, and skip those that would close a circle.

Source: T. N. Tideman, Independence of clones as a criterion for voting rules, Social Choice and Welfare 4 (1987).
Equally strong pairs are taken in the order of the lot: the pair with the earlier winner first, then the one with the
later loser. That they were tied is recorded only where it mattered, that is where one of them kept another out.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import groupby

from polls.counting.ballots import ChoiceId, Group, Number
from polls.counting.election import Election
from polls.counting.lots import lot_order
from polls.counting.pairwise import Defeat, Pairwise, Strength, tiers
from polls.counting.results import Outcome, Round, Tie


@dataclass(slots=True)
class Locks:
    """The pairs locked so far: `below[x]` is everyone whom x is above, directly or through others."""

    below: dict[ChoiceId, set[ChoiceId]]
    rounds: list[Round] = field(default_factory=list)
    ties: list[Tie] = field(default_factory=list)

    def closes_a_circle(self, pair: Defeat) -> bool:
        return pair.winner in self.below[pair.loser]

    def lock(self, pair: Defeat) -> None:
        gained = self.below[pair.loser] | {pair.loser}
        for choice, under in self.below.items():
            if choice == pair.winner or pair.winner in under:
                under.update(gained)

    def ranking(self) -> tuple[Group, ...]:
        return tiers(tuple(self.below), lambda one, other: other in self.below[one])


def ranked_pairs(election: Election) -> Outcome:
    """One round for every pair taken, strongest first; the ranking follows from the locked pairs."""
    matrix = election.matrix()
    locks = lock_pairs(matrix, election.strength, seed=election.seed)
    rounds = tuple(locks.rounds) or (Round({}, says="no duel has a majority"),)
    return Outcome(locks.ranking(), rounds, tuple(locks.ties), pairwise=matrix)


def lock_pairs(matrix: Pairwise, strength: Strength = "winning-votes", *, seed: str = "") -> Locks:
    """Works on any matrix, a published one too."""
    locks = Locks({choice: set() for choice in matrix.choices})
    lot = {choice: position for position, choice in enumerate(lot_order(matrix.choices, seed=seed))}

    def by_strength(pair: Defeat) -> tuple[int, int]:
        return pair.key(strength)

    for _, equals in groupby(sorted(matrix.defeats(), key=by_strength, reverse=True), key=by_strength):
        in_turn = sorted(equals, key=lambda pair: (lot[pair.winner], -lot[pair.loser]))
        _lock_equals(locks, in_turn, lot, seed)
    return locks


def _lock_equals(locks: Locks, equals: Iterable[Defeat], lot: dict[ChoiceId, int], seed: str) -> None:
    turn = len(locks.rounds) + 1
    contradicted = {pair: locks.closes_a_circle(pair) for pair in equals}
    skipped = []
    for pair in contradicted:
        if locks.closes_a_circle(pair):
            skipped.append(pair)
            locks.rounds.append(_round(pair, "skipped, it would close a circle"))
        else:
            locks.lock(pair)
            locks.rounds.append(_round(pair, "locked"))
    if any(not contradicted[pair] for pair in skipped):
        in_question = [pair for pair, was_out in contradicted.items() if not was_out]
        locks.ties.append(_tie(in_question, turn, lot, seed))


def _round(pair: Defeat, says: str) -> Round:
    tally: dict[ChoiceId, Number] = {pair.winner: pair.votes, pair.loser: pair.against}
    return Round(tally, says=says)


def _tie(pairs: list[Defeat], turn: int, lot: dict[ChoiceId, int], seed: str) -> Tie:
    involved = sorted(
        {choice for pair in pairs for choice in (pair.winner, pair.loser)}, key=lambda choice: lot[choice]
    )
    order = tuple((pair.winner, pair.loser) for pair in pairs)
    return Tie(turn, tuple(involved), "order of pairs", pairs[0].winner, "lot", tuple(involved), seed, order)
