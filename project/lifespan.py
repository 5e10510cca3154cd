import asyncio
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress

from django.conf import settings

from project.couriers import Couriers
from project.maintenance import in_service
from project.upkeep import Upkeep
from ui import database, warmth
from ui.asgi import Ready, Receive, Scope, Send
from ui.hot import Hot
from ui.replicas import replicas
from ui.wire import wire

BUSY = {"type": "http.response.start", "status": 503, "headers": [(b"retry-after", b"2"), (b"connection", b"close")]}

LOCK_SECONDS = 0.001
"""So long one thread may keep Python's lock while another one wants it. With Python's own 5 ms the writer of ballots
comes to its turn when the event loop has read all that there is, and the two never work side by side.
"""


type Take = Callable[[Scope, bytes, Receive, Send], Awaitable[Ready | None] | None]


class Lifespan:
    """Answers the server's start and stop, which Django refuses to."""

    def __init__(self, app: Hot, *, take: Take) -> None:
        self._app, self.ready, self._take = app, app.ready, take

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            try:
                await self._app(scope, receive, send)
            except asyncio.CancelledError:
                await _part(send)

    def take(self, scope: Scope, body: bytes, receive: Receive, send: Send) -> Awaitable[Ready | None] | None:
        """What a server that knows of it need not ask by ASGI."""
        work = self._take(scope, body, receive, send)
        return _to_the_end(work, send) if work else None

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        with in_service():
            sys.setswitchinterval(LOCK_SECONDS)
            upkeep, couriers = Upkeep(), Couriers() if settings.WEBHOOKS else None
            wire.start()
            replicas.start()
            warming = asyncio.create_task(database.read(warmth.warm_up))
            await send({"type": "lifespan.startup.complete"})
            await receive()
            await warming
            await asyncio.gather(*(one.stop() for one in (upkeep, couriers) if one))
            await replicas.stop()
            await wire.stop()
            database.close()
            await send({"type": "lifespan.shutdown.complete"})


async def _to_the_end(work: Awaitable[Ready | None], send: Send) -> Ready | None:
    try:
        return await work
    except asyncio.CancelledError:
        await _part(send)
        return None


async def _part(send: Send) -> None:
    """The server stops, and this client has not sent or read everything in time: no fault to be logged."""
    with suppress(RuntimeError):  # the answer had begun
        await send(BUSY)
        await send({"type": "http.response.body"})
