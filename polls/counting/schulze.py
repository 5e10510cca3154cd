"""Schulze's rule: who is beaten by no stronger path of duels.

Source: M. Schulze, A new monotonic, clone-independent, reversal symmetric, and Condorcet-consistent single-winner
election method, Social Choice and Welfare 36 (2011).
"""

from dataclasses import dataclass

from polls.counting.ballots import ChoiceId, Group, Number
from polls.counting.election import Election
from polls.counting.pairwise import Pairwise, Strength, tiers
from polls.counting.results import Outcome, Round

type _Link = tuple[int, int]

NO_PATH: _Link = (0, 0)


@dataclass(frozen=True, slots=True)
class Paths:
    """The strongest path between every two choices, as strong as its weakest duel; see `Defeat.key` for the pairs."""

    choices: tuple[ChoiceId, ...]
    strongest: tuple[tuple[_Link, ...], ...]

    def sizes(self) -> Pairwise:
        """The paths as a matrix of the size of their weakest duel, 0 where there is no path."""
        return Pairwise(self.choices, tuple(tuple(size for size, _ in row) for row in self.strongest))

    def wins(self) -> dict[ChoiceId, frozenset[ChoiceId]]:
        """Whom each choice beats: its path there is stronger than the path back."""
        order = range(len(self.choices))
        return {
            self.choices[i]: frozenset(self.choices[j] for j in order if self.strongest[i][j] > self.strongest[j][i])
            for i in order
        }

    def ranking(self) -> tuple[Group, ...]:
        wins = self.wins()
        return tiers(self.choices, lambda one, other: other in wins[one])


def schulze(election: Election) -> Outcome:
    """The tally of the one round counts the rivals whom each choice beats by path."""
    matrix = election.matrix()
    paths = strongest_paths(matrix, election.strength)
    tally: dict[ChoiceId, Number] = {choice: len(beaten) for choice, beaten in paths.wins().items()}
    return Outcome(paths.ranking(), (Round(tally, says="rivals beaten by path"),), pairwise=matrix, paths=paths.sizes())


def strongest_paths(matrix: Pairwise, strength: Strength = "winning-votes") -> Paths:
    """Works on any matrix, a published one too. Floyd and Warshall's algorithm for widest paths, over defeats only."""
    place = {choice: position for position, choice in enumerate(matrix.choices)}
    links = [[NO_PATH] * len(place) for _ in place]
    for defeat in matrix.defeats():
        links[place[defeat.winner]][place[defeat.loser]] = defeat.key(strength)
    for middle, onward in enumerate(links):
        for start, row in enumerate(links):
            if start != middle and row[middle] != NO_PATH:
                _widen(row, row[middle], onward, start)
    return Paths(matrix.choices, tuple(tuple(row) for row in links))


def _widen(row: list[_Link], first: _Link, onward: list[_Link], start: int) -> None:
    """Improve the paths from `start` by going through the middle, which is `first` away."""
    for end, second in enumerate(onward):
        detour = min(first, second)
        if detour > row[end] and end != start:
            row[end] = detour
