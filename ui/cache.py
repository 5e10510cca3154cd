"""What this process keeps of polls, and what makes it old. Everything that is kept anywhere in `ui` hangs on an Entry.

An entry holds a poll's snapshot, its tally, and bytes printed from them. It is old when
- a deed in this process changes the poll (`polls.notices`): at once, after the commit;
- a batch of this process moves its tally: at once, the new counts come with the batch;
- another process did either: within `LOOK_AGAIN` seconds, when versions are compared before an entry is used again.
Opening and closing by the clock needs no notice: the instant is compared at each use. That is so for all that hangs on
an entry, whole answers too, which `ui.hot` gives without asking Django; one that shows results is old with the tally it
shows. A shared cache in front of us may show what it has for two seconds more (`ui.faces.SHARED_SECONDS`), and browsers
ask each time.

Results are worked out from the tally once per version of it, when somebody looks (`ui.readings`). Polls with rankings
or scores are slow to count: their results are counted in a reader's thread, again at most every second, or every five
times the time that the last count took, whichever is longer. Meanwhile viewers get the last count, which says how many
votes it stands for and how many have come since. Whoever comes when a count is due waits a quarter of a second for it;
the first viewer waits for the first count.
"""

import asyncio
import time
from collections import OrderedDict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from polls import notices, snapshots, tallies
from polls.ballots import TallyChange
from polls.models import Tally
from polls.snapshots import PollSnapshot
from polls.tallies import TallySnapshot
from ui import database

if TYPE_CHECKING:
    from ui.readings import Reading

LOOK_AGAIN = 1.0
MOST_ENTRIES = 5000


@dataclass(slots=True)
class Entry:
    poll: PollSnapshot
    tally: TallySnapshot
    looked_at: float
    """time.monotonic() of the last comparison with the database."""
    prints: dict[Any, Any] = field(default_factory=dict)
    """Bytes printed from the poll at this version: see `ui.prints`."""
    old: bool = False
    reading: "Reading | None" = None
    counting: "asyncio.Task[Reading] | None" = None


class Cache:
    def __init__(self) -> None:
        self._entries: OrderedDict[str, Entry | None] = OrderedDict()
        self._slugs: dict[int, str] = {}
        self._loading: dict[str, asyncio.Task[Entry | None]] = {}
        self._deeds = 0
        notices.listen(self.forget)

    def kept(self, slug: str) -> Entry | None:
        """The entry if it can be used as it is: no look at the database, no wait."""
        entry = self._entries.get(slug)
        if entry is None or entry.old or time.monotonic() - entry.looked_at > LOOK_AGAIN:
            return None
        return entry

    async def entry(self, slug: str) -> Entry | None:
        """The entry of the poll at an address; None when there is no such poll."""
        if entry := self.kept(slug):
            return entry
        loading = self._loading.get(slug)
        if loading is None or loading.get_loop() is not asyncio.get_running_loop():
            loading = self._loading[slug] = asyncio.create_task(self._load(slug))
        return await asyncio.shield(loading)

    def forget(self, poll: int) -> None:
        """Called from any thread."""
        self._deeds += 1
        entry = self._entries.get(self._slugs.get(poll, ""))
        if entry:
            entry.old = True

    def move(self, change: TallyChange) -> None:
        """Take over the counts that a batch brought. Where a version lies between, another process counted: look."""
        entry = self._entries.get(self._slugs.get(change.poll, ""))
        if entry is None or entry.tally.version >= change.version:
            return
        if entry.tally.version + 1 < change.version or change.counters is None:
            entry.looked_at = float("-inf")
            return
        counters = {question: dict(said) for question, said in entry.tally.counters.items()}
        for question, said, count in change.counters:
            counters.setdefault(question, {})[said] = count
        entry.tally = replace(entry.tally, version=change.version, ballots=change.ballots, counters=counters)

    def clear(self) -> None:
        self._entries.clear()
        self._slugs.clear()
        self._loading.clear()

    async def _load(self, slug: str) -> Entry | None:
        try:
            known, deeds = self._entries.get(slug), self._deeds
            entry = await database.read(_looked, slug, known if known and not known.old else None)
            if entry:
                # A deed that was committed meanwhile may not be in it.
                entry.old = entry.old or deeds != self._deeds
                self._entries[slug] = entry
                self._entries.move_to_end(slug)
                self._slugs[entry.poll.id] = slug
            else:
                self._entries.pop(slug, None)
            while len(self._entries) > MOST_ENTRIES:
                _, gone = self._entries.popitem(last=False)
                if gone:
                    self._slugs.pop(gone.poll.id, None)
            return entry
        finally:
            self._loading.pop(slug, None)


def _looked(slug: str, known: Entry | None) -> Entry | None:
    """The entry as the database has it now; what hasn't changed is kept with its prints."""
    now = time.monotonic()
    if known and snapshots.versions([known.poll.id]).get(known.poll.id) == known.poll.version:
        version = Tally.objects.filter(poll=known.poll.id).values_list("version", flat=True).first() or 0
        if version > known.tally.version:
            known.tally = tallies.load(known.poll)
        known.looked_at = now
        return known
    poll = snapshots.load(slug)
    return Entry(poll, tallies.load(poll), now) if poll else None


cache = Cache()
