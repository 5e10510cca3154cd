from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class ApiToken(models.Model):
    """Lets a server do what its maker may at the desk, as far as it was given the right: cast ballots for its visitors,
    write polls. The token itself is told once and not kept: only its hash is.
    """

    name = models.CharField(_("name"), max_length=80, help_text=_("What uses it: a kiosk, a chat bot, a form."))
    maker = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+", verbose_name=_("maker")
    )
    may_cast = models.BooleanField(
        _("may cast ballots"), default=True, db_default=True, help_text=_("In the polls that you may change.")
    )
    may_author = models.BooleanField(
        _("may write polls"),
        default=False,
        db_default=False,
        help_text=_("As you may at the desk: drafts, and to publish and close polls."),
    )
    token_hash = models.CharField(max_length=43, editable=False)
    made_at = models.DateTimeField(_("made on"), auto_now_add=True)
    last_used_on = models.DateField(_("last used on"), null=True, editable=False)
    revoked_at = models.DateTimeField(_("revoked on"), null=True, editable=False)

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        ordering = ["-id"]
        # Revoked ones stay, with the day of their last use.
        default_permissions = ("add", "change", "view")
        constraints = [
            models.UniqueConstraint(fields=["token_hash"], name="one_api_token_per_hash"),
            models.CheckConstraint(
                condition=Q(may_cast=True) | Q(may_author=True),
                name="api_token_may_something",
            ),
        ]

    def __str__(self) -> str:
        return self.name
