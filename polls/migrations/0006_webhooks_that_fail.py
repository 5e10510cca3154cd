from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("polls", "0005_webhooks"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="delivery",
            name="delivery_failure_known",
        ),
        migrations.RemoveConstraint(
            model_name="webhook",
            name="webhook_state_known",
        ),
        migrations.AlterField(
            model_name="delivery",
            name="failure",
            field=models.CharField(
                blank=True,
                choices=[
                    ("unknown", "The host’s name is not known."),
                    ("private", "The host is inside a network that is not public: see WEBHOOK_PRIVATE_HOSTS."),
                    ("address", "The address can’t be used any more."),
                    ("away", "There is no connection to the host."),
                    ("certificate", "The host’s certificate can’t be trusted."),
                    ("self_signed", "The host’s certificate can’t be trusted: it is signed by itself alone."),
                    ("late", "There was no answer in time."),
                    ("unreadable", "The answer can’t be read."),
                    ("elsewhere", "The receiver names another address: redirects are not followed."),
                    ("refused", "The receiver did not take it."),
                    ("gone", "The receiver wants no more messages."),
                ],
                max_length=12,
            ),
        ),
        migrations.AlterField(
            model_name="webhook",
            name="state",
            field=models.CharField(
                choices=[
                    ("on", "Switched on"),
                    ("paused", "Paused"),
                    ("gone", "Switched off by its receiver"),
                    ("failed", "Paused: nothing arrived"),
                ],
                default="on",
                editable=False,
                max_length=10,
                verbose_name="status",
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
                            "self_signed",
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
        migrations.AddConstraint(
            model_name="webhook",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["on", "paused", "gone", "failed"])), name="webhook_state_known"
            ),
        ),
    ]
