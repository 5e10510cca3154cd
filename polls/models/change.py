from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from polls.models.poll import Poll


class Change(models.Model):
    """A change of a poll that people had voted in already. Everyone can read it; nobody can take it back."""

    poll = models.ForeignKey(Poll, models.CASCADE, related_name="changes")
    what = models.CharField(_("what"), max_length=200)
    before = models.TextField(_("before"), blank=True)
    after = models.TextField(_("after"), blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    editor = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField(_("made"), auto_now_add=True)

    class Meta:
        verbose_name = _("change")
        verbose_name_plural = _("changes")
        ordering = ["id"]
        default_permissions = ("view",)

    def __str__(self) -> str:
        return self.what
