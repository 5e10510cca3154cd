import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("polls", "0002_listed_polls_counted_in_their_index"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ApiToken",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "name",
                    models.CharField(
                        help_text="What uses it: a kiosk, a chat bot, a form.", max_length=80, verbose_name="name"
                    ),
                ),
                ("token_hash", models.CharField(editable=False, max_length=43)),
                ("made_at", models.DateTimeField(auto_now_add=True, verbose_name="made on")),
                ("last_used_on", models.DateField(editable=False, null=True, verbose_name="last used on")),
                ("revoked_at", models.DateTimeField(editable=False, null=True, verbose_name="revoked on")),
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
            ],
            options={
                "verbose_name": "API token",
                "verbose_name_plural": "API tokens",
                "ordering": ["-id"],
                "default_permissions": ("add", "change", "view"),
                "constraints": [models.UniqueConstraint(fields=("token_hash",), name="one_api_token_per_hash")],
            },
        ),
    ]
