"""A message ends in time and reads little, whatever is at the other end."""

import json
import socket
import ssl
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings

from polls.terms import DeliveryFailure
from polls.webhooks import sending
from tests.receivers import CERTIFICATE, a_receiver, a_socket

SOON = 0.6
"""Seconds that a message may take here."""


def send(url: str, patience: float = SOON) -> sending.Answer:
    begun = time.monotonic()
    answer = sending.send(
        url, b'{"a": 1}', {"Content-Type": "application/json", "webhook-id": "msg_1"}, patience=patience
    )
    assert time.monotonic() - begun < patience + 1
    return answer


def test_a_message_is_a_post_with_what_was_given() -> None:
    with a_receiver() as receiver:
        assert send(f"{receiver.url}?key=a%20b", 5) == sending.Answer(200, None, "ok")
        ((path, headers, body),) = receiver.got
    assert (path, json.loads(body)) == ("/hook?key=a%20b", {"a": 1})
    assert headers["host"] == f"127.0.0.1:{receiver.port}"
    assert (headers["content-type"], headers["webhook-id"]) == ("application/json", "msg_1")
    assert headers["user-agent"] == sending.AGENT


@pytest.mark.parametrize(
    ("status", "failure"),
    [
        (204, None),
        (299, None),
        (301, DeliveryFailure.ELSEWHERE),
        (400, DeliveryFailure.REFUSED),
        (404, DeliveryFailure.REFUSED),
        (410, DeliveryFailure.GONE),
        (500, DeliveryFailure.REFUSED),
        (503, DeliveryFailure.REFUSED),
    ],
)
def test_the_status_says_whether_it_was_taken(status: int, failure: DeliveryFailure | None) -> None:
    with a_receiver(status) as receiver:
        answer = send(receiver.url, 5)
    assert (answer.status, answer.failure) == (status, failure)


def test_a_redirect_is_not_followed() -> None:
    with a_receiver() as other:

        def elsewhere(asked: BaseHTTPRequestHandler) -> None:
            asked.send_response(307)
            asked.send_header("Location", other.url)
            asked.send_header("Content-Length", "0")
            asked.end_headers()

        with a_receiver(elsewhere) as receiver:
            assert send(receiver.url, 5).failure == DeliveryFailure.ELSEWHERE
        assert (len(receiver.got), len(other.got)) == (1, 0)


def _says_nothing(connected: socket.socket) -> None:
    connected.recv(4096)
    time.sleep(2)


def _drips_a_status(connected: socket.socket) -> None:
    connected.recv(4096)
    while True:
        connected.sendall(b"H")
        time.sleep(0.05)


def _drips_headers(connected: socket.socket) -> None:
    connected.recv(4096)
    connected.sendall(b"HTTP/1.1 200 OK\r\n")
    while True:
        connected.sendall(b"a: b\r\n")
        time.sleep(0.05)


@pytest.mark.parametrize("talk", [_says_nothing, _drips_a_status, _drips_headers])
def test_who_takes_too_long_is_left(talk: Callable[[socket.socket], None]) -> None:
    with a_socket(talk) as port:
        assert send(f"http://127.0.0.1:{port}/").failure == DeliveryFailure.LATE


def test_who_has_no_time_left_says_so() -> None:
    with a_receiver() as receiver:
        assert send(receiver.url, 0).failure == DeliveryFailure.LATE


def _endless_body(connected: socket.socket) -> None:
    connected.recv(4096)
    connected.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        connected.sendall(b"x" * 65536)


def _dripping_body(connected: socket.socket) -> None:
    connected.recv(4096)
    connected.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        connected.sendall(b"x")
        time.sleep(0.05)


@pytest.mark.parametrize("talk", [_endless_body, _dripping_body])
def test_of_an_endless_answer_the_beginning_counts(talk: Callable[[socket.socket], None]) -> None:
    with a_socket(talk) as port:
        answer = send(f"http://127.0.0.1:{port}/")
    assert (answer.status, answer.failure) == (200, None)
    assert len(answer.said) <= sending.MOST_READ


def _endless_headers(connected: socket.socket) -> None:
    connected.recv(4096)
    connected.sendall(b"HTTP/1.1 200 OK\r\n")
    while True:
        connected.sendall(b"a: " + b"x" * 30000 + b"\r\n")


@pytest.mark.parametrize(
    "said", [b"220 mail.example ESMTP\r\n", b"\x15\x03\x01\x00\x02\x02\x0a", b"HTTP/1.1 wat\r\n\r\n", b"HTTP/9\r\n"]
)
def test_what_is_no_http_is_said_so(said: bytes) -> None:
    def talk(connected: socket.socket) -> None:
        connected.recv(4096)
        connected.sendall(said)

    with a_socket(talk) as port:
        assert send(f"http://127.0.0.1:{port}/", 5).failure == DeliveryFailure.UNREADABLE


def test_endless_headers_are_not_read_to_their_end() -> None:
    with a_socket(_endless_headers) as port:
        answer = send(f"http://127.0.0.1:{port}/", 5)
    assert answer.failure in {None, DeliveryFailure.UNREADABLE}


def test_nobody_at_home_is_said_so() -> None:
    with a_socket(lambda _connected: None) as port:
        pass
    with override_settings(WEBHOOK_PRIVATE_HOSTS=["127.0.0.1"]):
        assert send(f"http://127.0.0.1:{port}/", 5).failure == DeliveryFailure.AWAY


def test_words_of_an_answer_can_be_shown_in_a_line() -> None:
    said = "<b>No\x00\n\x1b[31m\u202etxt\u2066 здравствуй ".encode() + b"\xff\xfe"

    def answer(asked: BaseHTTPRequestHandler) -> None:
        asked.send_response(500)
        asked.send_header("Content-Length", str(len(said)))
        asked.end_headers()
        asked.wfile.write(said)

    with a_receiver(answer) as receiver:
        assert send(receiver.url, 5).said == "<b>No [31m txt здравствуй \ufffd\ufffd"


def test_the_host_is_named_to_the_address_that_was_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody's certificate but the host's own is good, and it is asked for by name."""
    hello: list[bytes] = []
    heard = threading.Event()

    def talk(connected: socket.socket) -> None:
        hello.append(connected.recv(4096))
        heard.set()

    with a_socket(talk) as port, override_settings(WEBHOOK_PRIVATE_HOSTS=["hooks.example"]):
        found: Any = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
        assert send(f"https://hooks.example:{port}/", 5).failure == DeliveryFailure.AWAY
        assert heard.wait(5)
    assert b"hooks.example" in hello[0]
    trust = sending._trust()
    assert (trust.verify_mode, trust.check_hostname) == (ssl.CERT_REQUIRED, True)


@pytest.mark.parametrize(
    ("status", "wish", "seconds"),
    [
        (429, "120", 120),
        (503, " 7 ", 7),
        (503, "Sun, 06 Nov 1994 08:49:37 GMT", 0),
        (429, "9" * 40, 12 * 3600),
        (429, "Fri, 31 Dec 9999 23:59:59 GMT", 12 * 3600),
        (429, "-5", 0),
        (429, "١٢", 0),
        (429, "soon", 0),
        (429, "", 0),
        (500, "120", 0),
        (200, "120", 0),
    ],
)
def test_a_receiver_says_how_long_it_is_to_be_left_alone(status: int, wish: str, seconds: int) -> None:
    def answer(asked: BaseHTTPRequestHandler) -> None:
        asked.send_response(status)
        asked.wfile.write(b"".join(asked._headers_buffer))  # type: ignore[attr-defined]  # what is no latin-1 too
        asked._headers_buffer.clear()  # type: ignore[attr-defined]
        asked.wfile.write(f"Retry-After: {wish}\r\nContent-Length: 0\r\n\r\n".encode())

    with a_receiver(answer) as receiver:
        assert send(receiver.url, 5).rest == timedelta(seconds=seconds)


def test_a_receiver_may_say_until_when_it_is_to_be_left_alone() -> None:
    until = datetime.now(UTC) + timedelta(minutes=10)

    def answer(asked: BaseHTTPRequestHandler) -> None:
        asked.send_response(503)
        asked.send_header("Retry-After", format_datetime(until, usegmt=True))
        asked.send_header("Content-Length", "0")
        asked.end_headers()

    with a_receiver(answer) as receiver:
        assert timedelta(minutes=9) < send(receiver.url, 5).rest <= timedelta(minutes=10)


@pytest.fixture
def trusted(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path], None]:
    """Has one certificate trusted, as if a known authority had signed it."""
    return lambda certificate: monkeypatch.setattr(
        sending, "_trust", lambda: ssl.create_default_context(cafile=str(certificate))
    )


def test_a_message_goes_to_a_host_whose_certificate_is_good(trusted: Callable[[Path], None]) -> None:
    trusted(CERTIFICATE)
    with a_receiver(certificate=CERTIFICATE) as receiver:
        assert send(receiver.url, 5) == sending.Answer(200, None, "ok")
        assert [(path, json.loads(body)) for path, _headers, body in receiver.got] == [("/hook", {"a": 1})]


def test_a_certificate_that_is_signed_by_itself_is_said_to_be_so_and_told_nothing() -> None:
    with a_receiver(certificate=CERTIFICATE) as receiver:
        answer = send(receiver.url, 5)
    assert (answer, receiver.got) == (sending.Answer(failure=DeliveryFailure.SELF_SIGNED), [])
    assert "signed by itself" in str(DeliveryFailure.SELF_SIGNED.label)


def test_a_certificate_of_another_host_is_not_trusted(
    trusted: Callable[[Path], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    trusted(CERTIFICATE)
    with a_receiver(certificate=CERTIFICATE) as receiver:
        found: Any = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", receiver.port))]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
        with override_settings(WEBHOOK_PRIVATE_HOSTS=["hooks.example"]):
            answer = send(f"https://hooks.example:{receiver.port}/hook", 5)
    assert (answer, receiver.got) == (sending.Answer(failure=DeliveryFailure.CERTIFICATE), [])
