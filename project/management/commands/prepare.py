from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from project import preparation


class Command(BaseCommand):
    help = "Waits for the database, migrates it and makes the first admin. Harmless to repeat, safe for two at once."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--wait", type=int, default=60, help="seconds to wait for the database")

    def handle(self, *_args: Any, wait: int, **_options: Any) -> None:
        preparation.prepare(wait=wait, first_start=preparation.admin_or_link)
