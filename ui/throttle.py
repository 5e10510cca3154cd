"""How much comes from where: token buckets, and the rate of votes in a poll.

In memory and bounded: the longest unused is forgotten first. There is no timer; `now` is time.monotonic(). Each process
counts for itself, so that n processes let through n times as much.
"""

import math
from collections import Counter, OrderedDict, deque
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
            level = self._level(key, now)
            wait = self._wait(level)
            self._levels[key] = (level if wait else level - 1, now)
            self._levels.move_to_end(key)
            if len(self._levels) > self._most:
                self._levels.popitem(last=False)
            return wait

    def wait(self, key: Key, *, now: float) -> int:
        """The same without taking one."""
        with self._lock:
            return self._wait(self._level(key, now))

    def clear(self) -> None:
        self._levels.clear()

    def _level(self, key: Key, now: float) -> float:
        level, at = self._levels.get(key, (float(self._burst), now))
        return min(float(self._burst), level + max(0.0, now - at) * self._per_second)

    def _wait(self, level: float) -> int:
        return 0 if level >= 1 else max(1, math.ceil((1 - level) / self._per_second))


@dataclass(slots=True)
class _Second:
    number: int
    votes: int = 0
    networks: Counter[str] = field(default_factory=Counter)


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
        self._polls: OrderedDict[int, deque[_Second]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._polls)

    def note(self, poll: int, network: str, *, now: float) -> Reading:
        """One more vote; gives how things stand with it."""
        window = self._window(poll, int(now))
        second = window[-1]
        second.votes += 1
        second.networks[network] += 1
        votes = sum(each.votes for each in window)
        of_network = sum(each.networks[network] for each in window)
        return Reading(votes, of_network, second.networks[network], high=votes > self._high)

    def clear(self) -> None:
        self._polls.clear()

    def _window(self, poll: int, number: int) -> deque[_Second]:
        window = self._polls.setdefault(poll, deque())
        self._polls.move_to_end(poll)
        if len(self._polls) > self._most:
            self._polls.popitem(last=False)
        while window and window[0].number <= number - self._seconds:
            window.popleft()
        if not window or window[-1].number != number:
            window.append(_Second(number))
        return window
