from django.db import migrations

from polls import promises


def lock(_apps, editor):
    promises.lock(editor)


def unlock(_apps, editor):
    promises.unlock(editor)


class Migration(migrations.Migration):
    dependencies = [("polls", "0003_voting_done_right")]

    operations = [migrations.RunPython(lock, unlock)]
