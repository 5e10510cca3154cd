"""Where a refusal is answered that no card can show, and what its headers advise."""

import re
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from polls import refusals
from polls.terms import Status
from ui import portraits, themes, tongues
from ui.cache import cache
from ui.faces.dress import html, keep_secret
from ui.faces.standing import Face, face

NO_VOTE = re.compile(r"/admin/.*|/accounts/.*|/api/v1/polls(/[^/]+/(definition|publish|close))?")
"""Where editors, and programs of theirs, do something."""


def refuse(request: HttpRequest, refusal: refusals.Refusal) -> HttpResponse:
    """A refusal that no card can show: as JSON to programs, else as a page or a fragment of one, in the poll's look."""
    if isinstance(refusal, refusals.DatabaseAway) and NO_VOTE.fullmatch(request.path):
        refusal = refusals.DatabaseAway(voting=False)
    if request.path.startswith(("/api/", "/live/")):
        with translation.override(tongues.around(request)):
            return problem(refusal)
    here = face(request, framed=request.path.startswith("/embed/"))
    with translation.override(here.tongue.interface):
        name = "ui/refusal.html#refusal" if here.fragment else "ui/refusal.html"
        onward = _poll_url(request, here) if isinstance(refusal, refusals.MethodNotAllowed) else ""
        context = {"refusal": refusal, "framed": here.framed, "fragment": here.fragment, "poll_url": onward}
        at_desk = request.path.startswith("/admin/")
        context |= {"desk_url": _desk_url(request, refusal) if at_desk else ""}
        context |= {"was_written": at_desk and request.method == "POST"}
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


def require(request: HttpRequest, *methods: str) -> None:
    if request.method not in methods:
        raise refusals.MethodNotAllowed(*methods)


def with_advice(response: HttpResponse, refusal: refusals.Refusal) -> HttpResponse:
    """Headers that tell a program what to do instead."""
    if refusal.retry_after is not None:
        response["Retry-After"] = str(refusal.retry_after)
    if isinstance(refusal, refusals.TokenUnknown):
        response["WWW-Authenticate"] = "Bearer"
    if isinstance(refusal, refusals.MethodNotAllowed):
        response["Allow"] = ", ".join(refusal.allowed)
    return response


def _desk_url(request: HttpRequest, refusal: refusals.Refusal) -> str:
    """The same page again, unless there is none that could be looked at."""
    return (
        reverse("admin:index")
        if refusal.status in {HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED}
        else request.path
    )


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
