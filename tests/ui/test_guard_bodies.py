"""What may come in through the guard, and how large: the house behind it is a small one."""

import asyncio

import pytest

from tests import loops
from tests.guarded import LIMIT, PICTURE_LIMIT, House, a_guard, a_scope, ask, asked, say
from tests.serving import a_chunk, a_request, heard, serving, slowly
from ui import guard
from ui.asgi import Receive, Scope, Send


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


def test_whatever_the_house_says_after_a_refusal_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "LINGER", 0.1)

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
