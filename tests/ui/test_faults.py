"""When the database can't keep up, or goes away: clear refusals, nothing half-counted, and recovery by itself."""

import asyncio
import os
import socket
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import RequestFactory

from polls import refusals
from polls.models import Ballot, Poll
from tests.browser import Browser
from tests.builders import a_poll, choices_of
from tests.doors import DOORS, ApiDoor, FormDoor
from ui import database, exchanges, faces, queue
from ui.wire import Wire

CSRF = 'name="csrfmiddlewaretoken" value="'

type Door = FormDoor | ApiDoor


@contextmanager
def _database_away() -> Iterator[None]:
    """Nobody can write; on PostgreSQL all connections are cut and none is made."""
    name = str(connection.settings_dict["NAME"])
    connection.close()
    if connection.vendor == "sqlite":
        with sqlite3.connect(name, isolation_level=None) as holder:
            holder.execute("BEGIN EXCLUSIVE")
            yield
            holder.execute("ROLLBACK")
        holder.close()
        return
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as keeper:
        keeper.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false'.encode())
        keeper.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
        try:
            yield
        finally:
            keeper.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true'.encode())
            # What was cut while nobody used it is not left to the next test.
            connection.pool.check()  # type: ignore[attr-defined]


@contextmanager
def _database_frozen() -> Iterator[None]:
    """Whoever connects to it hears nothing."""
    given: dict[str, Any] = connection.settings_dict["OPTIONS"]
    connection.close()
    database.close()
    with socket.create_server(("127.0.0.1", 0)) as silent:
        there = {"host": "127.0.0.1", "hostaddr": "127.0.0.1", "port": silent.getsockname()[1]}
        connection.settings_dict["OPTIONS"] = {name: value for name, value in given.items() if name != "pool"} | there
        try:
            yield
        finally:
            connection.settings_dict["OPTIONS"] = given


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A locked SQLite is waited for a moment only, which is what shortens this test."""
    if connection.vendor == "sqlite":
        monkeypatch.setitem(connection.settings_dict["OPTIONS"], "timeout", 0.1)


@pytest.mark.waits
def test_a_database_that_is_away_is_told_at_every_door_and_the_same_papers_count_when_it_is_back(
    impatient: None, vera: Browser
) -> None:
    poll = a_poll(policy="open")
    choice = choices_of(poll)[0]
    letters = [door.letter(poll.slug, [(choice.question_id, [choice.pk])], vera.paper(poll.slug)) for door in DOORS]
    with _database_away():
        for door, response in zip(DOORS, vera.together(letters), strict=True):
            reply = door.read(response)
            assert (reply.code, reply.status) == ("database_away", 503)
            assert int(response.headers["retry-after"]) > 0
    deadline = time.monotonic() + 30
    while not DOORS[0].read(vera.post(letters[0][0], **letters[0][1])).counted:
        assert time.monotonic() < deadline, "it never came back"
        time.sleep(0.2)
    assert all(door.read(response).counted for door, response in zip(DOORS, vera.together(letters), strict=True))
    assert Ballot.objects.count() == len(DOORS)


@pytest.mark.waits
def test_a_database_that_is_away_is_told_at_sign_in_too(impatient: None, vera: Browser) -> None:
    User.objects.create_user("vera", password="a password")
    page = vera.get("/accounts/login/").text
    told = {"username": "vera", "password": "a password", "csrfmiddlewaretoken": page.split(CSRF)[1].split('"')[0]}
    with _database_away():
        response = vera.post("/accounts/login/", data=told, headers={"Referer": "https://polls.test/"})
    assert (response.status_code, 'data-code="database_away"' in response.text) == (503, True)
    assert int(response.headers["retry-after"]) > 0
    assert "sessionid" not in response.cookies


@pytest.mark.parametrize(
    ("path", "votes"),
    [
        ("/p/lunch/", True),
        ("/embed/lunch/vote/", True),
        ("/api/v1/polls/lunch/votes", True),
        ("/api/v1/polls/publish", True),
        ("/api/v1/polls", False),
        ("/api/v1/polls/lunch/definition", False),
        ("/api/v1/polls/lunch/close", False),
        ("/admin/polls/poll/", False),
        ("/accounts/login/", False),
    ],
)
def test_only_voters_are_told_that_votes_cannot_be_stored(path: str, votes: bool) -> None:
    told = faces.refuse(RequestFactory().post(path), refusals.DatabaseAway()).content.decode()
    assert ("be stored right now" in told, "Nothing can be saved" in told) == (votes, not votes)


@pytest.mark.waits
@pytest.mark.only_on("postgresql")
def test_nobody_waits_long_for_a_database_that_is_frozen(vera: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    poll = a_poll()

    async def asked() -> list[tuple[int, bool, float]]:
        async def answer(address: str) -> tuple[int, bool, float]:
            begun = time.monotonic()
            response = await vera.client.get(address)
            return response.status_code, "database_away" in response.text, time.monotonic() - begun

        return await asyncio.gather(*map(answer, ["/readyz", f"/p/{poll.slug}/", "/api/v1/polls"]))

    with _database_frozen(), monkeypatch.context() as soon:
        soon.setattr(exchanges, "PATIENCE", 0.3)
        answers = vera.run(asked())
    assert [(status, told) for status, told, _took in answers] == [(503, True)] * 3
    assert max(took for _status, _told, took in answers) < 5, "which is long before the end of their time"
    assert vera.get("/readyz").status_code == 200


def test_a_database_that_is_not_migrated_is_one_sentence_in_the_log(
    vera: Browser, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(Poll._meta, "db_table", "not_yet_there")
    assert vera.get("/p/nobody-has-asked/").status_code == 503
    sentence = "it is not migrated; run `manage.py migrate`."
    assert [(record.exc_info, sentence in record.getMessage()) for record in caplog.records] == [(None, True)]


def test_more_ballots_than_the_queue_holds_are_refused_and_counted_when_they_come_again(
    vera: Browser, door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "LONGEST_QUEUE", 3)
    poll = a_poll(policy="open")
    choice = choices_of(poll)[0]
    letters = [door.letter(poll.slug, [(choice.question_id, [choice.pk])], vera.paper(poll.slug)) for _ in range(12)]
    replies = [door.read(response) for response in vera.together(letters)]
    counted = [reply for reply in replies if reply.counted]
    refused = [reply for reply in replies if not reply.counted]
    assert {(reply.code, reply.status) for reply in refused} == {("busy", 503)}
    assert all(int(reply.response.headers["retry-after"]) > 0 for reply in refused)
    assert Ballot.objects.count() == len(counted) >= 3
    again = [door.read(vera.post(address, **letter)) for address, letter in letters]
    assert all(reply.counted for reply in again)
    assert Ballot.objects.count() == 12


def test_a_batch_that_fails_before_anybody_was_asked_holds_up_nobody(
    vera: Browser, victor: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    poll, door = a_poll(), DOORS[0]
    choice = choices_of(poll)[0]

    def vote(browser: Browser) -> tuple[bool, int]:
        reply = door.vote(browser, poll.slug, [(choice.question_id, [choice.pk])], browser.paper(poll.slug))
        return reply.counted, reply.status

    with monkeypatch.context() as broken:
        broken.delattr("ui.queue.database")
        broken.setattr("ui.voting.queue._wire", Wire())
        assert vote(vera) == (False, 500)
    assert vote(victor) == (True, 303)
