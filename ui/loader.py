"""`/embed.js`, `/embed.css`, `/live.js`: what puts a poll into another site's page, its look and its movement there."""

import re
from functools import cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse

from ui import assets, faces, hot

A_WHILE = "public, max-age=300, stale-while-revalidate=86400"
FOR_EVER = "public, max-age=31536000, immutable"


async def script(request: HttpRequest) -> HttpResponse:
    return _answer(request, _script(), "text/javascript; charset=utf-8")


async def look(request: HttpRequest) -> HttpResponse:
    """The look of a card that htmx puts into somebody else's page; it touches nothing but the card."""
    return _answer(request, _look(), "text/css; charset=utf-8")


async def movement(request: HttpRequest) -> HttpResponse:
    """What moves the results in a card that htmx puts into somebody else's page."""
    return _answer(request, _movement(), "text/javascript; charset=utf-8")


def _answer(request: HttpRequest, body: bytes, kind: str) -> HttpResponse:
    """The file; for ever to those who name its version as `v`, which is its ETag."""
    faces.require(request, "GET", "HEAD")
    response = faces.validated(HttpResponse(body, content_type=kind))
    known = request.GET.get("v", "") == response["ETag"].strip('"')
    response["Cache-Control"] = FOR_EVER if known else A_WHILE
    response["X-Content-Type-Options"] = "nosniff"
    # Pages with cross-origin isolation take no script that does not say so.
    faces.open_to_all(response)
    hot.say(request)
    return response


@cache
def _script() -> bytes:
    return assets.shorter("ui/embed.js", _file("ui/embed.js"))


@cache
def _movement() -> bytes:
    return assets.shorter("ui/live.js", _file("ui/live.js"))


@cache
def _look() -> bytes:
    """poll.css for the card alone: its tokens on the card, nothing for the page, and the page's own colour scheme."""
    look = _file("ui/poll.css").decode()
    look = re.sub(r"(?m)^ *body \{.*\n", "", look).replace("color-scheme: light dark;", "")
    # A selector in a scope means what is inside it, unless it names the scope itself.
    look = re.sub(r":root(?= \{)|\.poll\b", ":scope", look)
    scoped = f"@scope (.poll) {{\n{look}:scope {{ color: var(--ink); font: 400 1rem/1.5 var(--font); }}\n}}\n"
    return assets.shorter("ui/embed.css", scoped.encode())


def _file(name: str) -> bytes:
    path = finders.find(name)
    assert isinstance(path, str), f"static/{name} is missing"
    return Path(path).read_bytes()
