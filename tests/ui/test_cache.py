"""What makes a copy of a poll old, and how few questions to the database that takes."""

import asyncio
import time
from collections.abc import Callable, Coroutine, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from django.db import InterfaceError, connection, connections
from django.test.utils import CaptureQueriesContext

from polls import ballots, lifecycle, snapshots, tallies
from polls.ballots import TallyChange
from polls.models import Poll
from polls.snapshots import taking
from tests import loops
from tests.browser import Browser
from tests.builders import a_poll, choices_of, now
from tests.votes import a_ballot, a_casting
from ui import cache as cache_module
from ui import database, readings
from ui.cache import cache
from ui.entries import Entry
from ui.wire import wire

LOOK_AGAIN = 0.4


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache_module, "LOOK_AGAIN", LOOK_AGAIN)
    monkeypatch.setattr(cache_module, "LOOK_AHEAD", 0.2)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The statements that readers have sent, one list of them for each hop."""
    sent: list[str] = []
    read = database.read

    async def listened[**P, T](question: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        def listening() -> T:
            with CaptureQueriesContext(connection) as captured:
                try:
                    return question(*args, **kwargs)
                finally:
                    sent.extend(query["sql"] for query in captured.captured_queries)

        return await read(listening)

    monkeypatch.setattr(cache_module.database, "read", listened)
    return sent


def _entries(vera: Browser, polls: list[Poll]) -> list[Entry]:
    async def all_of_them() -> list[Entry | None]:
        return await asyncio.gather(*(cache.entry(poll.slug) for poll in polls))

    found = vera.run(all_of_them())
    assert all(found)
    return [entry for entry in found if entry]


def _elsewhere(deed: Callable[[], object]) -> None:
    """Do something to the database of which this process hears nothing."""
    from polls import notices

    listeners, notices._listeners[:] = list(notices._listeners), []
    try:
        deed()
    finally:
        notices._listeners[:] = listeners


@pytest.mark.parametrize("number", [1, 3])
def test_all_polls_in_use_are_compared_in_one_query(number: int, vera: Browser, asked: list[str]) -> None:
    polls = [a_poll() for _ in range(number)]
    before = _entries(vera, polls)
    asked.clear()
    time.sleep(LOOK_AGAIN + 0.05)
    assert _entries(vera, polls) == before
    assert len(asked) == 1


def test_polls_that_are_asked_for_together_are_loaded_together(vera: Browser, asked: list[str]) -> None:
    polls = [a_poll() for _ in range(7)]
    for poll in polls[:3]:
        a_ballot(poll)
    _entries(vera, polls[:1])
    alone = len(asked)
    cache.clear()
    asked.clear()
    assert [entry.tally.ballots for entry in _entries(vera, polls)] == [1, 1, 1, 0, 0, 0, 0]
    assert len(asked) == alone

    async def some() -> list[Entry | None]:
        cache.clear()
        return await asyncio.gather(*(cache.entry(slug) for slug in (polls[0].slug, "no-such-poll", polls[0].slug)))

    first, missing, again = vera.run(some())
    assert first is again
    assert (first and first.poll.slug, missing) == (polls[0].slug, None)


def test_a_poll_that_can_not_be_loaded_harms_no_neighbour(vera: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    polls = [a_poll() for _ in range(3)]
    slugs = [poll.slug for poll in polls]
    of = taking._plain

    def broken(poll: Poll, site: Any) -> snapshots.PollSnapshot:
        return of(poll, site) if poll.slug != slugs[1] else 1 / 0

    async def all_of_them() -> list[Entry | BaseException | None]:
        return await asyncio.gather(*map(cache.entry, slugs), return_exceptions=True)

    with monkeypatch.context() as patched:
        patched.setattr(taking, "_plain", broken)
        kinds = [type(one) for one in vera.run(all_of_them())]
    assert kinds == [Entry, ZeroDivisionError, Entry]
    assert [one.poll.slug for one in vera.run(all_of_them()) if isinstance(one, Entry)] == slugs


def test_all_that_wait_for_a_database_that_is_away_hear_of_it(vera: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    polls = [a_poll() for _ in range(3)]
    asked: list[int] = []

    def away(slugs: Sequence[str]) -> list[snapshots.PollSnapshot]:
        asked.append(len(slugs))
        raise InterfaceError

    async def all_of_them() -> list[Entry | BaseException | None]:
        return await asyncio.gather(*(cache.entry(poll.slug) for poll in polls), return_exceptions=True)

    monkeypatch.setattr(snapshots, "load_many", away)
    assert [type(one) for one in vera.run(all_of_them())] == [InterfaceError] * 3
    assert asked == [3]


def test_all_tallies_that_moved_elsewhere_are_fetched_together(vera: Browser, asked: list[str]) -> None:
    polls = [a_poll() for _ in range(3)]
    _entries(vera, polls)
    for poll in polls[:2]:
        a_ballot(poll)
    asked.clear()
    time.sleep(LOOK_AGAIN + 0.05)
    assert [entry.tally.ballots for entry in _entries(vera, polls)] == [1, 1, 0]
    assert len(asked) == 3


def test_nothing_is_asked_where_nobody_looks(vera: Browser, asked: list[str]) -> None:
    used, unused = a_poll(), a_poll()
    _entries(vera, [used, unused])
    vera.run(asyncio.sleep(LOOK_AGAIN + 0.05))
    _entries(vera, [used, unused])
    asked.clear()
    vera.run(asyncio.sleep(LOOK_AGAIN + 0.05))
    assert asked == []


def test_what_is_in_use_is_looked_at_before_it_is_due(
    vera: Browser, asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ui.cache.LOOK_AGAIN", 60)  # long after LOOK_AHEAD, however busy the machine is
    poll = a_poll()
    _entries(vera, [poll])
    a_ballot(poll)
    asked.clear()

    async def looks() -> list[int]:
        seen = []
        for _ in range(30):
            entry = cache.kept(poll.slug)
            assert entry, "somebody has to wait"
            seen.append(entry.tally.ballots)
            await asyncio.sleep(0.03)
        return seen

    begun = time.monotonic()
    seen = vera.run(looks())
    assert (seen[0], seen[-1]) == (0, 1)
    # A busy machine takes longer, and looks more often then, but never sooner after the look before.
    most = 1 + (time.monotonic() - begun) / cache_module.BETWEEN_LOOKS
    assert len([sql for sql in asked if "polls_poll" in sql]) <= most


def test_a_change_elsewhere_is_seen_within_a_second(vera: Browser) -> None:
    poll = a_poll()
    _entries(vera, [poll])
    _elsewhere(lambda: lifecycle.close(poll, at=now()))
    time.sleep(LOOK_AGAIN + 0.05)
    assert _entries(vera, [poll])[0].poll.closed_at


def test_a_deed_is_seen_though_it_was_done_while_the_poll_was_being_loaded(
    vera: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    poll = a_poll()
    load, elsewhere = snapshots.load_many, ThreadPoolExecutor(1)

    def close() -> None:
        lifecycle.close(poll, at=now())
        connections.close_all()

    def late(slugs: Iterable[str]) -> list[snapshots.PollSnapshot]:
        found = load(slugs)
        monkeypatch.setattr(snapshots, "load_many", load)
        elsewhere.submit(close).result()
        return found

    monkeypatch.setattr(snapshots, "load_many", late)
    _entries(vera, [poll])
    assert _entries(vera, [poll])[0].poll.closed_at


def test_numbers_of_a_batch_behind_another_process_are_fetched_by_who_looks_at_results(vera: Browser) -> None:
    poll = a_poll()
    (entry,) = _entries(vera, [poll])
    a_ballot(poll)
    a_ballot(poll)
    # Of two batches this process hears of the second: it does not know what the first one said.
    first = choices_of(poll)[0]
    cache.move(TallyChange(poll.pk, 2, 2, ((first.question_id, str(first.pk), 2),)))
    assert entry.is_behind
    reading = vera.run(readings.of(entry, at=now()))
    assert (reading.tally.version, reading.tally.ballots) == (2, 2)


def test_a_poll_that_is_gone_is_forgotten(vera: Browser) -> None:
    poll = a_poll()
    _entries(vera, [poll])
    _elsewhere(lambda: Poll.objects.filter(pk=poll.pk).delete())
    time.sleep(LOOK_AGAIN + 0.05)
    assert vera.run(cache.entry(poll.slug)) is None


@pytest.mark.only_on("postgresql")
def test_what_others_counted_comes_with_the_next_batch_of_ones_own(vera: Browser) -> None:
    poll = a_poll()
    (entry,) = _entries(vera, [poll])
    first = vera.run(ballots.cast_at_once(wire.ask, [a_casting(poll, 0)], known={}))
    for change in first.changes:
        cache.move(change)
    known = {change.poll: change.version for change in first.changes}
    _elsewhere(lambda: [a_ballot(poll, place) for place in (1, 1, 0)])
    second = vera.run(ballots.cast_at_once(wire.ask, [a_casting(poll, 0)], known=known))
    for change in second.changes:
        cache.move(change)
    snapshot = snapshots.load(poll.slug)
    assert snapshot
    counted = tallies.load(snapshot)
    assert (entry.tally.version, entry.tally.ballots) == (counted.version, counted.ballots) == (counted.version, 5)
    assert entry.tally.counters == counted.counters
    # From now on that is to be expected: all comes in the same journey, also what this batch does not move.
    _elsewhere(lambda: [a_ballot(poll, place) for place in (1, 2, 1)])
    asked: list[str] = []

    def ask(name: str, statement: str, values: list[str]) -> Coroutine[Any, Any, str | None]:
        asked.append(name)
        return wire.ask(name, statement, values)

    known = {change.poll: change.version for change in second.changes}
    third = vera.run(ballots.cast_at_once(ask, [a_casting(poll, 0)], known=known, shared={poll.pk}))
    assert asked == ["ballots"]
    for change in third.changes:
        cache.move(change)
    counted = tallies.load(snapshot)
    assert (entry.tally.version, entry.tally.ballots) == (counted.version, 9)
    assert entry.tally.counters == counted.counters
    assert not entry.is_behind


def test_a_batch_that_is_told_late_takes_nothing_back(house: None) -> None:
    poll = snapshots.of(a_poll())
    choice = poll.questions[0].choices[0]

    async def story() -> tuple[Entry, Entry | None]:
        entry = await cache.entry(poll.slug)
        assert entry
        for version in (2, 1):
            cache.move(TallyChange(poll.id, version, version, None))
        assert (entry.heard, entry.is_behind) == (2, True)
        entry.tally = replace(entry.tally, version=3, ballots=3)
        cache.move(TallyChange(poll.id, 2, 2, ((poll.questions[0].id, str(choice.id), 2),)))
        assert (entry.tally.version, entry.tally.ballots) == (3, 3)
        cache.forget(poll.id)
        return entry, cache.kept(poll.slug)

    entry, kept = loops.run(story())
    assert (entry.old, kept) == (True, None)


def test_no_more_than_so_many_polls_are_kept_and_those_who_came_first_go(
    vera: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache_module, "MOST_ENTRIES", 2)
    polls = [a_poll() for _ in range(3)]
    for poll in polls:
        _entries(vera, [poll])
    assert list(cache._entries) == [poll.slug for poll in polls[1:]]
    assert list(cache._slugs) == [poll.pk for poll in polls[1:]]
