from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from polls.models.poll import Poll
from polls.terms import Event, WebhookState


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
