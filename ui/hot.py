"""Answers what everybody asks as bytes, before Django builds a request.

The first visitor of whom nothing is known is answered by the view. Where the view says that all such visitors get the
same, its headers and bytes are kept, and the next one is given them, with a fresh paper in the place of the first. So
the views alone decide and dress; here is nothing of either. What makes kept bytes old stands in `ui.cache`.

To a visitor with a query, with a cookie of this poll or with anything else that a card could depend on, nothing kept is
given, and nothing of theirs is kept.
"""

import math
import re
import time
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse

from polls.tallies import TallySnapshot
from polls.terms import Policy
from ui import faces, networks, origins, papers, tongues
from ui.asgi import App, Headers, Ready, Receive, Scope, Send
from ui.cache import cache
from ui.configuration import setting
from ui.entries import Entry
from ui.tongues import Tongue

QUERIES = frozenset({b"", b"show=results"})
OTHERWISE = frozenset({b"content-length", b"transfer-encoding", b"hx-history-restore-request", b"origin"})
"""Headers of looks that are not everybody's."""
ASKED, SAID = "pollstead.asked", "pollstead.said"

LANGUAGE = re.compile(rb"(?:^|&)lang=([A-Za-z0-9-]{2,20})(?=&|$)")

type Asked = tuple[str, str, bytes, bool]
"""A word of our own, for what else hangs on an entry; path, query but for the language, and whether htmx asks."""
type Place = tuple[bytes | None, ...]


@dataclass(frozen=True, slots=True)
class Said:
    """What the view says of an answer. Without an entry it lasts as long as this process."""

    entry: Entry | None
    until: float
    """So long it lasts by the clock, in seconds since 1970."""
    paper: str
    """The paper in it, or nothing."""
    tally: TallySnapshot | None
    """The tally that it shows, if it shows one."""
    place: Place
    """By which name we were asked: a page tells its own address."""
    tongue: Tongue

    def stands(self, entry: Entry | None, place: Place, now: float) -> bool:
        return place == self.place and now < self.until and self._counts(entry)

    def _counts(self, entry: Entry | None) -> bool:
        return self.tally is None or entry is None or (entry.tally is self.tally and not entry.is_behind)


@dataclass(frozen=True, slots=True)
class Kept:
    said: Said
    whole: Ready
    """The answer, but for the paper and the length where there is a paper."""
    pieces: tuple[bytes, ...]
    """The body, parted where the paper stands."""
    etag: str
    unchanged: Ready

    def ready(self, known: bytes | None, now: float) -> Ready:
        """The answer with a fresh paper; 304 where `known`, the If-None-Match of the request, names this one."""
        if self.said.paper:
            assert self.said.entry
            body = papers.fresh(self.said.entry.poll.id, seconds=now).join(self.pieces)
            length, whole = b"%d" % len(body), self.whole
            headers = [*whole.headers, (b"content-length", length)]
            return Ready(200, headers, b"%bcontent-length: %b\r\n" % (whole.head, length), body)
        if known and self.etag and faces.knows(known.decode("latin-1"), self.etag):
            return self.unchanged
        return self.whole


_lasting: dict[Any, Kept] = {}


class Hot:
    """An ASGI application in front of `app`. A server that can ask before it makes a task of a request asks `ready`."""

    def __init__(self, app: App) -> None:
        self._app = app

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        ready = None if ASKED in scope else self.ready(scope)
        return self._app(scope, receive, send) if ready is None else self._answer(ready, send)

    async def _answer(self, ready: Ready, send: Send) -> None:
        await send({"type": "http.response.start", "status": ready.status, "headers": ready.headers})
        await send({"type": "http.response.body", "body": ready.body})

    def ready(self, scope: Scope) -> Ready | None:
        """The answer, if it is there. If it could be, the request is marked, so that its answer can be kept."""
        headers = _of_anybody(scope)
        if headers is None:
            return None
        path: str = scope["path"]
        entry, cookie, now = entry_at(path), headers.get(b"cookie"), time.time()
        query, lang = parted(scope["query_string"])
        accepted = headers.get(b"accept-language", b"").decode("latin-1")
        tongue = tongues.chosen(entry.poll, lang, accepted) if entry else tongues.NONE
        asked: Asked = "hot", path, query, headers.get(b"hx-request") == b"true"
        kept: Kept | None = (entry.prints if entry else _lasting).get((*asked, tongue))
        if (
            kept
            and kept.said.stands(entry, _place(scope, headers), now)
            and not (cookie and entry and may_tell(cookie, entry))
        ):
            return kept.ready(headers.get(b"if-none-match"), now)
        scope[ASKED] = asked
        return None


def say(
    request: HttpRequest,
    entry: Entry | None = None,
    *,
    at: datetime | None = None,
    paper: str = "",
    tally: TallySnapshot | None = None,
) -> None:
    """For views: all visitors of whom nothing is known get the answer to this request, as it is at this instant."""
    scope = scope_of(request)
    if ASKED in scope and not (entry and may_tell(request.headers.get("Cookie", "").encode(), entry)):
        until = entry.poll.next_phase_at(at) if entry and at else None
        place = _place(scope, dict(scope["headers"]))
        tongue = tongues.of(request, entry.poll) if entry else tongues.NONE
        scope[SAID] = Said(entry, until.timestamp() if until else math.inf, paper, tally, place, tongue)


def keep(request: HttpRequest, response: HttpResponse, headers: Headers) -> None:
    """Keep an answer of which a view has said that it is for all; `headers` is what goes out, without a length."""
    scope = scope_of(request)
    said: Said | None = scope.get(SAID)
    if said is None or response.status_code != 200 or response.cookies or "Set-Cookie" in response:
        return
    kept = _lasting if said.entry is None else said.entry.prints
    body, length = response.content, [(b"content-length", b"%d" % len(response.content))]
    kept[(*scope[ASKED], said.tongue)] = Kept(
        said,
        Ready.of(200, headers if said.paper else headers + length, body),
        tuple(body.split(said.paper.encode())) if said.paper else (),
        response.get("ETag", ""),
        Ready.of(304, faces.of_unchanged(headers), b""),
    )


def _of_anybody(scope: Scope) -> Mapping[bytes, bytes] | None:
    """The headers of a look that anybody could have sent; None for other requests."""
    if scope["type"] != "http" or scope["method"] != "GET" or parted(scope["query_string"])[0] not in QUERIES:
        return None
    headers = dict(scope["headers"])
    if len(headers) < len(scope["headers"]) or not OTHERWISE.isdisjoint(headers):
        return None
    return headers if origins.is_our_host(headers.get(b"host", b"").decode("latin-1")) else None


def parted(query: bytes) -> tuple[bytes, str]:
    """A query without the language that it names, and that language. Which one is given is one of a few."""
    if not query or not (named := LANGUAGE.search(query)):
        return query, ""
    return LANGUAGE.sub(b"", query, count=1).removeprefix(b"&"), named[1].decode()


def entry_at(path: str) -> Entry | None:
    """The entry of the poll that an address names, if it can be used as it is."""
    parts = path.split("/", 5)
    if len(parts) < 4:
        return None
    return cache.kept(parts[4] if parts[1] == "api" and len(parts) > 4 else parts[2])


def _place(scope: Mapping[str, Any], headers: Mapping[bytes, bytes]) -> Place:
    """What our own origin is told from, see `origins.own`. One at a time is kept: nobody can make us keep many."""
    if setting("PUBLIC_URL"):
        return ()
    forwarded, client = headers.get(b"x-forwarded-proto"), scope.get("client")
    if forwarded and not (client and networks.is_trusted(client[0])):
        forwarded = None
    return headers.get(b"host"), forwarded, scope.get("scheme", "http").encode()


def may_tell(cookie: bytes, entry: Entry) -> bool:
    """Whether a card of this poll could depend on the cookie."""
    return bool(cookie) and (entry.poll.policy == Policy.ACCOUNT or b"voted-%d" % entry.poll.id in cookie)


def scope_of(request: HttpRequest) -> dict[str, Any]:
    """What the server said of the request."""
    # A request that came through no server, as tests make them, has none.
    return getattr(request, "scope", {})
