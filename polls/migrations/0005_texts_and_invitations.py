from django.db import migrations, models
from django.db.models import F


def told(apps, _editor):
    # Who made invitations before this was noted has the codes, as far as anybody knows.
    invitations = apps.get_model("polls", "Invitation").objects
    invitations.filter(told_at=None, mailed_at=None).update(told_at=F("created_at"))


class Migration(migrations.Migration):
    dependencies = [("polls", "0004_promises")]

    operations = [
        migrations.AddField(
            model_name="invitation",
            name="told_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="handed out"),
        ),
        migrations.AddField(model_name="mark", name="doubled", field=models.BooleanField(db_default=False)),
        migrations.AddField(model_name="mark", name="hidden_at", field=models.DateTimeField(null=True)),
        migrations.AddField(model_name="mark", name="read_as", field=models.TextField(null=True)),
        migrations.RunPython(told, migrations.RunPython.noop),
    ]
