"""Everything that a rule may look at while it counts."""

from collections.abc import Callable
from dataclasses import dataclass

from polls.counting.ballots import Profile
from polls.counting.pairwise import Pairwise, Strength, Unranked


@dataclass(frozen=True, slots=True)
class Election:
    """`matrix` counts the duels when first asked and remembers them, so that several rules can share one count."""

    profile: Profile
    seats: int
    unranked: Unranked
    strength: Strength
    seed: str
    matrix: Callable[[], Pairwise]
