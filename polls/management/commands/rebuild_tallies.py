from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from polls import audit
from polls.management.commands.verify_tallies import chosen
from polls.management.numbered import numbered


class Command(BaseCommand):
    help = "Writes the counters again from the ballots, poll by poll, and says what was wrong."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", nargs="*", help="only these polls; left out, every poll")

    def handle(self, *_args: Any, **options: Any) -> None:
        mended = 0
        for poll in chosen(options["slug"]):
            for difference in audit.rebuild(poll):
                mended += 1
                self.stdout.write(f"mended: {difference}")
        self.stdout.write(
            self.style.SUCCESS(f"{numbered(mended, 'counter')} mended." if mended else "Nothing was wrong.")
        )
