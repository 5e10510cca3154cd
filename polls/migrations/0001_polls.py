import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
import polls.models.constraints
import polls.models.poll
import polls.models.question
from django.conf import settings
from django.contrib.auth.management import create_permissions
from django.db import migrations, models

from polls import promises
from polls.shipped_themes import SHIPPED

DEEDS = [f"{deed}_{noun}" for noun in ("poll", "theme") for deed in ("add", "change", "delete", "view")]


def lock(_apps, editor):
    promises.lock(editor)


def unlock(_apps, editor):
    promises.unlock(editor)


def make_group(apps, editor):
    """The group "Editors": who writes polls and makes themes, each their own."""
    # Permissions are made after the last migration of a run, and a fresh database has only one run: make ours now.
    polls = apps.get_app_config("polls")
    polls.models_module = True  # the historical app has none, and none would mean: no permissions
    create_permissions(polls, verbosity=0, apps=apps, using=editor.connection.alias)
    polls.models_module = None
    group, _ = apps.get_model("auth", "Group").objects.get_or_create(name="Editors")
    permissions = apps.get_model("auth", "Permission").objects
    group.permissions.set(permissions.filter(content_type__app_label="polls", codename__in=DEEDS))


def load_themes(apps, _editor):
    """Those that every Pollstead has from the start."""
    themes = apps.get_model("polls", "Theme").objects
    themes.bulk_create(themes.model(name=name, **fields) for name, fields in SHIPPED.items())


class Migration(migrations.Migration):
    initial = True

    # A database from before the first release that went through all of these has the same tables.
    replaces = [
        ("polls", "0001_initial"),
        ("polls", "0002_editors"),
        ("polls", "0003_voting_done_right"),
        ("polls", "0004_promises"),
        ("polls", "0005_texts_and_invitations"),
        ("polls", "0006_themes"),
        ("polls", "0007_indexes"),
        ("polls", "0008_languages"),
        ("polls", "0009_indexes_by_time"),
    ]
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Theme",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80, unique=True, verbose_name="name")),
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
            ],
            options={
                "verbose_name": "theme",
                "verbose_name_plural": "themes",
                "ordering": ["name"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("is_default", True)), fields=("is_default",), name="one_theme_of_the_site"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("scheme__in", ["auto", "light", "dark"])), name="theme_scheme_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("density__in", ["compact", "normal", "roomy"])), name="theme_density_known"
                    ),
                    models.CheckConstraint(condition=models.Q(("radius__lte", 28)), name="theme_radius_within_bounds"),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Poll",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                (
                    "slug",
                    models.SlugField(
                        help_text="The last part of the poll’s address: /p/<b>address</b>/. It can’t be changed after publishing.",
                        max_length=80,
                        unique=True,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[a-z0-9]+(-[a-z0-9]+)*$", "Use small letters, digits and single hyphens."
                            )
                        ],
                        verbose_name="address",
                    ),
                ),
                ("intro", models.TextField(blank=True, max_length=2000, verbose_name="introduction")),
                (
                    "language",
                    models.CharField(
                        choices=[
                            ("en", "English"),
                            ("de", "Deutsch"),
                            ("fr", "Français"),
                            ("es", "Español"),
                            ("zh-hans", "简体中文"),
                            ("ar", "العربية"),
                        ],
                        default="en",
                        max_length=10,
                        verbose_name="language",
                    ),
                ),
                (
                    "organiser",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="polls",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="organiser",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("published", "Published"),
                            ("closed", "Closed"),
                            ("archived", "Archived"),
                        ],
                        default="draft",
                        editable=False,
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                (
                    "listed",
                    models.BooleanField(
                        default=True, help_text="Shown in the public list of polls.", verbose_name="listed"
                    ),
                ),
                (
                    "opens_at",
                    models.DateTimeField(
                        blank=True, help_text="Empty: when it is published.", null=True, verbose_name="opens at"
                    ),
                ),
                (
                    "closes_at",
                    models.DateTimeField(
                        blank=True, help_text="Empty: when you close it.", null=True, verbose_name="closes at"
                    ),
                ),
                ("published_at", models.DateTimeField(editable=False, null=True)),
                ("closed_at", models.DateTimeField(editable=False, null=True)),
                (
                    "policy",
                    models.CharField(
                        choices=[
                            ("invitation", "Invitation: one vote per code or link"),
                            ("account", "Account: one vote per signed-in person"),
                            ("browser", "Browser: one vote per browser"),
                            ("network", "Network: a number of votes per network address"),
                            ("open", "Open: anyone, any number of times"),
                        ],
                        default="browser",
                        max_length=10,
                        verbose_name="who may vote",
                    ),
                ),
                (
                    "network_allowance",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="How many votes one network address may cast. Offices and schools share one address.",
                        null=True,
                        verbose_name="votes per network",
                    ),
                ),
                (
                    "reveal",
                    models.CharField(
                        choices=[
                            ("always", "Always"),
                            ("after_voting", "After voting"),
                            ("after_close", "After the close"),
                            ("never", "Never"),
                        ],
                        default="after_voting",
                        max_length=12,
                        verbose_name="who sees results",
                    ),
                ),
                (
                    "allowed_sites",
                    models.TextField(
                        blank=True,
                        help_text="Sites that may embed this poll, one in a line, like https://www.example.org. Empty: every site.",
                        max_length=4000,
                        validators=[polls.models.poll.check_sites],
                        verbose_name="allowed sites",
                    ),
                ),
                (
                    "theme",
                    models.ForeignKey(
                        blank=True,
                        help_text="Empty: the theme of the site.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="polls",
                        to="polls.theme",
                        verbose_name="theme",
                    ),
                ),
                (
                    "time_zone",
                    models.CharField(
                        default="UTC",
                        max_length=64,
                        validators=[polls.models.poll.check_time_zone],
                        verbose_name="time zone",
                    ),
                ),
                (
                    "changes_allowed",
                    models.BooleanField(
                        default=False,
                        help_text="Change or withdraw it, until the poll closes.",
                        verbose_name="voters may change their vote",
                    ),
                ),
                (
                    "anonymous",
                    models.BooleanField(
                        default=False,
                        help_text="Nobody can tell who voted when: no exact times, results in batches.",
                        verbose_name="secret",
                    ),
                ),
                (
                    "edits_forbidden",
                    models.BooleanField(
                        default=False,
                        help_text="Once somebody has voted, not even a typing mistake can be mended.",
                        verbose_name="no edits",
                    ),
                ),
                (
                    "earliest_close",
                    models.DateTimeField(
                        blank=True,
                        help_text="A promise to the voters.",
                        null=True,
                        verbose_name="does not close before",
                    ),
                ),
                (
                    "ballots_published",
                    models.BooleanField(
                        default=False,
                        help_text="After the close everyone can read the ballots without names, and find their own by its receipt.",
                        verbose_name="publish the ballots",
                    ),
                ),
                (
                    "retention_days",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="So many days after the close, voter keys, network keys and texts are erased. The counts stay.",
                        null=True,
                        verbose_name="erase after days",
                    ),
                ),
                ("erased_at", models.DateTimeField(editable=False, null=True, verbose_name="erased")),
                ("key", models.CharField(default=polls.models.poll.new_key, editable=False, max_length=64)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="changed")),
            ],
            options={
                "verbose_name": "poll",
                "verbose_name_plural": "polls",
                "ordering": ["-created_at", "-id"],
                "permissions": [("see_every_poll", "Can see and change the polls of every organiser")],
                "indexes": [
                    models.Index(fields=["-created_at", "-id"], name="poll_newest"),
                    models.Index(
                        condition=models.Q(("published_at__isnull", False)),
                        fields=["-published_at", "-id"],
                        name="poll_published",
                    ),
                    models.Index(
                        condition=models.Q(("opens_at__isnull", False)), fields=["opens_at"], name="poll_opening"
                    ),
                    models.Index(
                        condition=models.Q(("closes_at__isnull", False)), fields=["closes_at"], name="poll_closing"
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("opens_at", None),
                            ("closes_at", None),
                            ("closes_at__gt", models.F("opens_at")),
                            _connector="OR",
                        ),
                        name="poll_closes_after_it_opens",
                        violation_error_message="The poll must close after it opens.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["draft", "published", "closed", "archived"])),
                        name="poll_status_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("policy__in", ["invitation", "account", "browser", "network", "open"])),
                        name="poll_policy_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reveal__in", ["always", "after_voting", "after_close", "never"])),
                        name="poll_reveal_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("closes_at", None),
                            ("earliest_close", None),
                            ("closes_at__gte", models.F("earliest_close")),
                            _connector="OR",
                        ),
                        name="poll_keeps_its_earliest_close",
                        violation_error_message="The poll can’t close before the time it promises to stay open.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("network_allowance", None), ("network_allowance__gt", 0), _connector="OR"),
                        name="poll_network_allowance_positive",
                        violation_error_message="At least one vote per network, or nothing for no limit.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("policy", "network"), _negated=True),
                            ("network_allowance__isnull", False),
                            _connector="OR",
                        ),
                        name="poll_network_policy_has_an_allowance",
                        violation_error_message="Say how many votes one network address may cast.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Question",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "poll",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="questions", to="polls.poll"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("single", "Single choice"),
                            ("multiple", "Multiple choice"),
                            ("approval", "Approval"),
                            ("rating", "Rating"),
                            ("ranked", "Ranking"),
                            ("score", "Score"),
                            ("text", "Text"),
                        ],
                        default="single",
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                ("text", models.CharField(max_length=300, verbose_name="question")),
                ("hint", models.CharField(blank=True, max_length=300, verbose_name="hint")),
                ("required", models.BooleanField(default=True, verbose_name="must be answered")),
                ("minimum", models.PositiveSmallIntegerField(default=1, verbose_name="at least")),
                (
                    "maximum",
                    models.PositiveSmallIntegerField(
                        blank=True, help_text="Empty: no limit.", null=True, verbose_name="at most"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(db_index=True, default=0, verbose_name="position")),
                (
                    "scale",
                    models.CharField(
                        choices=[
                            ("stars", "Stars"),
                            ("numbers", "Numbers"),
                            ("likert", "Numbers with labelled ends"),
                            ("nps", "Net promoter score, 0 to 10"),
                        ],
                        default="stars",
                        max_length=10,
                        verbose_name="look of the scale",
                    ),
                ),
                ("lowest", models.PositiveSmallIntegerField(default=1, verbose_name="lowest")),
                ("highest", models.PositiveSmallIntegerField(default=5, verbose_name="highest")),
                ("low_label", models.CharField(blank=True, max_length=80, verbose_name="label of the low end")),
                ("high_label", models.CharField(blank=True, max_length=80, verbose_name="label of the high end")),
                (
                    "equal_ranks",
                    models.BooleanField(
                        default=False, help_text="Two choices may share a rank.", verbose_name="equal ranks"
                    ),
                ),
                (
                    "longest",
                    models.PositiveSmallIntegerField(
                        default=500, help_text="In characters.", verbose_name="longest text"
                    ),
                ),
                (
                    "write_in",
                    models.BooleanField(
                        default=False,
                        help_text="Voters may write a choice of their own. You decide what is shown.",
                        verbose_name="write-in",
                    ),
                ),
                (
                    "shuffled",
                    models.BooleanField(
                        default=False,
                        help_text="Each voter sees the choices in an order of their own.",
                        verbose_name="shuffled",
                    ),
                ),
                (
                    "rule",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("plurality", "Most votes (plurality)"),
                            ("approval", "Approval"),
                            ("score", "Highest score"),
                            ("star", "STAR: score, then automatic runoff"),
                            ("borda", "Borda count"),
                            ("irv", "Instant runoff"),
                            ("stv", "Single transferable vote"),
                            ("condorcet", "Condorcet winner"),
                            ("ranked-pairs", "Ranked pairs"),
                            ("schulze", "Schulze"),
                            ("minimax", "Minimax"),
                        ],
                        max_length=12,
                        verbose_name="counted by",
                    ),
                ),
                (
                    "unranked",
                    models.CharField(
                        choices=[
                            ("last", "Last: every ranked choice is preferred to it"),
                            ("no-opinion", "No opinion: it is not compared"),
                        ],
                        default="last",
                        max_length=10,
                        verbose_name="left out means",
                    ),
                ),
                ("seats", models.PositiveSmallIntegerField(default=1, verbose_name="seats")),
                (
                    "quorum",
                    models.PositiveIntegerField(
                        default=0, help_text="Fewer answers than this decide nothing.", verbose_name="quorum"
                    ),
                ),
                ("seed", models.CharField(default=polls.models.question.new_seed, editable=False, max_length=32)),
                (
                    "explanation",
                    models.TextField(
                        blank=True,
                        help_text="Shown after voting, beside the right answers.",
                        max_length=2000,
                        verbose_name="explanation",
                    ),
                ),
            ],
            options={
                "verbose_name": "question",
                "verbose_name_plural": "questions",
                "ordering": ["position", "id"],
                "constraints": [
                    models.UniqueConstraint(fields=("poll", "id"), name="question_of_poll"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ["single", "multiple", "approval", "rating", "ranked", "score", "text"])
                        ),
                        name="question_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("highest__gt", models.F("lowest"))),
                        name="question_scale_goes_up",
                        violation_error_message="The highest grade must be above the lowest.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("seats__gte", 1)),
                        name="question_fills_a_seat",
                        violation_error_message="At least one seat is to be filled.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("minimum__gte", 1)),
                        name="question_minimum_positive",
                        violation_error_message="At least one choice; a question that may be left out is not required.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("maximum", None), ("maximum__gte", models.F("minimum")), _connector="OR"),
                        name="question_maximum_not_below_minimum",
                        violation_error_message="“At most” can’t be smaller than “at least”.",
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Choice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "question",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="choices", to="polls.question"
                    ),
                ),
                ("text", models.CharField(max_length=200, verbose_name="choice")),
                ("position", models.PositiveSmallIntegerField(db_index=True, default=0, verbose_name="position")),
                ("picture", models.ImageField(blank=True, upload_to="choices/%Y/", verbose_name="picture")),
                (
                    "picture_alt",
                    models.CharField(
                        blank=True,
                        help_text="What is to be seen, for those who can’t see it.",
                        max_length=200,
                        verbose_name="picture in words",
                    ),
                ),
                ("right", models.BooleanField(default=False, verbose_name="right answer")),
                ("none_of_the_above", models.BooleanField(default=False, verbose_name="none of the above")),
                ("withdrawn_at", models.DateTimeField(blank=True, editable=False, null=True, verbose_name="withdrawn")),
            ],
            options={
                "verbose_name": "choice",
                "verbose_name_plural": "choices",
                "ordering": ["position", "id"],
                "constraints": [
                    models.UniqueConstraint(fields=("question", "id"), name="choice_of_question"),
                    models.UniqueConstraint(
                        fields=("question", "text"),
                        name="choice_text_once_in_a_question",
                        violation_error_message="This question already has a choice with this text.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("picture", ""), models.Q(("picture_alt", ""), _negated=True), _connector="OR"
                        ),
                        name="choice_picture_is_told_in_words",
                        violation_error_message="Say in words what the picture shows.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("text", ""), _negated=True),
                        name="choice_has_a_text",
                        violation_error_message="A choice needs a text.",
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Ballot",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "poll",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ballots",
                        to="polls.poll",
                    ),
                ),
                ("voter_key", models.CharField(max_length=43)),
                ("nonce", models.CharField(max_length=43)),
                ("answers", models.CharField(max_length=43)),
                ("network_key", models.CharField(max_length=43, null=True)),
                ("network_slot", models.PositiveIntegerField(null=True)),
                (
                    "door",
                    models.CharField(
                        choices=[("page", "Page"), ("fragment", "Fragment"), ("frame", "Frame"), ("api", "API")],
                        max_length=8,
                    ),
                ),
                ("receipt", models.CharField(max_length=16, null=True)),
                ("withdrawn_at", models.DateTimeField(null=True)),
                ("set_aside_at", models.DateTimeField(null=True)),
                ("set_aside_for", models.CharField(blank=True, db_default="", max_length=20)),
                (
                    "cast_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="cast"),
                ),
            ],
            options={
                "verbose_name": "ballot",
                "verbose_name_plural": "ballots",
                "ordering": ["id"],
                "default_permissions": ("view",),
                "indexes": [
                    models.Index(
                        condition=models.Q(("set_aside_at__isnull", False)), fields=["poll"], name="ballot_set_aside"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("poll", "voter_key"), name="one_ballot_per_voter"),
                    models.UniqueConstraint(fields=("poll", "nonce"), name="one_ballot_per_paper"),
                    models.UniqueConstraint(
                        condition=models.Q(("network_key__isnull", False)),
                        fields=("poll", "network_key", "network_slot"),
                        name="one_ballot_per_network_slot",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("receipt__isnull", False)),
                        fields=("poll", "receipt"),
                        name="one_ballot_per_receipt",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("voter_key", ""), _negated=True), name="ballot_has_a_voter_key"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("door__in", ["page", "fragment", "frame", "api"])), name="ballot_door_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("network_key", None), ("network_slot", None)),
                            models.Q(
                                ("network_key__isnull", False),
                                ("network_slot__gte", 1),
                                ("network_slot__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="ballot_network_slot_goes_with_its_key",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Mark",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "ballot",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="marks",
                        to="polls.ballot",
                    ),
                ),
                (
                    "question",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="marks",
                        to="polls.question",
                    ),
                ),
                (
                    "choice",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="marks",
                        to="polls.choice",
                    ),
                ),
                ("rank", models.PositiveSmallIntegerField(null=True)),
                ("tied", models.BooleanField(default=False)),
                ("score", models.SmallIntegerField(null=True)),
                ("text", models.TextField(null=True)),
                ("written", models.BooleanField(default=False)),
                ("doubled", models.BooleanField(db_default=False)),
                ("read_as", models.TextField(null=True)),
                ("shown_at", models.DateTimeField(null=True)),
                ("hidden_at", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name": "mark",
                "verbose_name_plural": "marks",
                "ordering": ["id"],
                "default_permissions": (),
                "indexes": [
                    models.Index(fields=["question", "choice"], name="mark_choice"),
                    models.Index(
                        condition=models.Q(("shown_at__isnull", False)),
                        fields=["question", "-shown_at", "-id"],
                        name="mark_text_shown",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("ballot", "question", "choice"), name="choice_once_on_a_ballot"),
                    models.UniqueConstraint(
                        condition=models.Q(("rank__isnull", False), ("tied", False)),
                        fields=("ballot", "question", "rank"),
                        name="rank_once_on_a_ballot",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("choice", None)),
                        fields=("ballot", "question"),
                        name="one_mark_without_a_choice",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("rank", None), ("rank__gte", 1), _connector="OR"), name="mark_rank_from_one"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("choice__isnull", False),
                            ("score__isnull", False),
                            ("text__isnull", False),
                            _connector="OR",
                        ),
                        name="mark_says_something",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("rank", None), models.Q(("choice__isnull", False), ("score", None)), _connector="OR"
                        ),
                        name="mark_rank_is_of_a_choice",
                    ),
                    polls.models.constraints.BelongsTo(
                        columns=("question_id", "id"),
                        fields=("question", "choice"),
                        name="mark_choice_belongs_to_its_question",
                        table="polls_choice",
                    ),
                    polls.models.constraints.BelongsTo(
                        columns=("id",), fields=("question",), name="mark_question_exists", table="polls_question"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Change",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "poll",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="changes", to="polls.poll"
                    ),
                ),
                ("what", models.CharField(max_length=200, verbose_name="what")),
                ("before", models.TextField(blank=True, verbose_name="before")),
                ("after", models.TextField(blank=True, verbose_name="after")),
                ("reason", models.CharField(blank=True, max_length=300, verbose_name="reason")),
                (
                    "editor",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("made_at", models.DateTimeField(auto_now_add=True, verbose_name="made")),
            ],
            options={
                "verbose_name": "change",
                "verbose_name_plural": "changes",
                "ordering": ["id"],
                "default_permissions": ("view",),
                "indexes": [],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "poll",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="invitations",
                        to="polls.poll",
                    ),
                ),
                ("code_hash", models.CharField(max_length=43)),
                (
                    "label",
                    models.CharField(
                        blank=True, help_text="A name or an e-mail address.", max_length=200, verbose_name="for"
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="made")),
                ("told_at", models.DateTimeField(editable=False, null=True, verbose_name="handed out")),
                ("mailed_at", models.DateTimeField(editable=False, null=True, verbose_name="mailed")),
                ("used_at", models.DateTimeField(editable=False, null=True, verbose_name="used")),
                ("revoked_at", models.DateTimeField(editable=False, null=True, verbose_name="revoked")),
            ],
            options={
                "verbose_name": "invitation",
                "verbose_name_plural": "invitations",
                "ordering": ["id"],
                "constraints": [models.UniqueConstraint(fields=("poll", "code_hash"), name="one_invitation_per_code")],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Tally",
            fields=[
                (
                    "poll",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="tally",
                        serialize=False,
                        to="polls.poll",
                    ),
                ),
                ("ballots", models.PositiveIntegerField(default=0, verbose_name="ballots")),
                ("version", models.PositiveBigIntegerField(default=0)),
                ("set_aside", models.PositiveIntegerField(default=0, verbose_name="set aside")),
                ("released", models.PositiveIntegerField(default=0)),
            ],
            options={
                "default_permissions": (),
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("ballots__gte", 0)), name="tally_ballots_not_negative")
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Counter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "question",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="counters",
                        to="polls.question",
                    ),
                ),
                ("said", models.CharField(max_length=1000)),
                ("count", models.PositiveIntegerField()),
                ("released", models.PositiveIntegerField(db_default=0, default=0)),
            ],
            options={
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(fields=("question", "said"), name="one_counter_per_thing_said"),
                    models.CheckConstraint(condition=models.Q(("count__gte", 0)), name="counter_not_negative"),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Translation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "poll",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="translations", to="polls.poll"
                    ),
                ),
                ("language", models.CharField(max_length=20, verbose_name="language")),
                (
                    "question",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="polls.question",
                    ),
                ),
                (
                    "choice",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="polls.choice",
                    ),
                ),
                (
                    "part",
                    models.CharField(
                        choices=[
                            ("title", "title"),
                            ("intro", "introduction"),
                            ("text", "text"),
                            ("hint", "hint"),
                            ("low_label", "label of the low end"),
                            ("high_label", "label of the high end"),
                            ("explanation", "explanation"),
                            ("picture_alt", "picture in words"),
                        ],
                        max_length=12,
                    ),
                ),
                ("text", models.TextField(verbose_name="text")),
            ],
            options={
                "verbose_name": "translation",
                "verbose_name_plural": "translations",
                "ordering": ["id"],
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("question", None)),
                        fields=("poll", "language", "part"),
                        name="poll_translated_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("choice", None), ("question__isnull", False)),
                        fields=("question", "language", "part"),
                        name="question_translated_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("choice__isnull", False)),
                        fields=("choice", "language", "part"),
                        name="choice_translated_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("choice__isnull", False), ("part", "text")),
                        fields=("question", "language", "text"),
                        name="translated_choice_once_in_a_question",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("choice", None), ("part__in", ("title", "intro")), ("question", None)),
                            models.Q(
                                ("choice", None),
                                ("part__in", ("text", "hint", "low_label", "high_label", "explanation")),
                                ("question__isnull", False),
                            ),
                            models.Q(
                                ("choice__isnull", False),
                                ("part__in", ("text", "picture_alt")),
                                ("question__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="translation_is_of_a_text",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("text", ""), _negated=True), models.Q(("language", ""), _negated=True)
                        ),
                        name="translation_says_something",
                    ),
                    polls.models.constraints.BelongsTo(
                        columns=("poll_id", "id"),
                        fields=("poll", "question"),
                        name="translation_question_belongs_to_its_poll",
                        table="polls_question",
                    ),
                    polls.models.constraints.BelongsTo(
                        columns=("question_id", "id"),
                        fields=("question", "choice"),
                        name="translation_choice_belongs_to_its_question",
                        table="polls_choice",
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.RunPython(lock, unlock),
        migrations.RunPython(make_group, migrations.RunPython.noop),
        migrations.RunPython(load_themes, migrations.RunPython.noop),
    ]
