from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("polls", "0006_webhooks_that_fail"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="apitoken",
            name="may_author",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="As you may at the desk: drafts, and to publish and close polls.",
                verbose_name="may write polls",
            ),
        ),
        migrations.AddField(
            model_name="apitoken",
            name="may_cast",
            field=models.BooleanField(
                db_default=True,
                default=True,
                help_text="In the polls that you may change.",
                verbose_name="may cast ballots",
            ),
        ),
        migrations.AddConstraint(
            model_name="apitoken",
            constraint=models.CheckConstraint(
                condition=models.Q(("may_cast", True), ("may_author", True), _connector="OR"),
                name="api_token_may_something",
            ),
        ),
    ]
