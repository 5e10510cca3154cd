"""Collects ballots into one commit.

Concurrent ballots wait for the batch before them; then one transaction takes them all, and each voter is answered
after the commit. One batch is in flight; there is no timer; a lone ballot waits for nothing.

Voters who were answered together come back together. So that they don't all wait for the database, and it then for
them, a batch leaves as soon as half as many wait as were in the last one: while it is written, the others are read.
Where only a few come at once they leave together, since a batch has its own cost.

Where other processes of ours have the processors busy and count in the same poll, nothing stands still while a batch is
waited for: then the next one leaves when as many wait as were in the last and came meanwhile, or some milliseconds
later.
"""

import asyncio
import logging
import os
import time
from collections.abc import Callable, Iterable, Sized

from django.db import DatabaseError, OperationalError
from psycopg_pool import PoolTimeout

from polls import ballots, refusals
from polls.ballots import Batch, Casting, Counted, Outcome, Stale, TallyChange
from ui import database
from ui.checkpoints import Checkpoints
from ui.configuration import setting
from ui.storing import storing
from ui.wire import Wire

log = logging.getLogger(__name__)

LARGEST_BATCH = 500
LEAST = 8
"""Fewer don't leave before all that ask at this moment are read, and nobody waits for them."""
PATIENCE = 0.012
"""Seconds that a batch waits for company, where it does."""
ALONE = 8
"""Batches in a row, and a process counts in a poll by itself. After one it only was the quicker one."""
LONGEST_QUEUE = 5000
MOST_VERSIONS = 10_000

type Waiting = tuple[Casting, asyncio.Future[Outcome]]


class Queue:
    """One per event loop. `on_change` hears of each tally that moved, before the voters are answered."""

    def __init__(self, wire: Wire, on_change: Callable[[TallyChange], None]) -> None:
        self._wire = wire
        self._waiting: list[Waiting] = []
        self._enough = LEAST
        self._company = 0
        """With fewer the next batch waits for more."""
        self._full: asyncio.Future[None] | None = None
        """Done as soon as they are there."""
        self._ended = 0.0
        """When the last batch did: whoever comes long after it comes alone."""
        self._versions: dict[int, int] = {}
        """Of the tallies that batches moved."""
        self._shared: dict[int, int] = {}
        """Polls in which another process counts as well: after how many batches without it that is over."""
        self._writing = False
        self._writer: asyncio.Task[None] | None = None
        self._soon: asyncio.Handle | None = None
        self._on_change = on_change
        self._checkpoints = Checkpoints()

    @property
    def waiting(self) -> int:
        """How many ballots wait for the next batch of this process."""
        return len(self._waiting)

    async def cast(self, casting: Casting) -> Counted | Stale:
        """Returns when the ballot is on disk. Raises the Refusal that it meets, Busy when too many wait."""
        if len(self._waiting) >= LONGEST_QUEUE:
            raise refusals.Busy
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Outcome] = loop.create_future()
        self._waiting.append((casting, answer))
        if self._full and len(self._waiting) >= self._company:
            _end(self._full)
        elif not self._writing:
            if len(self._waiting) >= self._enough:
                self._leave(loop)
            elif self._soon is None:
                self._soon = loop.call_soon(self._leave, loop)
        outcome = await answer
        if isinstance(outcome, refusals.Refusal):
            raise outcome
        return outcome

    def _leave(self, loop: asyncio.AbstractEventLoop) -> None:
        if self._soon is not None:
            self._soon.cancel()
            self._soon = None
        if not self._writing:
            self._writing = True
            # Not the request's own task: a voter who hangs up must not take the batch along. It starts at once, and
            # not after all the other requests that have come.
            self._writer = asyncio.Task(self._write(), loop=loop, eager_start=True)

    async def _write(self) -> None:
        try:
            while self._waiting:
                if len(self._waiting) < self._company and time.monotonic() < self._ended + PATIENCE:
                    await self._gather()
                batch, self._waiting = self._waiting[:LARGEST_BATCH], self._waiting[LARGEST_BATCH:]
                self._enough = max(LEAST, len(batch) // 2)
                try:
                    written = await self._written([casting for casting, _ in batch])
                except (DatabaseError, PoolTimeout) as error:
                    # Whoever came meanwhile would wait as long, for the same answer.
                    batch, self._waiting = [*batch, *self._waiting], []
                    _tell(error, len(batch))
                    written = Batch((refusals.DatabaseAway(),) * len(batch))
                self._ended = time.monotonic()
                if written.changes:
                    storing.works()
                    self._checkpoints.soon()
                self._hear(written.changes)
                self._company = self._voters(batch) if self._is_shared(batch) else 0
                for (_, answer), outcome in zip(batch, written.outcomes, strict=True):
                    if not answer.done():
                        answer.set_result(outcome)
        finally:
            self._writing = False

    def _voters(self, batch: Sized) -> int:
        """How many vote here again and again, as far as a batch and those who came behind it tell; 0 for a few."""
        voters = len(batch) + len(self._waiting)
        return min(voters, LARGEST_BATCH) if voters >= LEAST else 0

    def _is_shared(self, batch: Iterable[Waiting]) -> bool:
        """Whether processes of ours that count in the same poll have the processors busy while this one waits."""
        return is_crowded() and any(casting.poll.id in self._shared for casting, _ in batch)

    async def _gather(self) -> None:
        loop = asyncio.get_running_loop()
        self._full = loop.create_future()
        patience = loop.call_later(PATIENCE, _end, self._full)
        try:
            await self._full
        finally:
            patience.cancel()
            self._full = None

    async def _written(self, castings: list[Casting]) -> Batch:
        try:
            if self._wire.is_open:
                return await self._by_wire(castings)
            return await database.write(ballots.cast_many, castings)
        except (DatabaseError, PoolTimeout):
            raise
        except Exception:
            log.exception("%d ballots met a fault", len(castings))
            return Batch((refusals.OurFault(),) * len(castings))

    async def _by_wire(self, castings: list[Casting]) -> Batch:
        try:
            begun = await ballots.cast_at_once(self._wire.ask, castings, known=self._versions, shared=self._shared)
        except OperationalError as error:
            if database.stores_nothing(error):
                raise
            # Whether they are in is not known. The same papers tell.
            return await database.write(ballots.cast_many, castings)
        if not begun.left:
            return begun.ended(Batch(()))
        return begun.ended(await self._rest([castings[place] for place in begun.left], alone=not begun.outcomes))

    async def _rest(self, castings: list[Casting], *, alone: bool) -> Batch:
        """Those that are in stay in: where the database goes away in between, only the others hear of it."""
        try:
            return await database.write(ballots.cast_many, castings)
        except (DatabaseError, PoolTimeout) as error:
            if alone:
                raise
            _tell(error, len(castings))
            return Batch((refusals.DatabaseAway(),) * len(castings))

    def _hear(self, changes: Iterable[TallyChange]) -> None:
        # Only here, where no batch is under way.
        if len(self._versions) > MOST_VERSIONS:
            self._versions.clear()
            self._shared.clear()
        for change in changes:
            if self._versions.get(change.poll, change.version) + 1 < change.version:
                self._shared[change.poll] = ALONE
            elif (left := self._shared.pop(change.poll, 0)) > 1:
                self._shared[change.poll] = left - 1
            self._versions[change.poll] = change.version
            self._on_change(change)


def _tell(error: Exception, ballots: int) -> None:
    if not storing.has_failed(error):
        log.error("%d ballots could not be written", ballots, exc_info=error)


def is_crowded() -> bool:
    """Whether there are as many processes of ours as processors."""
    processes: int = setting("WEB_CONCURRENCY")
    return processes > 1 and processes >= (os.cpu_count() or 1)


def _end(waiting: asyncio.Future[None]) -> None:
    if not waiting.done():
        waiting.set_result(None)
