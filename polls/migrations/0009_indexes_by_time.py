from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("polls", "0008_languages")]

    operations = [
        migrations.RemoveIndex(model_name="poll", name="poll_listed"),
        migrations.AddIndex(
            model_name="poll",
            index=models.Index(
                fields=["-published_at", "-id"],
                condition=models.Q(published_at__isnull=False),
                name="poll_published",
            ),
        ),
        migrations.AddIndex(
            model_name="poll",
            index=models.Index(fields=["opens_at"], condition=models.Q(opens_at__isnull=False), name="poll_opening"),
        ),
        migrations.AddIndex(
            model_name="poll",
            index=models.Index(fields=["closes_at"], condition=models.Q(closes_at__isnull=False), name="poll_closing"),
        ),
    ]
