"""Stands in front of Django and keeps out what harms the house.

Django spools any body of any size at any address to disk before a view sees it, and waits for a frozen database for as
long as the database likes. So size, time and number are limited here, on the event loop, before anything is kept; and
nobody waits to the end of the time for a database that is not there.
A request that is refused is answered once; whatever is still said of it after that is dropped.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from io import BytesIO
from time import monotonic

from polls import refusals
from polls.refusals import Refusal
from ui import faces
from ui.asgi import App, Headers, Ready, Receive, Scope, Send, Take
from ui.exchanges import KIB, MIB, Exchange, Upload
from ui.requests import Legible

log = logging.getLogger(__name__)

PACE = 0.5
"""Seconds between two looks at the clocks of all active requests."""
LINGER = 2.0
"""Seconds that the rest of a refused body is read for."""
UNDECLARED = -1
MOST_LARGE = 8
"""So many bodies over the usual limit at once: nobody knows who sends one before it is there, and Django keeps it on
disk meanwhile, which in a container may be memory.
"""
LONGEST_NUMBER = 18
"""Digits; what is longer is no length."""
BODY_HEADERS = frozenset({b"content-length", b"transfer-encoding"})
REFUSED_METHODS = frozenset({"TRACE", "CONNECT"})
ACCEPTED_METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")


class Guard:
    """An ASGI application in front of `app`; one Guard serves one event loop. Sizes are bytes, times are seconds.

    `body_limits` and `deadlines` have larger ones by the beginning of a path; there are at most `most_large` bodies
    over the usual limit at once. Addresses that begin with one of `streams` have no deadline and do not count as
    active, unless they bring a body. A deadline runs while the house works; it stands still while a body arrives, which
    has its own, and begins anew with each part of the answer. `beats` says whether the database is there; where it
    isn't, nobody waits on who has waited for `exchanges.PATIENCE`.
    """

    def __init__(
        self,
        app: App,
        *,
        body_limit: int = 256 * KIB,
        body_limits: Mapping[str, int] | None = None,
        deadline: float = 15,
        deadlines: Mapping[str, float] | None = None,
        body_deadline: float = 10,
        most_active: int = 2000,
        most_large: int = MOST_LARGE,
        streams: tuple[str, ...] = (),
        quick: Take = lambda _scope, _body: None,
        beats: Callable[[], Awaitable[bool]] | None = None,
    ) -> None:
        self._app, self._quick, self._beats = app, quick, beats
        self.usual_limit, self._body_limits = body_limit, dict(body_limits or {})
        self._deadline, self._deadlines = deadline, dict(deadlines or {})
        self.body_deadline = body_deadline
        self._most_active, self._most_large, self._streams = most_active, most_large, streams
        self.active: set[Exchange] = set()
        self._pace = min(PACE, deadline / 4, body_deadline / 4)
        self._timer: asyncio.TimerHandle | None = None
        self._feeling: asyncio.Task[None] | None = None
        self._busy: dict[tuple[object, ...], tuple[int, Headers, bytes]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        length = declared_length(scope["headers"])
        if refusal := self._at_the_door(scope, length):
            await self.refuse(scope, refusal, receive, send, unread=length != 0)
        elif length:
            upload = Upload(self, scope, receive, send)
            await self._watch(upload, self._app(scope, upload.next_part, upload.send))
        elif self._streams and scope["path"].startswith(self._streams):
            await self._app(scope, receive, send)
        else:
            exchange = Exchange(self, scope, receive, send)
            await self._watch(exchange, self._app(scope, receive, exchange.send))

    def take(self, scope: Scope, body: bytes, receive: Receive, send: Send) -> Awaitable[Ready | None] | None:
        """For a server that has a request whole: what is worked on past ASGI, if the house knows how.

        Its answer comes to nothing where a refusal was sent in its place.
        """
        if len(self.active) >= self._most_active or len(body) > self.usual_limit:
            return None
        work = self._quick(scope, body)
        return self._taken(scope, receive, send, work) if work else None

    async def _taken(self, scope: Scope, receive: Receive, send: Send, work: Awaitable[Ready]) -> Ready | None:
        return await self._watch(Exchange(self, scope, receive, send), work)

    def body_limit(self, path: str) -> int:
        return int(_by_path(self._body_limits, path, self.usual_limit))

    def has_room_for(self, received: int) -> bool:
        """Whether a body may become so large now."""
        return received <= self.usual_limit or sum(exchange.large for exchange in self.active) < self._most_large

    def deadline(self, path: str) -> float:
        return _by_path(self._deadlines, path, self._deadline)

    def _at_the_door(self, scope: Scope, length: int) -> Refusal | None:
        """What can be said before anything is read."""
        if scope["method"] in REFUSED_METHODS:
            return refusals.MethodNotAllowed(*ACCEPTED_METHODS)
        if length > self.usual_limit and length > self.body_limit(scope["path"]):
            return refusals.TooLarge(self.body_limit(scope["path"]) // MIB)
        if len(self.active) >= self._most_active and (length or not scope["path"].startswith(self._streams)):
            return refusals.Busy()
        return None

    async def _watch[T](self, exchange: Exchange, work: Awaitable[T]) -> T | None:
        self.active.add(exchange)
        if self._timer is None:
            self._look_later()
        try:
            return await work
        except asyncio.CancelledError:
            if not exchange.cancelled or exchange.task.uncancel():
                raise  # the server goes down: that is not ours to swallow
        except Exception:
            if not exchange.closed:
                raise  # otherwise it only complains of the disconnect that we made up
        finally:
            self.active.discard(exchange)
            if exchange.refusing is not None:
                await exchange.refusing
        return None

    def _look_later(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(self._pace, self._look)

    def _look(self) -> None:
        """One timer for all requests instead of one each; it sleeps while there are none."""
        now = monotonic()
        for exchange in [exchange for exchange in self.active if now >= exchange.due]:
            exchange.cut()
        if self._beats and self._feeling is None and any(exchange.has_waited(now) for exchange in self.active):
            self._feeling = asyncio.create_task(self._feel(self._beats))
        self._timer = None
        if self.active:
            self._look_later()

    async def _feel(self, beats: Callable[[], Awaitable[bool]]) -> None:
        try:
            if not await beats():
                now = monotonic()
                if waiting := [exchange for exchange in self.active if exchange.has_waited(now)]:
                    log.warning("The database does not answer; %d who wait for it are told so", len(waiting))
                for exchange in waiting:
                    exchange.cut()
        finally:
            self._feeling = None

    async def refuse(self, scope: Scope, refusal: Refusal, receive: Receive, send: Send, *, unread: bool) -> None:
        """Answer with a refusal. What is left of a body would be taken for the next request: hence the close."""
        status, headers, body = self._dressed(scope, refusal)
        close = [(b"connection", b"close")] if unread else []
        await send({"type": "http.response.start", "status": status, "headers": [*headers, *close]})
        await send({"type": "http.response.body", "body": body, "more_body": unread})
        if unread:
            await drain(receive)
            await send({"type": "http.response.body", "body": b"", "more_body": False})

    def _dressed(self, scope: Scope, refusal: Refusal) -> tuple[int, Headers, bytes]:
        """As the house dresses all its refusals; that of a full house once for many, or it would make it fuller."""
        if not isinstance(refusal, refusals.Busy) or refusal.large:
            return dressed(scope, refusal)
        wishes = [header for header in scope["headers"] if header[0] in {b"hx-request", b"accept-language"}]
        key = (scope["path"].split("/", 2)[1:2] == ["api"], scope["path"].startswith("/embed/"), *wishes)
        if key not in self._busy:
            if len(self._busy) > 100:
                self._busy.clear()
            self._busy[key] = dressed(scope, refusal)
        return self._busy[key]


def declared_length(headers: Headers) -> int:
    """Bytes of the body, 0 if there is none, `UNDECLARED` if only counting tells."""
    # One set lookup per header: comparing each name twice takes double the time, and every request pays it.
    declared = [header for header in headers if header[0] in BODY_HEADERS]
    if not declared:
        return 0
    name, value = declared[0]
    if len(declared) > 1 or name != b"content-length" or not value.isdigit() or len(value) > LONGEST_NUMBER:
        return UNDECLARED
    return int(value)


def dressed(scope: Scope, refusal: Refusal) -> tuple[int, Headers, bytes]:
    response = faces.refuse(Legible(dict(scope), BytesIO()), refusal)
    headers = [(name.lower().encode("ascii"), value.encode("latin-1")) for name, value in response.items()]
    length = (b"content-length", b"%d" % len(response.content))
    return response.status_code, [*headers, length], response.content


async def drain(receive: Receive) -> None:
    """Read on for a moment: a connection closed with unread bytes is reset, and the reset may overtake the answer."""
    with suppress(TimeoutError):
        async with asyncio.timeout(LINGER):
            while (await receive()).get("more_body", False):
                pass


def _by_path[Number: (int, float)](limits: Mapping[str, Number], path: str, otherwise: Number) -> Number:
    found = [limit for prefix, limit in limits.items() if path.startswith(prefix)]
    return max(found) if found else otherwise
