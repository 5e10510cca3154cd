"""A command that can't do what it is told says why in a sentence, and ends with a status."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.builders import a_poll
from tests.server import ROOT, run, the_database
from tests.votes import a_ballot

pytestmark = pytest.mark.process


def into(output: str, *words: str) -> subprocess.CompletedProcess[str]:
    """A command whose output goes to a file, or to somebody who reads nothing of it."""
    known = os.environ | the_database()
    command = [sys.executable, "manage.py", *words]
    with subprocess.Popen(["true"], stdin=subprocess.PIPE) as reader:
        reader.wait()
        assert reader.stdin
        with Path(output).open("w") if output else reader.stdin as target:
            return subprocess.run(
                command, cwd=ROOT, env=known, stdout=target, stderr=subprocess.PIPE, text=True, check=False
            )


def test_a_disk_that_is_full_is_told_in_a_sentence(house: None) -> None:
    poll = a_poll()
    a_ballot(poll)
    ended = into("/dev/full", "export_ballots", poll.slug, "-v0")
    sentence = "pollstead: what is to be written can't be used: No space left on device.\n"
    assert (ended.returncode, ended.stderr) == (1, sentence)


def test_who_has_read_enough_is_no_fault(house: None) -> None:
    poll = a_poll()
    a_ballot(poll)
    ended = into("", "export_ballots", poll.slug, "-v0")
    assert (ended.returncode, ended.stderr) == (141, "")


@pytest.mark.only_on("postgresql")
def test_a_database_that_is_read_only_is_told_in_a_sentence(house: None) -> None:
    address = the_database()["DATABASE_URL"]
    joined = "&" if "?" in address else "?"
    switched = "options=-c%20default_transaction_read_only%3Don"
    ended = run("manage.py", "load_samples", DATABASE_URL=f"{address}{joined}{switched}")
    assert ended.returncode == 1
    assert ended.stderr.startswith("pollstead: nothing can be stored in the database: cannot execute ")
    assert ended.stderr.endswith("in a read-only transaction.\n")


@pytest.mark.only_on("sqlite")
def test_a_file_that_is_no_database_is_told_in_a_sentence_by_every_command(house: None, tmp_path: Path) -> None:
    notes = tmp_path / "notes.txt"
    notes.write_text("These are not the ballots that you are looking for." * 100)
    ended = run("manage.py", "verify_tallies", DATABASE_URL=f"sqlite:///{notes}")
    assert (ended.returncode, ended.stderr) == (1, "pollstead: the database can't be read: file is not a database.\n")


@pytest.mark.parametrize("words", [("export_polls", "caf\udce9"), ("run", "--host", "\udce9")])
def test_a_word_of_another_alphabet_is_told_in_a_sentence(house: None, words: tuple[str, ...]) -> None:
    """As somebody types it whose terminal knows no UTF-8."""
    ended = run("manage.py", *words, **the_database())
    assert ended.returncode == 1
    assert ended.stderr.endswith(f"pollstead: {words[-1]!a} is not written in UTF-8.\n")


@pytest.mark.parametrize("file", ["", ".", "/"])
def test_a_backup_goes_into_a_file(house: None, file: str) -> None:
    with pytest.raises(CommandError, match="is there already"):
        call_command("backup", file)


def test_more_invitations_than_there_can_be_are_refused(house: None) -> None:
    poll = a_poll(policy="invitation")
    with pytest.raises(CommandError, match="Between 1 and 50,000"):
        call_command("invite", poll.slug, "--number", str(10**20))
