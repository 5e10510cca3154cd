"""What this process keeps of polls, and what makes it old. Everything that is kept anywhere in `ui` hangs on an Entry.

An entry (`ui.entries`) holds a poll's snapshot, its tally, and bytes printed from them. It is old when
- a deed in this process changes the poll (`polls.notices`): at once, after the commit;
- a batch of this process moves its tally: at once, the new counts come with the batch, or are fetched by the next one
  who looks at results;
- another process did either: when that is heard (`ui.replicas`), and at the latest after `LOOK_AGAIN` seconds, when
  versions are compared before an entry is used again.
Opening and closing by the clock needs no notice: the instant is compared at each use. That is so for all that hangs on
an entry, whole answers too, which `ui.hot` gives without asking Django; one that shows results is old with the tally it
shows. A shared cache in front of us may show what it has for two seconds more (`ui.faces.SHARED_SECONDS`), and browsers
ask each time.

Versions are compared in one look: a query for all polls that were used since the look before, and two more for the
tallies that moved. What is in use is looked at before it is due, so that nobody waits; what nobody uses is not looked
at, and where nobody comes nothing is asked.

Results are worked out from the tally once per version of it, when somebody looks (`ui.readings`). Polls with rankings
or scores are slow to count: their results are counted in a reader's thread, again at most every second, or every five
times the time that the last count took, whichever is longer. Meanwhile viewers get the last count, which says how many
votes it stands for and how many have come since. Whoever comes when a count is due waits a quarter of a second for it;
the first viewer waits for the first count.
"""

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from django.db import Error
from psycopg_pool import PoolTimeout

from polls import notices, snapshots, tallies
from polls.ballots import TallyChange
from polls.snapshots import PollSnapshot
from polls.tallies import TallySnapshot
from ui import database
from ui.entries import Entry

log = logging.getLogger(__name__)

LOOK_AGAIN = 1.0
LOOK_AHEAD = 0.6
"""Seconds after which an entry in use is looked at while it may still be used."""
BETWEEN_LOOKS = 0.2
MOST_ENTRIES = 5000
MOST_AT_ONCE = 50
"""So many are loaded together: each waits for all."""

NEVER = float("-inf")


class Cache:
    """Used on one event loop; `forget` alone may be called from any thread."""

    def __init__(self) -> None:
        self._entries: OrderedDict[str, Entry] = OrderedDict()
        self._slugs: dict[int, str] = {}
        self._loading: dict[str, asyncio.Future[Entry | None]] = {}
        self._wanted: dict[str, asyncio.Future[Entry | None]] = {}
        """Those of them that nobody has begun to load."""
        self._loader: asyncio.Task[None] | None = None
        self._looking: asyncio.Task[None] | None = None
        self._look_begun = NEVER
        # What happened to polls while some entry was being loaded, which may have missed it.
        self._deeds: dict[int, float] = {}
        self._batches: dict[int, int] = {}
        self._movers: list[Callable[[int], None]] = []
        notices.listen(self.forget)

    def kept(self, slug: str) -> Entry | None:
        """The entry if it can be used as it is: no look at the database, no wait."""
        entry = self._entries.get(slug)
        if entry is None or entry.old:
            return None
        entry.used = True
        now = time.monotonic()
        if now - entry.looked_at > LOOK_AGAIN:
            return None
        if (entry.due or now - entry.looked_at > LOOK_AHEAD) and now - self._look_begun > BETWEEN_LOOKS:
            self._look()
        return entry

    async def entry(self, slug: str) -> Entry | None:
        """The entry of the poll at an address; None when there is no such poll."""
        if entry := self.kept(slug):
            return entry
        known = self._entries.get(slug)
        if known and not known.old:
            await self._look_from_now()
            known = self._entries.get(slug)
        # Nothing that happened before the question is missed; what happens meanwhile is for the next one to see.
        return known if known and not known.old else await self._loaded(slug)

    async def catch_up(self, entry: Entry) -> None:
        """Fetch the numbers of ballots that this process has answered, where its batches brought none."""
        if entry.is_behind:
            entry.used = True
            await self._look_from_now()

    def forget(self, poll: int) -> None:
        """A deed has changed the poll. Called from any thread, after the commit."""
        self._deeds[poll] = time.monotonic()
        entry = self._entries.get(self._slugs.get(poll, ""))
        if entry:
            entry.old = True

    def hear(self, poll: int) -> None:
        """Another process has counted ballots of the poll: its entry can be used, and is looked at next."""
        entry = self._entries.get(self._slugs.get(poll, ""))
        if entry:
            entry.due = True

    def move(self, change: TallyChange) -> None:
        """Take over the counts that a batch brought. Where a version lies between, another process counted: look."""
        for listener in self._movers:
            listener(change.poll)
        if self._loading:
            self._batches[change.poll] = change.version
        entry = self._entries.get(self._slugs.get(change.poll, ""))
        if entry is None or entry.tally.version >= change.version:
            return
        entry.heard = max(entry.heard, change.version)
        if change.set_aside is not None:
            entry.tally = replace(entry.tally, set_aside=change.set_aside)
            counters: dict[int, dict[str, int]] = {question.id: {} for question in entry.poll.questions}
        elif entry.tally.version + 1 < change.version or change.counters is None:
            entry.due = True
            return
        else:
            counters = {question: dict(said) for question, said in entry.tally.counters.items()}
        assert change.counters is not None
        for question, said, count in change.counters:
            counters.setdefault(question, {})[said] = count
        entry.tally = replace(entry.tally, version=change.version, ballots=change.ballots, counters=counters)

    def watch(self, listener: Callable[[int], None]) -> None:
        """Call `listener` with a poll's id after each batch of this process that moved its tally."""
        self._movers.append(listener)

    def unwatch(self, listener: Callable[[int], None]) -> None:
        self._movers.remove(listener)

    def clear(self) -> None:
        self._entries.clear()
        self._slugs.clear()
        self._loading.clear()
        self._wanted.clear()
        self._loader = self._looking = None

    async def _look_from_now(self) -> None:
        """A look that begins now or later: one that is under way may have asked already."""
        arrived = time.monotonic()
        await asyncio.shield(self._look())
        if self._look_begun < arrived:
            await asyncio.shield(self._look())

    def _look(self) -> asyncio.Task[None]:
        """Compare everything in use with the database; whoever comes meanwhile joins."""
        looking = self._looking
        if looking is None or looking.done() or looking.get_loop() is not asyncio.get_running_loop():
            looking = self._looking = asyncio.create_task(self._compare())
            looking.add_done_callback(_tell)
            self._look_begun = time.monotonic()
        return looking

    async def _compare(self) -> None:
        begun = time.monotonic()
        used = [entry for entry in self._entries.values() if entry.used and not entry.old]
        for entry in used:
            entry.used = entry.due = False
        if not used:
            return
        found, moved = await database.read(_compared, [(entry.poll, entry.tally.version) for entry in used])
        for entry in used:
            poll = entry.poll.id
            if found.get(poll) != entry.poll.version:
                entry.old = True
                continue
            # Only forward: a batch of this process may have come in between.
            if poll in moved and moved[poll].version > entry.tally.version:
                entry.tally = moved[poll]
            entry.looked_at = begun

    async def _loaded(self, slug: str) -> Entry | None:
        """The entry, loaded now or later than now."""
        arrived = time.monotonic()
        while True:
            loading = self._loading.get(slug)
            if loading is None or loading.get_loop() is not asyncio.get_running_loop():
                loading = self._loading[slug] = self._load_soon(slug)
            entry = await asyncio.shield(loading)
            # Whoever joined a load asks again when a deed was done between its begin and theirs.
            if entry is None or not entry.old or self._deeds.get(entry.poll.id, NEVER) > arrived:
                return entry

    def _load_soon(self, slug: str) -> asyncio.Future[Entry | None]:
        """With all that are asked for at this moment, or while others are loaded."""
        loop = asyncio.get_running_loop()
        entry: asyncio.Future[Entry | None] = loop.create_future()
        self._wanted[slug] = entry
        if self._loader is None or self._loader.done() or self._loader.get_loop() is not loop:
            self._loader = asyncio.create_task(self._load())
        return entry

    async def _load(self) -> None:
        while self._wanted:
            some = dict(list(self._wanted.items())[:MOST_AT_ONCE])
            for slug in some:
                del self._wanted[slug]
            try:
                await self._fill(some)
            finally:
                for slug, entry in some.items():
                    entry.cancel()
                    self._loading.pop(slug, None)
                if not self._loading:
                    self._deeds.clear()
                    self._batches.clear()

    async def _fill(self, wanted: Mapping[str, asyncio.Future[Entry | None]]) -> None:
        begun = time.monotonic()
        try:
            found = await database.read(_found, list(wanted))
            entries = {slug: self._enter(slug, found.get(slug), begun=begun) for slug in wanted}
        except Exception as fault:  # noqa: BLE001 -- whoever waits is told
            if len(wanted) > 1 and not isinstance(fault, Error | PoolTimeout):
                # One of them harms no neighbour.
                for slug, entry in wanted.items():
                    await self._fill({slug: entry})
                return
            for entry in wanted.values():
                entry.set_exception(fault)
            return
        for slug, entry in wanted.items():
            entry.set_result(entries[slug])

    def _enter(self, slug: str, found: tuple[PollSnapshot, TallySnapshot] | None, *, begun: float) -> Entry | None:
        if found is None:
            self._entries.pop(slug, None)
            return None
        entry = self._entries[slug] = Entry(*found, looked_at=begun)
        self._entries.move_to_end(slug)
        self._slugs[entry.poll.id] = slug
        # A deed may have been done after the database was asked, and found no entry to make old.
        entry.old = self._deeds.get(entry.poll.id, NEVER) >= begun
        entry.heard = self._batches.get(entry.poll.id, 0)
        entry.due = entry.is_behind
        self._leave_out_the_oldest()
        return entry

    def _leave_out_the_oldest(self) -> None:
        while len(self._entries) > MOST_ENTRIES:
            _, gone = self._entries.popitem(last=False)
            self._slugs.pop(gone.poll.id, None)


def _found(slugs: Sequence[str]) -> dict[str, tuple[PollSnapshot, TallySnapshot]]:
    polls = snapshots.load_many(slugs)
    numbers = tallies.load_many(polls)
    return {poll.slug: (poll, numbers[poll.id]) for poll in polls}


def _compared(known: Sequence[tuple[PollSnapshot, int]]) -> tuple[dict[int, int], dict[int, TallySnapshot]]:
    """The versions that polls have now, and the tallies that are newer than those known, by the polls' ids."""
    versions = snapshots.versions(poll.id for poll, _ in known)
    newer = [
        poll
        for poll, tally in known
        if (found := versions.get(poll.id)) and found[0] == poll.version and found[1] > tally
    ]
    return {poll: version for poll, (version, _) in versions.items()}, tallies.load_many(newer) if newer else {}


def _tell(looking: asyncio.Task[None]) -> None:
    """A look ahead that failed is nobody's fault yet: whoever needs the next one is told."""
    if not looking.cancelled() and (fault := looking.exception()):
        log.debug("A look at the database failed", exc_info=fault)


cache = Cache()
