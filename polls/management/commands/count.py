"""`manage.py count`: count a ballot file by one rule, without a database."""

import json
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from polls.counting import RULES, ChoiceId, CountingError, count
from polls.counting.files import FORMATS, MIB, MOST_BYTES, BallotFile, BallotFileError, Marks, read
from polls.counting.portraits import portrait, report

EPILOG = """\
rules:
{rules}

files:
  .abif  42:Memphis>Nashville=Knoxville   one line for equal ballots; A/5,B/3 gives scores
  .blt   as for OpenSTV and OpaVote; says how many seats there are
  .csv   a column for each choice with its rank (1 is best), an optional column "count";
         with score, star and approval plain columns hold scores; "score:NAME" always does
  .json  {{"choices": ["A", "B"], "ballots": [{{"count": 3, "ranking": [["A"], ["B"]]}}]}}

  A file may have {most} MiB, since it is kept in memory, and counting takes many times that. In a larger one let equal
  ballots share a line that says how many they are, as "manage.py export_ballots" and the desk write them.

examples:
  manage.py count capital.abif --rule irv
  manage.py count council.blt --rule stv --seats 4 --seed "lottery of 3 May: 4 8 15 16 23 42" --json
"""


class Command(BaseCommand):
    help = "Count a file of ballots by one rule, without a database, and show every step."
    requires_system_checks = []  # a count needs no working database, mail or cache

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> Any:
        rules = "\n".join(f"  {name:13} {rule.title}: {rule.source}" for name, rule in RULES.items())
        epilog = EPILOG.format(rules=rules, most=MOST_BYTES // MIB)
        parser = super().create_parser(prog_name, subcommand, epilog=epilog, **kwargs)
        parser.formatter_class = RawDescriptionHelpFormatter
        return parser

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", help="the ballots: ABIF, BLT, CSV or JSON")
        parser.add_argument("--rule", required=True, choices=list(RULES), help="how to count")
        parser.add_argument("--seats", type=int, help="how many to elect (default: what the file says for stv, else 1)")
        parser.add_argument(
            "--unranked",
            choices=["last", "no-opinion"],
            default="last",
            help="what it means not to rank a choice (default: last)",
        )
        parser.add_argument("--seed", default="", help="the published seed of the lot that breaks the last ties")
        parser.add_argument("--quorum", type=int, default=0, help="with fewer ballots nobody is elected")
        parser.add_argument("--nota", metavar="NAME", help='the choice that stands for "none of the above"')
        parser.add_argument(
            "--strength",
            choices=["winning-votes", "margins"],
            default="winning-votes",
            help="how ranked-pairs, schulze and minimax measure a defeat (default: winning-votes)",
        )
        parser.add_argument("--format", choices=FORMATS, help="the format of the file (default: by its extension)")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *_args: Any, **options: Any) -> None:
        marks: Marks = "score" if RULES[options["rule"]].marks == "score" else "rank"
        try:
            file = read(options["file"], file_format=options["format"], marks=marks)
            counted = count(
                file.profile,
                rule=options["rule"],
                seats=_seats(options, file),
                unranked=options["unranked"],
                seed=options["seed"],
                quorum=options["quorum"],
                nota=_nota(options["nota"], file),
                strength=options["strength"],
            )
        except (BallotFileError, CountingError) as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            names = {"names": {str(choice): name for choice, name in file.names.items()}} if file.names else {}
            self.stdout.write(json.dumps(portrait(counted) | names, ensure_ascii=False, indent=2))
        else:
            self.stdout.write(report(counted, file.names))


def _seats(options: dict[str, Any], file: BallotFile) -> int:
    if options["seats"] is not None:
        return int(options["seats"])
    return file.seats or 1 if options["rule"] == "stv" else 1


def _nota(name: str | None, file: BallotFile) -> ChoiceId | None:
    """The choice by its id or its full name."""
    if name is None:
        return None
    by_text = {file.name(choice): choice for choice in file.profile.choices}
    by_text |= {str(choice): choice for choice in file.profile.choices}
    if name not in by_text:
        raise CountingError(f"None of the above is {name!r}, which is not among the choices.")
    return by_text[name]
