from django.db import migrations, models
from django.db.models import Q

from polls import promises


def lock(_apps, editor):
    promises.lock(editor)


def unlock(_apps, editor):
    promises.unlock(editor)


class Migration(migrations.Migration):
    dependencies = [("polls", "0006_themes")]

    operations = [
        migrations.RunPython(unlock, lock),
        migrations.RemoveConstraint(model_name="ballot", name="one_ballot_per_network_slot"),
        migrations.RemoveConstraint(model_name="ballot", name="one_ballot_per_receipt"),
        migrations.AddConstraint(
            model_name="ballot",
            constraint=models.UniqueConstraint(
                fields=["poll", "network_key", "network_slot"],
                condition=Q(network_key__isnull=False),
                name="one_ballot_per_network_slot",
            ),
        ),
        migrations.AddConstraint(
            model_name="ballot",
            constraint=models.UniqueConstraint(
                fields=["poll", "receipt"], condition=Q(receipt__isnull=False), name="one_ballot_per_receipt"
            ),
        ),
        migrations.AddIndex(
            model_name="ballot",
            index=models.Index(fields=["poll"], condition=Q(set_aside_at__isnull=False), name="ballot_set_aside"),
        ),
        migrations.AddIndex(
            model_name="mark",
            index=models.Index(
                fields=["question", "-shown_at", "-id"], condition=Q(shown_at__isnull=False), name="mark_text_shown"
            ),
        ),
        migrations.RemoveIndex(model_name="poll", name="poll_list"),
        migrations.AddIndex(model_name="poll", index=models.Index(fields=["-created_at", "-id"], name="poll_newest")),
        migrations.AddIndex(
            model_name="poll",
            index=models.Index(
                fields=["-published_at", "-id"],
                condition=Q(listed=True, status__in=["published", "closed"]),
                name="poll_listed",
            ),
        ),
        migrations.RunPython(lock, unlock),
    ]
