"""The server, and what uvicorn does otherwise than we need, whoever starts it."""

import errno
import logging
import multiprocessing
import os
import resource
import signal
import socket
import threading
import time
from contextlib import suppress
from functools import partial
from queue import SimpleQueue
from types import FrameType
from typing import Any

from django.db import connection
from uvicorn import Config, Server
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware
from uvicorn.server import HANDLED_SIGNALS
from uvicorn.supervisors import Multiprocess

from project import env
from ui.balance import Shares
from ui.protocol import Protocol

log = logging.getLogger(__name__)

# By name: a process of its own imports it, once it is there.
APPLICATION = "project.asgi:application"

# Seconds that a stopping server waits for its clients. A machine that is busy needs as many again to end its processes,
# of several processes the first hears of the stop half a second late, and whoever stops us kills us after ten.
GOODBYE = 2
# From the stop to the end of a process, whatever it still waits for: a frozen database says nothing for ever.
LATEST = 3.5

# A signal may come at any instant, in the middle of whatever takes a lock. This one can be told of it all the same.
_stops: SimpleQueue[None] = SimpleQueue()


def listen(host: str, port: int) -> socket.socket:
    """Take the port, or end the start with a sentence. Visitors who come early wait instead of being turned away."""
    both = host == "::" and socket.has_dualstack_ipv6()
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        taken = socket.create_server((host, port), family=family, dualstack_ipv6=both)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            env.refuse("PORT", f"is {port}, which another program uses already; choose another.")
        env.refuse("PORT", f"is {port}, which can't be had at {host}: {error.strerror}.")
    taken.set_inheritable(True)
    return taken


def serve(taken: socket.socket, *, processes: int) -> None:
    """Answer at the port until a signal says stop."""
    config = Config(
        APPLICATION,
        workers=processes,
        http=Protocol,
        lifespan="on",
        ws="none",
        proxy_headers=False,
        server_header=False,
        access_log=False,
        log_config=None,
        log_level="warning",
        timeout_graceful_shutdown=GOODBYE,
    )
    try:
        if processes > 1:
            if connection.vendor == "sqlite":
                log.warning("WEB_CONCURRENCY is %d: on SQLite the processes wait for each other's writing.", processes)
            Processes(config, sockets=[taken]).run()
        else:
            Server(config).run(sockets=[taken])
    except KeyboardInterrupt:
        pass  # Ctrl-C: everything is closed by now


class Processes(Multiprocess):
    """Says to each who the others are, and aloud when one died: uvicorn tells that only to who asks for all it does."""

    def __init__(self, config: Config, sockets: list[socket.socket]) -> None:
        super().__init__(config, sockets)
        self._shares = Shares(config.workers)
        config.http = partial(Protocol, shares=self._shares)  # type: ignore[assignment]  # uvicorn calls it alone

    def keep_subprocess_alive(self) -> None:
        before = list(self.processes)
        super().keep_subprocess_alive()
        self._shares.seat([process.pid or 0 for process in self.processes])
        for gone, fresh in zip(before, self.processes, strict=True):
            if gone is not fresh:
                log.warning("The process %s died (%s); %s takes its place.", gone.pid, _end(gone.exitcode), fresh.pid)


def _end(code: int | None) -> str:
    return f"signal {-code}" if code and code < 0 else f"exit {code}"


def tame() -> None:
    """Make a plain `uvicorn project.asgi:application` safe too: `serve` sets these by options, its user may not.

    - uvicorn believes X-Forwarded-For of every client on localhost and puts it in the place of the real address.
      Only `ui.visitors` may read that header, by TRUSTED_PROXIES.
    - uvicorn waits for its clients for ever: one half-sent form would keep it from stopping. Streams of live results
      never end by themselves in time: they are told to. Python waits for its threads for ever, and they for a database.
    - uvicorn notes a stop that comes while it starts, and looks at it when it has started.
    - uvicorn writes down each address that is asked for, and with it the codes of invitations, beside who asked.
    - uvicorn's processes outlive the one that looks after them, and keep its port from the next start.
    """
    _open_many_files()
    _write_no_addresses()
    ProxyHeadersMiddleware.__call__ = _pass_on  # type: ignore[method-assign]
    Server.shutdown = _shut_down_in_time  # type: ignore[method-assign]
    threading.Thread(target=_end_in_time, daemon=True, name="stop").start()
    if threading.current_thread() is threading.main_thread():
        _count_from_the_signal()
    if parent := multiprocessing.parent_process():
        threading.Thread(target=_stop_after, args=[parent], daemon=True, name="parent").start()


def _stop_after(parent: multiprocessing.process.BaseProcess) -> None:
    parent.join()
    log.warning("The process that looked after this one is gone; it stops too.")
    os.kill(os.getpid(), signal.SIGTERM)


def _open_many_files() -> None:
    """As many as the system lets us: each viewer of live results is one."""
    _soft, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _write_no_addresses() -> None:
    access = logging.getLogger("uvicorn.access")
    # Without a handler nothing is even put together; the rest holds where uvicorn gives it one again.
    access.handlers.clear()
    access.propagate, access.disabled = False, True


async def _pass_on(self: ProxyHeadersMiddleware, scope, receive, send) -> None:  # type: ignore[no-untyped-def]
    await self.app(scope, receive, send)


_shut_down = Server.shutdown


async def _shut_down_in_time(self: Server, sockets: list[socket.socket] | None = None) -> None:
    if self.config.timeout_graceful_shutdown is None:
        self.config.timeout_graceful_shutdown = GOODBYE
    if threading.current_thread() is threading.main_thread():  # else the process is not the server's to end
        _stops.put(None)
    _end_streams()
    await _shut_down(self, sockets)


def _end_streams() -> None:
    # Late: `manage.py serve` reads this file before the apps are there.
    from ui.hub import hub

    hub.close()


def _count_from_the_signal() -> None:
    for sign in HANDLED_SIGNALS:
        note = signal.getsignal(sign)
        server = getattr(note, "__self__", None)
        if isinstance(server, Server):
            signal.signal(sign, partial(_noted, note))
            if server.should_exit:
                _stops.put(None)


def _noted(note: Any, sign: int, frame: FrameType | None) -> None:
    _stops.put(None)
    note(sign, frame)


def _end_in_time() -> None:
    _stops.get()
    time.sleep(LATEST)
    _end_at_once()


def _end_at_once() -> None:
    """Nothing is lost: what was answered is on disk, and a ballot that was not is sent again with the same paper."""
    log.warning("The database, or something else, does not answer: the server stops without it")
    os._exit(0)
