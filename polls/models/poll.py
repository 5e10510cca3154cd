import re
import secrets
from datetime import datetime
from typing import Self

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from polls import clocks, rows
from polls.models.theme import Theme
from polls.terms import Phase, Policy, Reveal, Status

ORIGIN = re.compile(r"https?://(\*\.)?[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?", re.IGNORECASE | re.ASCII)


def new_key() -> str:
    return secrets.token_hex(32)


def check_sites(value: str) -> None:
    for site in value.split():
        if not ORIGIN.fullmatch(site):
            raise ValidationError(
                _("“%(site)s” is not a site. Write addresses like https://www.example.org, one in a line."),
                code="site",
                params={"site": site},
            )


def check_time_zone(value: str) -> None:
    if value not in clocks.known():
        raise ValidationError(
            _("“%(zone)s” is not a time zone. Write names like Europe/Berlin."), code="zone", params={"zone": value}
        )


class PollQuerySet(models.QuerySet["Poll"]):
    def listed(self) -> Self:
        """Polls that the public list shows."""
        return self.filter(listed=True, status__in=[Status.PUBLISHED, Status.CLOSED], published_at__isnull=False)

    def open(self, at: datetime) -> Self:
        begun = Q(opens_at=None) | Q(opens_at__lte=at)
        lasting = Q(closes_at=None) | Q(closes_at__gt=at)
        return self.filter(begun, lasting, status=Status.PUBLISHED)

    def in_phase(self, phase: Phase, at: datetime) -> Self:
        """Those that stand there at an instant: what `Poll.phase` says of each, asked of the database."""
        match phase:
            case Phase.SCHEDULED:
                return self.filter(status=Status.PUBLISHED, opens_at__gt=at)
            case Phase.OPEN:
                return self.open(at)
            case Phase.CLOSED:
                over = Q(status=Status.PUBLISHED, closes_at__lte=at) & ~Q(opens_at__gt=at)
                return self.filter(Q(status=Status.CLOSED) | over)
        return self.filter(status=phase.value)

    def visible_to(self, editor: AbstractUser) -> Self:
        """An editor sees the polls of their own; whoever may view all polls sees all."""
        if editor.is_superuser or editor.has_perm("polls.see_every_poll"):
            return self
        return self.filter(organiser=editor)


class Poll(models.Model):
    title = models.CharField(_("title"), max_length=200)
    slug = models.SlugField(
        _("address"),
        max_length=80,
        unique=True,
        validators=[RegexValidator(r"^[a-z0-9]+(-[a-z0-9]+)*$", _("Use small letters, digits and single hyphens."))],
        help_text=_("The last part of the poll’s address: /p/<b>address</b>/. It can’t be changed after publishing."),
    )
    intro = models.TextField(_("introduction"), blank=True, max_length=2000)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES, default="en")
    organiser = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="polls",
        verbose_name=_("organiser"),
    )
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.DRAFT, editable=False)
    listed = models.BooleanField(_("listed"), default=True, help_text=_("Shown in the public list of polls."))

    opens_at = models.DateTimeField(_("opens at"), null=True, blank=True, help_text=_("Empty: when it is published."))
    closes_at = models.DateTimeField(_("closes at"), null=True, blank=True, help_text=_("Empty: when you close it."))
    published_at = models.DateTimeField(null=True, editable=False)
    closed_at = models.DateTimeField(null=True, editable=False)

    policy = models.CharField(_("who may vote"), max_length=10, choices=Policy, default=Policy.BROWSER)
    network_allowance = models.PositiveIntegerField(
        _("votes per network"),
        null=True,
        blank=True,
        help_text=_("How many votes one network address may cast. Offices and schools share one address."),
    )
    reveal = models.CharField(_("who sees results"), max_length=12, choices=Reveal, default=Reveal.AFTER_VOTING)
    allowed_sites = models.TextField(
        _("allowed sites"),
        blank=True,
        max_length=4000,
        validators=[check_sites],
        help_text=_("Sites that may embed this poll, one in a line, like https://www.example.org. Empty: every site."),
    )

    theme = models.ForeignKey(
        Theme,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="polls",
        verbose_name=_("theme"),
        help_text=_("Empty: the theme of the site."),
    )

    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC", validators=[check_time_zone])

    changes_allowed = models.BooleanField(
        _("voters may change their vote"), default=False, help_text=_("Change or withdraw it, until the poll closes.")
    )
    anonymous = models.BooleanField(
        _("secret"), default=False, help_text=_("Nobody can tell who voted when: no exact times, results in batches.")
    )
    edits_forbidden = models.BooleanField(
        _("no edits"), default=False, help_text=_("Once somebody has voted, not even a typing mistake can be mended.")
    )
    earliest_close = models.DateTimeField(
        _("does not close before"), null=True, blank=True, help_text=_("A promise to the voters.")
    )
    ballots_published = models.BooleanField(
        _("publish the ballots"),
        default=False,
        help_text=_("After the close everyone can read the ballots without names, and find their own by its receipt."),
    )
    retention_days = models.PositiveSmallIntegerField(
        _("erase after days"),
        null=True,
        blank=True,
        help_text=_("So many days after the close, voter keys, network keys and texts are erased. The counts stay."),
    )
    erased_at = models.DateTimeField(_("erased"), null=True, editable=False)

    key = models.CharField(max_length=64, default=new_key, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    objects = PollQuerySet.as_manager()

    class Meta:
        verbose_name = _("poll")
        verbose_name_plural = _("polls")
        ordering = ["-created_at", "-id"]
        permissions = [("see_every_poll", "Can see and change the polls of every organiser")]
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="poll_newest"),
            # Told by conditions that each database finds in a query again: SQLite knows no value before it plans.
            # With all that `listed` asks for: how many there are is counted without a look at their rows.
            models.Index(
                fields=["-published_at", "-id", "listed", "status"],
                condition=Q(published_at__isnull=False),
                name="poll_published",
            ),
            models.Index(fields=["opens_at"], condition=Q(opens_at__isnull=False), name="poll_opening"),
            models.Index(fields=["closes_at"], condition=Q(closes_at__isnull=False), name="poll_closing"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(opens_at=None) | Q(closes_at=None) | Q(closes_at__gt=F("opens_at")),
                name="poll_closes_after_it_opens",
                violation_error_message=_("The poll must close after it opens."),
            ),
            models.CheckConstraint(condition=Q(status__in=Status.values), name="poll_status_known"),
            models.CheckConstraint(condition=Q(policy__in=Policy.values), name="poll_policy_known"),
            models.CheckConstraint(condition=Q(reveal__in=Reveal.values), name="poll_reveal_known"),
            models.CheckConstraint(
                condition=Q(closes_at=None) | Q(earliest_close=None) | Q(closes_at__gte=F("earliest_close")),
                name="poll_keeps_its_earliest_close",
                violation_error_message=_("The poll can’t close before the time it promises to stay open."),
            ),
            models.CheckConstraint(
                condition=Q(network_allowance=None) | Q(network_allowance__gt=0),
                name="poll_network_allowance_positive",
                violation_error_message=_("At least one vote per network, or nothing for no limit."),
            ),
            models.CheckConstraint(
                condition=~Q(policy=Policy.NETWORK) | Q(network_allowance__isnull=False),
                name="poll_network_policy_has_an_allowance",
                violation_error_message=_("Say how many votes one network address may cast."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("poll", args=[self.slug])

    def phase(self, at: datetime) -> Phase:
        return phase_of(self.status, self.opens_at, self.closes_at, at)

    def has_ballots(self) -> bool:
        return self.pk is not None and rows.some(self.ballots.model, "poll_id", self.pk)


def phase_of(status: str, opens_at: datetime | None, closes_at: datetime | None, at: datetime) -> Phase:
    """Where a poll stands at an instant. Open from `opens_at` (inclusive) to `closes_at` (exclusive)."""
    if status != Status.PUBLISHED:
        return Phase(status)
    if opens_at is not None and at < opens_at:
        return Phase.SCHEDULED
    if closes_at is not None and at >= closes_at:
        return Phase.CLOSED
    return Phase.OPEN
