"""How an answer is dressed: page, fragment, embed frame or JSON.

The only reader of HX-* and Accept, and the only writer of Vary, Cache-Control, status and policies.
"""

import hashlib
from dataclasses import dataclass, field
from functools import lru_cache
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from polls import refusals
from polls.snapshots import PollSnapshot
from polls.terms import Door, Status
from ui import portraits, themes, tongues, visitors
from ui.cache import cache
from ui.responses import Dress, Response
from ui.tongues import Tongue

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "font-src 'self'; form-action 'self'; base-uri 'none'; frame-src 'self'; frame-ancestors {ancestors}"
)

# All that htmx sends, 2 and 4, and what `live.js` asks with.
HTMX_HEADERS = (
    "Content-Type, If-None-Match, HX-Request, HX-Current-URL, HX-Target, HX-Trigger, HX-Trigger-Name, HX-Boosted, "
    "HX-Prompt, HX-History-Restore-Request, HX-Request-Type, HX-Source"
)

HTML = "text/html; charset=utf-8"

SHARED_SECONDS = 2
"""So long a CDN may show what has been edited, opened, closed or counted since."""


@dataclass(frozen=True, slots=True)
class Face:
    """Where a card stands: on our page or in a frame; `fragment` when htmx asks for the card alone."""

    framed: bool
    fragment: bool
    tongue: Tongue = tongues.NONE
    away: bool = False
    """The fragment stands on a page of another site, which the poll allows: its addresses are absolute."""
    origin: str = field(default="", compare=False)
    """Ours, as this visitor's browser writes it."""
    guest: str = field(default="", compare=False)
    """The other site's origin."""

    @property
    def base(self) -> str:
        """What stands before the path of each address in the card."""
        return self.origin if self.away else ""

    @property
    def in_place(self) -> bool:
        """The page around the card is not ours: links exchange the card and leave the page alone."""
        return self.framed or self.away

    @property
    def template(self) -> str:
        if self.fragment:
            return "ui/poll.html#ballot"
        return "ui/frame.html" if self.framed else "ui/poll.html"

    @property
    def door(self) -> Door:
        if self.framed:
            return Door.FRAME
        return Door.FRAGMENT if self.fragment else Door.PAGE

    def form_url(self, slug: str) -> str:
        return self.url("embed" if self.framed else "poll", slug)

    def vote_url(self, slug: str) -> str:
        return self.url("embed-vote" if self.framed else "vote", slug)

    def withdraw_url(self, slug: str) -> str:
        return self.url("embed-withdraw" if self.framed else "withdraw", slug)

    def page_url(self, slug: str) -> str:
        """The poll on its own page."""
        return self.url("poll", slug)

    def again_url(self, slug: str) -> str:
        """The ballot for somebody who has voted already."""
        return with_query(self.form_url(slug), "show=ballot")

    def results_url(self, slug: str) -> str:
        return with_query(self.form_url(slug), "show=results") if self.framed else self.url("results", slug)

    def url(self, name: str, slug: str) -> str:
        """Of one of the poll's pages, in the same language."""
        return with_query(reverse(name, args=[slug]), self.tongue.query)


def with_query(address: str, query: str) -> str:
    """The address with one more part of its query, as it goes into a header; in HTML it is to be escaped."""
    return f"{address}{'&' if '?' in address else '?'}{query}" if query else address


def face(request: HttpRequest, *, framed: bool, poll: PollSnapshot | None = None) -> Face:
    # A restored history entry needs the whole page, though htmx asks for it.
    restoring = request.META.get("HTTP_HX_HISTORY_RESTORE_REQUEST") == "true"
    fragment = request.META.get("HTTP_HX_REQUEST") == "true" and not restoring
    guest = visitors.guest(request, poll) if poll and fragment and not framed else ""
    tongue = tongues.of(request, poll) if poll else Tongue(interface=tongues.around(request))
    return Face(framed, fragment, tongue, away=bool(guest), origin=visitors.origin(request), guest=guest)


def html(body: bytes | str, face: Face, *, status: int = 200, poll: PollSnapshot | None = None) -> HttpResponse:
    """A card or a page. It may hold a paper or what one person did, so that no shared cache may keep it."""
    body = body.encode() if isinstance(body, str) else body
    response = Response(body, status=status, dress=_dress(_ancestors(poll) if face.framed else "'self'"))
    if face.guest:
        response["Access-Control-Allow-Origin"] = face.guest
    speak(response, face.tongue, poll)
    return response


@lru_cache(maxsize=1000)
def _dress(ancestors: str) -> Dress:
    """The headers of a card."""
    response = HttpResponse(content_type=HTML)
    response["Cache-Control"] = "private, no-cache"
    response["Vary"] = "HX-Request, Cookie, Origin"
    protect(response, ancestors=ancestors)
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


def speak(response: HttpResponse, tongue: Tongue, poll: PollSnapshot | None) -> HttpResponse:
    """Say which language it is, and that another browser may be given another one."""
    if poll:
        response["Content-Language"] = tongue.language
    if poll is None or (len(poll.languages) > 1 and not tongue.by_name):
        response["Vary"] = ", ".join(filter(None, (response.get("Vary"), "Accept-Language")))
    return response


def preflight(request: HttpRequest, poll: PollSnapshot, *methods: str) -> HttpResponse:
    """What a browser asks before htmx, on a page of another site, may ask us. Raises OriginForeign.

    Of the sites that the poll allows, and without credentials: no cookie goes along, and none is kept.
    """
    guest = visitors.guest(request, poll)
    if not guest:
        raise refusals.OriginForeign
    response = HttpResponse(status=HTTPStatus.NO_CONTENT)
    response["Access-Control-Allow-Origin"] = guest
    response["Access-Control-Allow-Methods"] = ", ".join(methods)
    response["Access-Control-Allow-Headers"] = HTMX_HEADERS
    response["Access-Control-Max-Age"] = "7200"
    response["Vary"] = "Origin, Access-Control-Request-Method, Access-Control-Request-Headers"
    response["Cache-Control"] = "no-store"
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
    """The answer holds somebody's invitation, in itself or in its address: no cache keeps it, no site hears of it."""
    response["Cache-Control"] = "private, no-store"
    response["Referrer-Policy"] = "same-origin"
    return response


def public(response: HttpResponse, *, seconds: int) -> HttpResponse:
    """What is the same for everyone: any cache may keep it for a while."""
    response["Cache-Control"] = f"public, max-age={seconds}, stale-while-revalidate=60"
    response["Vary"] = "HX-Request"
    protect(response, ancestors="'self'")
    return response


def validated(response: HttpResponse) -> HttpResponse:
    """With an ETag, for what holds no paper: who has the answer already is told so, see `is_unchanged`.

    Made from the bytes themselves, so that it is the same in every process and tells nothing that they don't.
    """
    response["ETag"] = f'"{hashlib.blake2b(response.content, digest_size=12).hexdigest()}"'
    return response


def shared(response: HttpResponse) -> HttpResponse:
    """The same for everybody who brings no cookie of ours: a cache that obeys Vary may keep it for a moment.

    Browsers ask each time, and are mostly told that nothing has changed.
    """
    response["Cache-Control"] = f"public, max-age=0, s-maxage={SHARED_SECONDS}"
    return response


def is_unchanged(request: HttpRequest, response: HttpResponse) -> bool:
    """Whether the visitor has this very answer already: then 304 says so."""
    return response.status_code == HTTPStatus.OK and has(request, response.get("ETag", ""))


def has(request: HttpRequest, etag: str) -> bool:
    """Whether the visitor has what is tagged so."""
    known = request.META.get("HTTP_IF_NONE_MATCH", "")
    return bool(known and etag) and knows(known, etag)


def knows(known: str, etag: str) -> bool:
    """Whether `known`, an If-None-Match, names `etag`; caches that compress make it a weak one, or take that away."""
    meant = {etag.removeprefix("W/"), "*"}
    return known == etag or any(one.strip().removeprefix("W/") in meant for one in known.split(","))


def of_unchanged(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """The headers of a 304: those of the answer but for what tells of a body."""
    return [header for header in headers if header[0] != b"content-type"]


def refuse(request: HttpRequest, refusal: refusals.Refusal) -> HttpResponse:
    """A refusal that no card can show: as JSON to programs, else as a page or a fragment of one, in the poll's look."""
    if request.path.startswith(("/api/", "/live/")):
        with translation.override(tongues.around(request)):
            return problem(refusal)
    here = face(request, framed=request.path.startswith("/embed/"))
    with translation.override(here.tongue.interface):
        name = "ui/refusal.html#refusal" if here.fragment else "ui/refusal.html"
        onward = _poll_url(request, here) if isinstance(refusal, refusals.MethodNotAllowed) else ""
        context = {"refusal": refusal, "framed": here.framed, "fragment": here.fragment, "poll_url": onward}
        body = render_to_string(name, context | {"worn": _worn(request)})
    response = with_advice(html(body, here, status=refusal.status), refusal)
    return keep_secret(response) if "invitation" in request.GET else response


def problem(refusal: refusals.Refusal) -> HttpResponse:
    """RFC 9457 problem details."""
    response = JsonResponse(
        portraits.refusal_as_json(refusal), status=refusal.status, content_type="application/problem+json"
    )
    response["Cache-Control"] = "no-store"
    return with_advice(response, refusal)


def see_other(address: str) -> HttpResponse:
    """POST, redirect, GET: reloading the page asks again and sends nothing again."""
    response = HttpResponse(status=HTTPStatus.SEE_OTHER, headers={"Location": address, "Cache-Control": "no-store"})
    protect(response, ancestors="'self'")
    return response


def require(request: HttpRequest, *methods: str) -> None:
    if request.method not in methods:
        raise refusals.MethodNotAllowed(*methods)


def _poll_url(request: HttpRequest, face: Face) -> str:
    """The poll that an address belongs to; empty when it belongs to none."""
    slug = _slug(request)
    return face.form_url(slug) if slug else ""


def _worn(request: HttpRequest) -> themes.Worn:
    """The theme of that poll, where it is at hand and no secret."""
    entry = cache.kept(_slug(request))
    return themes.worn(entry.poll.theme) if entry and entry.poll.status != Status.DRAFT else themes.PLAIN


def _slug(request: HttpRequest) -> str:
    return str(request.resolver_match.kwargs.get("slug", "")) if request.resolver_match else ""


def with_advice(response: HttpResponse, refusal: refusals.Refusal) -> HttpResponse:
    """Headers that tell a program what to do instead."""
    if refusal.retry_after is not None:
        response["Retry-After"] = str(refusal.retry_after)
    if isinstance(refusal, refusals.MethodNotAllowed):
        response["Allow"] = ", ".join(refusal.allowed)
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
