"""What is due, who sends it, and when it is tried again.

Each message comes at least once: what is not known to have come is sent again.
"""

import json
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext as _

from polls import refusals
from polls.models import Delivery, Webhook
from polls.terms import DeliveryFailure, DeliveryState, Event, WebhookState
from polls.webhooks import outbox, signatures
from polls.webhooks.sending import Answer

PAUSES = tuple(timedelta(seconds=seconds) for seconds in (10, 60, 10 * 60, 60 * 60, 3 * 3600, 8 * 3600, 12 * 3600))
"""Between one try and the next: a day, and then it is given up."""
LEASE = timedelta(minutes=2)
"""So long a message may be under way. When nothing was heard of it then, whoever sent it is gone."""
KEPT = timedelta(weeks=4)
AT_ONCE = 1000
LONG = sum(PAUSES, timedelta())
"""A webhook that was told nothing for so long, though it was tried, is paused."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A message that one process alone sends now, until its lease ends."""

    delivery: int
    webhook: int
    url: str
    body: bytes
    headers: dict[str, str]
    lease: datetime | None


def take(at: datetime, *, but: Collection[int] = ()) -> Letter | None:
    """The delivery that has waited longest, for who asks alone; None when nothing is due.

    `but` are webhooks to which something is under way, or that are to be left alone: one that is slow holds up itself.
    """
    while True:
        waiting = Delivery.objects.filter(state=DeliveryState.WAITING, due_at__lte=at, webhook__state=WebhookState.ON)
        first = waiting.exclude(webhook__in=but).select_related("webhook").order_by("due_at", "id").first()
        if first is None:
            return None
        if letter := _claim(first, at):
            return letter


def test(webhook: Webhook, at: datetime) -> Letter:
    """A message that says nothing, to be sent at once by who asks, and not tried again."""
    lease = {"due_at": at + LEASE, "tries": 1, "under_way": True}
    return _letter(Delivery.objects.create(webhook=webhook, event=Event.TEST, happened_at=at, **lease), at)


@transaction.atomic
def note(letter: Letter, answer: Answer, at: datetime) -> Delivery | None:
    """What became of it. None when its lease had ended, and it is somebody else's by now."""
    mine = Delivery.objects.select_for_update(of=("self",)).select_related("webhook")
    mine = mine.filter(pk=letter.delivery, state=DeliveryState.WAITING, due_at=letter.lease)
    delivery = mine.first()
    if delivery is None:
        return None
    delivery.tried_at, delivery.status, delivery.said = at, answer.status, answer.said
    delivery.failure, delivery.under_way = answer.failure or "", False
    if not answer.failure:
        delivery.state = DeliveryState.DELIVERED
    elif answer.failure == DeliveryFailure.GONE:
        delivery.state = DeliveryState.GIVEN_UP
        _switch_off(delivery.webhook, WebhookState.GONE, DeliveryFailure.GONE)
    elif delivery.event == Event.TEST:
        delivery.state = DeliveryState.GIVEN_UP
    elif delivery.tries > len(PAUSES):
        delivery.state = DeliveryState.GIVEN_UP
        if not _has_heard(delivery.webhook, since=at - LONG):
            _switch_off(delivery.webhook, WebhookState.FAILED, answer.failure)
    else:
        delivery.due_at = at + max(PAUSES[delivery.tries - 1], answer.rest)
    if delivery.state != DeliveryState.WAITING:
        delivery.due_at = None
    delivery.save()
    return delivery


@transaction.atomic
def again(delivery: Delivery, at: datetime) -> None:
    """Send it once more, from now, under the same name. Raises Forbidden while its webhook is not on."""
    if delivery.webhook.state != WebhookState.ON:
        raise refusals.Forbidden(_("This webhook is not on: switch it on first."))
    Delivery.objects.filter(pk=delivery.pk).update(state=DeliveryState.WAITING, tries=0, due_at=at, under_way=False)
    outbox.wake()


def clear(at: datetime, *, go_on: Callable[[], bool] = lambda: True) -> int:
    """Delete what happened some weeks ago, some at a time; gives how many. Called by the running service."""
    old = Delivery.objects.filter(happened_at__lt=at - KEPT).order_by("pk")
    number = 0
    while go_on() and (some := list(old.values_list("pk", flat=True)[:AT_ONCE])):
        number += Delivery.objects.filter(pk__in=some).delete()[0]
    return number


def undelivered(webhook: Webhook) -> int:
    """How many messages it was not told since the last that arrived, as far as they are kept."""
    kept = Delivery.objects.filter(webhook=webhook).exclude(event=Event.TEST)
    arrived = kept.filter(state=DeliveryState.DELIVERED).order_by("-pk").values_list("pk", flat=True)[:1]
    return kept.filter(state=DeliveryState.GIVEN_UP, pk__gt=next(iter(arrived), 0)).count()


def message(delivery: Delivery, *, site: str) -> bytes:
    """What is sent: where the poll is, and nothing of what it or anybody in it says."""
    told = {}
    if delivery.slug:
        told = {
            "poll": delivery.slug,
            "url": site + reverse("poll", args=[delivery.slug]),
            "api": site + reverse("api:read_poll", args=[delivery.slug]),
        }
    return json.dumps({"type": delivery.event, "timestamp": _written(delivery.happened_at), "data": told}).encode()


def _claim(delivery: Delivery, at: datetime) -> Letter | None:
    """By a conditional update: of all who saw it waiting, one gets it. When it is killed, the lease ends by itself."""
    seen = Delivery.objects.filter(pk=delivery.pk, state=DeliveryState.WAITING, due_at=delivery.due_at)
    if not seen.update(due_at=at + LEASE, tries=F("tries") + 1, under_way=True):
        return None
    # Read again: what it tells of may have happened once more since it was seen.
    return _letter(Delivery.objects.select_related("webhook").get(pk=delivery.pk), at)


def _letter(delivery: Delivery, at: datetime) -> Letter:
    webhook = delivery.webhook
    body = message(delivery, site=settings.PUBLIC_URL or webhook.site)
    name, timestamp = f"msg_{delivery.message.hex}", int(at.timestamp())
    headers = {
        "Content-Type": "application/json",
        "webhook-id": name,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signatures.sign(body, message=name, timestamp=timestamp, secrets=_secrets(webhook, at)),
    }
    return Letter(delivery.pk, webhook.pk, webhook.url, body, headers, delivery.due_at)


def _secrets(webhook: Webhook, at: datetime) -> list[str]:
    former = webhook.former_until is not None and at < webhook.former_until
    return [webhook.secret, *([webhook.former_secret] if former else [])]


def _has_heard(webhook: Webhook, *, since: datetime) -> bool:
    return Delivery.objects.filter(webhook=webhook, state=DeliveryState.DELIVERED, tried_at__gte=since).exists()


def _switch_off(webhook: Webhook, state: WebhookState, why: DeliveryFailure) -> None:
    """What waits is given up for the same reason."""
    webhook.state = state
    Webhook.objects.filter(pk=webhook.pk).update(state=state)
    waiting = Delivery.objects.filter(webhook=webhook, state=DeliveryState.WAITING)
    waiting.update(state=DeliveryState.GIVEN_UP, due_at=None, under_way=False, failure=why)


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
