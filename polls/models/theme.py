from django.conf import settings
from django.core.validators import MaxValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from polls.terms import Density, Font, Scheme

ROUNDEST = 28

is_colour = RegexValidator(r"^#[0-9a-f]{6}\Z", _("Write a colour like #2c57cd."))


class Theme(models.Model):
    """How cards look. Written by `polls.themes` alone: what can't be read is not stored."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    maker = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )
    is_default = models.BooleanField(_("theme of the site"), default=False, editable=False)
    scheme = models.CharField(_("light or dark"), max_length=5, choices=Scheme, default=Scheme.AUTO)
    accent = models.CharField(_("accent"), max_length=7, default="#2c57cd", validators=[is_colour])
    background = models.CharField(_("background"), max_length=7, default="#fafcff", validators=[is_colour])
    dark_accent = models.CharField(
        _("accent in the dark"),
        max_length=7,
        blank=True,
        validators=[is_colour],
        help_text=_("Empty: made from the accent."),
    )
    dark_background = models.CharField(
        _("background in the dark"),
        max_length=7,
        blank=True,
        validators=[is_colour],
        help_text=_("Empty: made from the background."),
    )
    font = models.CharField(_("typeface"), max_length=10, choices=Font, default=Font.SYSTEM)
    question_font = models.CharField(_("typeface of questions"), max_length=10, choices=Font, default=Font.BOOK)
    radius = models.PositiveSmallIntegerField(
        _("roundness"),
        default=12,
        validators=[MaxValueValidator(ROUNDEST)],
        help_text=_("Of corners, in pixels: 0 to 28."),
    )
    density = models.CharField(_("density"), max_length=7, choices=Density, default=Density.NORMAL)
    css = models.TextField(_("CSS of your own"), blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("theme")
        verbose_name_plural = _("themes")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["is_default"], condition=Q(is_default=True), name="one_theme_of_the_site"),
            models.CheckConstraint(condition=Q(scheme__in=Scheme.values), name="theme_scheme_known"),
            models.CheckConstraint(condition=Q(density__in=Density.values), name="theme_density_known"),
            models.CheckConstraint(condition=Q(radius__lte=ROUNDEST), name="theme_radius_within_bounds"),
        ]

    def __str__(self) -> str:
        return self.name
