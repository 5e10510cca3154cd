"""How much comes from where: token buckets, and the rate of votes in a poll.

In memory and bounded: the longest unused is forgotten first. There is no timer; `now` is time.monotonic(). Each process
counts for itself, so that n processes let through n times as much.
"""

import math
from collections import OrderedDict, deque
from dataclasses import dataclass, field
from threading import Lock

type Key = tuple[int | str, str]


class Buckets:
    """Each key has `burst` tokens, and gets `per_second` back until it is full again."""

    def __init__(self, *, burst: int, per_second: float, most: int = 50_000) -> None:
        self._burst, self._per_second, self._most = burst, per_second, most
        self._levels: OrderedDict[Key, tuple[float, float]] = OrderedDict()
        # The sign-in page asks from threads of its own.
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._levels)

    def take(self, key: Key, *, now: float) -> int:
        """Take a token. Gives the seconds after which there is one, 0 when one was there."""
        with self._lock:
            level, at = self._level(key, now)
            wait = self._wait(level)
            self._levels[key] = (level if wait else level - 1, at)
            self._levels.move_to_end(key)
            if len(self._levels) > self._most:
                self._levels.popitem(last=False)
            return wait

    def give(self, key: Key, *, now: float) -> None:
        """Give back a token that was taken for nothing."""
        with self._lock:
            level, at = self._level(key, now)
            self._levels[key] = (min(float(self._burst), level + 1), at)

    def wait(self, key: Key, *, now: float) -> int:
        """The same without taking one."""
        with self._lock:
            return self._wait(self._level(key, now)[0])

    def clear(self) -> None:
        self._levels.clear()

    def _level(self, key: Key, now: float) -> tuple[float, float]:
        """The tokens there are, and up to when they were given back: never earlier than before, as threads ask too."""
        level, before = self._levels.get(key, (float(self._burst), now))
        at = max(now, before)
        return min(float(self._burst), level + (at - before) * self._per_second), at

    def _wait(self, level: float) -> int:
        return 0 if level >= 1 else max(1, math.ceil((1 - level) / self._per_second))


@dataclass(slots=True)
class _Second:
    number: int
    votes: int = 0
    networks: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class _Window:
    """The last seconds, and their sums, so that a vote costs the same in a flood."""

    seconds: deque[_Second] = field(default_factory=deque)
    votes: int = 0
    networks: dict[str, int] = field(default_factory=dict)

    def add(self, network: str) -> tuple[int, int]:
        """One more vote; gives how many of its network there are in all, and within this second."""
        second = self.seconds[-1]
        second.votes += 1
        self.votes += 1
        now = second.networks[network] = second.networks.get(network, 0) + 1
        total = self.networks[network] = self.networks.get(network, 0) + 1
        return total, now

    def forget_the_oldest(self) -> None:
        gone = self.seconds.popleft()
        self.votes -= gone.votes
        for network, votes in gone.networks.items():
            if left := self.networks[network] - votes:
                self.networks[network] = left
            else:
                del self.networks[network]


@dataclass(frozen=True, slots=True)
class Reading:
    """How votes are coming in a poll, this one among them: all, and those of its network."""

    votes: int
    of_network: int
    of_network_now: int
    """Within this second."""
    high: bool


class Pressure:
    """Votes of each poll over the last `seconds`; high above `per_second` on average."""

    def __init__(self, *, per_second: int = 50, seconds: int = 10, most: int = 1000) -> None:
        self._high, self._seconds, self._most = per_second * seconds, seconds, most
        self._polls: OrderedDict[int, _Window] = OrderedDict()

    def __len__(self) -> int:
        return len(self._polls)

    def note(self, poll: int, network: str, *, now: float) -> Reading:
        """One more vote; gives how things stand with it."""
        window = self._window(poll, int(now))
        of_network, of_network_now = window.add(network)
        return Reading(window.votes, of_network, of_network_now, high=window.votes > self._high)

    def clear(self) -> None:
        self._polls.clear()

    def _window(self, poll: int, number: int) -> _Window:
        window = self._polls.get(poll)
        if window is None:
            window = self._polls[poll] = _Window()
            if len(self._polls) > self._most:
                self._polls.popitem(last=False)
        self._polls.move_to_end(poll)
        while window.seconds and window.seconds[0].number <= number - self._seconds:
            window.forget_the_oldest()
        if not window.seconds or window.seconds[-1].number != number:
            window.seconds.append(_Second(number))
        return window
