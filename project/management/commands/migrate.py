from typing import Any

from django.core.management.base import CommandError
from django.core.management.commands import migrate

from project import preparation
from project.maintenance import DatabaseAway, maintenance


class Command(migrate.Command):
    """Django's own, by one process at a time and without a voter's time limits."""

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with maintenance():
                preparation.check_encoding()
                super().handle(*args, **options)
        except DatabaseAway as away:
            raise CommandError(f"The database can't be reached: {away}.") from away
