"""`/embed.js`: the script that puts a poll into somebody else's page."""

from functools import cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse

from ui import faces, hot


async def script(request: HttpRequest) -> HttpResponse:
    faces.require(request, "GET", "HEAD")
    response = faces.validated(HttpResponse(_script(), content_type="text/javascript; charset=utf-8"))
    response["Cache-Control"] = "public, max-age=300, stale-while-revalidate=86400"
    response["X-Content-Type-Options"] = "nosniff"
    # Pages with cross-origin isolation take no script that does not say so.
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    response["Access-Control-Allow-Origin"] = "*"
    hot.say(request)
    return response


@cache
def _script() -> bytes:
    path = finders.find("ui/embed.js")
    assert isinstance(path, str), "static/ui/embed.js is missing"
    return Path(path).read_bytes()
