"""Who watches results that move: a browser's EventSource without the browser."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

from tests.browser import Browser
from ui import hub

Event = dict[str, str]


class Watcher:
    """A browser's EventSource: reads as events come, and can leave."""

    def __init__(self, browser: Browser, path: str, **headers: str) -> None:
        self._loop, self._said = browser.loop, b""
        self.status, self.headers = 0, {}  # type: ignore[var-annotated]
        self.ended = False
        self._leave = asyncio.Event()
        cookies = "; ".join(f"{name}={value}" for name, value in browser.client.cookies.items())
        sent = {"host": "polls.test", "cookie": cookies, **headers}
        path, _, query = path.partition("?")
        self._scope = {
            "type": "http",
            "method": "GET",
            "path": path,
            "query_string": query.encode(),
            "scheme": "https",
            "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in sent.items()],
            "client": browser.client._transport.client,  # type: ignore[attr-defined]
        }
        self._asked = False
        self._task = asyncio.run_coroutine_threadsafe(self._watch(), self._loop)
        wait_until(lambda: self.status or self.ended)

    async def _watch(self) -> None:
        from project.asgi import application

        await application(self._scope, self._receive, self._send)
        self.ended = True

    async def _receive(self) -> dict[str, Any]:
        if not self._asked:
            self._asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await self._leave.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self.headers = {name.decode(): value.decode() for name, value in message["headers"]}
            self.status = message["status"]
        else:
            self._said += message.get("body", b"")

    @property
    def text(self) -> str:
        return self._said.decode()

    @property
    def events(self) -> list[Event]:
        blocks = [block for block in self.text.split("\n\n") if block.startswith("id: ")]
        return [
            {"id": block.partition("\n")[0][4:], "data": "\n".join(line[6:] for line in block.split("\n")[1:])}
            for block in blocks
        ]

    def wait(self, number: int) -> Event:
        """The last event, once there are so many."""
        wait_until(lambda: len(self.events) >= number)
        return self.events[-1]

    def stays_silent(self, number: int) -> None:
        before = self.text
        time.sleep(3 * hub.TICK)
        assert len(self.events) == number, self.text
        assert self.text == before

    def leave(self) -> None:
        self._loop.call_soon_threadsafe(self._leave.set)
        self._task.result(5)


def wait_until(holds: Callable[[], object]) -> None:
    deadline = time.monotonic() + 5
    while not holds():
        assert time.monotonic() < deadline, "it never came to hold"
        time.sleep(0.01)
