import os
import re
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from polls import invitations, mailings, refusals
from polls.management import reading
from polls.management.commands.verify_tallies import chosen
from polls.management.numbered import numbered
from polls.models import Poll

# Each link begins with it, and a mailed one can't be called back.
ADDRESS = re.compile(r"https?://([A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?/?")

MOST = 4 * invitations.MOST_AT_ONCE * (invitations.LONGEST_LABEL + 2)
"""Bytes of a file of names: as many as can be invited at once, each as long as can be."""


class Command(BaseCommand):
    help = "Makes invitations to a poll and tells their codes, once: on the screen, in a file, or by mail."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", help="the poll")
        who = parser.add_mutually_exclusive_group(required=True)
        who.add_argument("--number", type=int, metavar="N", help="make so many invitations without names")
        who.add_argument("--addresses", metavar="FILE", help="make one for each line of the file: a name or an address")
        parser.add_argument("--mail", action="store_true", help="mail them to the addresses; codes are shown nowhere")
        parser.add_argument(
            "--csv", metavar="FILE", help="write a table of names, codes and links to a new file; - for the screen"
        )
        parser.add_argument(
            "--site", default=settings.PUBLIC_URL, help="our address, for the links (default: PUBLIC_URL)"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        if (site := options["site"]) and not ADDRESS.fullmatch(site):
            raise CommandError(f"--site is {site!r}; our own address is accepted, like https://polls.example.")
        poll = chosen([options["slug"]])[0]
        labels = _lines(options["addresses"]) if options["addresses"] else []
        try:
            if options["mail"]:
                self._mail(poll, labels, options)
            else:
                self._tell(poll, labels, options)
        except refusals.Refusal as refusal:
            raise CommandError(refusal.sentence) from refusal

    def _mail(self, poll: Poll, labels: list[str], options: dict[str, Any]) -> None:
        if not options["addresses"] or options["csv"]:
            raise CommandError(
                "--mail goes with --addresses, and not with --csv: a mailed code is known to nobody else."
            )
        if not mailings.can_mail():
            raise CommandError("No mail server is set: see EMAIL_URL in the settings.")
        if not options["site"]:
            raise CommandError("The links need our own address: set PUBLIC_URL, or give --site https://polls.example.")
        mailing = mailings.mail(poll, labels, site=options["site"])
        for address in mailing.known:
            self.stdout.write(f"invited before: {address}")
        for address, why in mailing.failed:
            self.stderr.write(f"not mailed: {address}: {why}")
        self.stdout.write(self.style.SUCCESS(f"{numbered(len(mailing.sent), 'invitation')} mailed."))
        if mailing.failed:
            unreached = numbered(len(mailing.failed), "address was", "addresses were")
            raise CommandError(f"{unreached} not reached; run the command again.")

    def _tell(self, poll: Poll, labels: list[str], options: dict[str, Any]) -> None:
        site = options["site"]
        if options["csv"] == "-":
            issued = invitations.issue(poll, options["number"], labels=labels)
            self.stdout.write(invitations.as_csv(poll, issued, site=site), ending="")
            invitations.hand_out(issued, at=timezone.now())
            return
        # Opened first: codes that can't be written anywhere must not be made.
        file = _new_file(options["csv"]) if options["csv"] else None
        try:
            issued = invitations.issue(poll, options["number"], labels=labels)
        except refusals.Refusal:
            if options["csv"]:
                Path(options["csv"]).unlink()
            raise
        if file is None:
            for one in issued:
                self.stdout.write(
                    "\t".join(filter(None, [one.code, one.link(poll, site=site) if site else "", one.label]))
                )
            invitations.hand_out(issued, at=timezone.now())
            return
        with os.fdopen(file, "w", encoding="utf-8", newline="") as stream:
            stream.write(invitations.as_csv(poll, issued, site=site))
        invitations.hand_out(issued, at=timezone.now())
        self.stdout.write(
            self.style.SUCCESS(f"{numbered(len(issued), 'invitation')} in {options['csv']}. Keep that file safe.")
        )


def _lines(name: str) -> list[str]:
    text = reading.text(name, most=MOST)
    lines = list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))
    if not lines:
        raise CommandError(f"{name} names nobody.")
    return lines


def _new_file(name: str) -> int:
    """A file that nobody else can read, and that was not there before."""
    try:
        return os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise CommandError(f"{name} can't be written: {error.strerror}.") from error
