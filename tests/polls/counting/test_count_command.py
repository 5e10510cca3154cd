"""`manage.py count`, called as an operator calls it, with no database in reach."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError
from django.core.management.base import OutputWrapper

from polls.counting import RULES
from polls.counting.files import FORMATS, MOST_BYTES, BallotFile, write
from polls.management.commands.count import Command
from tests.polls.counting.builders import KNOWN, a_profile

TENNESSEE = a_profile(KNOWN["tennessee"]["ballots"], choices="MNCK")


def run(*arguments: str) -> str:
    command, printed = Command(), StringIO()
    command.stdout = OutputWrapper(printed)
    options = vars(command.create_parser("manage.py", "count").parse_args(list(arguments)))
    command.handle(**options)
    return printed.getvalue()


def run_json(*arguments: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run(*arguments, "--json"))
    return found


@pytest.fixture
def capital(tmp_path: Path) -> str:
    write(tmp_path / "capital.abif", BallotFile(TENNESSEE))
    return str(tmp_path / "capital.abif")


@pytest.mark.parametrize("file_format", FORMATS)
def test_every_format_is_counted_alike(tmp_path: Path, file_format: str) -> None:
    path = tmp_path / "capital.ballots"
    write(path, BallotFile(TENNESSEE), file_format=file_format)
    counted = run_json(str(path), "--rule", "irv", "--format", file_format)
    assert counted["winners"] == ["K"]
    assert [stage["tally"] for stage in counted["rounds"]] == KNOWN["tennessee"]["instant_runoff_rounds"]
    assert counted["rounds"][0]["eliminated"] == ["C"]
    assert counted["rounds"][-1]["elected"] == ["K"]
    assert counted["ballots"] == 100


@pytest.mark.parametrize("rule", sorted(set(RULES) - {"approval", "score", "star"}))
def test_every_ranked_rule_prints_one_object_and_a_report(capital: str, rule: str) -> None:
    counted = run_json(capital, "--rule", rule)
    assert counted["rules"]["unranked"]
    assert isinstance(counted["ranking"][0], list)
    report = run(capital, "--rule", rule)
    assert f"Elected: {counted['winners'][0]}" in report
    assert "Stated choices:" in report


@pytest.mark.parametrize("rule", ["approval", "score", "star"])
def test_plain_csv_columns_hold_scores_for_rules_of_scores(tmp_path: Path, rule: str) -> None:
    path = tmp_path / "scores.csv"
    path.write_text("count,A,B\n3,5,1\n2,0,4\n")
    assert run_json(str(path), "--rule", rule)["winners"]


def test_stv_takes_the_seats_from_the_file_unless_told(tmp_path: Path) -> None:
    path = tmp_path / "council.blt"
    path.write_text('3 2\n5 1 0\n4 2 0\n1 3 0\n0\n"A"\n"B"\n"C"\n"Council"\n')
    assert run_json(str(path), "--rule", "stv")["winners"] == ["A", "B"]
    assert run_json(str(path), "--rule", "stv", "--seats", "1")["winners"] == ["A"]
    assert run_json(str(path), "--rule", "irv")["seats"] == 1


def test_the_seed_is_in_the_result(tmp_path: Path) -> None:
    path = tmp_path / "tie.abif"
    path.write_text("1:A\n1:B\n")
    tie = run_json(str(path), "--rule", "plurality", "--seed", "4 8 15")["ties"][0]
    assert (tie["by"], tie["seed"], sorted(tie["lot"])) == ("lot", "4 8 15", ["A", "B"])
    assert 'seed "4 8 15"' in run(str(path), "--rule", "plurality", "--seed", "4 8 15")


def test_fractions_are_decimal_strings(tmp_path: Path) -> None:
    path = tmp_path / "borda.abif"
    path.write_text("1:A=B>C\n")
    assert run_json(str(path), "--rule", "borda")["rounds"][0]["tally"] == {"A": "1.5", "B": "1.5", "C": 0}


def test_an_empty_poll_is_counted_too(tmp_path: Path) -> None:
    path = tmp_path / "empty.csv"
    path.write_text("A,B\n")
    counted = run_json(str(path), "--rule", "schulze")
    assert (counted["winners"], counted["ballots"], counted["notes"][0]) == (
        [],
        0,
        "There are no ballots, so there is no winner.",
    )


def test_full_names_come_along(tmp_path: Path) -> None:
    path = tmp_path / "named.abif"
    path.write_text("=A:[Ann of Avon]\n=N:[None of the above]\n2:A>N\n")
    counted = run_json(str(path), "--rule", "irv", "--nota", "None of the above")
    assert counted["winners"] == ["A"]
    assert counted["names"] == {"A": "Ann of Avon", "N": "None of the above"}
    assert "Elected: Ann of Avon" in run(str(path), "--rule", "irv")


def test_a_report_obeys_no_control_characters(tmp_path: Path) -> None:
    path = tmp_path / "hostile.csv"
    path.write_text("\x1b[2Jname,B\n1,2\n")
    assert "\x1b" not in run(str(path), "--rule", "irv")


@pytest.mark.parametrize(
    ("content", "arguments", "says"),
    [
        ("1:A>A\n", ["--rule", "irv"], "Line 1: the ballot names “A” twice."),
        ("1:A>B\n", ["--rule", "star"], "The STAR rule needs scores, and 1 of the ballots rank"),
        ("1:A>B\n", ["--rule", "irv", "--seats", "2"], "Instant run-off fills one seat"),
        ("1:A>B\n", ["--rule", "irv", "--seats", "0"], "at least one seat"),
        ("1:A>B\n", ["--rule", "irv", "--nota", "Z"], "not among the choices"),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(tmp_path: Path, content: str, arguments: list[str], says: str) -> None:
    path = tmp_path / "bad.abif"
    path.write_text(content)
    with pytest.raises(CommandError, match=says):
        run(str(path), *arguments)


def test_help_names_every_rule_and_format() -> None:
    help_text = Command().create_parser("manage.py", "count").format_help()
    assert all(f"  {rule}" in help_text for rule in RULES)
    assert all(f".{file_format}" in help_text for file_format in FORMATS)


def test_a_file_that_is_too_large_is_told_how_to_become_smaller_and_help_tells_it_before(tmp_path: Path) -> None:
    path = tmp_path / "large.abif"
    with path.open("wb") as file:
        file.truncate(MOST_BYTES + 1)
    with pytest.raises(CommandError, match="larger than 64 MiB; let equal ballots share a line"):
        run(str(path), "--rule", "irv")
    help_text = Command().create_parser("manage.py", "count").format_help()
    assert "A file may have 64 MiB" in help_text
    assert "ballots share a line" in help_text
