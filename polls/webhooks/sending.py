"""One message to one receiver: a POST that ends in time, whatever is at the other end."""

import io
import socket
import ssl
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cache
from http.client import HTTPConnection, HTTPException
from typing import Any, Self

from polls.refusals import Refusal
from polls.terms import DeliveryFailure
from polls.webhooks import addresses
from polls.webhooks.addresses import Address, NotAllowed, Place

PATIENCE = 10.0
"""Seconds from the first byte to the last. How long a name server thinks is not ours to say, and not in it."""
MOST_READ = 300
"""Of what an answer says, in bytes."""
MOST_HEADERS = 64 * 1024
TAKEN = range(200, 300)
ELSEWHERE = range(300, 400)
GONE = 410
BUSY = {429, 503}
SELF_SIGNED = 18
"""OpenSSL's X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT."""
LONGEST_REST = timedelta(hours=12)
"""So long a receiver may ask to be left alone."""
AGENT = "Pollstead-Webhooks"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. `failure` is empty when the message was taken."""

    status: int | None = None
    failure: DeliveryFailure | None = None
    said: str = ""
    rest: timedelta = timedelta()
    """How long the receiver asks to be left alone."""


def send(url: str, body: bytes, headers: dict[str, str], *, patience: float = PATIENCE) -> Answer:
    """Takes no longer than `patience` seconds, but for the name server. Redirects are not followed."""
    try:
        address = addresses.read(url)
        found = addresses.places(address)
    except NotAllowed as error:
        return Answer(failure=error.failure)
    except Refusal:
        # It was taken when it was saved: the operator has changed their mind.
        return Answer(failure=DeliveryFailure.ADDRESS)
    try:
        with _Line.to(address, found, until=time.monotonic() + patience) as line:
            return _told(line, address, body, headers)
    except ssl.SSLCertVerificationError as error:
        alone = error.verify_code == SELF_SIGNED
        return Answer(failure=DeliveryFailure.SELF_SIGNED if alone else DeliveryFailure.CERTIFICATE)
    except TimeoutError:
        return Answer(failure=DeliveryFailure.LATE)
    except HTTPException:
        return Answer(failure=DeliveryFailure.UNREADABLE)
    except OSError:
        return Answer(failure=DeliveryFailure.AWAY)


def _told(line: "_Line", address: Address, body: bytes, headers: dict[str, str]) -> Answer:
    asking = HTTPConnection(address.host, address.port)
    asking.sock = line  # all that it does with a socket
    own = {"Host": _host_header(address), "User-Agent": AGENT, "Connection": "close"}
    asking.request("POST", address.path, body, own | headers)
    with asking.getresponse() as answer:
        words = b""
        # The status has said it all; the rest is for whoever looks for a mistake.
        with suppress(OSError, HTTPException):
            words = answer.read(MOST_READ)
        wish = answer.getheader("Retry-After", "") if answer.status in BUSY else ""
        return Answer(answer.status, _failure(answer.status), _readable(words), _rest(wish, now=datetime.now(UTC)))


def _failure(status: int) -> DeliveryFailure | None:
    if status in TAKEN:
        return None
    if status in ELSEWHERE:
        return DeliveryFailure.ELSEWHERE
    return DeliveryFailure.GONE if status == GONE else DeliveryFailure.REFUSED


def _rest(wish: str, *, now: datetime) -> timedelta:
    """What `Retry-After` asks for, in seconds or as a date: RFC 9110, 10.2.3. Nothing where it can't be read."""
    wish = wish.strip()
    if wish.isascii() and wish.isdigit():
        return timedelta(seconds=min(int(wish[:9]), LONGEST_REST.total_seconds()))
    try:
        until = parsedate_to_datetime(wish)
        asked = (until if until.tzinfo else until.replace(tzinfo=UTC)) - now
    except (ValueError, OverflowError):
        return timedelta()
    return min(max(asked, timedelta()), LONGEST_REST)


def _readable(words: bytes) -> str:
    """What can be shown of it in a line."""
    letters = (letter if letter.isprintable() else " " for letter in words.decode(errors="replace"))
    return " ".join("".join(letters).split())


def _host_header(address: Address) -> str:
    return str(address).removeprefix(f"{address.scheme}://").removesuffix(address.path)


class _Line:
    """A connection that ends at an instant, of which only so much is read. It is a socket to `http.client`."""

    def __init__(self, connected: socket.socket, *, until: float) -> None:
        self._socket, self._until = connected, until

    @classmethod
    def to(cls, address: Address, places: Sequence[Place], *, until: float) -> Self:
        """To the first of these places that is there; under the host's name, whatever its place."""
        reached = _connected(places, until)
        try:
            if address.scheme == "https":
                reached.settimeout(_left(until))
                reached = _trust().wrap_socket(reached, server_hostname=address.host)
        except BaseException:
            reached.close()
            raise
        return cls(reached, until=until)

    def sendall(self, sent: Any) -> None:
        self._socket.settimeout(_left(self._until))
        self._socket.sendall(sent)

    def receive(self, room: memoryview) -> int:
        self._socket.settimeout(_left(self._until))
        return self._socket.recv_into(room)

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(_Received(self), buffer_size=4096)

    def close(self) -> None:
        """Not yet: an answer is still to be read when `http.client` has done with its socket."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()


class _Received(io.RawIOBase):
    def __init__(self, line: _Line) -> None:
        self._line, self._left = line, MOST_HEADERS + MOST_READ

    def readable(self) -> bool:
        return True

    def readinto(self, room: Any) -> int:
        number = self._line.receive(memoryview(room)[: self._left])
        self._left -= number
        return number


def _connected(places: Sequence[Place], until: float) -> socket.socket:
    failed: OSError = ConnectionError("no place")
    for family, place in places:
        trying = socket.socket(family, socket.SOCK_STREAM)
        try:
            trying.settimeout(_left(until))
            trying.connect(place)
        except OSError as error:
            trying.close()
            failed = error
        else:
            return trying
    raise failed


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


@cache
def _trust() -> ssl.SSLContext:
    return ssl.create_default_context()
