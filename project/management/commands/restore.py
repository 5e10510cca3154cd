import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from project import backups


class Command(BaseCommand):
    help = "Puts a file that `manage.py backup` wrote in the place of what is here. Stop the server before."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="the file, or - for standard input")
        parser.add_argument("--replace", action="store_true", help="also where there are polls or users already")

    def handle(self, *_args: Any, file: str, replace: bool, **_options: Any) -> None:
        try:
            if file == "-":
                backups.restore(sys.stdin.buffer, replace=replace)
            else:
                with Path(file).open("rb") as stream:
                    backups.restore(stream, replace=replace)
        except backups.NotDone as reason:
            raise CommandError(f"{reason} Nothing was changed.") from reason
        except OSError as error:
            raise CommandError(f"{file} can't be restored: {error.strerror}.") from error
        self.stdout.write(self.style.SUCCESS("Restored. The next start migrates the database where it is older."))
