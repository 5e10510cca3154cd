"""What an editor has sent to the desk without a session that holds: it is kept on the page that asks who is there.

Whoever signs in on that page is told under which name it would be sent, and sends it with one press of a button: a POST
to the same address as before, with a token of the new session. Nothing of it is kept here.
"""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.contrib.auth import login
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.middleware.csrf import REASON_NO_CSRF_COOKIE
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views import csrf
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from polls import refusals
from ui import accounts, origins

MOST = 2 * 1024 * 1024
"""Letters of what is kept. Django takes 2.5 MB beside files."""
FORGOTTEN = "password"
"""What has this in its name is never put into a page."""
WRITTEN = {f"polls_{name}" for name in ("poll_add", "poll_change", "poll_languages", "theme_add", "theme_change")}
"""Addresses on which an editor writes at length. What they answer tells no secret that is told once."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A POST: where it went, its fields in their order, the names of its files, and whether it had passwords."""

    address: str
    fields: tuple[tuple[str, str], ...]
    files: tuple[str, ...]
    secrets: bool

    @property
    def packed(self) -> str:
        """As one field of a form; `unpack` reads it. Empty where it is too large for a page."""
        told = {"address": self.address, "fields": self.fields, "files": self.files, "secrets": self.secrets}
        text = json.dumps(told, ensure_ascii=False)
        return text if len(text) <= MOST else ""


class Keeping:
    """The desk's middleware for who is not signed in, or not any more; after the one that knows who it is."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        match = request.resolver_match
        if match and "admin" in match.app_names and match.url_name in WRITTEN and response.status_code == HTTPStatus.OK:
            _let_go_back(response)
        if match and match.view_name in {"admin:logout", "sign-out"} and request.method == "POST":
            response["Clear-Site-Data"] = '"cache"'  # Back leads to nothing that was kept for it
        return response

    def process_view(self, request: HttpRequest, *_view: Any) -> HttpResponse | None:
        match = request.resolver_match
        is_desk = bool(match and "admin" in match.app_names and match.url_name not in {"login", "logout"})
        if not is_desk or admin.site.has_permission(request):
            return None
        if request.method == "POST":
            return _ask(request, _read(request))
        if request.headers.get("HX-Request") == "true":
            # The page that asks for a part of itself would put the whole sign-in into that place.
            onward = origins.parts_of(request.headers.get("HX-Current-URL", "")).path
            return HttpResponse(headers={"HX-Redirect": f"{reverse('admin:login')}?{urlencode({'next': onward})}"})
        return None


@sensitive_post_parameters()
@require_POST
def sign_in_again(request: HttpRequest) -> HttpResponse:
    """Who signs in here is shown what was kept. Guesses are counted with those at the public sign-in."""
    sent = unpack(request.POST.get("kept", ""))
    key = accounts.guesser(request)
    if wait := accounts.failures.take(key, now=time.monotonic()):
        refusal = refusals.Throttled(wait, guessing=True)
        response = _ask(request, sent, said=refusal.sentence, status=refusal.status)
        response["Retry-After"] = str(wait)
        return response
    asks: Any = admin.site.login_form
    form = asks(request, data=request.POST)
    if not form.is_valid():
        return _ask(request, sent, said=form.non_field_errors(), status=HTTPStatus.UNPROCESSABLE_ENTITY)
    accounts.failures.give(key, now=time.monotonic())
    login(request, form.get_user())
    return _ask(request, sent, status=HTTPStatus.OK)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponseBase:
    """A form whose token is of another session, or of none: from our own pages alone it is kept and asked about.

    Who would be refused for its origin once more gains nothing by that, and what another site sends is not shown here.
    """
    if not reason.startswith("CSRF ") or not _is_ours(request):
        return csrf.csrf_failure(request, reason)
    match request.resolver_match and request.resolver_match.view_name:
        case "desk-sign-in" | "sign-in":
            return HttpResponseRedirect(request.get_full_path())
        case "admin:logout" | "sign-out":
            return _sign_out(request)
        case "sign-in-again":
            words = _("Your browser keeps no cookies, which the desk needs.") if reason == REASON_NO_CSRF_COOKIE else ""
            return _ask(request, unpack(request.POST.get("kept", "")), said=words)
        case str(name) if name.startswith("admin:"):
            return _ask(request, _read(request))
    return csrf.csrf_failure(request, reason)


def unpack(text: str) -> Sent:
    """What `packed` has written. Raises BadRequest for anything else, and for an address that is not the desk's."""
    try:
        told = json.loads(text)
        fields = tuple((str(name), str(value)) for name, value in told["fields"])
        sent = Sent(str(told["address"]), fields, tuple(map(str, told["files"])), bool(told["secrets"]))
        json.dumps(told, ensure_ascii=False).encode()  # half a letter can be in no page
    except (ValueError, TypeError, KeyError, RecursionError) as problem:
        raise BadRequest from problem
    if not sent.address.startswith(reverse("admin:index")):
        raise BadRequest
    return sent


def _read(request: HttpRequest) -> Sent:
    fields = [(name, str(value)) for name, values in request.POST.lists() for value in values]
    kept = [(name, value) for name, value in fields if not _is_secret(name) and name != "csrfmiddlewaretoken"]
    # Of a file its name is sent again as a text, by which the form says what to choose once more.
    files = [(name, str(file.name)) for name, files in request.FILES.lists() for file in files]
    names = tuple(file for _name, file in files)
    return Sent(request.get_full_path(), (*kept, *files), names, any(_is_secret(name) for name, _value in fields))


def _is_secret(name: str) -> bool:
    return FORGOTTEN in name.lower()


def _ask(request: HttpRequest, sent: Sent, *, said: Any = "", status: int = HTTPStatus.FORBIDDEN) -> HttpResponse:
    """Who is there; or, of who is there, whether it is to be sent under that name."""
    name = request.POST.get("username", "") if request.path == reverse("sign-in-again") else ""
    context = {"sent": sent, "said": said, "name": name, "is_in": admin.site.has_permission(request)}
    response = render(request, "admin/kept.html", context, status=status)
    add_never_cache_headers(response)
    return response


def _sign_out(request: HttpRequest) -> HttpResponse:
    """Who is out comes to the sign-in. Who is not is asked once more: no token shows that they mean it."""
    sign_in = reverse("admin:login" if request.path == reverse("admin:logout") else "sign-in")
    if not request.user.is_authenticated:
        return HttpResponseRedirect(sign_in)
    return HttpResponseRedirect(f"{reverse('sign-out')}?{urlencode({'next': sign_in})}")


def _is_ours(request: HttpRequest) -> bool:
    """Whether a page of our own sends this, as its browser says: no page can change that."""
    if site := request.headers.get("Sec-Fetch-Site"):
        return site == "same-origin"
    return request.headers.get("Origin", "").lower() == origins.own(request).lower()


def _let_go_back(response: HttpResponseBase) -> None:
    """Not shown again without being asked for, but by Back, with what was typed: `no-store` would forbid that too."""
    parts = response.get("Cache-Control", "").split(", ")
    response["Cache-Control"] = ", ".join(part for part in parts if part != "no-store")
