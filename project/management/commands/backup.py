import os
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from project import backups, env


class Command(BaseCommand):
    help = "Writes the database, the pictures and the secret key into one new file, while voters go on voting."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="the new file, or - for standard output")

    def handle(self, *_args: Any, file: str, **_options: Any) -> None:
        try:
            if file == "-":
                backups.back_up(sys.stdout.buffer, beside=backups.roomy())
            else:
                _write(Path(file))
        except backups.NotDone as reason:
            raise CommandError(str(reason)) from reason
        except OSError as error:
            raise CommandError(f"{file} can't be written: {error.strerror}.") from error


def _write(path: Path) -> None:
    """The whole file or none: half a backup would be taken for one."""
    if path.exists():
        raise CommandError(f"{path} is there already; a backup goes into a new file.")
    draft = path.with_name(f"{path.name}.part")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, env.OURS_ALONE), "wb") as stream:
            backups.back_up(stream, beside=path.absolute().parent)
            stream.flush()
            os.fsync(stream.fileno())
        draft.rename(path)
    finally:
        draft.unlink(missing_ok=True)
