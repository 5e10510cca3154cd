"""A disk that is full, and a database that lets itself be read alone: clear refusals, and no server that says ready."""

import logging
import os
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import psycopg
import pytest
from django.contrib.sessions.models import Session
from django.db import connection

from polls.kinds import Answer
from polls.models import Ballot, Poll
from tests.browser import Browser
from tests.builders import a_draft, a_poll
from tests.desk import an_editor, as_it_stands, at_desk, change
from tests.doors import DOORS
from ui import database, storing

FULL = """
    CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$;
    CREATE TRIGGER no_room BEFORE INSERT ON polls_ballot EXECUTE FUNCTION no_room();
    CREATE TRIGGER no_room BEFORE INSERT ON django_session EXECUTE FUNCTION no_room();
    CREATE TRIGGER no_room BEFORE UPDATE ON polls_poll EXECUTE FUNCTION no_room();
"""

type Trouble = Callable[[], AbstractContextManager[None]]


@contextmanager
def a_full_disk() -> Iterator[None]:
    """SQLite's file may not grow. PostgreSQL answers as it does on a full disk."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(FULL)
        try:
            yield
        finally:
            with connection.cursor() as cursor:
                cursor.execute("DROP FUNCTION no_room CASCADE")
        return
    with connection.cursor() as cursor:
        cursor.execute("VACUUM")
        pages = cursor.execute("PRAGMA page_count").fetchone()[0]
    with _sqlite_opened_with(f"PRAGMA max_page_count={pages}"):
        yield


@contextmanager
def a_read_only_database() -> Iterator[None]:
    """As after a failover to a replica."""
    if connection.vendor == "sqlite":
        with _sqlite_opened_with("PRAGMA query_only=1"):
            yield
        return
    try:
        _switch("SET default_transaction_read_only = on")
        yield
    finally:
        _switch("RESET default_transaction_read_only")


def _switch(setting: str) -> None:
    """For all connections to PostgreSQL, those that there are too."""
    name = connection.settings_dict["NAME"]
    connection.close()
    database.close()
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as keeper:
        keeper.execute(f'ALTER DATABASE "{name}" {setting}'.encode())
        keeper.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
    connection.pool.check()  # type: ignore[attr-defined]


@contextmanager
def _sqlite_opened_with(pragma: str) -> Iterator[None]:
    options = connection.settings_dict["OPTIONS"]
    before = options["init_command"]
    options["init_command"] = f"{before} {pragma};"
    try:
        connection.close()
        database.close()
        yield
    finally:
        options["init_command"] = before
        connection.close()
        database.close()


@pytest.fixture(params=[a_full_disk, a_read_only_database])
def trouble(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Trouble:
    monkeypatch.setattr(storing, "REST", 0.0)
    arranged: Trouble = request.param
    return arranged


def test_voters_are_asked_to_come_back_and_who_watches_over_the_server_is_told(
    trouble: Trouble, vera: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    poll = a_poll(policy="open", choices=(), question={"kind": "text"})
    question = poll.questions.get().pk

    def letters() -> list[tuple[str, dict[str, object]]]:
        """To each door, of as many letters as fill a page of the database."""
        told = [Answer(question, text="long " * 99)]
        return [door.letter(poll.slug, told, vera.paper(poll.slug)) for door in DOORS for _ in range(9)]

    first, again = letters(), letters()
    assert vera.get("/readyz").json() == {"status": "ready"}
    with trouble():
        vera.together(first)
        before = Ballot.objects.count()
        for door, response in zip([door for door in DOORS for _ in range(9)], vera.together(again), strict=True):
            reply = door.read(response)
            assert (reply.code, reply.status) == ("database_away", 503), door.name
            assert int(response.headers["retry-after"]) > 0
        for _ in range(3):
            looked = vera.get("/readyz")
            assert (looked.status_code, looked.json()) == (503, {"status": "stores_nothing"})
        assert vera.get(f"/p/{poll.slug}/").status_code == 200
        assert (Ballot.objects.count(), Session.objects.count()) == (before, 0)
    lines = [line for line in caplog.records if line.levelno >= logging.ERROR]
    assert [(line.exc_info, line.getMessage().partition(":")[0]) for line in lines] == [
        (None, "Nothing can be stored, and votes are turned away")
    ]
    _wait_until_ready(vera)
    assert Session.objects.count() == 0
    assert all(response.status_code in {200, 201, 303} for response in vera.together([*first, *again]))
    assert Ballot.objects.count() == len(first) + len(again)


def test_an_editor_is_told_in_a_sentence_that_nothing_can_be_saved(
    trouble: Trouble, vera: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    olive = an_editor()
    poll, desk = a_draft("Lunch?", organiser=olive), at_desk(olive)
    desk.raise_request_exception = False
    written = as_it_stands(poll) | {"title": "Dinner?", "intro": "ö" * 2000}
    with trouble():
        assert desk.get(change(poll)).status_code == 200
        answer = desk.post(change(poll), written)
        assert vera.get("/readyz").status_code == 503
    assert (answer.status_code, "Nothing can be saved right now." in answer.text) == (503, True)
    assert "Go back: what you typed is still there." in answer.text
    assert Poll.objects.get().title == "Lunch?"
    assert not [line for line in caplog.records if line.exc_info], "one line is enough"
    _wait_until_ready(vera)


def _wait_until_ready(browser: Browser) -> None:
    deadline = time.monotonic() + 20
    while browser.get("/readyz").status_code != 200:
        assert time.monotonic() < deadline, "it never was ready again"
        time.sleep(0.05)
