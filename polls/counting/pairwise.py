"""The pairwise matrix: for every two choices, how many ballots prefer the one to the other."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from polls.counting.ballots import ChoiceId, Group, Number, Profile, plain

type Unranked = Literal["last", "no-opinion"]
type Strength = Literal["winning-votes", "margins"]


@dataclass(frozen=True, slots=True)
class Defeat:
    """`votes` ballots prefer the winner, `against` prefer the loser; votes > against."""

    winner: ChoiceId
    loser: ChoiceId
    votes: int
    against: int

    def size(self, strength: Strength) -> int:
        return self.votes if strength == "winning-votes" else self.votes - self.against

    def key(self, strength: Strength) -> tuple[int, int]:
        """Sorts defeats. With winning votes, less opposition makes the stronger of two equals (Schulze 2011)."""
        return (self.votes, -self.against) if strength == "winning-votes" else (self.votes - self.against, 0)


@dataclass(frozen=True, slots=True)
class Pairwise:
    """`votes[i][j]`: ballots that prefer `choices[i]` to `choices[j]`. The diagonal is 0."""

    choices: tuple[ChoiceId, ...]
    votes: tuple[tuple[int, ...], ...]

    def prefer(self, one: ChoiceId, other: ChoiceId) -> int:
        return self.votes[self.choices.index(one)][self.choices.index(other)]

    def defeats(self) -> list[Defeat]:
        """Every pair with a strict majority, in matrix order; pairs that are exactly tied are left out."""
        size = range(len(self.choices))
        return [
            Defeat(self.choices[i], self.choices[j], self.votes[i][j], self.votes[j][i])
            for i in size
            for j in size
            if self.votes[i][j] > self.votes[j][i]
        ]

    def condorcet_winner(self) -> ChoiceId | None:
        """The choice that beats every other in a duel, or None."""
        wins = self.copeland()
        return next((choice for choice in self.choices if wins[choice] == len(self.choices) - 1), None)

    def copeland(self) -> dict[ChoiceId, Number]:
        """Duels won, a tied duel being half a win (Copeland 1951)."""
        rows = range(len(self.choices))
        halves = [
            sum((self.votes[i][j] > self.votes[j][i]) + (self.votes[i][j] >= self.votes[j][i]) for j in rows if j != i)
            for i in rows
        ]
        return {choice: plain(Fraction(twice, 2)) for choice, twice in zip(self.choices, halves, strict=True)}

    def smith_sets(self) -> tuple[Group, ...]:
        """The Smith set, then the Smith set of the rest, and so on: each set beats every choice behind it."""
        beaten_by = {choice: set[ChoiceId]() for choice in self.choices}
        for defeat in self.defeats():
            beaten_by[defeat.loser].add(defeat.winner)
        wins = self.copeland()
        rest = sorted(self.choices, key=lambda choice: -wins[choice])
        sets: list[Group] = []
        while rest:
            inside = {rest[0]}
            while more := {choice for choice in rest if choice not in inside and not inside <= beaten_by[choice]}:
                inside |= more
            sets.append(tuple(choice for choice in self.choices if choice in inside))
            rest = [choice for choice in rest if choice not in inside]
        return tuple(sets)


def matrix_of(profile: Profile, *, unranked: Unranked) -> Pairwise:
    """Count all duels of a profile.

    unranked "last": a ranked choice is preferred to an unranked one. "no-opinion": nothing is counted between them.
    """
    # One wide integer per row holds a counter for each rival in its own lane: a ballot costs one addition
    # per choice and not one per pair. No lane can overflow: no counter exceeds the number of ballots.
    width = profile.ballots.bit_length() + 1
    lanes = {choice: 1 << (width * position) for position, choice in enumerate(profile.choices)}
    everyone = sum(lanes.values())
    rows = dict.fromkeys(profile.choices, 0)
    for ranking, weight in profile.rankings().items():
        below = everyone if unranked == "last" else sum(lanes[choice] for group in ranking for choice in group)
        for group in ranking:
            for choice in group:
                below -= lanes[choice]
            for choice in group:
                rows[choice] += weight * below
    return Pairwise(profile.choices, tuple(_unpacked(rows[choice], width, len(lanes)) for choice in profile.choices))


def _unpacked(row: int, width: int, size: int) -> tuple[int, ...]:
    mask = (1 << width) - 1
    return tuple((row >> (width * position)) & mask for position in range(size))


def tiers(choices: Sequence[ChoiceId], beats: Callable[[ChoiceId, ChoiceId], bool]) -> tuple[Group, ...]:
    """A ranking from an order that may leave pairs open: those whom nobody left beats come first, together."""
    rest, ranking = list(choices), list[Group]()
    while rest:
        top = tuple(one for one in rest if not any(beats(other, one) for other in rest if other != one))
        ranking.append(top)
        rest = [choice for choice in rest if choice not in top]
    return tuple(ranking)
