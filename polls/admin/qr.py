"""QR codes: a link for those who hold a phone before a card, a poster, a slide. Black on white, with their margin.

Nothing of them is kept: what the link of an invitation says is a secret.
"""

from collections.abc import Iterable, Iterator
from io import BytesIO
from math import ceil
from typing import Any

import segno
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.safestring import SafeString, mark_safe

from polls.admin import pages, sharing

CORRECTION = "m"
"""A code of which 15 % is dirt can still be read."""
MARGIN = 4
"""Squares of white around it, as the standard asks for: readers find nothing without them."""
LOOK = {"border": MARGIN, "dark": "#000", "light": "#fff"}
POSTER = 1600
"""Pixels that a PNG has at least; sharp up to 13 cm in print, and further as SVG."""
POLICY = "default-src 'none'; sandbox"


def svgs(links: Iterable[str]) -> Iterator[SafeString]:
    """The code of each link, as an element for a page.

    To find the mask that suits a code best takes four times as long as to draw it. The links of one poll's invitations
    are alike but for 16 letters: what suits the first one is taken for all. A reader is told which mask it is.
    """
    mask = None
    for link in links:
        code = segno.make_qr(link, error=CORRECTION, mask=mask)
        mask = code.mask
        yield mark_safe(code.svg_inline(omitsize=True, svgclass=None, lineclass=None, **LOOK))  # noqa: S308 -- numbers alone


def svg(link: str) -> bytes:
    """A file as sharp as its printer; a square is a millimetre until somebody makes it larger."""
    drawn = _saved(link, "svg", unit="mm", title=link, svgclass=None, lineclass=None)
    # Without smoothing no line shows between two rows of squares.
    return drawn.replace(b"<path stroke", b'<path shape-rendering="crispEdges" stroke')


def png(link: str) -> bytes:
    squares = segno.make_qr(link, error=CORRECTION).symbol_size(border=MARGIN)[0]
    return _saved(link, "png", scale=ceil(POSTER / squares))


PENS = {"svg": ("image/svg+xml", svg), "png": ("image/png", png)}


def _saved(link: str, kind: str, **told: Any) -> bytes:
    file = BytesIO()
    segno.make_qr(link, error=CORRECTION).save(file, kind=kind, **LOOK, **told)
    return file.getvalue()


class QrCodes:
    """The code of a poll's address, for `PollDesk` to carry."""

    def get_urls(self) -> list[URLPattern]:
        desk: Any = self
        view = desk.admin_site.admin_view(self.qr)
        return [path("<int:poll>/qr.<str:file_format>", view, name="polls_poll_qr"), *super().get_urls()]  # type: ignore[misc]

    def qr(self, request: HttpRequest, poll: int, file_format: str) -> HttpResponse:
        row = pages.found(self, request, poll)
        if file_format not in PENS:
            raise Http404
        media_type, draw = PENS[file_format]
        link = sharing.page(row.slug, sharing.origin(request))
        return HttpResponse(draw(link), content_type=media_type, headers={"Content-Security-Policy": POLICY})
