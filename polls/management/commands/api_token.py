from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from polls import tokens
from polls.models import ApiToken


class Command(BaseCommand):
    help = "Makes an API token for a user, by which a server casts ballots or writes polls, and tells it, once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="what will use it")
        parser.add_argument("--user", required=True, help="whose polls it is for: it may do no more than they may")
        parser.add_argument(
            "--may", action="append", choices=("cast", "author"), help="cast ballots, write polls; cast, if not told"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        maker = User.objects.filter(username=options["user"]).first()
        if maker is None:
            raise CommandError(f"There is no user {options['user']!r}.")
        rights = options["may"] or ["cast"]
        token = ApiToken(name=options["name"], maker=maker, may_cast="cast" in rights, may_author="author" in rights)
        try:
            token.clean_fields(exclude=["token_hash"])
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stdout.write(tokens.issue(token))
