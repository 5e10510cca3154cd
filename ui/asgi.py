"""The words of ASGI, which all that stands between the server and Django speaks."""

from collections.abc import Awaitable, Callable, MutableMapping
from http import HTTPStatus
from typing import Any, NamedTuple

type Scope = MutableMapping[str, Any]
type Message = MutableMapping[str, Any]
type Receive = Callable[[], Awaitable[Message]]
type Send = Callable[[Message], Awaitable[None]]
type Headers = list[tuple[bytes, bytes]]
type App = Callable[[Any, Any, Any], Awaitable[None]]
"""Of a scope, a receive and a send; Django has types of its own for them."""


class Ready(NamedTuple):
    """An answer as it goes out: `head` says in bytes what `status` and `headers` say, `body` is empty for a 304."""

    status: int
    headers: Headers
    head: bytes
    body: bytes

    @classmethod
    def of(cls, status: int, headers: Headers, body: bytes) -> "Ready":
        return cls(status, headers, head_of(status, headers), body)


def head_of(status: int, headers: Headers) -> bytes:
    first = b"HTTP/1.1 %d %b\r\n" % (status, HTTPStatus(status).phrase.encode())
    return first + b"".join(b"%b: %b\r\n" % header for header in headers)


type Take = Callable[[Scope, bytes], Awaitable[Ready] | None]
"""What works on a request that is here whole, of its scope and body; None where that is for the application."""
