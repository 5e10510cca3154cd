"""How long a request may take before the guard answers it; the house behind it is a small one."""

import asyncio
from functools import partial

import pytest

from tests import loops
from tests.guarded import FOREVER, House, a_guard, a_scope, ask, asked, say
from ui import exchanges
from ui.asgi import Receive, Scope, Send


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
    monkeypatch.setattr(exchanges, "PATIENCE", 0.1)

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
