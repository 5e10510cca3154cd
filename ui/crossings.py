"""A page of another site that uses htmx itself asks for a card, where the poll allows that site (CORS)."""

from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse

from ui import faces, voting

type View = Callable[[HttpRequest, str], Coroutine[Any, Any, HttpResponse]]


def open_to_allowed_sites(*methods: str) -> Callable[[View], View]:
    """Let a view answer a browser's question whether a page of another site may ask it."""

    def opened(view: View) -> View:
        @wraps(view)
        def answer(request: HttpRequest, slug: str) -> Coroutine[Any, Any, HttpResponse]:
            if request.method == "OPTIONS" and "HTTP_ACCESS_CONTROL_REQUEST_METHOD" in request.META:
                return _preflight(request, slug)
            return view(request, slug)

        return answer

    async def _preflight(request: HttpRequest, slug: str) -> HttpResponse:
        return faces.preflight(request, (await voting.find(slug)).poll, *methods)

    return opened
