"""A small house behind a guard of its own, and what it is asked."""

import asyncio
from collections.abc import Callable, Coroutine, MutableMapping
from dataclasses import dataclass, field
from typing import Any

from tests import loops
from ui.asgi import Message, Receive, Scope, Send
from ui.guard import Guard

LIMIT, PICTURE_LIMIT = 1000, 300_000
FOREVER = 30.0


class House:
    """Reads what it is sent, says how much that was, and remembers what became of it."""

    def __init__(self) -> None:
        self.stored = self.calls = self.cancelled = 0
        self.messages: list[str] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.calls += 1
        try:
            size, more = 0, True
            while more:
                message = await receive()
                self.messages.append(message["type"])
                size += len(message.get("body", b""))
                self.stored = max(self.stored, size)
                more = message.get("more_body", False)
            if "frozen" in scope["path"]:
                await asyncio.sleep(FOREVER)
            await say(send, b"read %d" % size)
        except asyncio.CancelledError:
            self.cancelled += 1
            raise


async def say(send: Send, words: bytes) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(words))]})
    await send({"type": "http.response.body", "body": words})


@dataclass
class Reply:
    starts: list[Message] = field(default_factory=list)
    body: bytes = b""

    @property
    def status(self) -> int:
        assert len(self.starts) == 1, "answered exactly once"
        return int(self.starts[0]["status"])

    def header(self, name: str) -> str:
        (found,) = [value.decode() for key, value in self.starts[0]["headers"] if key == name.encode()]
        return found


def a_guard(app: Callable[..., Coroutine[Any, Any, None]], **changes: Any) -> Guard:
    usual = {"body_limit": LIMIT, "body_limits": {"/admin/": PICTURE_LIMIT}, "streams": ("/live/",)}
    return Guard(app, **usual | changes)


def a_scope(method: str = "GET", path: str = "/", **headers: str) -> dict[str, Any]:
    pairs = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return {"type": "http", "method": method, "path": path, "headers": pairs, "query_string": b""}


async def asked(app: Guard, scope: MutableMapping[str, Any], *parts: bytes, endless: bool = False) -> Reply:
    """An `endless` body never gets to its last part."""
    reply, waiting = Reply(), list(parts) or [b""]

    async def receive() -> Message:
        if not waiting:
            await asyncio.sleep(FOREVER)
        part = waiting.pop(0)
        return {"type": "http.request", "body": part, "more_body": bool(waiting) or endless}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            reply.starts.append(message)
        reply.body += message.get("body", b"")

    await app(scope, receive, send)
    return reply


def ask(app: Guard, scope: MutableMapping[str, Any], *parts: bytes, endless: bool = False) -> Reply:
    return loops.run(asked(app, scope, *parts, endless=endless))
