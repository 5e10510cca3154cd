from typing import Any

from django.core.management.commands import migrate

from project.maintenance import maintenance


class Command(migrate.Command):
    """Django's own, by one process at a time and without a voter's time limits."""

    def handle(self, *args: Any, **options: Any) -> None:
        with maintenance():
            super().handle(*args, **options)
