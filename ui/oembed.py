"""`/oembed`: what WordPress, Ghost, Discourse or Moodle ask when somebody pastes a poll's address (oembed.com).

It tells what stands above every poll: no number, and no question before the poll opens.
"""

import re
from collections.abc import Callable, Mapping
from urllib.parse import parse_qs
from xml.etree import ElementTree

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse

from polls import refusals
from polls.admin import heights, sharing
from polls.snapshots import PollSnapshot
from ui import faces, origins, speakable, tongues, voting
from ui.images import CARD
from ui.tongues import Tongue

WIDTH = 640
NARROWEST, LOWEST = 160, 120
CACHE_AGE = 3600
PATH = re.compile(r"/(?:p|embed)/([^/]+)(?:/results)?/?")

type Told = Mapping[str, str | int]


async def oembed(request: HttpRequest) -> HttpResponse:
    """The answer in the asked format, or a refusal as a problem document: 401, 404 and 501 as the standard has them."""
    try:
        faces.require(request, "GET", "HEAD")
        answer = _format(request.GET.get("format", "json"))
        poll, tongue = await _poll(request)
        width, height = _most(request, "maxwidth"), _most(request, "maxheight")
        told = _told(poll, tongue, origins.own(request), width=width, height=height)
        response = answer(told)
    except refusals.Refusal as refusal:
        return faces.open_to_all(faces.problem(refusal))
    return faces.open_to_all(faces.public(response, seconds=300))


async def _poll(request: HttpRequest) -> tuple[PollSnapshot, Tongue]:
    """The poll at the address in `url`, which is one of ours and nobody's own, and the language that it names."""
    address = origins.parts_of(request.GET.get("url", ""))
    ours = origins.parts_of(origins.own(request))
    found = PATH.fullmatch(address.path)
    if address.scheme not in {"http", "https"} or address.netloc.lower() != ours.netloc.lower() or not found:
        raise refusals.UnknownPoll
    try:
        poll = (await voting.find(found[1])).poll
    except refusals.PollArchived as refusal:
        # The standard knows no 410.
        raise refusals.UnknownPoll from refusal
    query = parse_qs(address.query, keep_blank_values=True)
    if {"invitation", "receipt"} & query.keys():
        raise refusals.AddressPrivate
    tongue = tongues.chosen(poll, query.get("lang", [""])[0], "")
    return poll.in_language(tongue.language), tongue


def _format(name: str) -> Callable[[Told], HttpResponse]:
    match name:
        case "json":
            return JsonResponse
        case "xml":
            return XmlResponse
    raise refusals.FormatUnknown


class XmlResponse(HttpResponse):
    def __init__(self, told: Told) -> None:
        root = ElementTree.Element("oembed")
        for name, said in told.items():
            ElementTree.SubElement(root, name).text = speakable.clean(str(said))
        body = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
        super().__init__(body, content_type="text/xml; charset=utf-8")


def _most(request: HttpRequest, name: str) -> int | None:
    """A limit that was asked for. One that nobody can read is none."""
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and 0 < len(text) < 6 else None


def _told(poll: PollSnapshot, tongue: Tongue, origin: str, *, width: int | None, height: int | None) -> Told:
    wide = max(NARROWEST, min(WIDTH, width or WIDTH))
    high = heights.reserved(poll, width=wide)
    high = max(LOWEST, min(high, height or high))
    told: dict[str, str | int] = {
        "version": "1.0",
        "type": "rich",
        "title": poll.title,
        "provider_name": "Pollstead",
        "provider_url": f"{origin}/",
        "cache_age": CACHE_AGE,
        "width": wide,
        "height": high,
        "html": sharing.frame(poll, origin, query=tongue.query, width=str(wide), height=high),
    }
    if (width is None or width >= CARD[0]) and (height is None or height >= CARD[1]):
        picture = f"{origin}{faces.with_query(reverse('results-png', args=[poll.slug]), tongue.query)}"
        picture = faces.with_query(picture, "shape=card")
        told |= {"thumbnail_url": picture, "thumbnail_width": CARD[0], "thumbnail_height": CARD[1]}
    return told
