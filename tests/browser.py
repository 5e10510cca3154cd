"""A voter's browser without the browser: requests go to the ASGI application as a server would hand them over."""

import asyncio
import re
import sys
from collections.abc import Coroutine
from datetime import UTC, datetime
from importlib.util import find_spec
from typing import Any

import httpx

PAPER = re.compile(r'name="paper" value="([^"]*)"')

if find_spec("sniffio") is None:
    # httpx looks through all folders for it at each request: a third of what it costs.
    sys.modules["sniffio"] = None  # type: ignore[assignment]


class Browser:
    def __init__(self, loop: asyncio.AbstractEventLoop, address: str = "192.0.2.1") -> None:
        from project.asgi import application

        transport = httpx.ASGITransport(app=application, client=(address, 50000), raise_app_exceptions=True)
        self.loop = loop
        self.client = httpx.AsyncClient(transport=transport, base_url="https://polls.test")

    def run[T](self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(60)

    def get(self, address: str, **kwargs: Any) -> httpx.Response:
        return self.run(self.client.get(address, **kwargs))

    def post(self, address: str, **kwargs: Any) -> httpx.Response:
        return self.run(self.client.post(address, **kwargs))

    def request(self, method: str, address: str, **kwargs: Any) -> httpx.Response:
        return self.run(self.client.request(method, address, **kwargs))

    def paper(self, slug: str) -> str:
        """A fresh paper, as the poll's page carries it, without that page: to draw one takes as long as three votes.

        The poll is kept from now on, as after a look at it.
        """
        from ui import papers
        from ui.cache import cache

        entry = self.run(cache.entry(slug))
        assert entry, "there is no such poll"
        return papers.issue(entry.poll.id, at=datetime.now(UTC))

    def together(self, posts: list[tuple[str, dict[str, Any]]]) -> list[httpx.Response]:
        """Post everything at once."""

        async def all_at_once() -> list[httpx.Response]:
            return await asyncio.gather(*(self.client.post(address, **kwargs) for address, kwargs in posts))

        return self.run(all_at_once())

    def close(self) -> None:
        self.run(self.client.aclose())
