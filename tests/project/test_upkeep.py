"""The running service keeps the promise to forget by itself, one process at a time, and stops when it is told to."""

import asyncio
import logging
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError, connections

from polls import lifecycle, retention
from polls.models import Ballot, Delivery, Poll
from polls.webhooks import deliveries
from project.lifespan import Lifespan
from project.upkeep import Upkeep
from tests.builders import a_poll, now
from tests.desk import an_editor
from tests.receivers import a_webhook
from tests.votes import a_ballot
from ui.hot import Hot

pytestmark = pytest.mark.usefixtures("house")

type Run = Callable[..., Any]


@pytest.fixture
def run(loop: asyncio.AbstractEventLoop) -> Run:
    return lambda work: asyncio.run_coroutine_threadsafe(work, loop).result(20)


def a_due_poll() -> Poll:
    poll = a_poll(retention_days=1)
    a_ballot(poll)
    return lifecycle.close(poll, at=now() - timedelta(days=2))


def wait_until(done: Callable[[], bool]) -> None:
    patience = time.monotonic() + 10
    while not done():
        assert time.monotonic() < patience, "it did not happen"
        time.sleep(0.01)


def is_erased(poll: Poll) -> bool:
    return Poll.objects.filter(pk=poll.pk, erased_at__isnull=False).exists()


async def _upkeep(period: float) -> Upkeep:
    return Upkeep(period=period)


def test_the_service_forgets_after_its_start_and_stops(run: Run, loop: asyncio.AbstractEventLoop) -> None:
    poll, orders, said = a_due_poll(), asyncio.Queue[dict[str, str]](), []

    async def send(message: Any) -> None:
        said.append(message["type"])

    async def app(*_: object) -> None: ...

    live = Lifespan(Hot(app), take=lambda *_: None)({"type": "lifespan"}, orders.get, send)
    living = asyncio.run_coroutine_threadsafe(live, loop)  # type: ignore[arg-type]
    loop.call_soon_threadsafe(orders.put_nowait, {"type": "lifespan.startup"})
    wait_until(lambda: is_erased(poll))
    assert Ballot.objects.get().voter_key.startswith("-")
    loop.call_soon_threadsafe(orders.put_nowait, {"type": "lifespan.shutdown"})
    living.result(10)
    assert said == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("upkeep")]


def test_the_service_deletes_what_webhooks_were_told_weeks_ago(run: Run) -> None:
    olive = an_editor("olive")
    a_webhook(olive)
    a_poll(organiser=olive)
    Delivery.objects.filter(event="poll.published").update(happened_at=now() - deliveries.KEPT)
    upkeep = run(_upkeep(3600))
    wait_until(lambda: Delivery.objects.count() == 1)
    run(upkeep.stop())
    assert Delivery.objects.get().event == "poll.opened"


def test_it_looks_again_after_a_while(run: Run) -> None:
    upkeep = run(_upkeep(0.02))
    poll = a_due_poll()
    wait_until(lambda: is_erased(poll))
    run(upkeep.stop())


def test_a_database_that_is_away_is_noted_and_tried_again(
    run: Run, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def away(*_: object, **__: object) -> None:
        raise OperationalError("gone")

    monkeypatch.setattr(retention, "due", away)
    with caplog.at_level(logging.ERROR):
        upkeep = run(_upkeep(0.02))
        wait_until(lambda: len(caplog.records) > 1)
    monkeypatch.undo()
    assert {record.exc_info for record in caplog.records} == {None}, "a sentence is enough"
    poll = a_due_poll()
    wait_until(lambda: is_erased(poll))
    run(upkeep.stop())


def test_a_stop_does_not_wait_for_all_that_is_due(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    poll = a_poll(retention_days=1)
    for _ in range(5):
        a_ballot(poll)
    lifecycle.close(poll, at=now() - timedelta(days=2))
    monkeypatch.setattr(retention, "AT_ONCE", 2)
    turns = iter([True, True, False])
    assert retention.erase_due(now(), go_on=lambda: next(turns)) == []
    assert nobodys() == 2
    assert not is_erased(poll)
    assert retention.erase_due(now()) == [poll]
    assert nobodys() == 5


def nobodys() -> int:
    """How many ballots have lost their voter. Not all that begin with a dash: one key of a voter in 64 does."""
    return sum(ballot.voter_key == f"-{ballot.pk}" for ballot in Ballot.objects.all())


@pytest.mark.only_on("postgresql")  # SQLite has one writer, and needs no lock
def test_one_process_erases_at_a_time() -> None:
    poll, other = a_due_poll(), connections.create_connection("default")
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [retention.LOCK])
        assert retention.erase_due(now()) == []
        cursor.execute("SELECT pg_advisory_unlock(%s)", [retention.LOCK])
    other.close()
    assert retention.erase_due(now()) == [poll]
    assert retention.erase_due(now()) == []
