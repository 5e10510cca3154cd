"""When batches leave. That each ballot is counted once, and what becomes of faults, stands in its own files."""

import asyncio
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pytest

from polls.ballots import Batch, Counted, TallyChange
from tests.loops import run
from ui import queue
from ui.queue import LEAST, Queue
from ui.wire import Wire

POLL: Any = SimpleNamespace(poll=SimpleNamespace(id=7))
"""All that the queue looks at in a ballot."""


class Slow(Queue):
    """Writes nothing, and each batch only when it is told to. Of each it notes the size."""

    def __init__(self, *, others: bool) -> None:
        super().__init__(Wire(), lambda _change: None)
        self.sizes: list[int] = []
        self._turn, self._version, self._step = asyncio.Event(), 0, 2 if others else 1

    async def _written(self, castings: list[Any]) -> Batch:
        self.sizes.append(len(castings))
        await self._turn.wait()
        self._turn.clear()
        self._version += self._step
        return Batch((Counted(),) * len(castings), (TallyChange(7, self._version, 0, None),))

    def come(self, number: int) -> list["asyncio.Task[Any]"]:
        return [asyncio.ensure_future(self.cast(POLL)) for _ in range(number)]

    async def end(self) -> None:
        """The batch under way is on disk, and all that follows at once has happened."""
        self._turn.set()
        for _ in range(5):
            await asyncio.sleep(0)


@pytest.fixture(autouse=True)
def crowded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "is_crowded", lambda: True)
    monkeypatch.setattr(queue, "PATIENCE", 60.0)


def _sizes(steps: Sequence[int], *, others: bool = True) -> list[int]:
    """The sizes of the batches after a first one of eight, when so many ballots come while each is written."""

    async def story() -> list[int]:
        ours = Slow(others=others)
        voters = ours.come(8)
        for number in steps:
            await asyncio.sleep(0)
            voters += ours.come(number)
            await asyncio.sleep(0)
            await ours.end()
        for voter in voters:
            voter.cancel()
        return ours.sizes[1:]

    return run(story())


def test_where_others_use_the_processors_a_batch_waits_for_three_quarters_of_the_last() -> None:
    # The first two tell that another process counts as well.
    assert _sizes([16, 16, 16, 12, 8]) == [16, 16, 16, 12]
    assert _sizes([16, 16, 16, 12, 8, 1]) == [16, 16, 16, 12, 9]


def test_where_nobody_else_counts_in_the_poll_a_batch_leaves_with_whoever_is_there() -> None:
    assert _sizes([16, 16, 16, 12, 8, 1], others=False) == [16, 16, 16, 12, 8, 1]


def test_where_a_processor_is_free_a_batch_leaves_with_whoever_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "is_crowded", lambda: False)
    assert _sizes([16, 16, 16, 12, 8, 1]) == [16, 16, 16, 12, 8, 1]


def test_few_voters_wait_for_nobody() -> None:
    few = LEAST - 1
    assert _sizes([few, few, few, 1, 1]) == [few, few, few, 1, 1]


def test_company_that_does_not_come_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "PATIENCE", 0.01)

    async def story() -> None:
        ours = Slow(others=True)
        voters = ours.come(8)
        for number in (16, 16, 3):
            await asyncio.sleep(0)
            voters += ours.come(number)
            await asyncio.sleep(0)
            await ours.end()
        assert ours.sizes == [8, 16, 16]
        await asyncio.sleep(0.05)
        assert ours.sizes == [8, 16, 16, 3]
        await ours.end()
        assert [await voter for voter in voters] == [Counted()] * 43

    run(story())


def test_who_comes_long_after_many_waits_for_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "PATIENCE", 0.2)

    async def story() -> None:
        ours = Slow(others=True)
        ours.come(8)
        for number in (16, 16, 0):
            await asyncio.sleep(0)
            voters = ours.come(number)
            await asyncio.sleep(0)
            await ours.end()
        assert ours.sizes == [8, 16, 16]
        await asyncio.sleep(0.25)
        voters = ours.come(1)
        for _ in range(3):
            await asyncio.sleep(0)
        assert ours.sizes == [8, 16, 16, 1]
        await ours.end()
        assert await voters[0] == Counted()

    run(story())


def test_a_house_is_crowded_with_as_many_processes_as_processors(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    for processes, processors, crowded in ((1, 1, False), (2, 2, True), (2, 4, False), (3, 2, True)):
        settings.WEB_CONCURRENCY = processes
        monkeypatch.setattr("os.cpu_count", lambda number=processors: number)
        assert queue.is_crowded() is crowded
