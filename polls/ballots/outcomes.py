from collections.abc import Mapping
from dataclasses import dataclass

from polls import refusals


@dataclass(frozen=True, slots=True)
class Counted:
    """The ballot is on disk."""

    again: bool = False
    """The same paper had been counted before."""
    changed: bool = False
    """It took the place of an earlier ballot of the same voter."""
    set_aside: bool = False
    """It is in quarantine, and counts when an editor lets it in."""


@dataclass(frozen=True, slots=True)
class Stale:
    """The poll has another version by now: read the ballot again against that one."""


type Outcome = Counted | Stale | refusals.Refusal


@dataclass(frozen=True, slots=True)
class TallyChange:
    """What a batch made of a poll's tally: its new version, its ballots, and the counters that moved.

    `counters` is None where the numbers alone don't say what may be seen: look at the database then.
    """

    poll: int
    version: int
    ballots: int
    counters: tuple[tuple[int, str, int], ...] | None
    set_aside: int | None = None
    """Known where `counters` are all that there are, and not only those that moved."""

    @property
    def is_whole(self) -> bool:
        return self.set_aside is not None


@dataclass(frozen=True, slots=True)
class Batch:
    """One outcome per casting, in order, and what changed. Everything in it is committed."""

    outcomes: tuple[Outcome, ...]
    changes: tuple[TallyChange, ...] = ()


@dataclass(frozen=True, slots=True)
class Begun:
    """A batch of which some ballots are in: their outcomes by place, and what changed. Those at the places `left` are
    to be cast yet.
    """

    outcomes: Mapping[int, Outcome]
    left: tuple[int, ...]
    changes: tuple[TallyChange, ...] = ()

    def ended(self, rest: Batch) -> Batch:
        """The whole batch, with what became of those that were left."""
        outcomes = {**self.outcomes, **dict(zip(self.left, rest.outcomes, strict=True))}
        return Batch(tuple([outcomes[place] for place in range(len(outcomes))]), self.changes + rest.changes)
