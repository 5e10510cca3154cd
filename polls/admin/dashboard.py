"""The first page of the desk: what is open, what is being written, what ends next."""

from datetime import datetime
from typing import Any

from django.db.models import Exists, F, OrderBy, OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest
from django.utils import timezone

from polls.admin.standing import ballots_shown, when
from polls.ballots import moderation
from polls.models import Poll, Question
from polls.terms import Kind, Status

SHOWN = 6
MOST_ASKED = 100
"""So many polls in which voters write are asked for something to read, the newest."""


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Unfold calls this for its index page."""
    polls, at = _polls(request), timezone.now()
    closing = polls.open(at).filter(closes_at__gt=at).order_by("closes_at")  # type: ignore[attr-defined]
    waiting = polls.filter(status=Status.PUBLISHED, opens_at__gt=at).order_by("opens_at")
    running = _first(polls.open(at), F("tally__ballots").desc(nulls_last=True), "-published_at")  # type: ignore[attr-defined]
    lists = {
        "running": _lines(running, at),
        "closing": _lines(closing, at),
        "waiting": _lines(waiting, at),
        "to_read": _to_read(polls, at),
        "drafts": _lines(_first(polls.filter(status=Status.DRAFT), "-updated_at"), at),
    }
    may = {"may_look": request.user.has_perm("polls.view_poll"), "may_write": request.user.has_perm("polls.add_poll")}
    return context | lists | may | {"has_polls": polls.exists()}


def _polls(request: HttpRequest) -> QuerySet[Poll]:
    if not request.user.has_perm("polls.view_poll"):
        return Poll.objects.none()
    return Poll.objects.visible_to(request.user).select_related("tally")  # type: ignore[arg-type]


def _to_read(polls: QuerySet[Poll], at: datetime) -> list[dict[str, Any]]:
    """The polls whose voters wrote something that no editor has read yet, and how much."""
    written = Question.objects.order_by().filter(Q(kind=Kind.TEXT) | Q(write_in=True), poll=OuterRef("pk"))
    public = polls.exclude(status__in=[Status.DRAFT, Status.ARCHIVED]).filter(published_at__isnull=False)
    # From the newest on, until there are enough: joined to their questions, all polls would be sorted first.
    newest = public.filter(Exists(written)).order_by("-published_at", "-id")
    asked = list(newest[:SHOWN])
    numbers = moderation.waiting(asked, at=at)
    if len(numbers) < SHOWN == len(asked):
        # Only now: a hundred polls with all that is in them take longer than the rest of the page.
        more = list(newest[SHOWN:MOST_ASKED])
        asked, numbers = asked + more, numbers | moderation.waiting(more, at=at)
    return [{"poll": poll, "number": numbers[poll.pk]} for poll in asked if poll.pk in numbers][:SHOWN]


def _first(polls: QuerySet[Poll], *order: str | OrderBy) -> QuerySet[Poll]:
    """For an order that no index has: of thousands of polls ids alone are sorted, not all that is known of them."""
    return polls.filter(pk__in=Subquery(polls.order_by(*order).values("pk")[:SHOWN])).order_by(*order)


def _lines(polls: QuerySet[Poll], at: datetime) -> list[dict[str, Any]]:
    return [{"poll": poll, "when": when(poll, at=at), "ballots": ballots_shown(poll, at=at)} for poll in polls[:SHOWN]]
