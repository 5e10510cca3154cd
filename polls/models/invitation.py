from django.db import models
from django.utils.translation import gettext_lazy as _

from polls.models.poll import Poll
from polls.terms import MailFailure


class Invitation(models.Model):
    """The right to cast one ballot. The code itself is told once and not kept: only its hash is.

    `used_at` says that it was used, in the same transaction as the ballot; nothing says by which ballot. The voter key
    is made from the code, which we don't have.
    """

    poll = models.ForeignKey(Poll, models.CASCADE, related_name="invitations", db_index=False)
    code_hash = models.CharField(max_length=43)
    label = models.CharField(_("for"), max_length=200, blank=True, help_text=_("A name or an e-mail address."))
    created_at = models.DateTimeField(_("made"), auto_now_add=True)
    told_at = models.DateTimeField(_("handed out"), null=True, editable=False)
    """When its code was shown to an editor, on a page, a sheet or in a file."""
    mailed_at = models.DateTimeField(_("mailed"), null=True, editable=False)
    failure = models.CharField(max_length=12, choices=MailFailure, blank=True, db_default="", editable=False)
    """Why it could not be mailed."""
    used_at = models.DateTimeField(_("used"), null=True, editable=False)
    revoked_at = models.DateTimeField(_("revoked"), null=True, editable=False)

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["poll", "code_hash"], name="one_invitation_per_code"),
            models.CheckConstraint(
                condition=models.Q(failure__in=["", *MailFailure.values]), name="invitation_failure_known"
            ),
        ]

    def __str__(self) -> str:
        return self.label or f"#{self.pk}"
