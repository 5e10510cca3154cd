"""Serves the pictures of choices: nothing but what `polls.pictures` has drawn, under a name that it gave."""

import asyncio
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from polls import refusals
from ui import faces


async def picture(request: HttpRequest, year: int, name: str) -> HttpResponse:
    faces.require(request, "GET", "HEAD")
    try:
        body = await asyncio.to_thread(
            (Path(settings.MEDIA_ROOT) / "choices" / f"{year:04}" / f"{name}.webp").read_bytes
        )
    except OSError as error:
        raise refusals.UnknownAddress from error
    response = HttpResponse(body, content_type="image/webp")
    # A name is never given twice: another picture has another address.
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
