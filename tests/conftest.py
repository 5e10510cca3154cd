import asyncio
import os
import threading
from collections.abc import Callable, Iterator

import pytest

from tests.browser import Browser
from tests.databases import FOLDER
from tests.doors import DOORS, ApiDoor, FormDoor


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """SQLite in a file: in memory, threads would share one connection and no race would be real."""
    from django.db import connection

    if connection.vendor == "sqlite":
        worker = os.environ.get("PYTEST_XDIST_WORKER", "alone")
        connection.settings_dict["TEST"]["NAME"] = str(FOLDER / f"{worker}.sqlite3")


@pytest.fixture(scope="session")
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    """The event loop that the application runs on, in a thread of its own as in a server."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    yield loop
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


@pytest.fixture
def house(transactional_db: None) -> Iterator[None]:
    """A database with real commits, and no memory of the test before.

    At the end of every test the counters must be what the ballots say.
    """
    from polls.audit import differences
    from ui import accounts, database, guard
    from ui.cache import cache

    cache.clear()
    guard.clear()
    accounts.failures.clear()
    yield
    cache.clear()
    database.close()
    assert not differences(), "counters and ballots disagree"


@pytest.fixture
def browse(house: None, loop: asyncio.AbstractEventLoop) -> Iterator[Callable[..., Browser]]:
    """Makes browsers, each with a cookie jar and an address of its own."""
    made: list[Browser] = []

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
