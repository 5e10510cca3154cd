"""Who may take how long to say what; and what is ready is answered at once. All talks of a test are held together."""

import asyncio
import re
from collections.abc import Awaitable, Iterator
from typing import Any

import pytest
import uvicorn
from uvicorn.server import ServerState

from tests import loops
from tests.serving import a_chunk, a_request, heard, serving, slowly
from ui.asgi import Ready, Receive, Scope, Send
from ui.guard import Guard
from ui.protocol import Protocol

SHORT = 0.5


class Hasty(Protocol):
    head_seconds = body_seconds = SHORT
    head_limit = 2000


class House:
    """Reads, waits if the path says so, and answers. At /ready it is ready; what comes whole to /taken is taken."""

    def __init__(self) -> None:
        self.messages: list[str] = []

    def ready(self, scope: Scope) -> Ready | None:
        if not scope["path"].startswith("/ready"):
            return None
        return Ready(200, [], b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n", b"ready")

    def take(self, scope: Scope, body: bytes, _receive: Receive, send: Send) -> Awaitable[Ready | None] | None:
        return self._taken(scope["path"], body, send) if scope["path"].startswith("/taken") else None

    async def _taken(self, path: str, body: bytes, send: Send) -> Ready | None:
        await asyncio.sleep(SHORT / 4)
        if "broken" in path:
            raise LookupError
        if "refused" in path:
            await send({"type": "http.response.start", "status": 503, "headers": [(b"content-length", b"7")]})
            await send({"type": "http.response.body", "body": b"refused"})
            return None
        return Ready.of(200, [(b"content-length", b"%d" % len(b"taken" + body))], b"taken" + body)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        more = "deaf" not in scope["path"]
        while more:
            message = await receive()
            self.messages.append(message["type"])
            more = message.get("more_body", False)
        if "slow" in scope["path"]:
            await asyncio.sleep(2 * SHORT)
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"4")]})
        await send({"type": "http.response.body", "body": b"done"})


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with serving(House(), http=Hasty) as port:
        yield port


@pytest.mark.waits
def test_slow_senders_are_cut_and_told_so_where_that_can_be_said(port: int) -> None:
    first = b"GET / HTTP/1.1\r\n"
    told = {
        "header": [first, *slowly(*[b"x-a: b\r\n"] * 12)],
        "second request": [a_request(close=False), *slowly(first, *[b"x-a: b\r\n"] * 12)],
        "empty lines": slowly(*[b"\r\n"] * 20),
        "body": [a_request("POST", "/", "content-length: 99"), *slowly(*[b"x"] * 12)],
        "chunks": [a_request("POST", "/", "transfer-encoding: chunked"), *slowly(*[a_chunk(b"x")] * 12)],
        "after a large body": [
            a_request("POST", body=b"x" * 100_000, close=False),
            a_request("POST", "/", "content-length: 9"),
        ],
    }
    for name, reply in zip(told, heard(port, *told.values()), strict=True):
        assert reply.count(b" 408 ") == 1, name
        assert b"connection: close\r\n" in reply, name
    silent = [[], [a_request("POST", "/deaf", "content-length: 99", close=False), b"x"]]
    assert [reply.count(b" 408 ") for reply in heard(port, *silent)] == [0, 0]


def test_who_is_not_slow_is_not_cut(port: int) -> None:
    answered = {
        "the house takes its time": [a_request(path="/slow")],
        "a large body keeps coming": [
            a_request("POST", "/", "content-length: 300000", "connection: close"),
            *slowly(*[b"x" * 30_000] * 10),
        ],
        "a body in one piece": [a_request("POST", body=b"x" * 50_000)],
        "after a rest": [a_request(close=False), 1.2 * SHORT, a_request()],
        "after a slow answer": [a_request(path="/slow", close=False), 2.2 * SHORT, a_request()],
        "many in one piece": [a_request(close=False) * 60 + a_request()],
    }
    numbers = [reply.count(b"200 OK") for reply in heard(port, *answered.values())]
    assert dict(zip(answered, numbers, strict=True)) == dict(zip(answered, [1, 1, 1, 2, 2, 61], strict=True))


@pytest.mark.waits
def test_many_slow_connections_are_all_let_go() -> None:
    class Patient(Hasty):
        head_seconds = 4 * SHORT  # a busy machine needs a while until each of them has said something

    with serving(House(), Patient) as port:
        replies = heard(port, *[[b"GET / HTTP/1.1\r\n"]] * 200)
    assert len(replies) == 200
    assert all(reply.startswith(b"HTTP/1.1 408 ") for reply in replies)


def test_what_can_be_no_request_is_refused_once(port: int) -> None:
    piece = b"x-a: " + b"b" * 100 + b"\r\n"
    refused = {
        "a header too large": (431, [a_request("GET", "/", "x-large: " + "x" * 3000)]),
        "too many headers": (431, slowly(b"GET / HTTP/1.1\r\n", *[piece] * 30, pause=0.005)),
        "a line without an end": (431, slowly(b"GET /", *[b"x" * 500] * 10, pause=0.005)),
        "trailers without an end": (
            431,
            slowly(
                a_request("POST", "/", "transfer-encoding: chunked"),
                a_chunk(b"x"),
                b"0\r\n",
                *[piece] * 40,
                pause=0.005,
            ),
        ),
        "another language": (400, [b"\x16\x03\x01 hello\r\n\r\n"]),
        "no address": (400, [b"GET http://[ HTTP/1.1\r\nhost: x\r\n\r\n"]),
        "a proxy's": (405, [b"CONNECT example.org:443 HTTP/1.1\r\nhost: x\r\n\r\n"]),
    }
    replies = heard(port, *(talk for _status, talk in refused.values()))
    assert {name: int(reply.split()[1]) for name, reply in zip(refused, replies, strict=True)} == {
        name: status for name, (status, _talk) in refused.items()
    }
    assert all(reply.count(b"HTTP/1.1 ") == 1 for reply in replies)
    assert b"400 Bad" not in heard(port, [a_request(path="/slow", close=False), 0.1, b"nonsense\r\n\r\n"])[0]


def test_what_is_ready_is_answered_in_its_turn(port: int) -> None:
    ready, last = a_request(path="/ready", close=False), a_request(path="/ready")
    together, apart, old, torn, many = heard(
        port,
        [a_request(path="/slow", close=False) + ready * 3 + a_request(close=False) + last],
        [ready, 0.1, ready, 0.1, a_request("POST", "/", "content-length: 4", close=False), b"abcd", last],
        [b"GET /ready HTTP/1.0\r\n\r\n"],
        [ready + b"what is this?\r\n\r\n"],
        [a_request(path="/slow", close=False) + ready * 700 + last],
    )
    assert many.count(b"\r\n\r\nready") == 701
    assert re.findall(rb"\r\n\r\n(done|ready)", together) == [b"done", *[b"ready"] * 3, b"done", b"ready"]
    assert [apart.count(word) for word in (b"ready", b"done")] == [3, 1]
    assert old.endswith(b"connection: close\r\n\r\nready")
    assert torn.endswith(b"\r\n\r\nready")
    assert together.count(b"date: ") == 6


def test_what_is_taken_is_answered_in_its_turn(port: int) -> None:
    def vote(body: bytes, path: str = "/taken", *, close: bool = True) -> bytes:
        return a_request("POST", path, body=body, close=close)

    whole = vote(b"in parts")
    together, apart, parts, refused, broken = heard(
        port,
        [vote(b"1", close=False) + vote(b"2", close=False) + a_request(path="/ready", close=False) + vote(b"3")],
        [vote(b"1", close=False), SHORT / 2, vote(b"2", close=False), SHORT / 2, vote(b"3")],
        [whole[:-4], 0.1, whole[-4:]],
        [vote(b"x", "/taken/refused")],
        [vote(b"x", "/taken/broken")],
    )
    assert re.findall(rb"\r\n\r\n(taken\d|ready)", together) == [b"taken1", b"taken2", b"ready", b"taken3"]
    assert re.findall(rb"\r\n\r\n(taken\d)", apart) == [b"taken1", b"taken2", b"taken3"]
    for reply in (together, apart):
        assert reply.count(b"date: ") == reply.count(b"HTTP/1.1 200 OK")
        assert reply.count(b"connection: close") == 1
    assert [parts[-8:], refused[-7:]] == [b"\r\n\r\ndone", b"refused"]
    assert broken.startswith(b"HTTP/1.1 500 ")
    assert broken.count(b"HTTP/1.1") == 1


def test_an_answer_that_says_its_length_is_written_in_one_piece_and_others_as_they_come() -> None:
    written: list[bytes] = []

    class Line(asyncio.Transport):
        def write(self, data: bytes | bytearray | memoryview) -> None:
            written.append(bytes(data))

        def is_closing(self) -> bool:
            return False

        def close(self) -> None:
            pass

    async def app(scope: Scope, _receive: Receive, send: Send) -> None:
        length = [] if scope["path"] == "/parts" else [(b"content-length", b"4")]
        length += [(b"x-a", b"b\r\nset-cookie: c=d")] if scope["path"] == "/smuggled" else []
        await send({"type": "http.response.start", "status": 304 if "304" in scope["path"] else 200, "headers": length})
        if scope["path"] == "/parts":
            await send({"type": "http.response.body", "body": b"do", "more_body": True})
        await send({"type": "http.response.body", "body": b"" if "304" in scope["path"] else b"done"})

    async def ask(request: bytes) -> int:
        config = uvicorn.Config(app, http=Hasty, log_level="critical", access_log=False, proxy_headers=False)
        config.load()
        protocol = Hasty(config, ServerState(), {})
        protocol.connection_made(Line())
        written.clear()
        protocol.data_received(request)
        await asyncio.gather(*protocol.tasks)
        await asyncio.sleep(0)
        protocol.connection_lost(None)
        return len(written)

    asked = [a_request(close=False), a_request("HEAD", close=False), a_request(path="/parts", close=False)]
    assert [loops.run(ask(request)) for request in asked] == [1, 1, 3]
    assert b"".join(written).endswith(b"4\r\ndone\r\n0\r\n\r\n")
    assert loops.run(ask(a_request(path="/smuggled", close=False))) == 0


def test_who_reads_nothing_is_not_written_to_without_end() -> None:
    held: list[Protocol] = []

    class Watched(Hasty):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            held.append(self)

    class Generous(House):
        def ready(self, scope: Scope) -> Ready | None:
            return Ready(200, [], b"HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n", b"x" * 1_000_000)

        async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
            await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"4")]})
            await send({"type": "http.response.body", "body": b"done"})

    async def ask() -> int:
        _reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1)
        writer.write(a_request(close=False) * 200)
        await asyncio.sleep(0.4)
        waiting = held[0].transport.get_write_buffer_size()
        writer.transport.abort()
        return waiting

    with serving(Generous(), http=Watched) as port:
        assert loops.run(ask()) < 10_000_000


def test_the_guard_whose_words_are_the_houses_comes_first() -> None:
    assert Protocol.body_seconds > Guard(House()).body_deadline + 0.5
