"""Lots: the last way to break a tie, drawn before anybody needs it and open to everyone's recomputation.

The lot order of choices is the order of SHA-256(seed, newline, choice id) as bytes; the first in it is preferred.
It depends on the published seed and the ids only: not on ballots, not on the order of the list. Anyone can check it:
`printf '%s\n%s' "$seed" "$choice" | sha256sum`. Publish the seed before the first ballot, or take it from a draw
that nobody controls after the last one.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from polls.counting.ballots import ChoiceId, Number
from polls.counting.pairwise import Pairwise
from polls.counting.results import Tie


def lot_order(choices: Iterable[ChoiceId], *, seed: str) -> tuple[ChoiceId, ...]:
    """All the choices, the preferred one first."""
    return tuple(sorted(choices, key=lambda choice: (_ticket(choice, seed), isinstance(choice, str))))


def _ticket(choice: ChoiceId, seed: str) -> bytes:
    return sha256(f"{seed}\n{choice}".encode("utf-8", "surrogatepass")).digest()


@dataclass(frozen=True, slots=True)
class Narrowing:
    """One step that may tell tied choices apart: `by` says what it looks at, `values` has a number for each."""

    by: str
    values: Mapping[ChoiceId, Number]


def pick(
    tied: Sequence[ChoiceId], *, over: str, turn: int, steps: Iterable[Narrowing], seed: str, worst: bool = False
) -> tuple[ChoiceId, Tie]:
    """One of the tied choices, the best (or the `worst`), by the first step that leaves one, at last by lot.

    A step that leaves several hands only those to the next step.
    """
    left = list(tied)
    for step in steps:
        values = [step.values.get(choice, 0) for choice in left]
        wanted = min(values) if worst else max(values)
        left = [choice for choice in left if step.values.get(choice, 0) == wanted]
        if len(left) == 1:
            return left[0], Tie(turn, tuple(tied), over, left[0], step.by)
    drawn = lot_order(left, seed=seed)
    chosen = drawn[-1] if worst else drawn[0]
    return chosen, Tie(turn, tuple(tied), over, chosen, "lot", lot=drawn, seed=seed)


def earlier_rounds(tallies: Sequence[Mapping[ChoiceId, Number]]) -> list[Narrowing]:
    """The rounds before this one as steps, the most recent first (SSI 2007/42, schedule 1, rules 49 and 51)."""
    return [Narrowing(f"round {turn + 1}", tallies[turn]) for turn in reversed(range(len(tallies)))]


def duels_among(tied: Sequence[ChoiceId], matrix: Pairwise) -> Narrowing:
    """Duels won less duels lost against the others that are tied."""
    balance = {one: sum(_sign(matrix.prefer(one, other) - matrix.prefer(other, one)) for other in tied) for one in tied}
    return Narrowing("duels among the tied", balance)


def _sign(difference: int) -> int:
    return (difference > 0) - (difference < 0)
