"""The results at the desk: what the card tells voters, for those who write the poll, by the same counts.

A page of its own: who opens a poll to write in it waits for no election to be counted.
"""

from datetime import datetime

from asgiref.sync import async_to_sync
from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from polls import refusals, tallies
from polls.admin import pages
from polls.admin.standing import downloads
from polls.models import Poll
from ui import portraits, readings
from ui.cache import cache
from ui.entries import Entry


@require_safe
def results(request: HttpRequest, poll_id: int) -> HttpResponse:
    """The tab of a poll; with what was promised to the voters in its place where that binds the desk too."""
    desk, at = admin.site.get_model_admin(Poll), timezone.now()
    poll = pages.found(desk, request, poll_id)
    try:
        entry = _seen(poll, at=at)
    except refusals.Refusal as refusal:
        return pages.answer(desk, request, poll, "results", why=refusal.sentence)
    return pages.answer(desk, request, poll, "results", **_counted(entry, at=at))


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


def _counted(entry: Entry, *, at: datetime) -> dict[str, object]:
    # On the loop that keeps them: an election that voters look at is not counted once more for the desk.
    reading = async_to_sync(readings.of)(entry, at=at)
    return {
        "outcomes": portraits.outcomes(entry.poll, reading.results, told=True),
        "behind": portraits.behind(readings.lacking(entry, reading, at=at)),
        "counted": reading.tally.ballots,
        "set_aside": portraits.set_aside(reading.tally.set_aside),
        "downloads": downloads(entry.poll, at=at),
    }
