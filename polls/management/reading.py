"""Files that a command reads whole: of any name, any size, or no file at all but a device that never ends."""

import sys
from pathlib import Path

from django.core.management.base import CommandError

from polls import figures


def text(file: str, *, most: int) -> str:
    """What is in a file, or in standard input where it is “-”, of at most so many bytes. Raises CommandError."""
    try:
        if file == "-":
            read = sys.stdin.buffer.read(most + 1)
        else:
            with Path(file).open("rb") as stream:
                read = stream.read(most + 1)
    except OSError as error:
        raise CommandError(f"{file} can't be read: {error.strerror}.") from error
    if len(read) > most:
        raise CommandError(f"{file} is too large: {figures.count(most)} bytes at most are read.")
    try:
        # UTF-16 is full of them, and PostgreSQL stores none.
        if b"\0" not in read:
            return read.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    raise CommandError(f"{file} can't be read: it is no text in UTF-8.")
