"""The running service carries messages by itself, loses none when it is killed, and stops when it is told to."""

import asyncio
import logging
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import OperationalError

from polls import lifecycle
from polls.models import Delivery, Webhook
from polls.terms import DeliveryState
from polls.webhooks import clock, deliveries
from project import couriers
from project.couriers import Couriers
from tests.builders import a_poll, now
from tests.desk import an_editor
from tests.receivers import Receiver, a_receiver, a_webhook
from tests.server import a_server
from tests.votes import a_ballot
from tests.watcher import wait_until

pytestmark = pytest.mark.usefixtures("house")

type Run = Callable[..., Any]


@pytest.fixture
def run(loop: asyncio.AbstractEventLoop) -> Run:
    return lambda work: asyncio.run_coroutine_threadsafe(work, loop).result(20)


@pytest.fixture
def olive(house: None) -> User:
    return an_editor("olive")


async def _couriers(period: float) -> Couriers:
    return Couriers(period=period)


def is_delivered(number: int = 1) -> bool:
    return Delivery.objects.filter(state=DeliveryState.DELIVERED).count() == number


def test_what_is_told_is_carried_at_once(run: Run, olive: User) -> None:
    with a_receiver() as receiver:
        a_webhook(olive, url=receiver.url)
        carrying = run(_couriers(3600))
        lifecycle.close(a_poll(organiser=olive), at=now())
        wait_until(lambda: is_delivered(3))
        run(carrying.stop())
    assert receiver.types == ["poll.published", "poll.opened", "poll.closed"]
    assert not [thread for thread in threading.enumerate() if thread.name in {"webhooks", "courier"}]


def test_the_clock_and_results_are_looked_at(run: Run, olive: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(couriers, "BETWEEN_RESULTS", 0)
    with a_receiver() as receiver:
        a_webhook(olive, url=receiver.url, events="poll.closed results.changed")
        poll = a_poll(organiser=olive)
        a_ballot(poll)
        a_poll(organiser=olive, closes_at=now() + (due := deliveries.LEASE / 600))
        carrying = run(_couriers(0.02))
        wait_until(lambda: is_delivered(2))
        run(carrying.stop())
    assert due.total_seconds() < 1
    assert sorted(receiver.types) == ["poll.closed", "results.changed"]


def test_a_slow_receiver_holds_up_itself_alone_and_no_stop(run: Run, olive: User) -> None:
    leave = threading.Event()

    def slowly(_asked: BaseHTTPRequestHandler) -> None:
        leave.wait(20)

    with a_receiver(slowly) as slow, a_receiver() as quick:
        for receiver in (slow, quick):
            a_webhook(olive, url=receiver.url, events="poll.closed", name=str(receiver.port))
        carrying = run(_couriers(0.02))
        for _ in range(3):
            lifecycle.close(a_poll(organiser=olive), at=now())
        wait_until(lambda: len(quick.got) == 3)
        assert len(slow.got) == 1, "no two at once to the same one"
        begun = time.monotonic()
        run(carrying.stop())
        assert time.monotonic() - begun < couriers.GOODBYE + 1
        leave.set()


def test_a_receiver_that_asks_for_a_rest_is_sent_nothing_else_meanwhile(run: Run, olive: User) -> None:
    came: list[float] = []

    def busy_at_first(asked: BaseHTTPRequestHandler) -> None:
        asked.send_response(200 if came else 429)
        came.append(time.monotonic())
        asked.send_header("Retry-After", "1")
        asked.send_header("Content-Length", "0")
        asked.end_headers()

    with a_receiver(busy_at_first) as receiver:
        a_webhook(olive, url=receiver.url, events="poll.closed")
        carrying = run(_couriers(0.02))
        for _ in range(3):
            lifecycle.close(a_poll(organiser=olive), at=now())
        wait_until(lambda: is_delivered(2))
        run(carrying.stop())
    assert came[1] - came[0] >= 1
    waiting = Delivery.objects.get(state=DeliveryState.WAITING)
    assert waiting.due_at
    assert waiting.tried_at
    assert waiting.due_at - waiting.tried_at == deliveries.PAUSES[0]


def test_a_database_that_is_away_for_a_moment_is_noted_once_and_ends_nothing(
    run: Run, olive: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    asked: list[object] = []

    def away(*_: object, **__: object) -> None:
        asked.append(1)
        raise OperationalError("gone")

    with a_receiver() as receiver:
        a_webhook(olive, url=receiver.url, events="poll.closed")
        for place, name in ((deliveries, "take"), (clock, "turn")):
            monkeypatch.setattr(place, name, away)
        carrying = run(_couriers(0.02))
        wait_until(lambda: len(asked) > 8)
        monkeypatch.undo()
        lifecycle.close(a_poll(organiser=olive), at=now())
        wait_until(is_delivered)
        run(carrying.stop())
    (said,) = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert said.exc_info is None, "a sentence is enough"


def test_what_can_not_be_looked_at_holds_up_no_message(
    run: Run, olive: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(clock, "turn", broken)
    monkeypatch.setattr(clock, "look_at_results", broken)
    with a_receiver() as receiver:
        a_webhook(olive, url=receiver.url, events="poll.closed")
        carrying = run(_couriers(0.02))
        lifecycle.close(a_poll(organiser=olive), at=now())
        wait_until(is_delivered)
        run(carrying.stop())
    assert "could not be told" in caplog.text


def _waits(receiver: Receiver) -> Callable[[], bool]:
    return lambda: len(receiver.got) == 1


@pytest.mark.process
def test_a_server_that_is_killed_on_the_way_leaves_the_message_to_the_next_which_stops_in_time(olive: User) -> None:
    leave = threading.Event()
    with a_receiver(lambda _asked: leave.wait(30)) as receiver:
        a_webhook(olive, url=receiver.url, events="poll.closed")
        lifecycle.close(a_poll(organiser=olive), at=now())
        with a_server(WEBHOOK_PRIVATE_HOSTS="127.0.0.1") as server:
            wait_until(_waits(receiver))
            server.kill()
        delivery = Delivery.objects.get()
        assert (delivery.state, delivery.tries) == (DeliveryState.WAITING, 1)
        assert delivery.due_at > now()
        # Its lease ends, two minutes later.
        Delivery.objects.update(due_at=now())
        receiver.answer = 200
        with a_server(WEBHOOK_PRIVATE_HOSTS="127.0.0.1", WEBHOOKS="0"):
            time.sleep(0.5)
            assert len(receiver.got) == 1, "this one sends nothing"
        several = {"WEBHOOK_PRIVATE_HOSTS": "127.0.0.1", "WEB_CONCURRENCY": "2"}
        with a_server("manage.py", "serve", "--host", "127.0.0.1", **several) as server:
            wait_until(is_delivered)
            for _ in range(4):
                lifecycle.close(a_poll(organiser=olive), at=now())
            wait_until(lambda: is_delivered(5))
            receiver.answer = lambda _asked: leave.wait(30)
            lifecycle.close(a_poll(organiser=olive), at=now())
            wait_until(lambda: len(receiver.got) == 7)
            assert server.stop() < 5
        assert "Traceback" not in server.said()
        leave.set()
    names = [headers["webhook-id"] for _path, headers, _body in receiver.got]
    assert names[0] == names[1]
    assert len(set(names)) == 6, "of two processes one sends each"
    assert Webhook.objects.get().state == "on"
