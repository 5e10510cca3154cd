from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("polls", "0001_polls")]

    operations = [
        migrations.RemoveIndex(model_name="poll", name="poll_published"),
        migrations.AddIndex(
            model_name="poll",
            index=models.Index(
                fields=["-published_at", "-id", "listed", "status"],
                condition=models.Q(published_at__isnull=False),
                name="poll_published",
            ),
        ),
    ]
