"""The results at the desk: what the card tells voters, for those who write the poll, by the same counts.

A page of its own: who opens a poll to write in it waits for no election to be counted. While the poll is open that page
asks again and again what has moved, and is told so at the price of a look at who asks, as long as nothing has.
"""

from datetime import datetime
from typing import Any
from urllib.parse import quote

from asgiref.sync import async_to_sync
from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from polls import clocks, refusals, tallies
from polls.admin import pages
from polls.admin.standing import downloads
from polls.models import Poll
from polls.terms import Phase
from ui import etags, faces, portraits, readings
from ui.cache import cache
from ui.entries import Entry, Reading

AS_OF = "As-Of"
"""The header that says when the results were asked for, in percent-encoded words."""


@require_safe
def results(request: HttpRequest, poll_id: int) -> HttpResponse:
    """The tab of a poll; with what was promised to the voters in its place where that binds the desk too."""
    desk, at = admin.site.get_model_admin(Poll), timezone.now()
    poll = pages.found(desk, request, poll_id)
    try:
        entry = _seen(poll, at=at)
    except refusals.Refusal as refusal:
        return pages.answer(desk, request, poll, "results", why=refusal.sentence)
    reading, lacking, place = async_to_sync(_read)(entry, at=at)
    shown = _counted(entry, reading, lacking, at=at)
    if entry.poll.phase(at) == Phase.OPEN:
        shown |= {"as_of": _as_of(poll, at=at), "tag": _tag(place), "batched": entry.poll.anonymous}
    return pages.answer(desk, request, poll, "results", **shown)


@require_safe
def now(request: HttpRequest, poll_id: int) -> HttpResponse:
    """What moves in the results of an open poll, and until its last ballot is counted; then the way to the page."""
    poll, at = pages.found(admin.site.get_model_admin(Poll), request, poll_id), timezone.now()
    page = HttpResponseRedirect(reverse("desk-results", args=[poll_id]))
    try:
        entry = _seen(poll, at=at)
    except refusals.Refusal:
        return page
    reading, lacking, place = async_to_sync(_read)(entry, at=at)
    if entry.poll.phase(at) != Phase.OPEN and not lacking:
        return page
    tag = _tag(place)
    if faces.has(request, tag):
        response: HttpResponse = HttpResponseNotModified()
    else:
        response = HttpResponse(_moved(entry, poll, reading, lacking, at=at, tag=tag))
    if tag:
        response["ETag"] = tag
    response[AS_OF] = quote(_as_of(poll, at=at))
    return response


@require_safe
def table(request: HttpRequest, poll_id: int) -> HttpResponse:
    """The same for a spreadsheet. Where that is not to be seen, the page of results says why."""
    poll = pages.found(admin.site.get_model_admin(Poll), request, poll_id)
    try:
        entry = _seen(poll, at=timezone.now())
    except refusals.Refusal:
        return HttpResponseRedirect(reverse("desk-results", args=[poll_id]))
    reading = async_to_sync(readings.of)(entry, at=timezone.now())
    name = content_disposition_header(as_attachment=True, filename=f"{poll.slug}.csv")
    headers = {"Content-Disposition": name or "attachment", "Cache-Control": "no-store"}
    # By the mark at its beginning Excel knows UTF-8.
    told = "\ufeff" + portraits.results_as_csv(entry.poll, reading.results)
    return HttpResponse(told, content_type="text/csv; charset=utf-8", headers=headers)


def _seen(poll: Poll, *, at: datetime) -> Entry:
    """The poll as voters' pages know it. Raises the Refusal that keeps its results from the desk as well."""
    entry = async_to_sync(cache.entry)(poll.slug)
    if entry is None:
        raise Http404
    tallies.check_seen_by_editor(entry.poll, at=at)
    return entry


def _counted(entry: Entry, reading: Reading, lacking: int, *, at: datetime) -> dict[str, Any]:
    return {
        "outcomes": portraits.outcomes(entry.poll, reading.results, told=True),
        "behind": portraits.behind(lacking),
        "counted": reading.tally.ballots,
        "set_aside": portraits.set_aside(reading.tally.set_aside),
        "downloads": downloads(entry.poll, at=at),
        "final": entry.poll.phase(at) != Phase.OPEN and not lacking,
    }


async def _read(entry: Entry, *, at: datetime) -> tuple[Reading, int, str | None]:
    """The results, how many ballots they lack, and where they stand.

    On the loop that keeps them: an election that voters look at is not counted once more for the desk.
    """
    reading = await readings.of(entry, at=at)
    # With no wait between them: what is tagged is what is shown.
    return reading, readings.lacking(entry, reading, at=at), etags.place(entry, at=at)


def _moved(entry: Entry, poll: Poll, reading: Reading, lacking: int, *, at: datetime, tag: str) -> str:
    """The parts of the page that move, printed once for all editors of a language."""
    key = "desk", translation.get_language()
    known: tuple[str, str] = entry.prints.get(key, ("", ""))
    if tag and known[0] == tag:
        return known[1]
    ballots = {"standing": {"ballots": reading.tally.ballots + lacking}}
    html = render_to_string("admin/polls/poll/standing.html#ballots", ballots)
    shown = _counted(entry, reading, lacking, at=at) | {"original": poll}
    html += render_to_string("admin/polls/poll/results.html#results", shown)
    entry.prints[key] = tag, html
    return html


def _tag(place: str | None) -> str:
    """Nothing where a count is due, which makes other results of these."""
    return etags.tag(place, "desk", translation.get_language()) if place else ""


def _as_of(poll: Poll, *, at: datetime) -> str:
    return _("As of %(instant)s") % {"instant": clocks.to_the_second(at, zone=poll.time_zone)}
