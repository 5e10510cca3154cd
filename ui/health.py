import asyncio
import hmac

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Count, Sum
from django.http import HttpRequest, HttpResponse, JsonResponse

from polls import refusals
from polls.models import Poll, Tally
from polls.terms import Status
from ui import database, pulse, voting
from ui.hub import hub
from ui.storing import storing

AT_ONCE = 0.3
"""Seconds that a database which is well does not need."""


async def alive(_request: HttpRequest) -> JsonResponse:
    """The process answers. It asks nobody else."""
    return JsonResponse({"status": "alive"}, headers={"Cache-Control": "no-store"})


async def ready(_request: HttpRequest) -> JsonResponse:
    """The database answers, has every migration and takes what is to be stored: 200, else 503."""
    try:
        status = await _readiness()
    except Exception:  # noqa: BLE001 -- whatever it is, we are not ready
        status = "database_away"
    code = 200 if status == "ready" else 503
    return JsonResponse({"status": status}, status=code, headers={"Cache-Control": "no-store"})


async def metrics(request: HttpRequest) -> HttpResponse:
    """Figures for Prometheus, to who brings METRICS_TOKEN; to others, and without one, there is no such page."""
    token, sent = settings.METRICS_TOKEN, request.headers.get("Authorization", "")
    if not token or not hmac.compare_digest(sent.encode(), f"Bearer {token}".encode()):
        raise refusals.UnknownAddress
    figures = await database.read(_stored)
    figures |= {"pollstead_ballots_waiting": voting.queue.waiting, "pollstead_streams_open": hub.watching}
    named = {name.partition("{")[0] for name in figures}
    said = [
        *(f"# TYPE {name} gauge" for name in sorted(named)),
        *(f"{name} {value}" for name, value in figures.items()),
    ]
    kind = "text/plain; version=0.0.4; charset=utf-8"
    return HttpResponse("\n".join([*said, ""]), content_type=kind, headers={"Cache-Control": "no-store"})


async def _readiness() -> str:
    asked = asyncio.ensure_future(database.read(_migrated))
    await asyncio.wait({asked}, timeout=AT_ONCE)
    # Who watches over us waits two seconds or so. Where the database is there, it is our threads that are busy.
    if not asked.done() and not await pulse.beats():
        asked.cancel()
        return "database_away"
    if not await asked:
        return "not_migrated"
    return "ready" if await storing.is_well() else "stores_nothing"


def _stored() -> dict[str, int]:
    """What all processes share: polls by their status, ballots that count, and those that are set aside."""
    numbers = dict(Poll.objects.order_by().values_list("status").annotate(Count("pk")))
    polls = {f'pollstead_polls{{status="{status.value}"}}': numbers.get(status, 0) for status in Status}
    sums = Tally.objects.aggregate(ballots=Sum("ballots"), aside=Sum("set_aside"))
    return polls | {"pollstead_ballots": sums["ballots"] or 0, "pollstead_ballots_set_aside": sums["aside"] or 0}


def _migrated() -> bool:
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())
