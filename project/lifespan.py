import asyncio
import sys
from contextlib import suppress

from project.upkeep import Upkeep
from ui import database, warmth
from ui.asgi import Receive, Scope, Send
from ui.hot import Hot
from ui.replicas import replicas

BUSY = {"type": "http.response.start", "status": 503, "headers": [(b"retry-after", b"2"), (b"connection", b"close")]}

LOCK_SECONDS = 0.001
"""So long one thread may keep Python's lock while another one wants it. With Python's own 5 ms the writer of ballots
comes to its turn when the event loop has read all that there is, and the two never work side by side.
"""


class Lifespan:
    """Answers the server's start and stop, which Django refuses to."""

    def __init__(self, app: Hot) -> None:
        self._app, self.ready = app, app.ready

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            try:
                await self._app(scope, receive, send)
            except asyncio.CancelledError:
                await _part(send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        sys.setswitchinterval(LOCK_SECONDS)
        upkeep = Upkeep()
        replicas.start()
        warming = asyncio.create_task(database.read(warmth.warm_up))
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await warming
        await upkeep.stop()
        await replicas.stop()
        database.close()
        await send({"type": "lifespan.shutdown.complete"})


async def _part(send: Send) -> None:
    """The server stops, and this client has not sent or read everything in time: no fault to be logged."""
    with suppress(RuntimeError):  # the answer had begun
        await send(BUSY)
        await send({"type": "http.response.body"})
