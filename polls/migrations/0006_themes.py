import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.contrib.auth.management import create_permissions
from django.db import migrations, models

from polls import promises
from polls.shipped_themes import SHIPPED

DEEDS = ("add_theme", "change_theme", "delete_theme", "view_theme")


def load(apps, _editor):
    """The themes that every Pollstead has from the start."""
    themes = apps.get_model("polls", "Theme").objects
    for name, fields in SHIPPED.items():
        themes.get_or_create(name=name, defaults=dict(fields))


def allow(apps, editor):
    """Editors make themes of their own: see 0002_editors."""
    polls = apps.get_app_config("polls")
    polls.models_module = True
    create_permissions(polls, verbosity=0, apps=apps, using=editor.connection.alias)
    polls.models_module = None
    if group := apps.get_model("auth", "Group").objects.filter(name="Editors").first():
        permissions = apps.get_model("auth", "Permission").objects
        group.permissions.add(*permissions.filter(content_type__app_label="polls", codename__in=DEEDS))


def lock(_apps, editor):
    # SQLite may have made the table of polls anew.
    promises.lock(editor)


class Migration(migrations.Migration):
    dependencies = [
        ("polls", "0005_texts_and_invitations"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Theme",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80, unique=True, verbose_name="name")),
                ("is_default", models.BooleanField(default=False, editable=False, verbose_name="theme of the site")),
                (
                    "scheme",
                    models.CharField(
                        choices=[
                            ("auto", "As the reader’s device"),
                            ("light", "Always light"),
                            ("dark", "Always dark"),
                        ],
                        default="auto",
                        max_length=5,
                        verbose_name="light or dark",
                    ),
                ),
                (
                    "accent",
                    models.CharField(
                        default="#2c57cd",
                        max_length=7,
                        validators=[
                            django.core.validators.RegexValidator("^#[0-9a-f]{6}\\Z", "Write a colour like #2c57cd.")
                        ],
                        verbose_name="accent",
                    ),
                ),
                (
                    "background",
                    models.CharField(
                        default="#fafcff",
                        max_length=7,
                        validators=[
                            django.core.validators.RegexValidator("^#[0-9a-f]{6}\\Z", "Write a colour like #2c57cd.")
                        ],
                        verbose_name="background",
                    ),
                ),
                (
                    "dark_accent",
                    models.CharField(
                        blank=True,
                        help_text="Empty: made from the accent.",
                        max_length=7,
                        validators=[
                            django.core.validators.RegexValidator("^#[0-9a-f]{6}\\Z", "Write a colour like #2c57cd.")
                        ],
                        verbose_name="accent in the dark",
                    ),
                ),
                (
                    "dark_background",
                    models.CharField(
                        blank=True,
                        help_text="Empty: made from the background.",
                        max_length=7,
                        validators=[
                            django.core.validators.RegexValidator("^#[0-9a-f]{6}\\Z", "Write a colour like #2c57cd.")
                        ],
                        verbose_name="background in the dark",
                    ),
                ),
                (
                    "font",
                    models.CharField(
                        choices=[
                            ("system", "The device’s own"),
                            ("book", "Book serif"),
                            ("classic", "Classic serif"),
                            ("newspaper", "Newspaper serif"),
                            ("slab", "Slab serif"),
                            ("humanist", "Humanist sans serif"),
                            ("geometric", "Geometric sans serif"),
                            ("grotesque", "Grotesque sans serif"),
                            ("rounded", "Rounded"),
                            ("mono", "Typewriter"),
                        ],
                        default="system",
                        max_length=10,
                        verbose_name="typeface",
                    ),
                ),
                (
                    "question_font",
                    models.CharField(
                        choices=[
                            ("system", "The device’s own"),
                            ("book", "Book serif"),
                            ("classic", "Classic serif"),
                            ("newspaper", "Newspaper serif"),
                            ("slab", "Slab serif"),
                            ("humanist", "Humanist sans serif"),
                            ("geometric", "Geometric sans serif"),
                            ("grotesque", "Grotesque sans serif"),
                            ("rounded", "Rounded"),
                            ("mono", "Typewriter"),
                        ],
                        default="book",
                        max_length=10,
                        verbose_name="typeface of questions",
                    ),
                ),
                (
                    "radius",
                    models.PositiveSmallIntegerField(
                        default=12,
                        help_text="Of corners, in pixels: 0 to 28.",
                        validators=[django.core.validators.MaxValueValidator(28)],
                        verbose_name="roundness",
                    ),
                ),
                (
                    "density",
                    models.CharField(
                        choices=[("compact", "Compact"), ("normal", "Normal"), ("roomy", "Roomy")],
                        default="normal",
                        max_length=7,
                        verbose_name="density",
                    ),
                ),
                ("css", models.TextField(blank=True, verbose_name="CSS of your own")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="changed")),
                (
                    "maker",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "theme",
                "verbose_name_plural": "themes",
                "ordering": ["name"],
            },
        ),
        migrations.AddField(
            model_name="poll",
            name="theme",
            field=models.ForeignKey(
                blank=True,
                help_text="Empty: the theme of the site.",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="polls",
                to="polls.theme",
                verbose_name="theme",
            ),
        ),
        migrations.AddConstraint(
            model_name="theme",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_default", True)), fields=("is_default",), name="one_theme_of_the_site"
            ),
        ),
        migrations.AddConstraint(
            model_name="theme",
            constraint=models.CheckConstraint(
                condition=models.Q(("scheme__in", ["auto", "light", "dark"])), name="theme_scheme_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="theme",
            constraint=models.CheckConstraint(
                condition=models.Q(("density__in", ["compact", "normal", "roomy"])), name="theme_density_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="theme",
            constraint=models.CheckConstraint(
                condition=models.Q(("radius__lte", 28)), name="theme_radius_within_bounds"
            ),
        ),
        migrations.RunPython(load, migrations.RunPython.noop),
        migrations.RunPython(allow, migrations.RunPython.noop),
        migrations.RunPython(lock, migrations.RunPython.noop),
    ]
