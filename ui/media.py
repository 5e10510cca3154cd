"""Serves our icon, and the pictures of choices: nothing but what `polls.pictures` has drawn, under a name it gave."""

import asyncio
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.templatetags.static import static

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


def icon(request: HttpRequest) -> HttpResponse:
    """What browsers ask for by themselves, where a page names none: a frame that is opened alone, or JSON."""
    faces.require(request, "GET", "HEAD")
    response = HttpResponseRedirect(static("ui/icon.svg"))
    response["Cache-Control"] = "public, max-age=86400"
    return response
