import uuid

from django.db import models
from django.db.models import Q

from polls.models.webhook import Webhook
from polls.terms import DeliveryFailure, DeliveryState, Event


class Delivery(models.Model):
    """An event that a webhook is to be told of: a line of the outbox, and what became of it.

    It names its poll by the address alone, and so outlives it.
    """

    webhook = models.ForeignKey(Webhook, models.CASCADE, related_name="deliveries")
    message = models.UUIDField(default=uuid.uuid4, editable=False)
    """The same at each try, so that a receiver knows one again."""
    event = models.CharField(max_length=20, choices=Event)
    slug = models.CharField(max_length=80, blank=True)
    happened_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=DeliveryState, default=DeliveryState.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(null=True)
    """Of one that waits, and of no other. While it is under way: when it is taken to be lost."""
    under_way = models.BooleanField(default=False)
    tried_at = models.DateTimeField(null=True)
    status = models.PositiveSmallIntegerField(null=True)
    failure = models.CharField(max_length=12, choices=DeliveryFailure, blank=True)
    said = models.CharField(max_length=300, blank=True)
    """How the receiver's answer begins."""

    class Meta:
        ordering = ["-id"]
        default_permissions = ()
        indexes = [
            # Told by a condition that each database finds in a query again: SQLite knows no value before it plans.
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="delivery_due"),
            models.Index(
                fields=["webhook", "event", "slug"], condition=Q(due_at__isnull=False), name="delivery_waiting"
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=DeliveryState.values), name="delivery_state_known"),
            models.CheckConstraint(
                condition=Q(state="waiting", due_at__isnull=False) | ~Q(state="waiting") & Q(due_at=None),
                name="delivery_is_due_while_it_waits",
            ),
            models.CheckConstraint(
                condition=Q(failure__in=["", *DeliveryFailure.values]), name="delivery_failure_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.slug}".strip()
