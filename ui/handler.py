"""Answers the public addresses on the event loop.

Django's own handler makes a thread for each request and hops into it thrice; middleware of old hops again. Here a
request is built, resolved and answered where it arrives; what asks the database goes through `ui.database`.
"""

import logging
from collections.abc import Awaitable, Callable
from functools import cache, lru_cache
from http import HTTPStatus
from inspect import isawaitable

from django.db import DatabaseError
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponsePermanentRedirect,
    StreamingHttpResponse,
)
from django.urls import Resolver404, ResolverMatch, URLResolver, get_resolver
from psycopg_pool import PoolTimeout

from polls import refusals
from ui import crossings, database, faces, hot, origins, votes, ways
from ui.asgi import Headers, Ready, Receive, Scope, Send
from ui.live import Stream
from ui.requests import Request
from ui.storing import storing
from ui.ways import Way

log = logging.getLogger(__name__)

LARGEST_BODY = 64 * 1024
LARGEST_POLL = 256 * 1024
"""Of what comes where polls are written; the guard in front takes no more either."""

# What watches over a server knocks at its number, not at its name.
NAMELESS = ("/healthz", "/readyz", "/metrics")


async def public_site(scope: Scope, receive: Receive, send: Send) -> None:
    """The ASGI application of all public addresses."""
    try:
        body = await _body(receive, scope)
    except refusals.TooLarge as refusal:
        request = Request(scope)
        await _send(*_said(request, faces.refuse(request, refusal)), send)
        return
    if body is None:
        return
    if work := take(scope, body):
        status, headers, _head, answer = await work
        await _send(status, headers, answer, send)
    else:
        request = Request(scope, body)
        response = await respond(request)
        if isinstance(response, Stream):
            await response.flow(receive, send, bodiless=scope["method"] == "HEAD")
        elif isinstance(response, StreamingHttpResponse):
            await _stream(response, send, bodiless=scope["method"] == "HEAD")
        else:
            await _send(*_said(request, response), send)


def take(scope: Scope, body: bytes) -> Awaitable[Ready] | None:
    """Works on a request that needs no view, since others came as it does."""
    way = ways.known(scope) if len(body) <= LARGEST_BODY else None
    return _taken(way, scope, body) if way else None


async def respond(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """The answer of the view at the request's address."""
    return await _safely(_viewed(request), lambda: request)


async def _safely[T](work: Awaitable[T], request: Callable[[], HttpRequest]) -> T | HttpResponse:
    """What `work` gives; every fault becomes a refusal."""
    try:
        return await work
    except refusals.Refusal as refusal:
        return faces.refuse(request(), refusal)
    except Http404:
        return faces.refuse(request(), refusals.UnknownAddress())
    except (DatabaseError, PoolTimeout) as error:
        if database.is_not_migrated(error):
            log.error("The database could not answer %s: it is not migrated; run `manage.py migrate`.", request().path)
        elif not storing.has_failed(error):
            log.exception("The database could not answer %s", request().path)
        return faces.refuse(request(), refusals.DatabaseAway())
    except Exception:
        log.exception("A fault at %s", request().path)
        return faces.refuse(request(), refusals.OurFault())


async def _viewed(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    _check_host(request)
    match = _resolved(request)
    if match is None:
        return _with_slash(request)
    request.resolver_match = match
    if request.method == "HEAD" and "api" in match.namespaces:
        # The API knows no HEAD. It is a GET whose bytes the server keeps to itself.
        request.method = "GET"
    if "api" in match.namespaces and "slug" in match.kwargs and crossings.is_preflight(request):
        return await crossings.preflight(request, match.kwargs["slug"], "GET", "POST", "DELETE")
    answer = match.func(request, *match.args, **match.kwargs)
    response: HttpResponse | StreamingHttpResponse = await answer if isawaitable(answer) else answer
    if isinstance(response, HttpResponseNotAllowed):
        # The API's own, which is no problem+json.
        allowed = set(response["Allow"].split(", "))
        raise refusals.MethodNotAllowed(*sorted(allowed | {"HEAD"} if "GET" in allowed else allowed))
    return response


async def _taken(way: Way, scope: Scope, body: bytes) -> Ready:
    def request() -> HttpRequest:
        made = Request(scope, body)
        made.resolver_match = _match(made.path_info)
        return made

    answer = await _safely(votes.take_as_before(way, scope, body), request)
    return answer if isinstance(answer, Ready) else Ready.of(*_said(request(), answer))


async def _body(receive: Receive, scope: Scope) -> bytes | None:
    """The request's body, whole; None when the visitor hung up."""
    chunks: list[bytes] = []
    length = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        chunk = message.get("body", b"")
        length += len(chunk)
        if length > LARGEST_BODY and length > _largest(scope["path"]):
            raise refusals.TooLarge
        chunks.append(chunk)
        if not message.get("more_body", False):
            return b"".join(chunks)


def _largest(path: str) -> int:
    writes = path.startswith("/api/v1/polls") and path.endswith(("/polls", "/definition"))
    return LARGEST_POLL if writes else LARGEST_BODY


@cache
def _addresses() -> URLResolver:
    return get_resolver("ui.urls")


@lru_cache(maxsize=2048)
def _match(path: str) -> ResolverMatch:
    return _addresses().resolve(path)


def _resolved(request: HttpRequest) -> ResolverMatch | None:
    """The view for the path; None where only a slash is missing. Raises UnknownAddress."""
    try:
        return _match(request.path_info)
    except Resolver404:
        pass
    try:
        _addresses().resolve(f"{request.path_info}/")
    except Resolver404:
        raise refusals.UnknownAddress from None
    if request.method not in {"GET", "HEAD"}:
        raise refusals.UnknownAddress
    return None


def _with_slash(request: HttpRequest) -> HttpResponse:
    return HttpResponsePermanentRedirect(request.get_full_path(force_append_slash=True))


def _check_host(request: HttpRequest) -> None:
    if request.path not in NAMELESS and not origins.is_our_host(request.META.get("HTTP_HOST", "")):
        raise refusals.HostUnknown


def _said(request: HttpRequest, response: HttpResponse) -> tuple[int, Headers, bytes]:
    """The answer as it goes out; and kept for all, where a view has said that it is for all."""
    looks = request.method in {"GET", "HEAD"}
    if request.path.startswith("/api/"):
        crossings.greet(request, response)
    if looks and response.get("Cache-Control", "").startswith("public") and "ETag" not in response:
        faces.validated(response)
    headers, body = _headers(response), response.content
    if looks:
        hot.keep(request, response, headers)
        if faces.is_unchanged(request, response):
            return HTTPStatus.NOT_MODIFIED, faces.of_unchanged(headers), b""
    return response.status_code, [*headers, (b"content-length", b"%d" % len(body))], body


async def _send(status: int, headers: Headers, body: bytes, send: Send) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    # Nothing to close: this thread asks no database, and has no connection to look after.
    await send({"type": "http.response.body", "body": body})


async def _stream(response: StreamingHttpResponse, send: Send, *, bodiless: bool) -> None:
    """An answer of any length. Where it breaks off, the connection does too, and nobody takes a part for the whole."""
    await send({"type": "http.response.start", "status": response.status_code, "headers": _headers(response)})
    if not bodiless:
        async for chunk in response:
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
    await send({"type": "http.response.body", "body": b""})
    response.close()


def _headers(response: HttpResponse | StreamingHttpResponse) -> list[tuple[bytes, bytes]]:
    faces.seal(response)
    return [_line(*header) for header in response.headers._store.values()]


@lru_cache(maxsize=1024)
def _line(name: str, value: str) -> tuple[bytes, bytes]:
    # Most headers are the same on each answer.
    return name.lower().encode("ascii"), value.encode("latin-1")
