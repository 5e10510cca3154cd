"""What editors do with a webhook."""

from datetime import datetime, timedelta

from django.db import transaction

from polls.models import Delivery, Webhook
from polls.terms import DeliveryState, WebhookState
from polls.webhooks import clock, outbox, signatures

BOTH_GOOD = timedelta(days=1)
"""So long messages are signed with the former secret too, when there is a new one."""


@transaction.atomic
def make(webhook: Webhook) -> str:
    """Save a new webhook, and give its secret: it is told once."""
    webhook.secret = signatures.new_secret()
    webhook.save(force_insert=True)
    clock.begin_to_look(webhook)
    return webhook.secret


@transaction.atomic
def change(webhook: Webhook) -> None:
    """Save what an editor may write of it; what else happened to it in the meantime stays."""
    webhook.save(update_fields=["name", "url", "poll", "events", "site"])
    clock.begin_to_look(Webhook.objects.get(pk=webhook.pk))


@transaction.atomic
def renew_secret(webhook: Webhook, *, at: datetime) -> str:
    """Another secret, which is told once. For a day the one before is good too, so that no message is lost."""
    webhook = Webhook.objects.select_for_update().get(pk=webhook.pk)
    secret = signatures.new_secret()
    Webhook.objects.filter(pk=webhook.pk).update(
        secret=secret, former_secret=webhook.secret, former_until=at + BOTH_GOOD
    )
    return secret


@transaction.atomic
def pause(webhook: Webhook) -> None:
    """Tell it nothing until it is resumed. What waits for it is given up: it will be old by then."""
    Webhook.objects.filter(pk=webhook.pk, state=WebhookState.ON).update(state=WebhookState.PAUSED)
    Delivery.objects.filter(webhook=webhook, state=DeliveryState.WAITING).update(
        state=DeliveryState.GIVEN_UP, due_at=None
    )


@transaction.atomic
def resume(webhook: Webhook) -> None:
    """Tell it what happens from now on, also when its receiver had wanted no more, or could not be told."""
    Webhook.objects.filter(pk=webhook.pk).update(state=WebhookState.ON)
    clock.begin_to_look(Webhook.objects.get(pk=webhook.pk))
    outbox.wake()
