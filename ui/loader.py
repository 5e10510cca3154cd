"""`/embed.js` and `/embed.css`: what puts a poll into somebody else's page, and how it looks there."""

import hashlib
import re
from functools import cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse

from ui import faces

A_WHILE = "public, max-age=300, stale-while-revalidate=86400"
FOR_EVER = "public, max-age=31536000, immutable"


async def script(request: HttpRequest) -> HttpResponse:
    return _answer(request, _script(), "text/javascript; charset=utf-8")


async def look(request: HttpRequest) -> HttpResponse:
    """The look of a card that htmx puts into somebody else's page; it touches nothing but the card."""
    return _answer(request, _look(), "text/css; charset=utf-8")


def _answer(request: HttpRequest, body: bytes, kind: str) -> HttpResponse:
    """The file; for ever to those who name its version as `v`, which is the beginning of its SHA-256."""
    faces.require(request, "GET", "HEAD")
    version = hashlib.sha256(body).hexdigest()[:16]
    same = request.headers.get("If-None-Match") == f'"{version}"'
    response = HttpResponse(b"" if same else body, status=304 if same else 200, content_type=kind)
    response["ETag"] = f'"{version}"'
    response["Cache-Control"] = FOR_EVER if request.GET.get("v") == version else A_WHILE
    response["X-Content-Type-Options"] = "nosniff"
    # Pages with cross-origin isolation take no script that does not say so.
    return faces.open_to_all(response)


@cache
def _script() -> bytes:
    return _file("ui/embed.js")


@cache
def _look() -> bytes:
    """poll.css for the card alone: its tokens on the card, nothing for the page, and the page's own colour scheme."""
    look = _file("ui/poll.css").decode()
    look = re.sub(r"(?m)^body \{.*\n", "", look).replace("color-scheme: light dark;", "")
    # A selector in a scope means what is inside it, unless it names the scope itself.
    look = re.sub(r":root(?= \{)|\.poll\b", ":scope", look)
    return f"@scope (.poll) {{\n{look}:scope {{ color: var(--ink); font: 400 1rem/1.5 var(--font); }}\n}}\n".encode()


def _file(name: str) -> bytes:
    path = finders.find(name)
    assert isinstance(path, str), f"static/{name} is missing"
    return Path(path).read_bytes()
