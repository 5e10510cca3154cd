"""A receiver of webhooks: an HTTP server at 127.0.0.1 in threads of its own, which answers as it is told to."""

import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from django.test import override_settings

from polls.models import Delivery, Webhook
from polls.terms import Event
from polls.webhooks import receivers

EVERYTHING = " ".join(event for event in Event if event != Event.TEST)
CERTIFICATE = Path(__file__).with_name("receiver.pem")
"""Of 127.0.0.1, signed by itself, with its key in the same file."""

type Reply = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Receiver:
    port: int
    answer: int | Reply = 200
    """A status, or what to do with the connection."""
    scheme: str = "http"
    got: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    """Path, headers with names in small letters, and body of each message."""

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}/hook"

    @property
    def types(self) -> list[str]:
        return [json.loads(body)["type"] for _path, _headers, body in self.got]


@contextmanager
def a_receiver(answer: int | Reply = 200, *, certificate: Path | None = None) -> Iterator[Receiver]:
    """While it is there, an operator has let webhooks be sent to it. With a `certificate` it speaks HTTPS."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.got.append((self.path, {name.lower(): value for name, value in self.headers.items()}, body))
            if callable(receiver.answer):
                with suppress(OSError):
                    receiver.answer(self)
                self.close_connection = True
            else:
                self.send_response(receiver.answer)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"ok")

        def log_message(self, *_: Any) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        receiver = Receiver(server.server_address[1], answer, scheme="https" if certificate else "http")
        if certificate:
            server.socket = _encrypted(server.socket, certificate)
        thread = threading.Thread(target=server.serve_forever, args=[0.01], daemon=True)
        thread.start()
        with override_settings(WEBHOOK_PRIVATE_HOSTS=["127.0.0.1"]):
            yield receiver
        server.shutdown()


def _encrypted(listening: socket.socket, certificate: Path) -> ssl.SSLSocket:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context.wrap_socket(listening, server_side=True)


@contextmanager
def a_socket(talk: Callable[[socket.socket], None]) -> Iterator[int]:
    """The port of something that is no HTTP server: `talk` has each connection."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            with suppress(OSError):
                while True:
                    connected, _ = server.accept()
                    with connected, suppress(OSError):
                        talk(connected)

        threading.Thread(target=serve, daemon=True).start()
        with override_settings(WEBHOOK_PRIVATE_HOSTS=["127.0.0.1"]):
            yield server.getsockname()[1]


def a_webhook(
    maker: Any, *, url: str = "https://hooks.example/polls", events: str = EVERYTHING, **fields: Any
) -> Webhook:
    fields.setdefault("name", "Website")
    webhook = Webhook(maker=maker, url=url, events=events, site="https://polls.test", **fields)
    receivers.make(webhook)
    return webhook


def told(webhook: Webhook | None = None) -> list[str]:
    """What there is to tell since the last question, in order."""
    lines = Delivery.objects.filter(**({"webhook": webhook} if webhook else {})).order_by("pk")
    events = [line.event for line in lines]
    lines.delete()
    return events
