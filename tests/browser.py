"""A voter's browser without the browser: requests go to the ASGI application as a server would hand them over."""

import asyncio
import re
from collections.abc import Coroutine
from typing import Any

import httpx

PAPER = re.compile(r'name="paper" value="([^"]*)"')


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
        """A fresh paper, as the poll's page carries it. Asked for without cookies, as a second tab would be."""
        found = PAPER.search(self.run(self._look(slug)).text)
        assert found, "the page carries no paper"
        return found.group(1)

    async def _look(self, slug: str) -> httpx.Response:
        async with httpx.AsyncClient(transport=self.client._transport, base_url="https://polls.test") as stranger:
            # The transport is shared; leaving this block must not close it, which ASGITransport's close does not.
            return await stranger.get(f"/embed/{slug}/")

    def together(self, posts: list[tuple[str, dict[str, Any]]]) -> list[httpx.Response]:
        """Post everything at once."""

        async def all_at_once() -> list[httpx.Response]:
            return await asyncio.gather(*(self.client.post(address, **kwargs) for address, kwargs in posts))

        return self.run(all_at_once())

    def close(self) -> None:
        self.run(self.client.aclose())
