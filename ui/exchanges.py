"""What the guard watches: a request and its answer, from beginning to end."""

import asyncio
from collections.abc import Awaitable, Coroutine
from math import inf
from time import monotonic
from typing import Any, Protocol

from polls import refusals
from polls.refusals import Refusal
from ui.asgi import Message, Receive, Scope, Send

KIB = 1024
MIB = 1024 * KIB
PATIENCE = 1.5
"""Seconds that somebody waits for an answer before it is asked whether the database is there at all."""
BYTES_PER_SECOND = 64 * KIB
"""Who really sends a large picture over a thin line is not slow: so many bytes buy one more second."""
DISCONNECT = {"type": "http.disconnect"}


class Guarding(Protocol):
    """What an exchange asks of the guard. Sizes are bytes, times are seconds."""

    usual_limit: int
    body_deadline: float

    def body_limit(self, path: str) -> int: ...

    def deadline(self, path: str) -> float: ...

    def has_room_for(self, received: int) -> bool: ...

    def refuse(
        self, scope: Scope, refusal: Refusal, receive: Receive, send: Send, *, unread: bool
    ) -> Coroutine[Any, Any, None]: ...


class Exchange:
    """One request and its answer: until when it may take, and whether anybody has answered yet."""

    started = False
    """Somebody has begun to answer."""
    closed = False
    """The house is not heard any more."""
    cancelled = False
    unread = False
    large = False
    """Its body is over the usual limit."""
    overdue: type[Refusal] = refusals.DatabaseAway
    """What to say when `due` is over: what else would let us wait."""
    refusing: asyncio.Task[None] | None = None

    def __init__(self, guard: Guarding, scope: Scope, receive: Receive, send: Send) -> None:
        self.guard, self.scope = guard, scope
        self._receive, self._send = receive, send
        self.deadline = guard.deadline(scope["path"])
        self.due = monotonic() + self.deadline
        self.task: asyncio.Task[Any] = asyncio.current_task()  # type: ignore[assignment]  # always inside of one

    def send(self, message: Message) -> Awaitable[None]:
        if self.closed:
            return nothing()
        if self.started:
            self.due = monotonic() + self.deadline
        self.started = True
        return self._send(message)

    def has_waited(self, now: float) -> bool:
        """Whether the house has been at it for a while, and nobody has begun to answer."""
        return not self.started and self.overdue is refusals.DatabaseAway and now - self.due + self.deadline > PATIENCE

    def cut(self) -> None:
        """End a request whose time is over.

        The answer is a task of its own, since what is cancelled may still hang for as long as its database does:
        asgiref waits for the thread of a synchronous view.
        """
        self.due = inf
        self.refuse(self.overdue())
        self.cancelled = True
        self.task.cancel()

    def refuse(self, refusal: Refusal) -> None:
        """Answer in the house's place if nobody has begun to; in any case the house is not heard any more."""
        if not self.started and not self.closed:
            words = self.guard.refuse(self.scope, refusal, self._receive, self._send, unread=self.unread)
            self.refusing = asyncio.get_running_loop().create_task(words)
        self.closed = True


class Upload(Exchange):
    """A request with a body, which is counted and timed on its way in."""

    unread = True

    def __init__(self, guard: Guarding, scope: Scope, receive: Receive, send: Send) -> None:
        super().__init__(guard, scope, receive, send)
        self.began = monotonic()
        self.limit = guard.body_limit(scope["path"])
        self.received = 0

    async def next_part(self) -> Message:
        if self.closed:
            return DISCONNECT
        if not self.unread:
            return await self._receive()
        # While the sender is waited for, the sender's clock runs; it buys time with bytes only.
        self.due = self.began + self.guard.body_deadline + self.received / BYTES_PER_SECOND
        self.overdue = refusals.TooSlow
        message = await self._receive()
        self.due = monotonic() + self.deadline
        self.overdue = refusals.DatabaseAway
        self.received += len(message.get("body", b""))
        if self.received > self.limit:
            self.refuse(refusals.TooLarge(self.limit // MIB))
            return DISCONNECT
        if not (self.large or self.guard.has_room_for(self.received)):
            self.refuse(refusals.Busy(large=True))
            return DISCONNECT
        self.large = self.received > self.guard.usual_limit
        self.unread = message.get("more_body", False)
        return message


async def nothing() -> None:
    """Stand in for a `send` that nobody hears."""
