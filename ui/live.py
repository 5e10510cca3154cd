"""Results that move by themselves: a stream of server-sent events, and the same as an answer to whoever asks.

Who may see is asked at the door; `ui.hub` asks again at each event, and says who gets it when. A stream ends by itself
now and then, so that whoever comes again passes the door again.
"""

import asyncio
import random
from contextlib import suppress
from dataclasses import replace

from django.http import HttpRequest, HttpResponse

from polls import quiz, tallies
from polls.snapshots import PollSnapshot
from ui import accounts, crossings, etags, faces, hot, origins, prints, readings, visitors, voting
from ui.asgi import Message, Receive, Send
from ui.entries import Entry
from ui.hub import Viewer, hub
from ui.visitors import Visitor

LONGEST = 900.0
"""Seconds, give or take a fifth."""
PATIENCE = 5.0
"""Seconds that a viewer who does not read has for the end of the stream."""


class Stream(HttpResponse):
    """An answer that goes on. `ui.handler` lets it flow."""

    def __init__(self, slug: str, viewer: Viewer, network: str | None) -> None:
        super().__init__(content_type="text/event-stream; charset=utf-8")
        self._slug, self._viewer, self._network = slug, viewer, network

    async def flow(self, receive: Receive, send: Send, *, bodiless: bool) -> None:
        """Send what comes until somebody leaves: the viewer, or we."""
        headers = [(name.lower().encode("ascii"), value.encode("latin-1")) for name, value in self.items()]
        if bodiless:
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": b""})
            return
        hub.sit(self._slug, self._viewer, network=self._network)
        watch = asyncio.create_task(_watch(receive, self._viewer))
        try:
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            with suppress(TimeoutError):
                async with asyncio.timeout(LONGEST * random.uniform(0.8, 1.2)):  # noqa: S311 -- no secret
                    await self._events(send)
        finally:
            watch.cancel()
            hub.leave(self._slug, self._viewer, network=self._network)
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                await send({"type": "http.response.body", "body": b""})

    async def _events(self, send: Send) -> None:
        viewer = self._viewer
        # Not all at once, when a server that many watched is there again.
        await send(_part(b"retry: %d\n\n" % random.randint(2000, 8000)))  # noqa: S311 -- no secret
        while True:
            await viewer.news.wait()
            viewer.news.clear()
            pending, viewer.pending = viewer.pending, b""
            if pending:
                await send(_part(pending))
            if viewer.leaves:
                return


async def stream(request: HttpRequest, slug: str) -> HttpResponse:
    """Server-sent events with what moves in the results, as long as the poll is open."""
    faces.require(request, "GET", "HEAD")
    entry, visitor = await _admitted(request, slug)
    network = None if visitor.local else visitors.network(request)
    hub.check_room(network)
    place = request.headers.get("Last-Event-ID") or request.GET.get("at", "")
    face = faces.face(request, framed=False, poll=entry.poll)
    viewer = Viewer(voted=visitor.has_voted, told=_told(entry.poll, visitor), place=place, face=face)
    response = faces.live(Stream(slug, viewer, network), everybodys=False)
    response["Cache-Control"] = "no-store, no-transform"
    response["X-Accel-Buffering"] = "no"  # nginx would keep events until it has a few of them
    return response


@crossings.open_to_allowed_sites("GET")
async def now(request: HttpRequest, slug: str) -> HttpResponse:
    """What moves in the results, as it is now: for whoever asks again and again, from allowed sites too."""
    faces.require(request, "GET", "HEAD")
    entry, visitor = await _admitted(request, slug)
    at, told = voting.now(), _told(entry.poll, visitor)
    everybodys = tallies.may_see(entry.poll, at=at, voted=False) and not quiz.is_quiz(entry.poll)
    face, guest = faces.face(request, framed=False, poll=entry.poll), origins.guest(request, entry.poll)
    face = replace(face, away=bool(guest))
    response = faces.speak(
        faces.live(HttpResponse(), everybodys=everybodys, guest=guest), face.tongue, entry.poll.languages
    )
    place = etags.place(entry, at=at)
    if not place or not faces.has(request, etags.tag(place, face.tongue, told)):
        reading = await readings.of(entry, at=at)
        response.content, place = prints.parts(entry, face, reading, at=at, told=told), etags.place(entry, at=at)
    if place:
        response["ETag"] = etags.tag(place, face.tongue, told)
    return response


@crossings.open_to_allowed_sites("GET")
async def phase(request: HttpRequest, slug: str) -> HttpResponse:
    """Whether the poll is open yet, or closed, and nothing else: asked by forms, and by cards without results."""
    faces.require(request, "GET", "HEAD")
    entry, at = await voting.find(slug), voting.now()
    standing = entry.poll.phase(at).value
    response = HttpResponse(standing, content_type="text/plain; charset=utf-8")
    faces.live(response, everybodys=True, guest=origins.guest(request, entry.poll))
    response["ETag"] = f'"{entry.poll.id}-{standing}"'
    hot.say(request, entry, at=at)
    return response


async def _admitted(request: HttpRequest, slug: str) -> tuple[Entry, Visitor]:
    """Raises the Refusal of somebody who may not see the results."""
    entry = await voting.find(slug)
    visitor = await accounts.visitor(request, entry.poll)
    tallies.check_seen(entry.poll, at=voting.now(), voted=visitor.has_voted)
    return entry, visitor


def _told(poll: PollSnapshot, visitor: Visitor) -> bool:
    return quiz.is_quiz(poll) and quiz.may_know(poll, at=voting.now(), voted=visitor.has_voted)


async def _watch(receive: Receive, viewer: Viewer) -> None:
    """Nobody sends anything on a stream: what comes is that the viewer has left."""
    while (await receive())["type"] != "http.disconnect":
        pass
    viewer.leave()


def _part(body: bytes) -> Message:
    return {"type": "http.response.body", "body": body, "more_body": True}
