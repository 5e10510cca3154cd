"""Journeys: a real browser, the real server, and a site of another origin between them.

Whatever a browser complains about in a journey, in its console or as a violation of a policy, fails that journey.
"""

import os
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

from tests import chromium as chromium_module
from tests.journeys import gina as gina_module
from tests.journeys.gina import Site
from tests.server import a_server

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # What more and more browsers do by default.
    "--test-third-party-cookie-phaseout",
]
# Journeys tell what comes, not how fast: a machine that has much else to do takes its time.
PATIENCE = 20
expect.set_options(timeout=PATIENCE * 1000)
WATCH = (
    "addEventListener('securitypolicyviolation', (event) => complain(`${event.violatedDirective} ${event.blockedURI}`))"
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.journey)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The browser; tests/conftest.py leaves the journeys out where there is none."""
    # Playwright keeps a loop in this thread, which makes Django think that we were asynchronous.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_module.path(), args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def polls(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The origin of a running Pollstead."""
    # DEBUG serves static files as they are in the work tree.
    with django_db_blocker.unblock(), a_server(DATA_DIR=str(tmp_path_factory.mktemp("server")), DEBUG="1") as server:
        yield server.address


@pytest.fixture(scope="session")
def gina(polls: str) -> Iterator[Site]:
    with gina_module.publishing(polls) as site:
        yield site


def eventually(holds: Callable[[], bool]) -> None:
    """Ask again until it holds. Playwright's own `wait_for_function` needs the eval that our policy forbids."""
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline, "it never came to hold"
        time.sleep(0.05)


class Visitor:
    """Somebody at a browser of their own."""

    def __init__(self, context: BrowserContext) -> None:
        self.context = context
        self.complaints: list[str] = []
        self._expected: list[str] = []
        context.on("console", self._hear)
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        context.expose_function("complain", lambda said: self.complaints.append(said))  # noqa: PLW0108 -- Playwright marks it
        context.add_init_script(WATCH)

    def open(self, address: str) -> Page:
        page = self.context.new_page()
        page.goto(address)
        return page

    def expects(self, pattern: str) -> None:
        """A complaint that is right: a browser reports each answer of 4xx, and each lost connection."""
        self._expected.append(pattern)

    def surprises(self) -> list[str]:
        return [said for said in self.complaints if not any(re.search(pattern, said) for pattern in self._expected)]

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(message.text)


@pytest.fixture
def visit(chromium: Browser, house: None) -> Iterator[Callable[..., Visitor]]:
    """Makes visitors, each with a browser of their own; asks at the end what those complained about."""
    visitors: list[Visitor] = []

    def visit(**options: Any) -> Visitor:
        options.setdefault("viewport", {"width": 1024, "height": 900})
        visitors.append(Visitor(chromium.new_context(**options)))
        return visitors[-1]

    yield visit
    for visitor in visitors:
        visitor.context.close()
    assert [visitor.surprises() for visitor in visitors if visitor.surprises()] == []


@pytest.fixture
def vera(visit: Callable[..., Visitor]) -> Visitor:
    """A voter, in place of the one who needs no browser."""
    return visit()
