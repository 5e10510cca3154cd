from django.db import models
from django.db.models import Q

from polls.models.poll import Poll
from polls.terms import Phase


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
