"""Signing in, for polls by account and at the desk: the public sign-in page, and who is signed in.

The pages run under Django's own handler, see project/switchboard.py. The public addresses read the session for polls by
account alone, in one hop.
"""

import re
import time
from collections.abc import Callable
from dataclasses import replace
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.contrib.auth import get_user, views
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import path
from django.utils.module_loading import import_string

from polls import eligibility, refusals, snapshots
from polls.models import Poll
from polls.snapshots import PollSnapshot
from polls.terms import Policy, Status
from polls.voters import Voter
from ui import database, faces, themes, visitors
from ui.throttle import Buckets
from ui.visitors import Visitor

POLL = re.compile(r"/p/([^/?#]+)/")

# Guessing passwords, per network. Both pages take the same ones, and so they share what is left of tries.
failures = Buckets(burst=20, per_second=0.1)


async def visitor(request: HttpRequest, poll: PollSnapshot) -> Visitor:
    """Who asks; for a poll by account with the account, and whether it has voted."""
    visitor = visitors.visitor(request, poll)
    if poll.policy != Policy.ACCOUNT or not (key := visitors.session_key(request)):
        return visitor
    return await database.read(_signed_in, visitor, poll, key)


def _signed_in(visitor: Visitor, poll: PollSnapshot, key: str) -> Visitor:
    holder = HttpRequest()
    session: SessionBase = import_string(f"{settings.SESSION_ENGINE}.SessionStore")(key)
    holder.session = session
    user = get_user(holder)
    if not user.is_authenticated:
        return visitor
    has_voted = eligibility.has_voted(poll, Voter(account=user.pk))
    return replace(visitor, account=user.pk, name=user.get_username(), has_voted=has_voted or visitor.has_voted)


class SignIn(views.LoginView):
    """Django's sign-in in the public look. `next` leads back to the poll; other sites are not followed."""

    template_name = "ui/sign_in.html"
    next_page = "index"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return _tried(request, lambda: super(SignIn, self).post(request, *args, **kwargs))

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        response = super().form_invalid(form)
        response.status_code = 422
        return response

    def render_to_response(self, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
        worn = {"worn": _worn(self.get_redirect_url())}
        return _public(super().render_to_response(context | worn, **kwargs))


def at_desk(request: HttpRequest) -> HttpResponse:
    """The desk's own sign-in."""
    return _tried(request, lambda: admin.site.login(request)) if request.method == "POST" else admin.site.login(request)


class SignOut(views.LogoutView):
    """Asks once, since a look changes nothing, and then does it."""

    http_method_names = ["get", "head", "post", "options"]
    template_name = "ui/sign_out.html"
    next_page = "index"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:  # noqa: ARG002 -- Django's
        onward = self.get_redirect_url()
        context = self.get_context_data(**kwargs) | {"next": onward, "worn": _worn(onward)}
        return _public(self.render_to_response(context))


def _worn(onward: str) -> themes.Worn:
    """The theme of the poll that leads here, or that of the site."""
    found = POLL.match(onward)
    poll = (
        Poll.objects.exclude(status=Status.DRAFT).filter(slug=found[1]).select_related("theme").first()
        if found
        else None
    )
    return themes.worn(snapshots.theme(poll.theme) if poll and poll.theme else snapshots.site_theme())


def _public(response: HttpResponseBase) -> HttpResponse:
    assert isinstance(response, HttpResponse)
    faces.protect(response, ancestors="'self'")
    # Where somebody came from may hold an invitation; where they go is nobody else's business either.
    response["Referrer-Policy"] = "same-origin"
    return response


def _tried(request: HttpRequest, sign_in: Callable[[], HttpResponse]) -> HttpResponse:
    """A try costs before it is known to be wrong: many at once are not more of them."""
    key = guesser(request)
    if wait := failures.take(key, now=time.monotonic()):
        return faces.refuse(request, refusals.Throttled(wait, guessing=True))
    response = sign_in()
    if response.status_code == HTTPStatus.FOUND:
        failures.give(key, now=time.monotonic())
    return response


def guesser(request: HttpRequest) -> tuple[str, str]:
    return "sign-in", visitors.network(request) or ""


urlpatterns = [path("login/", SignIn.as_view(), name="sign-in"), path("logout/", SignOut.as_view(), name="sign-out")]
