"""`/theme/<id>-<digest>.css`: the stylesheet of a theme, which any cache may keep for ever.

Old addresses answer with what is worn now, for a minute.
"""

from django.http import HttpRequest, HttpResponse

from polls import refusals, snapshots
from polls.models import Theme
from polls.snapshots import ThemeSnapshot
from ui import database, faces
from ui.themes import digest, sheet


async def stylesheet(request: HttpRequest, theme_id: int, asked: str) -> HttpResponse:
    """The stylesheet at an address that a page had; what is kept of it by a cache is kept by its content."""
    faces.require(request, "GET", "HEAD")
    kept = _kept.get((theme_id, asked))
    theme = kept or await database.read(_load, theme_id)
    if theme is None:
        raise refusals.UnknownAddress
    is_asked = digest(theme) == asked
    if is_asked and not kept:
        _keep(theme)
    response = HttpResponse(sheet(theme), content_type="text/css; charset=utf-8")
    age = "max-age=31536000, immutable" if is_asked else "max-age=60"
    response["Cache-Control"] = f"public, {age}"
    response["X-Content-Type-Options"] = "nosniff"
    # A fragment wears it on a page of somebody else.
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    response["Access-Control-Allow-Origin"] = "*"
    return response


MOST_KEPT = 256
_kept: dict[tuple[int, str], ThemeSnapshot] = {}


def _keep(theme: ThemeSnapshot) -> None:
    while len(_kept) >= MOST_KEPT:
        _kept.pop(next(iter(_kept)))
    _kept[theme.id, digest(theme)] = theme


def _load(theme_id: int) -> ThemeSnapshot | None:
    theme = Theme.objects.filter(pk=theme_id).first()
    return snapshots.theme(theme) if theme else None
