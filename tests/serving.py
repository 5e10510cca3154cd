"""uvicorn in a thread with the protocol under test, and raw bytes to and from it."""

import asyncio
import contextlib
import threading
import time
from collections.abc import Iterator, Sequence
from typing import Any

import uvicorn

from tests import loops
from ui.asgi import App

PATIENCE = 15.0

type Talk = Sequence[bytes | float]
"""What to say, and seconds to wait."""


@contextlib.contextmanager
def serving(app: App, http: type[asyncio.Protocol] | str = "httptools") -> Iterator[int]:
    """The port of a server on this machine that answers with `app`."""
    config = uvicorn.Config(
        app,
        port=0,
        http=http,
        log_level="critical",
        access_log=False,
        lifespan="off",
        proxy_headers=False,
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    end = time.monotonic() + PATIENCE
    while not server.started:
        assert time.monotonic() < end
        time.sleep(0.01)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    thread.join(PATIENCE)


def heard(port: int, *talks: Talk) -> list[bytes]:
    """Hold all talks at once, each on a connection of its own, and hear each to its end."""

    async def all_of_them() -> list[bytes]:
        return await asyncio.wait_for(asyncio.gather(*(_hold(port, talk) for talk in talks)), PATIENCE)

    return loops.run(all_of_them())


async def _hold(port: int, talk: Talk) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    said = asyncio.create_task(_say(writer, talk))
    parts = []
    with contextlib.suppress(ConnectionError):
        while part := await reader.read(65536):
            parts.append(part)
    said.cancel()
    writer.close()
    return b"".join(parts)


async def _say(writer: asyncio.StreamWriter, talk: Talk) -> None:
    with contextlib.suppress(ConnectionError):
        for piece in talk:
            if isinstance(piece, bytes):
                writer.write(piece)
                await writer.drain()
            else:
                await asyncio.sleep(piece)


def a_request(method: str = "GET", path: str = "/", *headers: str, body: bytes = b"", close: bool = True) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "host: localhost", *headers]
    if body and not any(header.startswith("transfer-encoding") for header in headers):
        lines.append(f"content-length: {len(body)}")
    if close:
        lines.append("connection: close")
    return "\r\n".join([*lines, "", ""]).encode() + body


def a_chunk(part: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(part), part)


def slowly(*pieces: bytes, pause: float = 0.1) -> list[Any]:
    return [word for piece in pieces for word in (piece, pause)]
