"""Journeys: a real browser, the real server, and a site of another origin between them.

Whatever a browser complains about in a journey, in its console or as a violation of a policy, fails that journey.
"""

import os
import re
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Error, Page, expect, sync_playwright

from polls.models import Poll
from tests import chromium as chromium_module
from tests.builders import a_poll
from tests.desk import an_editor, at_desk
from tests.journeys import gina as gina_module
from tests.journeys.bridges import BRIDGES
from tests.journeys.gina import Site
from tests.server import SERVE, a_server, collected

# The last such list counts: these are Playwright's own, and ours. Without ours each new browser window starts a process
# in reserve, and two more for the pages that hang under an address bar, which nobody sees here: half of all its work.
PLAYWRIGHTS = (
    "AvoidUnnecessaryBeforeUnloadCheckSync,DestroyProfileOnBrowserClose,HttpsUpgrades,HttpsFirstBalancedModeAutoEnable,"
    "MediaRouter,PaintHolding,ThirdPartyStoragePartitioning,AvoidCorsURLLoaderRestartOnRedirect,OptimizationHints,"
    "NetworkTimeServiceQuerying,PreconnectToSearch"
)
OURS = "SpareRendererForSitePerProcess,WebUIOmniboxPopup,WebUIOmniboxAimPopup,WebUIOmniboxFullPopup"
ARGUMENTS = [
    f"--disable-features={PLAYWRIGHTS},{OURS}",
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
    here = f"{Path(__file__).parent}{os.sep}"
    for item in items:
        if str(item.path).startswith(here):
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
    places = {"DATA_DIR": str(tmp_path_factory.mktemp("server")), "STATIC_ROOT": collected()}
    # It stays for the whole run: what other tests want to send is none of its business.
    with django_db_blocker.unblock(), a_server(*SERVE, **places, WEBHOOKS="0") as server:
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
    """Somebody at a browser of their own.

    Who has left can come back as somebody else: without cookies, and all is as it was. To make a browser and its first
    page costs six times what a page costs that is opened in it.
    """

    def __init__(self, context: BrowserContext) -> None:
        self.context = context
        self.complaints: list[str] = []
        self._expected: list[str] = []
        self._listeners: list[tuple[Any, Any]] = []
        self._resting: Page | None = None
        context.on("console", self._hear)
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        context.expose_function("complain", lambda said: self.complaints.append(said))  # noqa: PLW0108 -- Playwright marks it
        context.add_init_script(WATCH)

    def open(self, address: str) -> Page:
        page, self._resting = self._resting or self.context.new_page(), None
        page.goto(address)
        return page

    def listens(self, event: Any, listener: Callable[[Any], None]) -> None:
        """To what happens on any page, until this visitor leaves."""
        self.context.on(event, listener)
        self._listeners.append((event, listener))

    def expects(self, pattern: str) -> None:
        """A complaint that is right: a browser reports each answer of 4xx, and each lost connection."""
        self._expected.append(pattern)

    def surprises(self) -> list[str]:
        return [said for said in self.complaints if not any(re.search(pattern, said) for pattern in self._expected)]

    def leave(self, options: dict[str, Any]) -> bool:
        """Whether nothing of this visit stays, so that somebody else may come."""
        for event, listener in self._listeners:
            self.context.remove_listener(event, listener)
        for page in self.context.pages[1:]:
            page.close()
        try:
            page = self.context.pages[0]
            page.unroute_all()
            self.context.set_offline(False)
            self.context.clear_cookies()
            self.context.clear_permissions()
            page.set_viewport_size(options["viewport"])
            motion, scheme = options.get("reduced_motion", "no-preference"), options.get("color_scheme", "light")
            colors = options.get("forced_colors", "none")
            page.emulate_media(media="screen", reduced_motion=motion, color_scheme=scheme, forced_colors=colors)
            # An empty page that its own script asks for stays in its process, and starts with less. What is waited for
            # is the way there: who opened nothing is at about:blank already, and the next visitor would be cut short.
            # A page that is gone at once does not answer to the script.
            with page.expect_navigation(), suppress(Error):
                page.evaluate("location.replace('about:blank')")
        except (Error, IndexError):
            return False
        self._listeners, self._expected, self.complaints, self._resting = [], [], [], page
        return True

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(message.text)


def another(page: Page, script: str) -> Page:
    """A second page at the same address, with a script before its own. The first one is lent to others, as it is."""
    second = page.context.new_page()
    second.add_init_script(script)
    second.goto(page.url)
    return second


@pytest.fixture(scope="session")
def rested() -> dict[str, list[Visitor]]:
    """Visitors who have left, by what is special about their browsers."""
    return defaultdict(list)


@pytest.fixture
def visit(chromium: Browser, rested: dict[str, list[Visitor]], house: None) -> Iterator[Callable[..., Visitor]]:
    """Makes visitors, each with a browser of their own; asks at the end what those complained about."""
    visitors: list[tuple[Visitor, dict[str, Any]]] = []

    def visit(**options: Any) -> Visitor:
        options.setdefault("viewport", {"width": 1024, "height": 900})
        waiting = rested[repr(options)]
        visitor = waiting.pop() if waiting else Visitor(chromium.new_context(**options))
        visitors.append((visitor, options))
        return visitor

    yield visit
    surprises = [visitor.surprises() for visitor, _ in visitors if visitor.surprises()]
    for visitor, options in visitors:
        if not surprises and visitor.leave(options):
            rested[repr(options)].append(visitor)
        else:
            visitor.context.close()
    assert surprises == []


@pytest.fixture
def poll(house: None) -> Poll:
    """About bridges."""
    return a_poll(title="Which bridge first?", choices=BRIDGES, question={"text": "Which bridge first?"})


@pytest.fixture
def vera(visit: Callable[..., Visitor]) -> Visitor:
    """A voter, in place of the one who needs no browser."""
    return visit()


@pytest.fixture
def olive(polls: str, visit: Callable[..., Visitor]) -> Callable[..., Page]:
    """Opens pages of the desk, logged in."""
    editor = an_editor("olive")

    def open_page(address: str, complains: str = "", **options: object) -> Page:
        visitor = visit(**options)
        if complains:
            visitor.expects(complains)
        session = at_desk(editor).cookies["sessionid"].value
        visitor.context.add_cookies([{"name": "sessionid", "value": session, "url": polls}])
        return visitor.open(f"{polls}{address}")

    return open_page
