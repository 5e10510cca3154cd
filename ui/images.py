"""A poll as a picture, for mails, feeds and chats: the results that everyone may see, else the questions alone.

Whoever looks, the picture is the same: a cookie or a receipt buys no other one, so that caches may keep it. It is drawn
once per version of what it shows, in a thread of its own. While votes come in, the next one is drawn when five times as
long has passed as the last one took: drawing takes a sixth of a thread at most, however many look.
"""

import asyncio
import hashlib
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from polls import figures, tallies
from polls.snapshots import PollSnapshot
from polls.terms import Phase, Reveal
from ui import drawings, faces, portraits, readings, tongues, voting
from ui.drawings import CARD
from ui.entries import Entry, Reading

__all__ = ["CARD", "png", "svg"]

SECONDS = 60
BREATH = 5
PENS = {"image/svg+xml": drawings.svg, "image/png": drawings.png}
_draughtsman = ThreadPoolExecutor(1, thread_name_prefix="pictures")


@dataclass(frozen=True, slots=True)
class Look:
    kind: str
    """The media type."""
    scheme: str
    card: bool
    """Of the size that chats show; else as high as it has to be."""
    language: str
    """Of the poll's texts."""


@dataclass(frozen=True, slots=True)
class Picture:
    body: bytes
    etag: str
    seen: Reading | None
    phase: Phase
    took: float
    """Seconds."""
    at: float
    """time.monotonic() when it was done."""

    def is_good(self, seen: Reading | None, phase: Phase) -> bool:
        """It shows what is to be shown now, or what was a moment ago; never more than may be seen."""
        if self.phase != phase or (self.seen is None) != (seen is None):
            return False
        return self.seen is seen or time.monotonic() - self.at < BREATH * self.took


async def svg(request: HttpRequest, slug: str) -> HttpResponse:
    return await _answer(request, slug, "image/svg+xml")


async def png(request: HttpRequest, slug: str) -> HttpResponse:
    return await _answer(request, slug, "image/png")


async def _answer(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    faces.require(request, "GET", "HEAD")
    entry = await voting.find(slug)
    scheme = request.GET.get("scheme", "")
    # By name alone: what a mail or a feed shows must not depend on the browser that asks for it first.
    tongue = tongues.chosen(entry.poll, request.GET.get("lang", ""), "")
    card = request.GET.get("shape") == "card"
    look = Look(kind, scheme if scheme in drawings.BUILT_IN else "light", card, tongue.language)
    picture = await _picture(entry, look, at=voting.now())
    response = HttpResponse(picture.body, content_type=kind)
    response["ETag"] = picture.etag
    response["Content-Language"] = look.language
    return faces.picture(response, seconds=SECONDS)


async def _picture(entry: Entry, look: Look, *, at: datetime) -> Picture:
    poll = entry.poll
    seen = await readings.of(entry, at=at) if tallies.may_see(poll, at=at, voted=False) else None
    kept: Picture | None = entry.prints.get(look)
    if kept is None or not kept.is_good(seen, poll.phase(at)):
        # One after the other: whoever waited finds what was drawn meanwhile.
        loop = asyncio.get_running_loop()
        kept = await loop.run_in_executor(_draughtsman, _drawn, entry, look, seen, at)
    return kept


def _drawn(entry: Entry, look: Look, seen: Reading | None, at: datetime) -> Picture:
    begun, phase = time.monotonic(), entry.poll.phase(at)
    kept: Picture | None = entry.prints.get(look)
    if kept and kept.is_good(seen, phase):
        return kept
    body = PENS[look.kind](sheet(entry.poll, seen, look, at=at))
    etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
    now = time.monotonic()
    entry.prints[look] = picture = Picture(body, etag, seen, phase, now - begun, now)
    return picture


def sheet(original: PollSnapshot, seen: Reading | None, look: Look, *, at: datetime) -> drawings.Sheet:
    """What a picture shows; nothing `seen` are the questions alone."""
    poll = original.in_language(look.language)
    portrait, phase = portraits.poll(poll, at=at), poll.phase(at)
    style = drawings.style(original.theme, look.scheme)
    with translation.override(poll.interface):
        # A reader's SVG is drawn with fonts of their own.
        lacking = _elsewhere(poll) if look.kind == "image/png" else ""
        if seen is None:
            # A question is not told before its poll opens.
            asked = () if phase == Phase.SCHEDULED else portraits.fields(poll)
            return drawings.sheet(
                portrait, asked, foot=_promise(poll, at), style=style, card=look.card, lacking=lacking
            )
        number = seen.tally.ballots
        votes = ngettext("%(shown)s vote", "%(shown)s votes", number) % {"shown": figures.count(number)}
        standing = _("Final result") if phase == Phase.CLOSED else _("Result so far")
        outcomes = portraits.outcomes(poll, seen.results)
        foot = figures.beside((standing, votes))
        return drawings.sheet(portrait, outcomes, foot=foot, style=style, card=look.card, lacking=lacking)


def _elsewhere(poll: PollSnapshot) -> str:
    """Where all letters are; the host as it is set, since what one asks for by another name is kept for all."""
    address = settings.PUBLIC_URL.partition("://")[2] + reverse("poll", args=[poll.slug])
    return _("Letters are missing here: see %(address)s") % {"address": address}


def _promise(poll: PollSnapshot, at: datetime) -> str:
    """Why no result is shown."""
    if poll.phase(at) == Phase.SCHEDULED:
        return _("Not open yet")
    match poll.reveal:
        case Reveal.AFTER_VOTING:
            return _("Results after voting")
        case Reveal.AFTER_CLOSE:
            return _("Results after the close")
        case Reveal.NEVER:
            return _("Results are not shown")
    return ""
