"""What uvicorn's protocol does not do: it cuts slow senders off, and answers at once what is ready.

uvicorn's only clock is for idle connections: 800 connections that send a byte now and then are kept for ever, and a
header may grow without end. And it makes a task of each request, which costs more than all that `ui.hot` does.

Imported before Django is set up: nothing here may need it.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final

import httptools
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from ui.asgi import Ready, Scope
from ui.balance import Share, Shares

# Who really sends a large picture over a thin line is not slow: every so many bytes buy one more second.
BYTES_PER_SECOND: Final = 64 * 1024

SENTENCES: Final = {
    400: b"This is not a request that a web server understands.",
    405: b"This server does not answer that kind of request.",
    408: b"The request took too long to arrive.",
    431: b"The header of the request is too large.",
}


END: Final = b"\r\n\r\n"

type Letter = tuple["Protocol", bytes, bool]
"""Whose visitor it is for, what it says, and whether the connection is closed then."""


class HeadTooLargeError(httptools.HttpParserError):
    """Stops the parser; the connection is answered 431."""


class Protocol(HttpToolsProtocol):
    """uvicorn's protocol with a deadline for receiving and a limit for headers. Seconds and bytes; subclass to change.

    `body_seconds` counts from the first byte of the request and is a little longer than the Guard's own deadline, so
    that the Guard, whose answer looks like the site, comes first.
    """

    head_seconds = 10.0
    body_seconds = 12.0
    head_limit = 32 * 1024

    def __init__(self, *args: Any, shares: Shares | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.share = self.common("share", lambda: self.watched(shares))
        self.ready: Callable[[Scope], Ready | None] = getattr(self.app, "ready", _never)
        self.take: Callable[..., Awaitable[Ready | None] | None] = getattr(self.app, "take", _never)
        self.outbox: list[Letter] = self.common("outbox", list)
        self.awaited = False
        """An answer of ours is in the outbox."""
        self.piece = b""
        """What is being parsed."""
        self.come: tuple[RequestResponseCycle, Any] | None = None
        """A request whose body may be in that."""

    def common[T](self, name: str, make: Callable[[], T]) -> T:
        """What all connections of this process have together."""
        found: dict[str, Any] = vars(self.server_state)
        if name not in found:
            found[name] = make()
        there: T = found[name]
        return there

    def watched(self, shares: Shares | None) -> Share:
        share = Share(self.connections)
        if shares:
            share.watch(shares, self.loop)
        return share

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        if self.awaited:
            deliver(self.outbox)
        # uvicorn makes its cycles by name, and asks nobody of which class.
        cycle.__class__ = Cycle
        if not self.piece:
            # One of many that were sent at once, whose turn has come: not from within the one before, and so on.
            self.loop.call_soon(self.answer, cycle, app)
        elif not self.is_ready(cycle):
            self.come = cycle, app

    def answer(self, cycle: RequestResponseCycle, app: Any) -> None:
        if not self.is_ready(cycle):
            self.begin(cycle, app)

    def is_ready(self, cycle: RequestResponseCycle) -> bool:
        """Whether it is answered with this."""
        # A visitor who does not read waits in uvicorn's way, which waits too.
        ready = None if self.flow.write_paused else self.ready(cycle.scope)  # type: ignore[arg-type]  # a TypedDict is one
        if ready is None:
            return False
        self.reply(cycle, ready)
        return True

    def reply(self, cycle: RequestResponseCycle, ready: Ready) -> None:
        ours = b"".join(b"%b: %b\r\n" % header for header in self.server_state.default_headers)
        stays = self.stays(cycle)
        parting = b"" if stays else b"connection: close\r\n"
        self.post(b"%b%b%b\r\n%b" % (ready.head, ours, parting, ready.body), last=not stays)
        cycle.response_started = cycle.response_complete = True
        cycle.on_response()

    def stays(self, cycle: RequestResponseCycle) -> bool:
        """Whether this connection is kept: where its visitor wishes so, and this process has not too many."""
        if self.share.surplus and cycle.keep_alive and self.is_heard_out():
            self.share.surplus -= 1
            cycle.keep_alive = False
        return cycle.keep_alive

    def is_heard_out(self) -> bool:
        """Whether nothing more was sent behind this request, which would be lost."""
        return not self.pipeline and (not self.piece or self.piece.find(END) == len(self.piece) - len(END))

    def begin(self, cycle: RequestResponseCycle, app: Any) -> None:
        """Work on a request as far as it goes without waiting: what is in the processor's memory now stays there."""
        # A visitor who does not read, or has not sent all, is for ASGI.
        whole = not (cycle.more_body or self.flow.write_paused)
        work = self.take(cycle.scope, bytes(cycle.body), cycle.receive, cycle.send) if whole else None
        run = cycle.run_asgi(app) if work is None else cycle.run_asgi(lambda *_asgi: self.tell(cycle, work))
        task = asyncio.Task(run, loop=self.loop, eager_start=True)
        if not task.done():
            task.add_done_callback(self.tasks.discard)
            self.tasks.add(task)

    async def tell(self, cycle: RequestResponseCycle, work: Awaitable[Ready | None]) -> None:
        ready = await work
        if ready is not None and not (cycle.response_started or cycle.disconnected):
            self.reply(cycle, ready)

    def post(self, said: bytes, *, last: bool) -> None:
        """Send when all who ask at this moment are read, and all are answered whose ballots one commit holds. To wake
        visitors one by one, each while another one's answer is put together, takes the system as long as all the rest.
        """
        if not self.outbox:
            self.loop.call_soon(deliver, self.outbox)
        self.outbox.append((self, said, last))
        self.awaited = True

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn does
        super().connection_made(transport)
        self.receipt_began = self.loop.time()
        self.received = 0  # bytes of the present body
        self.unplaced = 0  # bytes since the parser last had something to show for them
        self.unsent: int | None = None
        self.watch = self.loop.call_later(self.head_seconds, self.look)

    def shutdown(self) -> None:
        # What was answered is sent before the connection is closed.
        if self.awaited:
            deliver(self.outbox)
        super().shutdown()

    def connection_lost(self, exc: Exception | None) -> None:
        self.watch.cancel()
        super().connection_lost(exc)

    def handle_websocket_upgrade(self) -> None:
        self.watch.cancel()
        super().handle_websocket_upgrade()

    def data_received(self, data: bytes) -> None:
        if self.timeout_keep_alive_task is not None:
            self.receipt_began = self.loop.time()
        self.unplaced += len(data)
        self.piece = data
        try:
            super().data_received(data)
        finally:
            self.piece = b""
        if self.come:
            (cycle, app), self.come = self.come, None
            self.begin(cycle, app)
        # Not only a header: trailers and chunk extensions too are swallowed by the parser without an end.
        if self.unplaced > self.head_limit and not self.transport.is_closing():
            self.refuse(431)

    def on_headers_complete(self) -> None:
        # `unplaced` may count a body or a next request that came in the same packet: then it takes an exact look.
        if self.unplaced > self.head_limit and self.head_size() > self.head_limit:
            raise HeadTooLargeError
        super().on_headers_complete()
        self.unplaced = 0
        self.received = 0

    def on_body(self, body: bytes) -> None:
        self.unplaced = 0
        self.received += len(body)
        super().on_body(body)

    def head_size(self) -> int:
        return len(self.url) + sum(len(name) + len(value) for name, value in self.headers)

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 -- uvicorn's signature
        """Answer what the parser stopped at; uvicorn's own would write into the middle of an answer under way."""
        if self.unplaced > self.head_limit:
            self.refuse(431)
        else:
            # uvicorn stops at the address of a CONNECT, so that no app can refuse its method.
            self.refuse(405 if self.parser.get_method() == b"CONNECT" else 400)

    def look(self) -> None:
        """Ask who is being waited for. One timer per connection, set again only when it has run out."""
        now = self.loop.time()
        if self.transport.is_closing():
            self.let_go()
            pause = self.head_seconds
        else:
            pause = self.due(now) - now
            if pause <= 0:
                self.refuse(408)
                pause = self.head_seconds
        self.watch = self.loop.call_later(pause, self.look)

    def due(self, now: float) -> float:
        """Until when the sender may take; `head_seconds` from now if it is not the sender who is waited for."""
        if self.timeout_keep_alive_task is not None:
            return now + self.head_seconds
        if self.cycle is None or self.cycle.response_complete:
            return self.receipt_began + self.head_seconds
        if self.cycle.more_body and not self.flow.read_paused:
            return self.receipt_began + self.body_seconds + self.received / BYTES_PER_SECOND
        self.receipt_began = now  # the app's time is not the sender's
        return now + self.head_seconds

    def let_go(self) -> None:
        """Drop a closing connection whose other end has not taken a byte since the last look."""
        unsent = self.transport.get_write_buffer_size()
        if self.unsent is not None and unsent >= self.unsent:
            self.transport.abort()
        self.unsent = unsent

    def refuse(self, status: int) -> None:
        """Say why, where that can be said, and close. The app sees a disconnect."""
        if self.awaited:
            deliver(self.outbox)
        if self.may_speak():
            self.transport.write(self.words(status))
        self.transport.close()
        if self.cycle is not None and not self.cycle.response_complete:
            self.cycle.disconnected = True
            self.cycle.message_event.set()

    def may_speak(self) -> bool:
        """Whether words would be taken for the answer to what is being received, and not to something else."""
        if self.cycle is not None and self.cycle.more_body:
            return not self.cycle.response_started
        # A browser opens connections in advance: an answer to nothing would be shown as the next page.
        return self.unplaced > 0 and (self.cycle is None or self.cycle.response_complete)

    def words(self, status: int) -> bytes:
        body = SENTENCES[status]
        headers = [
            *self.server_state.default_headers,
            (b"content-type", b"text/plain; charset=utf-8"),
            (b"content-length", b"%d" % len(body)),
            (b"connection", b"close"),
        ]
        if status == 405:
            headers.append((b"allow", b"GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE"))
        lines = b"".join(b"%s: %s\r\n" % header for header in headers)
        return b"%s%s\r\n%s" % (STATUS_LINE[status], lines, body)


def deliver(outbox: list[Letter]) -> None:
    letters, outbox[:] = outbox[:], []
    for sender, said, last in letters:
        sender.awaited = False
        if not sender.transport.is_closing():
            sender.transport.write(said)
            if last:
                sender.transport.close()


def _never(*_asked: object) -> None:
    """For an application that knows of no answers but by ASGI."""


class Cycle(RequestResponseCycle):
    """Writes an answer in one piece that says how long it is. uvicorn wakes the visitor for its head and for its body,
    and holds two regular expressions against each header.
    """

    _start: Any = None

    async def send(self, message: Any) -> None:
        if message["type"] == "http.response.start" and self._may_wait(message):
            self._start = message
            return
        start, self._start = self._start, None
        if start is None:
            await super().send(message)
        elif not self._answer(start, message):
            await super().send(start)
            await super().send(message)

    def _may_wait(self, start: Any) -> bool:
        """Its body comes at once, as it is there."""
        measured = any([name == b"content-length" for name, _value in start["headers"]])  # noqa: C419 -- no generator
        return measured and start["status"] not in {204, 304} and self.scope["method"] != "HEAD"

    def _answer(self, start: Any, message: Any) -> bool:
        """Whether it could be written so. All that is not plain is left to uvicorn."""
        headers = [*self.default_headers, *start["headers"]]
        lines, body = b"".join([b"%b: %b\r\n" % header for header in headers]), message.get("body", b"")
        if (
            b"content-length: %d\r\n" % len(body) not in lines
            or lines.count(b"\n") != len(headers)
            or lines.count(b"\r") != len(headers)
            or b"connection: " in lines
            or b"transfer-encoding: " in lines
            or message["type"] != "http.response.body"
            or message.get("more_body", False)
            or self.response_started
            or self.disconnected
            or self.flow.write_paused
            or self.access_log
        ):
            return False
        protocol: Protocol = self.on_response.__self__  # type: ignore[attr-defined]  # a method of it
        stays = protocol.stays(self)
        parting = b"" if stays else b"connection: close\r\n"
        self.response_started = self.response_complete = True
        self.waiting_for_100_continue = False
        said = b"%b%b%b\r\n%b" % (STATUS_LINE[start["status"]], lines, parting, body)
        protocol.post(said, last=not stays)
        self.message_event.set()
        self.on_response()
        return True
