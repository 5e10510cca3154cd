"""What two processes on one PostgreSQL tell each other."""

import asyncio
import time
from collections.abc import Iterator

import psycopg
import pytest
from django.db import connection

from polls import lifecycle
from polls.ballots import TallyChange
from polls.notices import CHANNEL
from tests.browser import Browser
from tests.builders import a_poll, now
from ui import replicas as module
from ui.cache import cache
from ui.entries import Entry
from ui.replicas import Replicas


@pytest.fixture
def other(vera: Browser) -> Iterator[Replicas]:
    """The ears and the mouth of a process."""
    made = Replicas(cache)

    async def begin() -> None:
        made.start()

    vera.run(begin())
    _wait(lambda: made.listening)
    yield made
    vera.run(made.stop())


@pytest.fixture
def ear(other: Replicas) -> Iterator[psycopg.Connection]:
    """Somebody else who listens."""
    with psycopg.connect(**_address(), autocommit=True) as listening:
        listening.execute(f"LISTEN {CHANNEL}")
        yield listening


def _address() -> dict[str, object]:
    known = connection.get_connection_params()
    return {name: value for name, value in known.items() if name not in {"context", "cursor_factory"}}


def _wait(holds: object) -> None:
    deadline = time.monotonic() + 5
    while not holds():  # type: ignore[operator]
        assert time.monotonic() < deadline, "it never came to hold"
        time.sleep(0.02)


def _heard(ear: psycopg.Connection, seconds: float = 1.0) -> list[str]:
    return [notice.payload for notice in ear.notifies(timeout=seconds)]


def _entry(vera: Browser, slug: str) -> Entry:
    found = vera.run(cache.entry(slug))
    assert found
    return found


@pytest.mark.only_on("postgresql")
def test_many_batches_are_told_of_in_one_notice(ear: psycopg.Connection, vera: Browser) -> None:
    async def batches() -> None:
        for version in range(1, 200):
            for poll in (7, 5, 12):
                cache.move(TallyChange(poll, version, version, ()))

    vera.run(batches())
    assert _heard(ear) == ["moved 5 7 12"]


@pytest.mark.only_on("postgresql")
def test_a_deed_is_told_of_with_its_commit(ear: psycopg.Connection) -> None:
    poll = a_poll()
    lifecycle.close(poll, at=now())
    # Publishing, and closing.
    assert _heard(ear) == [f"changed {poll.pk}"] * 2


@pytest.mark.only_on("postgresql")
def test_what_others_tell_makes_a_copy_old(ear: psycopg.Connection, vera: Browser) -> None:
    poll = a_poll()
    _heard(ear)
    entry = _entry(vera, poll.slug)
    ear.execute("SELECT pg_notify(%s, %s)", [CHANNEL, f"moved 1 {poll.pk} 99"])
    _wait(lambda: entry.due)
    for odd in ("", "moved x", "later 7"):
        ear.execute("SELECT pg_notify(%s, %s)", [CHANNEL, odd])
    ear.execute("SELECT pg_notify(%s, %s)", [CHANNEL, f"changed {poll.pk}"])
    _wait(lambda: entry.old)


@pytest.mark.only_on("postgresql")
def test_a_lost_connection_is_made_again(other: Replicas, vera: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SOONEST", 0.2)
    poll = a_poll()
    with psycopg.connect(**_address(), autocommit=True) as hand:
        ours = "application_name = %s AND datname = current_database()"
        hand.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {ours}", [module.NAME])
        _wait(lambda: not other.listening)
        _wait(lambda: other.listening)
        entry = _entry(vera, poll.slug)
        hand.execute("SELECT pg_notify(%s, %s)", [CHANNEL, f"changed {poll.pk}"])
        _wait(lambda: entry.old)


def test_a_long_list_is_told_in_notices_that_postgresql_takes() -> None:
    told = list(module._payloads(range(10_000, 15_000)))
    assert all(len(payload) < 8000 for payload in told)
    assert sum(payload.count(" ") for payload in told) == 5000
    assert list(module._payloads([])) == []


@pytest.mark.only_on("sqlite")
@pytest.mark.usefixtures("house")
def test_nobody_listens_on_sqlite(vera: Browser) -> None:
    quiet = Replicas(cache)

    async def begin() -> None:
        quiet.start()
        await asyncio.sleep(0)

    vera.run(begin())
    assert quiet._task is None
    vera.run(quiet.stop())
