"""What became of a webhook's messages, as the desk tells it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from polls import clocks
from polls.models import Delivery, Webhook
from polls.terms import DeliveryFailure, DeliveryState, Event, WebhookState
from polls.webhooks import deliveries


@dataclass(frozen=True, slots=True)
class Line:
    """A message, as the desk tells of it."""

    id: int
    event: str
    slug: str
    happened: str
    state: str
    words: str
    why: str
    said: str
    next_try: str


def lines(rows: list[Delivery], zone: str) -> Iterator[Line]:
    for row in rows:
        state = DeliveryState(row.state)
        tried = state == DeliveryState.WAITING and row.tries
        yield Line(
            id=row.pk,
            event=str(Event(row.event).label),
            slug=row.slug,
            happened=clocks.told(row.happened_at, zone=zone),
            state=state.value,
            words=str(state.label),
            why=why_not(row.failure, row.status),
            said=row.said,
            next_try=clocks.told(row.due_at, zone=zone) if tried and row.due_at else "",
        )


def standstill(webhook: Webhook) -> dict[str, Any]:
    """Of one that is not on: what was answered last, and how many messages did not arrive."""
    if webhook.state == WebhookState.ON:
        return {}
    last = webhook.deliveries.filter(tried_at__isnull=False).order_by("-tried_at").first()
    why = why_not(last.failure, last.status) if last else ""
    return {"why": why, "undelivered": deliveries.undelivered(webhook)}


def why_not(failure: str, status: int | None) -> str:
    """What went wrong at the last try, with the number that was answered."""
    said = str(DeliveryFailure(failure).label) if failure else ""
    return f"{said} (HTTP {status})" if said and status else said
