from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from polls import audit
from polls.management.numbered import numbered
from polls.models import Poll


class Command(BaseCommand):
    help = "Counts all ballots again and compares with the counters. Ends with status 1 when they differ."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", nargs="*", help="only these polls; left out, every poll")

    def handle(self, *_args: Any, **options: Any) -> None:
        polls = chosen(options["slug"])
        wrong = audit.differences(polls)
        for difference in wrong:
            self.stdout.write(str(difference))
        if wrong:
            raise CommandError(
                f"{numbered(len(wrong), 'counter is', 'counters are')} wrong. `manage.py rebuild_tallies` mends that."
            )
        self.stdout.write(self.style.SUCCESS(f"{numbered(len(polls), 'poll')}: every counter is what the ballots say."))


def chosen(slugs: list[str]) -> list[Poll]:
    """The polls named, or all. Raises CommandError for a name that is none."""
    if not slugs:
        return list(Poll.objects.order_by("id"))
    found = {poll.slug: poll for poll in Poll.objects.filter(slug__in=slugs)}
    for slug in slugs:
        if slug not in found:
            raise CommandError(f"There is no poll {slug!r}.")
    return list(found.values())
