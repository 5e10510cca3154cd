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


@dataclass(frozen=True, slots=True)
class Batch:
    """One outcome per casting, in order, and what changed. Everything in it is committed."""

    outcomes: tuple[Outcome, ...]
    changes: tuple[TallyChange, ...] = ()
