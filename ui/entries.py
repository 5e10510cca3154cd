"""What is kept of a poll: its snapshot, its tally, and what was worked out and printed of them. `ui.cache` says how old
it may be.
"""

import asyncio
import time
from dataclasses import dataclass, field
from typing import Any

from polls.kinds.base import QuestionResult
from polls.snapshots import PollSnapshot
from polls.tallies import TallySnapshot

SOONEST = 1.0
"""Seconds from one count of a slow poll to the next."""
BREATH = 5
"""So many times as long as a count took the next one waits: counting takes a sixth of one thread at most."""


@dataclass(frozen=True, slots=True)
class Reading:
    tally: TallySnapshot
    """The numbers that may be seen, which these results are of."""
    results: tuple[QuestionResult, ...]
    took: float = 0.0
    """Seconds."""
    at: float = 0.0
    """time.monotonic() when it was done."""

    def is_due(self) -> bool:
        return time.monotonic() - self.at >= max(SOONEST, BREATH * self.took)


@dataclass(slots=True, eq=False)
class Entry:
    poll: PollSnapshot
    tally: TallySnapshot
    looked_at: float
    """time.monotonic() before the last comparison with the database."""
    prints: dict[Any, Any] = field(default_factory=dict)
    """Bytes printed from the poll at this version: see `ui.prints`."""
    old: bool = False
    used: bool = True
    """Since the last look."""
    due: bool = False
    """Something was heard that the numbers here don't show yet: to be looked at with the next use."""
    heard: int = 0
    """The version of the tally that a batch of this process made of it."""
    reading: Reading | None = None
    counting: asyncio.Task[Reading] | None = None

    @property
    def is_behind(self) -> bool:
        """A batch of this process is counted and its numbers are not here yet."""
        return self.heard > self.tally.version
