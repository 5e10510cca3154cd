import asyncio
import gc
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from typing import Any

import pytest
import uvloop
from django.conf import settings
from django.db import connection
from django.template import Template
from django.test import TransactionTestCase
from django.test.utils import _TestState
from pytest_django.plugin import blocking_manager_key

from tests import chromium
from tests.browser import Browser
from tests.doors import DOORS, ApiDoor, FormDoor
from tests.watcher import wait_until
from ui import checkpoints, work
from ui.wire import wire

collect_ignore = [] if os.environ.get("NU_CHECKER") else ["ui/test_markup.py"]


def pytest_configure() -> None:
    # What is loaded by now stays; what pages leave behind is looked through less often.
    gc.freeze()
    gc.set_threshold(20_000)
    settings.PASSWORD_HASHERS = ["tests.passwords.QuickHasher"]
    # Work is asked for and done as ever, and is soon done. The journeys' server asks for all of it.
    work.HARDEST = 1000
    # Nothing comes by the clock from one test into another.
    checkpoints.SECONDS = 3600
    TransactionTestCase._fixture_teardown = _empty


@pytest.hookimpl(tryfirst=True)
def pytest_itemcollected(item: pytest.Item) -> None:
    """What asks no database says the same on each."""
    if not {"house", "db", "transactional_db", "django_db_setup"} & set(getattr(item, "fixturenames", ())):
        item.add_marker(pytest.mark.once)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Without a Chromium the journeys are left out, which is said aloud; where all must run, that is a failure."""
    _leave_to_the_other_database(config, items)
    # Those that mostly wait, for a process or a clock: at the end nothing would be left to do meanwhile.
    items.sort(key=lambda item: not (item.get_closest_marker("process") or item.get_closest_marker("waits")))
    if chromium.path() or not any(item.get_closest_marker("journey") for item in items):
        return
    if os.environ.get("CI"):
        raise pytest.UsageError(chromium.MISSING)
    config.stash[LEFT_OUT] = True
    for item in items:
        if item.get_closest_marker("journey"):
            item.add_marker(pytest.mark.skip(reason="no Chromium"))


def _leave_to_the_other_database(config: pytest.Config, items: list[pytest.Item]) -> None:
    here = os.environ.get("TEST_DATABASE", "sqlite")
    others = [item for item in items if (only := item.get_closest_marker("only_on")) and here not in only.args]
    if others:
        config.hook.pytest_deselected(items=others)
        items[:] = [item for item in items if item not in others]


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        from tests import migrated

        config.stash[blocking_manager_key].unblock()
        migrated.forget()
    if config.stash.get(LEFT_OUT, False):
        print(f"\n{chromium.MISSING}")  # the last words of the run


LEFT_OUT = pytest.StashKey[bool]()


@pytest.fixture(scope="session", autouse=True)
def unwatched_templates(django_test_environment: None) -> None:
    """Django notes which templates a test renders, and copies each context: pages take twice as long, for nobody."""
    Template._render = _TestState.saved_data.template_render


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: Any) -> Iterator[None]:
    """In place of pytest-django's: all workers of a run migrate once."""
    from tests import migrated

    with django_db_blocker.unblock():
        copy = ExitStack()
        copy.enter_context(migrated.a_copy())
    yield
    with django_db_blocker.unblock():
        copy.close()


@pytest.fixture(scope="session")
def loop(django_db_setup: None, django_db_blocker: Any) -> Iterator[asyncio.AbstractEventLoop]:
    """The event loop that the application runs on: a server's, in a thread of its own as in a server."""
    loop = uvloop.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    with django_db_blocker.unblock():
        loop.call_soon_threadsafe(wire.start)
        wait_until(_is_wired)
    yield loop
    asyncio.run_coroutine_threadsafe(wire.stop(), loop).result(10)
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


def _is_wired() -> bool:
    """Ballots are written as by a server that has started."""
    return connection.vendor == "sqlite" or wire.is_open


@pytest.fixture
def house(transactional_db: None) -> Iterator[None]:
    """A database with real commits, and no memory of the test before.

    At the end of every test the counters must be what the ballots say.
    """
    from django.db import connection

    from polls.audit import differences
    from polls.models import Poll
    from ui import accounts, admission, authors, database, tokens
    from ui.cache import cache
    from ui.hub import hub

    cache.clear()
    hub.clear()
    admission.clear()
    tokens.clear()
    authors.clear()
    accounts.failures.clear()
    yield
    cache.clear()
    # To open a file of SQLite's is to read its schema; PostgreSQL's connections go to the pool, which looks after them.
    database.settle() if connection.vendor == "sqlite" else database.close()
    left.extend(_with_rows())
    # Where nothing was counted and nobody voted, there is nothing to disagree.
    if not {"polls_ballot", "polls_counter", "polls_tally"}.isdisjoint(left):
        assert not differences(list(Poll.objects.raw(VOTED_IN))), "counters and ballots disagree"


VOTED_IN = """
    SELECT * FROM polls_poll WHERE id IN (
        SELECT poll_id FROM polls_ballot UNION SELECT poll_id FROM polls_tally WHERE ballots > 0
        UNION SELECT poll_id FROM polls_question WHERE id IN (SELECT question_id FROM polls_counter))"""
left: list[str] = []
"""The tables that `house` has found rows in, for `_empty`, which comes right after: a look into each takes a while."""


def _with_rows() -> list[str]:
    """The names of all tables in which a test has left something."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(_which_have_rows())
        return [table for (table,) in cursor.fetchall()]


def _empty(_case: TransactionTestCase) -> None:
    """Delete every row that a test could have made; Django's own flush takes ten times as long.

    Foreign keys are checked at the commit, so that the order is free.
    """
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        deletes = [f"DELETE FROM {table}" for table in left or _with_rows()]
        deletes.append("DELETE FROM auth_group WHERE name <> 'Editors'")
        # PostgreSQL takes several statements in one journey.
        for statement in ["; ".join(deletes)] if connection.vendor == "postgresql" else deletes:
            cursor.execute(statement)
    left.clear()


@cache
def _which_have_rows() -> str:
    from django.apps import apps

    kept = {"django_content_type", "auth_permission", "auth_group", "auth_group_permissions"}
    tables = {model._meta.db_table for model in apps.get_models(include_auto_created=True)} - kept
    return " UNION ALL ".join(f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM {table})" for table in sorted(tables))


@pytest.fixture
def browse(house: None, loop: asyncio.AbstractEventLoop) -> Iterator[Callable[..., Browser]]:
    """Makes browsers, each with a cookie jar and an address of its own."""
    made: list[Browser] = []
    # The test before may have cut it, or stopped the server.
    loop.call_soon_threadsafe(wire.start)
    wait_until(_is_wired)

    def browse(address: str = "192.0.2.1") -> Browser:
        made.append(Browser(loop, address))
        return made[-1]

    yield browse
    for browser in made:
        browser.close()


@pytest.fixture
def vera(browse: Callable[..., Browser]) -> Browser:
    """A voter."""
    return browse("192.0.2.1")


@pytest.fixture
def victor(browse: Callable[..., Browser]) -> Browser:
    """Another voter, elsewhere."""
    return browse("198.51.100.7")


@pytest.fixture(params=DOORS, ids=[door.name for door in DOORS])
def door(request: pytest.FixtureRequest) -> FormDoor | ApiDoor:
    """Each door in turn."""
    chosen: FormDoor | ApiDoor = request.param
    return chosen
