"""`/embed.js`: the script that puts a poll into somebody else's page."""

import hashlib
from functools import cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse

from ui import faces


async def script(request: HttpRequest) -> HttpResponse:
    faces.require(request, "GET", "HEAD")
    body, etag = _script()
    status = 304 if request.headers.get("If-None-Match") == etag else 200
    response = HttpResponse(
        body if status == 200 else b"", status=status, content_type="text/javascript; charset=utf-8"
    )
    response["ETag"] = etag
    response["Cache-Control"] = "public, max-age=300, stale-while-revalidate=86400"
    response["X-Content-Type-Options"] = "nosniff"
    # Pages with cross-origin isolation take no script that does not say so.
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    response["Access-Control-Allow-Origin"] = "*"
    return response


@cache
def _script() -> tuple[bytes, str]:
    path = finders.find("ui/embed.js")
    assert isinstance(path, str), "static/ui/embed.js is missing"
    body = Path(path).read_bytes()
    return body, f'"{hashlib.sha256(body).hexdigest()[:16]}"'
