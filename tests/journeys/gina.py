"""Gina's site, on another origin, with a strict policy of its own: it embeds polls."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count

STYLE = "body { margin: 2rem auto; max-width: 44rem; padding: 0 1rem; font: 1.125rem/1.6 serif; }"


class Site:
    def __init__(self, origin: str, polls: str) -> None:
        self.origin, self.polls = origin, polls
        self._pages: dict[str, str] = {}
        self._number = count(1)

    def page(self, body: str) -> str:
        """Publish a page, and give its address."""
        path = f"/{next(self._number)}"
        self._pages[path] = (
            "<!doctype html><html lang='en'><head><meta charset='utf-8'><link rel='icon' href='/icon'>"
            "<meta name='viewport' content='width=device-width'><title>Gina’s paper</title>"
            f"<link rel='stylesheet' href='/style'></head><body><h1>News</h1>{body}<p>After.</p>"
        )
        return self.origin + path

    def script(self, slug: str, attributes: str = "") -> str:
        return f'<script async src="{self.polls}/embed.js" data-poll="{slug}" {attributes}></script>'

    def frame(self, slug: str) -> str:
        return f'<iframe src="{self.polls}/embed/{slug}/" title="Poll" width="640" height="520"></iframe>'

    def answer(self, path: str) -> tuple[int, str, str]:
        if path == "/style":
            return 200, "text/css", STYLE
        page = self._pages.get(path)
        return (200, "text/html; charset=utf-8", page) if page else (204, "text/plain", "")

    @property
    def policy(self) -> str:
        own = "default-src 'none'; style-src 'self'; img-src 'self'"
        return f"{own}; script-src 'self' {self.polls}; frame-src {self.polls}"


@contextmanager
def publishing(polls: str) -> Iterator[Site]:
    """A site that embeds from the origin `polls`. 127.0.0.1 and localhost are two sites to a browser."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, kind, text = site.answer(self.path)
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Security-Policy", site.policy)
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    site = Site(f"http://127.0.0.1:{server.server_port}", polls)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
