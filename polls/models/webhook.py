import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from polls.models.poll import Poll
from polls.terms import DeliveryFailure, DeliveryState, Event, Phase, WebhookState


class Webhook(models.Model):
    """An address that is told when something happens to polls that its maker may see. See `polls.webhooks`."""

    name = models.CharField(_("name"), max_length=80, help_text=_("What listens there: a website, a cache, a chat."))
    url = models.CharField(
        _("address"), max_length=500, help_text=_("Where messages are sent, like https://www.example.org/hooks/polls.")
    )
    poll = models.ForeignKey(
        Poll,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="webhooks",
        verbose_name=_("poll"),
    )
    events = models.TextField(_("events"))
    """Names of `polls.terms.Event`, parted by spaces."""
    state = models.CharField(_("status"), max_length=10, choices=WebhookState, default=WebhookState.ON, editable=False)
    secret = models.CharField(max_length=80, editable=False)
    former_secret = models.CharField(max_length=80, blank=True, editable=False)
    former_until = models.DateTimeField(null=True, editable=False)
    """Until then messages are signed with the former secret too."""
    site = models.CharField(max_length=300, editable=False)
    """Where the public reaches us, for the addresses in messages; PUBLIC_URL goes before."""
    maker = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+", verbose_name=_("maker")
    )
    made_at = models.DateTimeField(_("made on"), auto_now_add=True)

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        ordering = ["-id"]
        constraints = [models.CheckConstraint(condition=Q(state__in=WebhookState.values), name="webhook_state_known")]

    def __str__(self) -> str:
        return self.name

    def wants(self, event: Event) -> bool:
        return event in self.events.split()


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


class Told(models.Model):
    """How a poll stands as far as webhooks have been told. Drafts have none."""

    poll = models.OneToOneField(Poll, models.CASCADE, primary_key=True, related_name="told")
    phase = models.CharField(max_length=10, choices=Phase)
    turns_at = models.DateTimeField(null=True)
    """When the clock takes it to the next phase."""
    results = models.PositiveBigIntegerField(null=True)
    """The version of the results that everyone could see; None when they could not, or nobody wants to know."""
    results_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["turns_at"], condition=Q(turns_at__isnull=False), name="told_turning")]

    def __str__(self) -> str:
        return self.phase
