"""A script on a page of another site asks for a card, or asks the API, where the poll allows that site (CORS)."""

from collections.abc import Callable, Coroutine
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse

from polls.terms import Status
from ui import faces, voting
from ui.cache import cache

type View = Callable[[HttpRequest, str], Coroutine[Any, Any, HttpResponse]]


def open_to_allowed_sites(*methods: str) -> Callable[[View], View]:
    """Let a view answer a browser's question whether a page of another site may ask it."""

    def opened(view: View) -> View:
        @wraps(view)
        def answer(request: HttpRequest, slug: str) -> Coroutine[Any, Any, HttpResponse]:
            return preflight(request, slug, *methods) if is_preflight(request) else view(request, slug)

        return answer

    return opened


def is_preflight(request: HttpRequest) -> bool:
    return request.method == "OPTIONS" and "HTTP_ACCESS_CONTROL_REQUEST_METHOD" in request.META


async def preflight(request: HttpRequest, slug: str, *methods: str) -> HttpResponse:
    return faces.preflight(request, (await voting.find(slug)).poll, *methods)


def greet(request: HttpRequest, response: HttpResponse) -> None:
    """Let scripts on pages of other sites read what the API says of a poll, as far as the poll allows these sites; and
    that there is no such poll.
    """
    slug = request.resolver_match.kwargs.get("slug") if request.resolver_match else None
    if slug is None:
        return
    entry = cache.kept(slug)
    if entry and entry.poll.status != Status.DRAFT:
        faces.open_to_guests(request, response, entry.poll)
    elif response.status_code == HTTPStatus.NOT_FOUND:
        faces.open_to_all(response)
