from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from polls import exports, refusals, snapshots
from polls.counting.files import FORMATS


class Command(BaseCommand):
    help = "Writes the anonymous ballots of a question to standard output; `manage.py count` counts such a file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", help="the last part of the poll's address")
        parser.add_argument("--question", type=int, default=1, metavar="N", help="which question, from 1")
        parser.add_argument("--format", choices=FORMATS, default="csv")

    def handle(self, *_args: Any, **options: Any) -> None:
        poll = snapshots.load(options["slug"])
        if poll is None:
            raise CommandError(f"There is no poll {options['slug']!r}.")
        if not 1 <= options["question"] <= len(poll.questions):
            raise CommandError(f"The poll has {len(poll.questions)} questions; there is no {options['question']}.")
        question = poll.questions[options["question"] - 1]
        try:
            text = exports.export(poll, question, file_format=options["format"], at=timezone.now())
        except refusals.Refusal as refusal:
            raise CommandError(refusal.sentence) from refusal
        self.stdout.write(text, ending="")
