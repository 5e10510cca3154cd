from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from polls import samples
from polls.management.numbered import numbered


class Command(BaseCommand):
    help = "Adds sample polls with ballots, or removes them again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--purge", action="store_true", help="remove the sample polls and all ballots in them")

    def handle(self, *_args: Any, purge: bool, **_options: Any) -> None:
        self.stdout.write(_purged(samples.purge()) if purge else _loaded(samples.load(at=timezone.now())))


def _loaded(added: samples.Loaded) -> str:
    if not added.polls:
        return "The sample polls are there already."
    return f"Added {numbered(added.polls, 'sample poll')} with {numbered(added.ballots, 'ballot')}."


def _purged(gone: samples.Loaded) -> str:
    if not gone.polls:
        return "There are no sample polls."
    return f"Removed {numbered(gone.polls, 'sample poll')} with {numbered(gone.ballots, 'ballot')}."
