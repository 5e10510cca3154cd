"""When batches leave. That each ballot is counted once, and what becomes of faults, stands in its own files."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from polls.ballots import Batch, Counted, TallyChange
from tests.loops import run
from ui import queue
from ui.queue import ALONE, LEAST, Queue
from ui.wire import Wire

POLL: Any = SimpleNamespace(poll=SimpleNamespace(id=7))
"""All that the queue looks at in a ballot."""


class Slow(Queue):
    """Writes nothing, and each batch only when it is told to. Of each it notes the size."""

    def __init__(self, *, others: bool) -> None:
        super().__init__(Wire(), lambda _change: None)
        self.sizes: list[int] = []
        self._turn, self._version, self.others = asyncio.Event(), 0, others

    async def _written(self, castings: list[Any]) -> Batch:
        self.sizes.append(len(castings))
        await self._turn.wait()
        self._turn.clear()
        self._version += 2 if self.others else 1
        return Batch((Counted(),) * len(castings), (TallyChange(7, self._version, 0, None),))

    def come(self, number: int) -> list["asyncio.Task[Any]"]:
        return [asyncio.ensure_future(self.cast(POLL)) for _ in range(number)]

    async def end(self) -> None:
        """The batch under way is on disk, and all that follows at once has happened."""
        self._turn.set()
        await _settled()


@pytest.fixture(autouse=True)
def crowded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "is_crowded", lambda: True)
    monkeypatch.setattr(queue, "PATIENCE", 60.0)


async def _busy(*, others: bool = True, half: int = 16) -> Slow:
    """A queue with `half` ballots under way and as many behind them, when the first of these are on disk."""
    ours = Slow(others=others)
    ours.come(half // 2)
    for number in (half, half):  # the first two batches tell that another process counts as well
        await asyncio.sleep(0)
        ours.come(number)
        await asyncio.sleep(0)
        await ours.end()
    return ours


async def _settled() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


@pytest.mark.parametrize("half", [16, 4])
def test_where_others_use_the_processors_a_batch_waits_for_all_who_vote_here(half: int) -> None:
    async def story() -> None:
        ours = await _busy(half=half)
        ours.come(half - 1)
        await _settled()
        assert ours.sizes == [half // 2, half]
        ours.come(1)
        await _settled()
        assert ours.sizes == [half // 2, half, 2 * half]

    run(story())


def test_where_nobody_else_counts_in_the_poll_a_batch_leaves_with_whoever_is_there() -> None:
    async def story() -> None:
        assert (await _busy(others=False)).sizes == [8, 16, 16]

    run(story())


def test_who_was_the_quicker_one_is_not_taken_for_the_only_one() -> None:
    async def story() -> None:
        ours = await _busy(half=4)
        ours.come(4)
        await _settled()
        ours.others = False
        for turn in range(ALONE - 1):
            await ours.end()
            ours.come(7)
            await _settled()
            assert len(ours.sizes) == 3 + turn, "seven wait for the eighth"
            ours.come(1)
            await _settled()
        await ours.end()
        ours.come(7)
        await _settled()
        assert ours.sizes[-2:] == [8, 7], "nobody else has counted for so long"

    run(story())


def test_where_a_processor_is_free_a_batch_leaves_with_whoever_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "is_crowded", lambda: False)

    async def story() -> None:
        assert (await _busy()).sizes == [8, 16, 16]

    run(story())


def test_few_voters_wait_for_nobody() -> None:
    async def story() -> None:
        ours, few = Slow(others=True), LEAST - 1
        for number in (few, few, few, 1, 1):
            ours.come(number)
            await _settled()
            await ours.end()
        assert ours.sizes == [few, few, few, 1, 1]

    run(story())


def test_company_that_does_not_come_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "PATIENCE", 0.01)

    async def story() -> None:
        ours = await _busy()
        voters = ours.come(3)
        await _settled()
        assert ours.sizes == [8, 16]
        await asyncio.sleep(0.05)
        assert ours.sizes == [8, 16, 19]
        await ours.end()
        assert [await voter for voter in voters] == [Counted()] * 3

    run(story())


def test_no_more_company_is_waited_for_than_a_batch_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "LARGEST_BATCH", 20)

    async def story() -> None:
        ours = await _busy()
        ours.come(4)
        await _settled()
        assert ours.sizes == [8, 16, 20]

    run(story())


def test_who_comes_long_after_many_waits_for_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "PATIENCE", 0.2)

    async def story() -> None:
        ours = await _busy()
        ours.come(16)
        await _settled()
        await ours.end()
        assert ours.sizes == [8, 16, 32]
        await asyncio.sleep(0.25)
        voters = ours.come(1)
        await _settled()
        assert ours.sizes == [8, 16, 32, 1]
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
