import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError, OutputWrapper
from django.utils import timezone

from polls import exports, refusals, snapshots, tallies
from polls.counting.files import FORMATS
from polls.management.numbered import numbered

SAY_AGAIN = 1.0
"""Seconds from one word on the progress to the next."""


class Progress:
    """Says on another channel than the file how far it is."""

    def __init__(self, channel: OutputWrapper, *, ballots: int) -> None:
        self._channel, self._ballots = channel, ballots
        self._written, self._said_at = 0, time.monotonic()

    def begin(self) -> None:
        """Before the first line, as the database puts all of them in order first: many take a while."""
        self._say(f"{self._ballots:,} ballots to write")

    def tell(self, ballots: int) -> None:
        self._written += ballots
        if time.monotonic() - self._said_at >= SAY_AGAIN:
            self._said_at = time.monotonic()
            self._say(f"{self._written:,} of {self._ballots:,} ballots written")

    def end(self) -> None:
        self._say(f"{self._written:,} ballots written")

    def _say(self, words: str) -> None:
        self._channel.write(words, style_func=str)  # no red: nothing is wrong


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
            raise CommandError(
                f"The poll has {numbered(len(poll.questions), 'question')}; there is no {options['question']}."
            )
        question, at = poll.questions[options["question"] - 1], timezone.now()
        progress = Progress(self.stderr, ballots=tallies.answered(question))
        try:
            pieces = exports.export(poll, question, file_format=options["format"], at=at, tell=progress.tell)
            if options["verbosity"]:
                progress.begin()
            for piece in pieces:
                self.stdout.write(piece, ending="")
        except refusals.Refusal as refusal:
            raise CommandError(refusal.sentence) from refusal
        if options["verbosity"]:
            progress.end()
