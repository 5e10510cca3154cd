from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from polls import tokens
from polls.models import ApiToken


class Command(BaseCommand):
    help = "Makes an API token for a user, by which a server casts ballots, and tells it, once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="what will use it")
        parser.add_argument("--user", required=True, help="whose polls it may cast ballots in")

    def handle(self, *_args: Any, **options: Any) -> None:
        maker = User.objects.filter(username=options["user"]).first()
        if maker is None:
            raise CommandError(f"There is no user {options['user']!r}.")
        token = ApiToken(name=options["name"], maker=maker)
        try:
            token.clean_fields(exclude=["token_hash"])
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stdout.write(tokens.issue(token))
