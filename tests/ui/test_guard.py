"""What may come in, for how long, and how many at once; the house behind the guard is a small one, or the whole."""

import asyncio
import json
from collections.abc import Callable, Coroutine, MutableMapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import httpx
import pytest

from tests import loops
from tests.browser import Browser
from tests.builders import a_poll
from tests.serving import a_chunk, a_request, heard, serving, slowly
from ui import guard
from ui.asgi import Message, Ready, Receive, Scope, Send
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


@pytest.fixture(autouse=True)
def _short_linger(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "LINGER", 0.1)


@pytest.fixture
def inner() -> House:
    return House()


# Bodies that are too large


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "OPTIONS", "PROPFIND"])
@pytest.mark.parametrize("path", ["/", "/healthz", "/live/lunch", "/static/a.css", "/admin", "//admin/", "/p/admin/"])
def test_a_declared_body_over_the_limit_is_refused_before_anything_is_read(
    inner: House, method: str, path: str
) -> None:
    reply = ask(a_guard(inner), a_scope(method, path, content_length=str(LIMIT + 1)), b"x" * (LIMIT + 1))
    assert (reply.status, inner.calls) == (413, 0)
    assert reply.header("connection") == "close"


@pytest.mark.parametrize(
    "headers", [{"transfer_encoding": "chunked"}, {"content_length": "9" * 5000}, {"content_length": "5"}]
)
def test_a_body_that_does_not_say_how_large_it_is_is_counted(inner: House, headers: dict[str, str]) -> None:
    reply = ask(a_guard(inner), a_scope("POST", **headers), b"x" * 900, b"x" * 900)
    assert (reply.status, inner.stored, inner.messages[-1]) == (413, 900, "http.disconnect")


def test_an_address_may_have_a_larger_limit_and_no_other(inner: House) -> None:
    for path, size, status in (
        ("/", LIMIT, 200),
        ("/admin/polls/", PICTURE_LIMIT, 200),
        ("/admin/polls/", PICTURE_LIMIT + 1, 413),
        ("/ADMIN/", LIMIT + 1, 413),
    ):
        assert ask(a_guard(inner), a_scope("POST", path, content_length=str(size)), b"x" * size).status == status


@pytest.mark.parametrize("headers", [{"transfer_encoding": "chunked"}, {"content_length": str(2 * LIMIT)}])
def test_large_bodies_are_few_at_once_and_small_ones_come_in_beside_them(inner: House, headers: dict[str, str]) -> None:
    """Whoever is let in with 25 MB is a stranger until they are all there."""

    async def run() -> list[tuple[int, bool]]:
        app, scope = a_guard(inner, most_large=2), a_scope("POST", "/admin/polls/", **headers)
        sending = [asyncio.create_task(asked(app, scope, b"x" * LIMIT, b"x", endless=True)) for _ in range(2)]
        await asyncio.sleep(0.01)
        bodies = ([b"x" * LIMIT, b"x"], [b"x" * LIMIT])
        told = [await asked(app, scope, *body) for body in bodies]
        sending[0].cancel()
        await asyncio.wait(sending[:1])
        told.append(await asked(app, scope, b"x" * LIMIT, b"x", b"x"))
        sending[1].cancel()
        await asyncio.wait(sending)
        return [(reply.status, b"Many large files" in reply.body) for reply in told]

    assert loops.run(run()) == [(503, True), (200, False), (200, False)]


def test_whatever_the_house_says_after_a_refusal_is_dropped() -> None:
    async def touchy(_scope: Scope, receive: Receive, _send: Send) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        raise ConnectionResetError

    async def talkative(_scope: Scope, receive: Receive, send: Send) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        await say(send, b"late")

    async def hasty(_scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 202, "headers": []})
        while (await receive())["type"] != "http.disconnect":
            pass

    scope = a_scope("POST", content_length="5")
    replies = [ask(a_guard(app), scope, b"x" * 2000) for app in (touchy, talkative, hasty)]
    assert [reply.status for reply in replies] == [413, 413, 202]
    assert all(b"late" not in reply.body for reply in replies)


def test_on_the_wire_a_refused_body_ends_the_connection_and_others_go_on(inner: House) -> None:
    with serving(a_guard(inner, deadline=0.4, body_deadline=0.4)) as port:
        big = a_request("POST", body=b"x" * 4_000_000, close=False)
        chunked = a_request("POST", "/", "transfer-encoding: chunked", close=False) + a_chunk(b"x" * 2000)
        read = a_request("POST", body=b"x" * 500, close=False)
        replies = heard(
            port,
            [big, a_request(path="/smuggled")],
            [chunked, b"0\r\n\r\n", a_request(path="/smuggled")],
            [read + a_request("POST", body=b"x" * 9)],
            [a_request("TRACE", close=False), a_request()],
            [a_request(path="/frozen", close=False) + a_request()],
            [a_request("HEAD", "/frozen")],
            slowly(a_request("POST", "/", "content-length: 500"), *[b"x"] * 12),
            [
                a_request("POST", "/admin/", f"content-length: {PICTURE_LIMIT}", "connection: close"),
                *slowly(*[b"x" * (PICTURE_LIMIT // 10)] * 10, pause=0.08),
            ],
        )
    statuses = [
        [int(line.split()[1]) for line in reply.split(b"HTTP/1.1")[1:] for line in [b"x" + line]] for reply in replies
    ]
    assert statuses == [[413], [413], [200, 200], [405, 200], [503, 200], [503], [408], [200]]
    assert replies[2].index(b"read 500") < replies[2].index(b"read 9")
    assert replies[5].endswith(b"\r\n\r\n")


# Requests that take too long


def test_a_request_over_its_deadline_is_told_when_to_come_back_and_given_up(inner: House) -> None:
    reply = ask(a_guard(inner, deadline=0.1), a_scope(path="/frozen"))
    assert (reply.status, reply.header("retry-after"), inner.cancelled) == (503, "5", 1)


def test_a_deadline_may_be_longer_at_an_address(inner: House) -> None:
    async def slow(_scope: Scope, _receive: Receive, send: Send) -> None:
        await asyncio.sleep(0.3)
        await say(send, b"done")

    door = a_guard(slow, deadline=0.1, deadlines={"/admin/": 5})
    assert [ask(door, a_scope(path=path)).status for path in ("/", "/admin/polls/")] == [503, 200]


def test_nobody_waits_for_a_database_that_is_not_there_and_all_do_for_one_that_is_slow(
    inner: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "PATIENCE", 0.1)

    async def slow(_scope: Scope, _receive: Receive, send: Send) -> None:
        await asyncio.sleep(0.4)
        await say(send, b"done")

    async def later(said: bool) -> bool:
        return said

    away, there = (partial(a_guard, beats=partial(later, said), body_deadline=0.8) for said in (False, True))
    assert [ask(door(slow), a_scope()).status for door in (away, there)] == [503, 200]
    assert ask(away(inner), a_scope(path="/frozen")).header("retry-after") == "5"
    late = a_scope("POST", content_length="500")
    assert ask(away(inner), late, b"x", endless=True).status == 408, "here it is the sender who is waited for"


def test_who_ignores_the_end_of_the_time_is_not_heard() -> None:
    async def stubborn(_scope: Scope, _receive: Receive, send: Send) -> None:
        try:
            await asyncio.sleep(FOREVER)
        except asyncio.CancelledError:
            await say(send, b"late")

    reply = ask(a_guard(stubborn, deadline=0.1), a_scope())
    assert (reply.status, b"late" in reply.body) == (503, False)


def test_an_answer_may_take_as_long_as_it_keeps_coming() -> None:
    async def export(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for _line in range(6):
            await asyncio.sleep(0.1)
            await send({"type": "http.response.body", "body": b"line ", "more_body": True})
        await asyncio.sleep(FOREVER)

    reply = ask(a_guard(export, deadline=0.3), a_scope())
    assert (reply.status, reply.body) == (200, b"line " * 6)


def test_streams_have_no_deadline_unless_they_bring_a_body(inner: House) -> None:
    async def live(_scope: Scope, _receive: Receive, send: Send) -> None:
        await asyncio.sleep(0.3)
        await say(send, b"still here")

    assert ask(a_guard(live, deadline=0.1), a_scope(path="/live/lunch")).body == b"still here"
    scope = a_scope("POST", "/live/lunch", transfer_encoding="chunked")
    assert ask(a_guard(inner, body_deadline=0.1), scope, b"x", endless=True).status == 408


def test_the_sender_and_the_house_have_clocks_of_their_own(inner: House) -> None:
    async def absent(_scope: Scope, _receive: Receive, _send: Send) -> None:
        await asyncio.sleep(FOREVER)

    frozen, unread = a_scope("POST", "/frozen", content_length="4"), a_scope("POST", content_length="500")
    assert ask(a_guard(inner, deadline=0.1), frozen, b"abcd").status == 503
    assert ask(a_guard(absent, deadline=0.2, body_deadline=0.1), unread, b"x").status == 503


def test_a_fault_and_a_shutdown_are_not_swallowed(inner: House) -> None:
    async def broken(_scope: Scope, _receive: Receive, _send: Send) -> None:
        raise LookupError

    async def shut_down() -> None:
        request = asyncio.create_task(asked(a_guard(inner), a_scope(path="/frozen")))
        await asyncio.sleep(0.02)
        request.cancel()
        await request

    with pytest.raises(LookupError):
        ask(a_guard(broken), a_scope())
    with pytest.raises(asyncio.CancelledError):
        loops.run(shut_down())


# More requests than can be served


def test_only_what_is_being_worked_on_counts_and_what_is_over_it_is_shed(inner: House) -> None:
    async def a_full_house() -> list[int]:
        door = a_guard(inner, most_active=2)
        busy = [asyncio.create_task(asked(door, a_scope(path="/frozen"))) for _ in range(2)]
        busy += [asyncio.create_task(asked(door, a_scope(path="/live/frozen"))) for _ in range(3)]
        await asyncio.sleep(0.05)
        shed = [await asked(door, a_scope()), await asked(door, a_scope("POST", "/live/x", content_length="1"), b"x")]
        shed.append(await asked(door, a_scope(path="/live/lunch")))
        busy[0].cancel()
        await asyncio.sleep(0)
        shed.append(await asked(door, a_scope()))
        for task in busy:
            task.cancel()
        await asyncio.gather(*busy, return_exceptions=True)
        return [reply.status for reply in shed]

    assert loops.run(a_full_house()) == [503, 503, 200, 200]


# What is worked on past ASGI


def test_what_the_house_takes_is_watched_as_all_else_is(inner: House) -> None:
    """Its time is limited, it counts as active, and where the house is full or it is large it goes the usual way."""

    async def work(name: bytes) -> Ready:
        await asyncio.sleep(FOREVER if name == b"frozen" else 0)
        return Ready.of(200, [], name)

    door = a_guard(inner, deadline=0.1, most_active=2, quick=lambda scope, body: work(body) if scope["path"] else None)
    replies: list[Reply] = []

    async def take(body: bytes, path: str = "/p/lunch/vote/") -> Ready | None:
        replies.append(reply := Reply())

        async def send(message: Message) -> None:
            if message["type"] == "http.response.start":
                reply.starts.append(message)

        async def receive() -> Message:
            return {"type": "http.request", "body": b"", "more_body": False}

        taken = door.take(a_scope("POST", path), body, receive, send)
        return await taken if taken else Ready.of(421, [], b"")

    async def story() -> tuple[list[Ready | None], list[Ready | None]]:
        first = [await take(b"vote"), await take(b"x" * (LIMIT + 1)), await take(b"vote", "")]
        frozen = [asyncio.create_task(take(b"frozen")) for _ in range(2)]
        await asyncio.sleep(0.02)
        assert len(door.active) == 2
        return [*first, await take(b"vote")], await asyncio.gather(*frozen)

    answers, frozen = loops.run(story())
    assert [answer.status for answer in answers if answer] == [200, 421, 421, 421]
    assert frozen == [None, None]
    assert [reply.status for reply in replies[3:5]] == [503, 503]
    assert not door.active


def test_a_shutdown_of_what_the_house_takes_is_not_swallowed(inner: House) -> None:
    async def work() -> Ready:
        await asyncio.sleep(FOREVER)
        raise AssertionError

    async def story() -> None:
        door = a_guard(inner, quick=lambda _scope, _body: work())
        taken = door.take(a_scope("POST"), b"", None, None)  # type: ignore[arg-type]
        assert taken
        task = asyncio.ensure_future(taken)
        await asyncio.sleep(0.02)
        task.cancel()
        await task

    with pytest.raises(asyncio.CancelledError):
        loops.run(story())


# What is said


CASES: dict[str, tuple[int, dict[str, Any]]] = {
    "too_large": (413, a_scope("POST", content_length="9999")),
    "too_slow": (408, a_scope("POST", transfer_encoding="chunked")),
    "database_away": (503, a_scope(path="/frozen")),
    "method_not_allowed": (405, a_scope("TRACE")),
    "busy": (503, a_scope()),
}


@pytest.mark.parametrize("code", CASES)
def test_a_refusal_speaks_as_everywhere_in_the_house(inner: House, code: str) -> None:
    status, scope = CASES[code]
    most = 0 if code == "busy" else 9
    page, problem = (
        ask(a_guard(inner, deadline=0.1, body_deadline=0.1, most_active=most), sent, b"x", endless=code == "too_slow")
        for sent in (scope, scope | {"path": "/api/v1/polls/frozen"})
    )
    told = json.loads(problem.body)
    assert (page.status, problem.status, told["status"], told["code"]) == (status, status, status, code)
    assert f'data-code="{code}"' in page.body.decode()
    assert problem.header("content-type") == "application/problem+json"
    for reply in (page, problem):
        assert reply.header("content-length") == str(len(reply.body))
        assert "public" not in reply.header("cache-control")


def test_a_body_that_is_too_large_is_refused_by_the_whole_house(vera: Browser) -> None:
    poll, large = a_poll(), b"x" * (256 * 1024 + 1)

    async def in_parts() -> Any:
        for _part in range(5):
            yield b"x" * (64 * 1024)

    sent: list[tuple[str, str, Any]] = [("POST", "/healthz", large), ("GET", f"/p/{poll.slug}/", large)]
    sent += [("PUT", "/admin/x/", b"x" * (25 * 1024 * 1024 + 1)), ("POST", f"/p/{poll.slug}/vote/", in_parts())]
    replies: list[httpx.Response] = [vera.request(method, path, content=body) for method, path, body in sent]
    assert [reply.status_code for reply in replies] == [413] * 4
    assert vera.request("TRACE", f"/p/{poll.slug}/").status_code == 405


def test_the_desk_is_told_how_much_is_taken_and_the_way_back(vera: Browser) -> None:
    there = "/admin/polls/poll/1/change/"
    refused = vera.post(there, content=b"x" * (25 * 1024 * 1024 + 1))
    assert "What was sent is too large: 25 MB are taken at once." in refused.text
    assert f'href="{there}">To the desk</a>' in refused.text
