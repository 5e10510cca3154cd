import re
from argparse import ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from project import preparation


def _seconds(said: str) -> int:
    if not re.fullmatch("[0-9]{1,6}", said):
        raise ArgumentTypeError(f"{said!r} is no number of seconds; 0 or more are accepted.")
    return int(said)


class Command(BaseCommand):
    help = "Waits for the database, migrates it and makes the first admin. Harmless to repeat, safe for two at once."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--wait", type=_seconds, default=60, help="seconds to wait for the database")

    def handle(self, *_args: Any, wait: int, **_options: Any) -> None:
        preparation.prepare(wait=wait, first_start=preparation.admin_or_link)
