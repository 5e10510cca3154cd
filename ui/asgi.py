"""The words of ASGI, which all that stands between the server and Django speaks."""

from collections.abc import Awaitable, Callable, MutableMapping
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


class Plain(NamedTuple):
    """An answer of status 200, but for its length."""

    headers: Headers
    body: bytes
