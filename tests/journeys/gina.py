"""Gina's site, on another origin, with a strict policy of its own: it embeds polls."""

import html
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path

import httpx
from django.contrib.staticfiles import finders

from polls import snapshots
from polls.admin import sharing
from tests.server import NO_CERTIFICATES

STYLE = "body { margin: 2rem auto; max-width: 44rem; padding: 0 1rem; font: 1.125rem/1.6 serif; }"


class Site:
    def __init__(self, origin: str, polls: str) -> None:
        self.origin, self.polls = origin, polls
        self._pages: dict[str, str] = {}
        self._number = count(1)

    def page(self, body: str, head: str = "") -> str:
        """Publish a page, and give its address. From then on it is what a page cache kept."""
        path = f"/{next(self._number)}"
        self._pages[path] = (
            "<!doctype html><html lang='en'><head><meta charset='utf-8'><link rel='icon' href='/icon'>"
            "<meta name='viewport' content='width=device-width'><title>Gina’s paper</title>"
            f"<link rel='stylesheet' href='/style'>{head}</head><body><h1>News</h1>{body}<p>After.</p>"
        )
        return self.origin + path

    def script(self, slug: str, attributes: str = "") -> str:
        return f'<script async src="{self.polls}/embed.js" data-poll="{slug}" {attributes}></script>'

    def frame(self, slug: str) -> str:
        return f'<iframe src="{self.polls}/embed/{slug}/" title="Poll" width="640" height="520"></iframe>'

    def snippet(self, slug: str, way: str) -> str:
        """What the desk gives to paste."""
        poll = snapshots.load(slug)
        assert poll
        found = [snippet.text for snippet in sharing.snippets(poll, self.polls) if snippet.name == way]
        return str(found[0])

    def oembed(self, slug: str) -> str:
        """What a site makes of a pasted address: it finds in the page where to ask, and asks."""
        page = httpx.get(f"{self.polls}/p/{slug}/", verify=NO_CERTIFICATES).text
        address = page.partition('type="application/json+oembed" href="')[2].partition('"')[0]
        return str(httpx.get(html.unescape(address), verify=NO_CERTIFICATES).json()["html"])

    def answer(self, path: str) -> tuple[int, str, str]:
        if path == "/style":
            return 200, "text/css", STYLE
        if path == "/embed.css":
            copy = httpx.get(f"{self.polls}{path}", verify=NO_CERTIFICATES)  # as her policy wants it
            return 200, "text/css", copy.text
        if path == "/htmx.js":
            return 200, "text/javascript", Path(str(finders.find("django_htmx/htmx-2.min.js"))).read_text()
        page = self._pages.get(path)
        return (200, "text/html; charset=utf-8", page) if page else (204, "text/plain", "")

    @property
    def policy(self) -> str:
        own = f"default-src 'none'; style-src 'self'; img-src 'self' {self.polls}"
        theirs = f"script-src 'self' {self.polls}; frame-src {self.polls}; connect-src {self.polls}"
        return f"{own}; {theirs}; form-action {self.polls}"


@contextmanager
def publishing(polls: str) -> Iterator[Site]:
    """A site that embeds from the origin `polls`. 127.0.0.1 and localhost are two sites to a browser."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, kind, text = site.answer(self.path)
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Security-Policy", site.policy)
            # From a page cache, where it has lain for a week.
            self.send_header("Age", str(7 * 24 * 3600))
            self.send_header("Date", format_datetime(datetime.now(UTC) - timedelta(days=7)))
            self.send_header("Cache-Control", "public, max-age=31536000")
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
