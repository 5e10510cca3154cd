"""Evens out connections among the processes that share a port.

A connection goes to whoever is woken first, and stays there as long as its visitor does: of 32 visitors one process may
have 28, and be busy while the other rests. Each says how many it has, and one that has too many closes some with their
next answer, as HTTP lets a server do. They come back, some of them to others, and soon all have their share.

Imported before Django is set up: nothing here may need it.
"""

import asyncio
import os
from collections.abc import Sequence, Sized
from multiprocessing.sharedctypes import RawArray

SECONDS = 0.1
"""Between two looks at what the others have."""
FEW = 8
"""Connections of a process, in the mean, that are not worth moving any."""
EVEN = 1.1
"""So many times the mean is even enough."""


class Shares:
    """How many connections each process has, in memory that all of them see. Whoever starts them says who they are."""

    def __init__(self, processes: int) -> None:
        self._pids, self._open = RawArray("q", processes), RawArray("q", processes)

    def seat(self, pids: Sequence[int]) -> None:
        """Whoever is new begins with none; who is beyond the places keeps what comes."""
        for place, known in enumerate(self._pids):
            pid = pids[place] if place < len(pids) else 0
            if pid != known:
                self._open[place], self._pids[place] = 0, pid

    def surplus(self, connections: int) -> int:
        """Say how many this process has, and hear how many of them are too many."""
        pids, me = list(self._pids), os.getpid()
        if me not in pids:
            return 0
        self._open[pids.index(me)] = connections
        seated = [number for pid, number in zip(pids, self._open, strict=True) if pid]
        mean = sum(seated) / len(seated)
        return int(connections - mean) if mean >= FEW and connections > mean * EVEN + 1 else 0


class Share:
    """Of all connections, those of this process."""

    surplus = 0
    """So many are to be closed with their next answer."""

    def __init__(self, connections: Sized) -> None:
        self._connections = connections

    def watch(self, shares: Shares, loop: asyncio.AbstractEventLoop) -> None:
        """Look at what the others have, now and ever again."""
        self.surplus = shares.surplus(len(self._connections))
        loop.call_later(SECONDS, self.watch, shares, loop)
