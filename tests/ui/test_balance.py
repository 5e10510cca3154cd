"""Connections are dealt out evenly: who has too many is told so, and closes some with their next answers."""

import os
from collections.abc import Awaitable

import pytest

from tests.serving import a_request, heard, serving
from ui.asgi import Ready, Receive, Scope, Send
from ui.balance import Share, Shares
from ui.protocol import Protocol

ANOTHER = 1
"""A process that is there, and not this one."""
CLOSED = b"connection: close\r\n"


def _surplus(mine: int, *others: int) -> int:
    """What this process hears that has so many connections, where the others have said theirs."""
    shares = Shares(len(others) + 1)
    pids = [ANOTHER + place for place in range(len(others))]
    shares.seat([os.getpid(), *pids])
    with pytest.MonkeyPatch.context() as patch:
        for pid, number in zip(pids, others, strict=True):
            patch.setattr(os, "getpid", lambda pid=pid: pid)
            shares.surplus(number)
    return shares.surplus(mine)


def test_what_is_above_the_mean_is_too_much() -> None:
    assert [_surplus(28, 4), _surplus(4, 28)] == [12, 0]
    assert [_surplus(400, 0, 0, 0), _surplus(100, 100, 100)] == [300, 0]


def test_nearly_even_is_even_and_few_are_left_where_they_are() -> None:
    assert [_surplus(18, 14), _surplus(19, 13)] == [0, 3]
    assert [_surplus(15, 0), _surplus(16, 0)] == [0, 8]
    assert _surplus(500) == 0


def test_who_takes_the_place_of_one_that_died_begins_with_none() -> None:
    shares = Shares(2)
    shares.seat([ANOTHER, os.getpid()])
    assert shares.surplus(40) == 20
    shares.seat([os.getpid(), ANOTHER])
    assert shares.surplus(0) == 0, "what it had in its old place is forgotten"
    assert shares.surplus(40) == 20


def test_who_has_no_place_keeps_what_comes() -> None:
    shares = Shares(1)
    assert shares.surplus(40) == 0
    shares.seat([ANOTHER, os.getpid()])
    assert shares.surplus(40) == 0
    shares.seat([])
    assert shares.surplus(40) == 0


class House:
    """Answers each address in one of the three ways in which a server is answered."""

    def ready(self, scope: Scope) -> Ready | None:
        return _answer() if scope["path"] == "/ready" else None

    def take(self, scope: Scope, _body: bytes, _receive: Receive, _send: Send) -> Awaitable[Ready | None] | None:
        return self._taken() if scope["path"] == "/taken" else None

    async def _taken(self) -> Ready:
        return _answer()

    async def __call__(self, _scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"4")]})
        await send({"type": "http.response.body", "body": b"done"})


def _answer() -> Ready:
    return Ready.of(200, [(b"content-length", b"4")], b"done")


class Crowded(Protocol):
    """Two connections too many, for ever."""

    def watched(self, shares: Shares | None) -> Share:
        share = super().watched(shares)
        share.surplus = 2
        return share


WAYS = pytest.mark.parametrize("path", ["/ready", "/taken", "/asgi"])


@WAYS
def test_as_many_as_are_too_many_are_closed_with_their_answers(path: str) -> None:
    ask, last = a_request(path=path, close=False), a_request(path=path)
    with serving(House(), http=Crowded) as port:
        said = [heard(port, talk)[0] for talk in ([ask], [ask], [ask, 0.3, last])]
    assert [one.count(b"200 OK") for one in said] == [1, 1, 2], "there were two too many, and not three"
    assert [one.count(CLOSED) for one in said] == [1, 1, 1]


@WAYS
def test_what_was_sent_together_is_answered_all_the_same(path: str) -> None:
    with serving(House(), http=Crowded) as port:
        (said,) = heard(port, [a_request(path=path, close=False) * 2 + a_request(path=path)])
    assert said.count(b"200 OK") == 3
    assert CLOSED in said.rpartition(b"200 OK")[2]
