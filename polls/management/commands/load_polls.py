from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from polls import definitions
from polls.definitions.shapes import LARGEST
from polls.management import reading
from polls.management.numbered import numbered

MOST = 4 * LARGEST
"""Bytes: no character has more than four."""


class Command(BaseCommand):
    help = "Makes drafts of the polls in a JSON file, as `manage.py export_polls` writes it: all of them, or none."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="the file, or - for standard input")
        parser.add_argument("--organiser", metavar="USER", help="whose polls they are to be")
        parser.add_argument("--publish", action="store_true", help="publish them at once")

    def handle(self, *_args: Any, file: str, **options: Any) -> None:
        organiser = User.objects.filter(username=options["organiser"] or "").first()
        if options["organiser"] and organiser is None:
            raise CommandError(f"There is no user {options['organiser']!r}.")
        publish_at = timezone.now() if options["publish"] else None
        try:
            polls = definitions.load(reading.text(file, most=MOST), organiser=organiser, publish_at=publish_at)
        except definitions.DefinitionError as error:
            raise CommandError(f"Nothing is loaded.\n{error}") from error
        self.stdout.write(f"{'Published' if publish_at else 'Drafted'} {numbered(len(polls), 'poll')}.")
