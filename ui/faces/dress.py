"""What the headers of an answer say: who may keep it, who may frame it, in which language it is."""

from functools import lru_cache
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from polls import refusals
from polls.snapshots import PollSnapshot
from ui import origins
from ui.faces.standing import Face
from ui.responses import Dress, Response
from ui.tongues import Tongue

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "font-src 'self'; form-action 'self'; base-uri 'none'; frame-src 'self'; frame-ancestors {ancestors}"
)

# All that htmx sends, 2 and 4, and what `live.js` and programs ask with.
GUESTS_HEADERS = (
    "Content-Type, If-None-Match, HX-Request, HX-Current-URL, HX-Target, HX-Trigger, HX-Trigger-Name, HX-Boosted, "
    "HX-Prompt, HX-History-Restore-Request, HX-Request-Type, HX-Source"
)

HTML = "text/html; charset=utf-8"

SHARED_SECONDS = 2
"""So long a CDN may show what has been edited, opened, closed or counted since."""


def html(body: bytes | str, face: Face, *, status: int = 200, poll: PollSnapshot | None = None) -> HttpResponse:
    """A card or a page. It may hold a paper or what one person did, so that no shared cache may keep it."""
    body = body.encode() if isinstance(body, str) else body
    ancestors, languages = _ancestors(poll) if face.framed else "'self'", poll.languages if poll else None
    return Response(body, status=status, dress=_dress(ancestors, face.guest, face.tongue, languages))


@lru_cache(maxsize=1000)
def _dress(ancestors: str, guest: str, tongue: Tongue, languages: tuple[str, ...] | None) -> Dress:
    """The headers of a card, in one of the poll's languages."""
    response = HttpResponse(content_type=HTML)
    response["Cache-Control"] = "private, no-cache"
    response["Vary"] = "HX-Request, Cookie, Origin"
    protect(response, ancestors=ancestors)
    if guest:
        response["Access-Control-Allow-Origin"] = guest
    speak(response, tongue, languages)
    return dict(response.headers._store)


def live(response: HttpResponse, *, everybodys: bool, guest: str = "") -> HttpResponse:
    """What moves: for everybody the same, or only for those who have voted. `guest` is the other site that asks."""
    response["Cache-Control"] = "public, max-age=1" if everybodys else "private, no-cache"
    response["Vary"] = "Cookie, Origin"
    if guest:
        response["Access-Control-Allow-Origin"] = guest
        response["Access-Control-Expose-Headers"] = "ETag"
    protect(response, ancestors="'none'")
    return response


def speak(response: HttpResponse, tongue: Tongue, languages: tuple[str, ...] | None) -> HttpResponse:
    """Say which of a poll's languages it is, and that another browser may be given another one. None for no poll."""
    if languages is not None:
        response["Content-Language"] = tongue.language
    if languages is None or (len(languages) > 1 and not tongue.by_name):
        response["Vary"] = ", ".join(filter(None, (response.get("Vary"), "Accept-Language")))
    return response


def preflight(request: HttpRequest, poll: PollSnapshot, *methods: str) -> HttpResponse:
    """What a browser asks before a script on a page of another site may ask us. Raises OriginForeign.

    Of the sites that the poll allows, and without credentials: no cookie goes along, and none is kept.
    """
    guest = origins.guest(request, poll)
    if not guest:
        raise refusals.OriginForeign
    response = HttpResponse(status=HTTPStatus.NO_CONTENT)
    response["Access-Control-Allow-Origin"] = guest
    response["Access-Control-Allow-Methods"] = ", ".join(methods)
    response["Access-Control-Allow-Headers"] = GUESTS_HEADERS
    response["Access-Control-Max-Age"] = "7200"
    response["Vary"] = "Origin, Access-Control-Request-Method, Access-Control-Request-Headers"
    response["Cache-Control"] = "no-store"
    return response


def open_to_guests(request: HttpRequest, response: HttpResponse, poll: PollSnapshot) -> HttpResponse:
    """Scripts on pages of the sites that the poll allows may read what a program is told, also a refusal."""
    response["Vary"] = ", ".join(filter(None, (response.get("Vary"), "Origin")))
    if guest := origins.guest(request, poll):
        response["Access-Control-Allow-Origin"] = guest
        response["Access-Control-Expose-Headers"] = "ETag, Retry-After"
    return response


def picture(response: HttpResponse, *, seconds: int) -> HttpResponse:
    """A picture that is the same for everyone, on whatever page. Opened by itself it can do nothing."""
    response["Cache-Control"] = f"public, max-age={seconds}, stale-while-revalidate=60"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    return open_to_all(response)


def open_to_all(response: HttpResponse) -> HttpResponse:
    """Scripts and pictures of any page may take what everyone may see."""
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def keep_secret(response: HttpResponse) -> HttpResponse:
    """The answer holds what somebody voted, or an invitation, in itself or in its address: no cache keeps it, no site
    hears of it.
    """
    response["Cache-Control"] = "private, no-store"
    response["Referrer-Policy"] = "same-origin"
    return response


def public(response: HttpResponse, *, seconds: int) -> HttpResponse:
    """What is the same for everyone: any cache may keep it for a while."""
    response["Cache-Control"] = f"public, max-age={seconds}, stale-while-revalidate=60"
    response["Vary"] = "HX-Request"
    protect(response, ancestors="'self'")
    return response


def shared(response: HttpResponse) -> HttpResponse:
    """The same for everybody who brings no cookie of ours: a cache that obeys Vary may keep it for a moment.

    Browsers ask each time, and are mostly told that nothing has changed.
    """
    response["Cache-Control"] = f"public, max-age=0, s-maxage={SHARED_SECONDS}"
    return response


def see_other(address: str) -> HttpResponse:
    """POST, redirect, GET: reloading the page asks again and sends nothing again."""
    response = HttpResponse(status=HTTPStatus.SEE_OTHER, headers={"Location": address, "Cache-Control": "no-store"})
    protect(response, ancestors="'self'")
    return response


def _ancestors(poll: PollSnapshot | None) -> str:
    """Who may frame a poll: ourselves and its allowed sites; every site when none is named."""
    if poll is None or not poll.allowed_sites:
        return "*"
    return " ".join(["'self'", *poll.allowed_sites])


def protect(response: HttpResponseBase, *, ancestors: str) -> None:
    """The policies of every public page."""
    response["Content-Security-Policy"] = CSP.format(ancestors=ancestors)
    response["X-Content-Type-Options"] = "nosniff"
    response["Referrer-Policy"] = "strict-origin-when-cross-origin"
    response["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=()"


def seal(response: HttpResponseBase) -> None:
    """What every answer says, JSON and files too: it is of its type and of no other that a browser may guess."""
    response.setdefault("X-Content-Type-Options", "nosniff")
