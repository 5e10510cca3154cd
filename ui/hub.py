"""All who watch results move, and the clock by which they are told.

All viewers of a poll hang on one Channel. A few times a second it is asked where the results stand; where they moved,
what moves in them is printed once, and the same bytes go to everybody. A viewer who reads slowly misses what was in
between, never the last. Who may see is asked again at each event.

An event's id says where the results stand (`ui.etags`): who comes back with it hears nothing until they have moved.
"""

import asyncio
import logging
import resource
import time
from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from django.db import DatabaseError
from psycopg_pool import PoolTimeout

from polls import refusals, tallies
from polls.snapshots import PollSnapshot
from polls.terms import Phase
from ui import etags, prints, readings, voting
from ui.cache import cache
from ui.entries import Entry, Reading
from ui.faces import Face

log = logging.getLogger(__name__)

TICK = 0.4
"""Seconds between two looks at where the results stand."""
BEAT = 20.0
"""Seconds of silence after which a comment shows proxies that the stream is alive."""
SLICE = 100
"""Viewers that get an event before others get their turn on the event loop."""
MOST = 10_000
MOST_OF_NETWORK = 300


class Viewer:
    """Somebody at a stream. `told` when the right answers of a quiz may be known."""

    __slots__ = ("face", "leaves", "news", "pending", "place", "told", "voted")

    def __init__(self, *, voted: bool, told: bool, place: str, face: Face) -> None:
        self.voted, self.told, self.place, self.face = voted, told, place, face
        self.pending, self.leaves, self.news = b"", False, asyncio.Event()

    def give(self, event: bytes, *, place: str) -> None:
        """The newest event takes the place of one that was not sent yet."""
        self.pending, self.place = event, place
        self.news.set()

    def leave(self) -> None:
        self.leaves = True
        self.news.set()


class Channel:
    """All viewers of one poll."""

    def __init__(self, slug: str) -> None:
        self.slug = slug
        self.viewers: set[Viewer] = set()

    async def tick(self) -> None:
        """Give every viewer what has moved since the last event."""
        at, entry = voting.now(), await cache.entry(self.slug)
        if entry is None:
            self._dismiss(list(self.viewers))
            return
        place = etags.place(entry, at=at)
        if place and all(viewer.place == place for viewer in self.viewers):
            return
        if not self._admit(entry.poll, at):
            return
        reading = await readings.of(entry, at=at)
        place = etags.place(entry, at=at)
        if place is None:
            return  # being counted
        await self._tell(entry, reading, at, place)

    def _admit(self, poll: PollSnapshot, at: datetime) -> bool:
        """Dismiss those who may not see any more; whether anybody is left."""
        seen = {voted: tallies.may_see(poll, at=at, voted=voted) for voted in (False, True)}
        self._dismiss([viewer for viewer in self.viewers if not seen[viewer.voted]])
        return any(not viewer.leaves for viewer in self.viewers)

    async def _tell(self, entry: Entry, reading: Reading, at: datetime, place: str) -> None:
        waiting = [viewer for viewer in self.viewers if viewer.place != place and not viewer.leaves]
        events = {
            (face, told): _event(prints.parts(entry, face, reading, at=at, told=told), place)
            for face, told in {(viewer.face, viewer.told) for viewer in waiting}
        }
        is_over = entry.poll.phase(at) != Phase.OPEN
        for number, viewer in enumerate(waiting, start=1):
            viewer.give(events[viewer.face, viewer.told], place=place)
            if is_over:
                viewer.leave()
            if number % SLICE == 0:
                await asyncio.sleep(0)

    def _dismiss(self, viewers: list[Viewer]) -> None:
        for viewer in viewers:
            viewer.leave()


class Hub:
    """All channels of this process, and the clock that they go by. It runs while somebody watches."""

    def __init__(self) -> None:
        self._channels: dict[str, Channel] = {}
        self._networks: Counter[str] = Counter()
        self._viewers = 0
        self._clock: asyncio.Task[None] | None = None
        self._closing = False

    @property
    def watching(self) -> int:
        """How many streams are open in this process."""
        return self._viewers

    def check_room(self, network: str | None) -> None:
        """Raises TooManyWatch. Who can't be told apart from others is not held to what one network may have."""
        if self._closing or self._viewers >= _room() or (network and self._networks[network] >= MOST_OF_NETWORK):
            raise refusals.TooManyWatch

    def sit(self, slug: str, viewer: Viewer, *, network: str | None) -> None:
        channel = self._channels.setdefault(slug, Channel(slug))
        channel.viewers.add(viewer)
        self._viewers += 1
        self._networks[network or ""] += 1
        if self._clock is None or self._clock.done():
            self._clock = asyncio.create_task(self._run())

    def leave(self, slug: str, viewer: Viewer, *, network: str | None) -> None:
        channel = self._channels[slug]
        channel.viewers.remove(viewer)
        if not channel.viewers:
            del self._channels[slug]
        self._viewers -= 1
        self._networks[network or ""] -= 1
        if not self._networks[network or ""]:
            del self._networks[network or ""]

    def close(self) -> None:
        """The server stops: everybody leaves, nobody comes in."""
        self._closing = True
        for viewer in self._everybody():
            viewer.leave()

    def clear(self) -> None:
        """Open again, for another server in this process."""
        self._closing = False

    async def _run(self) -> None:
        beaten = time.monotonic()
        while self._channels:
            await asyncio.sleep(TICK)
            channels = list(self._channels.values())
            for fault in await asyncio.gather(*(channel.tick() for channel in channels), return_exceptions=True):
                if isinstance(fault, DatabaseError | PoolTimeout):
                    log.warning("The database could not say where results stand: %s", str(fault).strip())
                elif isinstance(fault, Exception):
                    log.error("Results could not be told to those who watch", exc_info=fault)
            if time.monotonic() - beaten >= BEAT:
                beaten = time.monotonic()
                await self._beat()

    async def _beat(self) -> None:
        for number, viewer in enumerate(list(self._everybody()), start=1):
            if not viewer.pending:
                viewer.give(b":\n\n", place=viewer.place)
            if number % SLICE == 0:
                await asyncio.sleep(0)

    def _everybody(self) -> Iterator[Viewer]:
        return (viewer for channel in list(self._channels.values()) for viewer in list(channel.viewers))


def _event(body: bytes, place: str) -> bytes:
    # A carriage return would end a line, and so the event.
    data = body.strip().replace(b"\r", b"").replace(b"\n", b"\ndata: ")
    return b"id: %s\ndata: %s\n\n" % (place.encode(), data)


def _room() -> int:
    """Each viewer is an open file of this process, and votes need some too."""
    return min(MOST, resource.getrlimit(resource.RLIMIT_NOFILE)[0] // 2)


hub = Hub()
