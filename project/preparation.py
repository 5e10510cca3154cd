"""What a database needs before it is served: migrations, settings that keep ballots, somebody who may log in."""

import logging
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import OperationalError, connection

from project import env
from project.maintenance import DatabaseAway, maintenance
from ui import setup

log = logging.getLogger(__name__)


def prepare(*, wait: float, first_start: Callable[[], None]) -> None:
    """Leave a database that can be served. `first_start` is called while there is no admin.

    Waits up to `wait` seconds for the database; what is in the way ends the start with a sentence.
    Harmless to repeat, and safe in two processes at once.
    """
    try:
        with maintenance(wait=wait):
            call_command("migrate", interactive=False, verbosity=0)
            check_durability()
            if not has_admin():
                first_start()
    except DatabaseAway as away:
        variable = "DATABASE_URL" if env.text("DATABASE_URL") else "DATA_DIR"
        env.refuse(variable, f"leads to a database that can't be reached: {away}.")
    except OperationalError as error:
        env.stop(f"the database stopped its preparation ({str(error).strip()}). Nothing is lost; start again.")


def check_encoding() -> None:
    """End the start where the database can't hold every letter: a ballot with one that it lacks would be lost."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_encoding")
        found = str(cursor.fetchone()[0])
    if found != "UTF8":
        how = "CREATE DATABASE pollstead ENCODING 'UTF8' TEMPLATE template0"
        env.refuse(
            "DATABASE_URL", f"leads to a database in {found}, which can't hold every letter. Make another: {how};"
        )


def check_durability() -> None:
    """Warn of a database that may lose an answered ballot when the power fails."""
    for name, wanted, harm in _DURABILITY[connection.vendor]:
        with connection.cursor() as cursor:
            cursor.execute(f"{'PRAGMA' if connection.vendor == 'sqlite' else 'SHOW'} {name}")
            found = str(cursor.fetchone()[0])
        if found not in wanted:
            log.warning("The database has %s = %s; %s. Wanted: %s.", name, found, harm, " or ".join(wanted))


_LOSS = "ballots that were answered can be lost when the power fails"
_DURABILITY: dict[str, list[tuple[str, tuple[str, ...], str]]] = {
    "sqlite": [
        ("journal_mode", ("wal",), "readers and writers wait for each other, as they do on a network drive"),
        ("synchronous", ("2", "3"), _LOSS),
    ],
    "postgresql": [
        ("synchronous_commit", ("on", "local", "remote_write", "remote_apply"), _LOSS),
        ("fsync", ("on",), _LOSS),
        ("full_page_writes", ("on",), _LOSS),
    ],
}


def has_admin() -> bool:
    return User.objects.filter(is_superuser=True, is_active=True).exists()


def make_admin(password: str) -> User:
    """The first admin, of ADMIN_USERNAME and ADMIN_EMAIL. What is not accepted ends the start with a sentence."""
    admin = User(username=settings.ADMIN_USERNAME, email=settings.ADMIN_EMAIL)
    try:
        admin.clean_fields(exclude=["password"])
    except ValidationError as error:
        field, why = next(iter(error.message_dict.items()))
        env.refuse(f"ADMIN_{field.upper()}", f"is not accepted. {why[0]}")
    try:
        validate_password(password, admin)
    except ValidationError as error:
        env.refuse("ADMIN_PASSWORD", f"is not accepted. {' '.join(error.messages)}")
    if User.objects.filter(username=admin.username).exists():
        env.refuse("ADMIN_USERNAME", f"is {admin.username!r}, who exists and is no admin; choose another name.")
    made = User.objects.create_superuser(admin.username, admin.email, password)
    log.info("The admin %s is made.", admin.username)
    return made


def admin_or_link() -> None:
    """For a server: the admin that the environment names, or a link by which the first visitor becomes one."""
    if settings.ADMIN_PASSWORD:
        make_admin(settings.ADMIN_PASSWORD)
    else:
        link = setup.link(settings.PUBLIC_URL or f"http://localhost:{settings.PORT}")
        log.warning("There is no admin yet. For 24 hours one can be made at %s", link)
