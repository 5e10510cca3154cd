"""The two rules that read the pairwise matrix directly: the Condorcet winner, and minimax."""

from polls.counting.ballots import ChoiceId, CountingError, Number, ranked_by
from polls.counting.election import Election
from polls.counting.pairwise import Pairwise, Strength
from polls.counting.results import Outcome, Round


def condorcet(election: Election) -> Outcome:
    """The choice that beats every other in a duel, or nobody. Ranked by Smith sets; the tally is Copeland's."""
    if election.seats != 1:
        raise CountingError("There is at most one Condorcet winner; use stv for several seats.")
    matrix = election.matrix()
    winner = matrix.condorcet_winner()
    sets = matrix.smith_sets()
    note = (
        () if winner is not None else (f"No choice beats every other one; the Smith set has {len(sets[0])} choices.",)
    )
    stage = Round(matrix.copeland(), says="duels won, a tied duel is half")
    return Outcome(sets, (stage,), winners=() if winner is None else (winner,), pairwise=matrix, notes=note)


def minimax(election: Election) -> Outcome:
    """The choice whose worst defeat is the smallest (Simpson 1969, Kramer 1977). The tally holds the worst defeats."""
    matrix = election.matrix()
    worst = worst_defeats(matrix, election.strength)
    ranking = ranked_by({choice: -size for choice, size in worst.items()})
    return Outcome(ranking, (Round(worst, says="worst defeat"),), pairwise=matrix)


def worst_defeats(matrix: Pairwise, strength: Strength) -> dict[ChoiceId, Number]:
    """The size of each choice's worst defeat; 0 for a choice that no other beats."""
    worst: dict[ChoiceId, Number] = dict.fromkeys(matrix.choices, 0)
    for defeat in matrix.defeats():
        worst[defeat.loser] = max(worst[defeat.loser], defeat.size(strength))
    return worst
