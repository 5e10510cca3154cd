import uuid
from datetime import datetime
from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.utils import timezone

from polls.models.poll import phase_of


def note_how_polls_stand(apps: Any, _editor: Any) -> None:
    """What opened and closed before is no news."""
    told, at = apps.get_model("polls", "Told"), timezone.now()
    polls = apps.get_model("polls", "Poll").objects.exclude(status="draft").only("status", "opens_at", "closes_at")
    told.objects.bulk_create((told(poll_id=poll.pk, **_standing(poll, at)) for poll in polls.iterator()), 1000)


def _standing(poll: Any, at: datetime) -> dict[str, Any]:
    phase = str(phase_of(poll.status, poll.opens_at, poll.closes_at, at))
    return {"phase": phase, "turns_at": {"scheduled": poll.opens_at, "open": poll.closes_at}.get(phase)}


class Migration(migrations.Migration):
    dependencies = [
        ("polls", "0004_why_a_mail_failed"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Told",
            fields=[
                (
                    "poll",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="told",
                        serialize=False,
                        to="polls.poll",
                    ),
                ),
                (
                    "phase",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("scheduled", "Scheduled"),
                            ("open", "Open"),
                            ("closed", "Closed"),
                            ("archived", "Archived"),
                        ],
                        max_length=10,
                    ),
                ),
                ("turns_at", models.DateTimeField(null=True)),
                ("results", models.PositiveBigIntegerField(null=True)),
                ("results_at", models.DateTimeField(null=True)),
            ],
            options={
                "default_permissions": (),
                "indexes": [
                    models.Index(
                        condition=models.Q(("turns_at__isnull", False)), fields=["turns_at"], name="told_turning"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Webhook",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "name",
                    models.CharField(
                        help_text="What listens there: a website, a cache, a chat.", max_length=80, verbose_name="name"
                    ),
                ),
                (
                    "url",
                    models.CharField(
                        help_text="Where messages are sent, like https://www.example.org/hooks/polls.",
                        max_length=500,
                        verbose_name="address",
                    ),
                ),
                ("events", models.TextField(verbose_name="events")),
                (
                    "state",
                    models.CharField(
                        choices=[("on", "Switched on"), ("paused", "Paused"), ("gone", "Switched off by its receiver")],
                        default="on",
                        editable=False,
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                ("secret", models.CharField(editable=False, max_length=80)),
                ("former_secret", models.CharField(blank=True, editable=False, max_length=80)),
                ("former_until", models.DateTimeField(editable=False, null=True)),
                ("site", models.CharField(editable=False, max_length=300)),
                ("made_at", models.DateTimeField(auto_now_add=True, verbose_name="made on")),
                (
                    "maker",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="maker",
                    ),
                ),
                (
                    "poll",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="webhooks",
                        to="polls.poll",
                        verbose_name="poll",
                    ),
                ),
            ],
            options={
                "verbose_name": "webhook",
                "verbose_name_plural": "webhooks",
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("message", models.UUIDField(default=uuid.uuid4, editable=False)),
                (
                    "event",
                    models.CharField(
                        choices=[
                            ("poll.published", "A poll is published"),
                            ("poll.opened", "A poll opens"),
                            ("poll.changed", "A poll is edited"),
                            ("poll.closed", "A poll closes"),
                            ("poll.reopened", "A poll is reopened"),
                            ("poll.archived", "A poll is archived"),
                            ("poll.restored", "A poll is brought back from the archive"),
                            ("poll.deleted", "A poll is deleted"),
                            ("results.changed", "Results change, while everyone may see them"),
                            ("results.revealed", "Results can be seen now, after the close"),
                            ("webhook.test", "A test"),
                        ],
                        max_length=20,
                    ),
                ),
                ("slug", models.CharField(blank=True, max_length=80)),
                ("happened_at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "Waiting"), ("delivered", "Delivered"), ("given_up", "Given up")],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("due_at", models.DateTimeField(null=True)),
                ("under_way", models.BooleanField(default=False)),
                ("tried_at", models.DateTimeField(null=True)),
                ("status", models.PositiveSmallIntegerField(null=True)),
                (
                    "failure",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("unknown", "The host’s name is not known."),
                            ("private", "The host is inside a network that is not public: see WEBHOOK_PRIVATE_HOSTS."),
                            ("address", "The address can’t be used any more."),
                            ("away", "There is no connection to the host."),
                            ("certificate", "The host’s certificate can’t be trusted."),
                            ("late", "There was no answer in time."),
                            ("unreadable", "The answer can’t be read."),
                            ("elsewhere", "The receiver names another address: redirects are not followed."),
                            ("refused", "The receiver did not take it."),
                            ("gone", "The receiver wants no more messages."),
                        ],
                        max_length=12,
                    ),
                ),
                ("said", models.CharField(blank=True, max_length=300)),
                (
                    "webhook",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="deliveries", to="polls.webhook"
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
                "default_permissions": (),
            },
        ),
        migrations.AddConstraint(
            model_name="webhook",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["on", "paused", "gone"])), name="webhook_state_known"
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(condition=models.Q(("due_at__isnull", False)), fields=["due_at"], name="delivery_due"),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("due_at__isnull", False)),
                fields=["webhook", "event", "slug"],
                name="delivery_waiting",
            ),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("due_at__isnull", False), ("state", "waiting")),
                    models.Q(models.Q(("state", "waiting"), _negated=True), ("due_at", None)),
                    _connector="OR",
                ),
                name="delivery_is_due_while_it_waits",
            ),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["waiting", "delivered", "given_up"])), name="delivery_state_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "failure__in",
                        [
                            "",
                            "unknown",
                            "private",
                            "address",
                            "away",
                            "certificate",
                            "late",
                            "unreadable",
                            "elsewhere",
                            "refused",
                            "gone",
                        ],
                    )
                ),
                name="delivery_failure_known",
            ),
        ),
        migrations.RunPython(note_how_polls_stand, migrations.RunPython.noop),
    ]
