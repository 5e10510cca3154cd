import logging

from project.switchboard import App
from ui import database
from ui.handler import Receive, Scope, Send

log = logging.getLogger(__name__)


class Lifespan:
    """Answers the server's start and stop, which Django refuses to."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            await self._app(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        database.close()
        await send({"type": "lifespan.shutdown.complete"})
