"""The group "Editors": who writes polls, each their own."""

from django.apps.registry import Apps
from django.contrib.auth.management import create_permissions
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

DEEDS = ("add_poll", "change_poll", "delete_poll", "view_poll")


def make_group(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    # Permissions are made after the last migration of a run, and a fresh database has only one run: make ours now.
    polls = apps.get_app_config("polls")
    polls.models_module = True  # the historical app has none, and none would mean: no permissions
    create_permissions(polls, verbosity=0, apps=apps, using=schema_editor.connection.alias)
    polls.models_module = None
    group, is_new = apps.get_model("auth", "Group").objects.get_or_create(name="Editors")
    if is_new:
        permissions = apps.get_model("auth", "Permission").objects
        group.permissions.set(permissions.filter(content_type__app_label="polls", codename__in=DEEDS))


class Migration(migrations.Migration):
    dependencies = [
        ("polls", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [migrations.RunPython(make_group, migrations.RunPython.noop)]
