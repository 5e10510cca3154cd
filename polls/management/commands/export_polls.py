from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from polls import definitions
from polls.management.numbered import numbered
from polls.models import Choice, Poll


class Command(BaseCommand):
    help = "Writes what polls ask to standard output as JSON, without any vote; `manage.py load_polls` reads it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "slugs", nargs="*", metavar="slug", help="the last part of a poll's address; none: all polls"
        )

    def handle(self, *_args: Any, slugs: list[str], verbosity: int, **_options: Any) -> None:
        polls = Poll.objects.order_by("pk")
        if slugs:
            polls = polls.filter(slug__in=slugs)
            if missing := set(slugs) - set(polls.values_list("slug", flat=True)):
                raise CommandError(f"There is no poll {min(missing)!r}.")
        self.stdout.write(definitions.written(polls), ending="")
        pictures = Choice.objects.filter(question__poll__in=polls, withdrawn_at=None).exclude(picture="").count()
        if verbosity and pictures:
            words = f"Not in the file: {numbered(pictures, 'picture')} of choices."
            self.stderr.write(words, style_func=str)
