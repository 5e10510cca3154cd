import sqlite3
import subprocess
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from django.db import OperationalError, connection

from polls.models import Ballot
from tests.browser import Browser
from tests.builders import a_poll
from tests.doors import vote
from ui import checkpoints, voting

pytestmark = pytest.mark.only_on("sqlite")


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpoints, "SECONDS", 0.05)
    monkeypatch.setattr(voting.queue, "_checkpoints", checkpoints.Checkpoints())


@pytest.fixture
def in_the_file(house: None, tmp_path: Path) -> Callable[[], int]:
    """How many ballots lie in the database's file, where its log is left aside."""

    def in_the_file() -> int:
        copy = tmp_path / "file.sqlite3"
        # By another process: one that closes a file loses all its locks on it, also those that SQLite holds for the
        # tests to come, and whoever else opens it takes its log away.
        subprocess.run(["cp", connection.settings_dict["NAME"], copy], check=True)
        with closing(sqlite3.connect(copy)) as file:
            return int(file.execute("SELECT count(*) FROM polls_ballot").fetchone()[0])

    return in_the_file


def _soon(holds: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 20
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.02)
    return holds()


def test_what_was_committed_is_copied_into_the_file(in_the_file: Callable[[], int], vera: Browser) -> None:
    for votes in (1, 2):
        vote(vera, a_poll())
        assert _soon(lambda votes=votes: in_the_file() == Ballot.objects.count() == votes)


def test_a_full_disk_is_one_line_in_the_log(
    in_the_file: Callable[[], int],
    vera: Browser,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    tried = []

    def full() -> None:
        tried.append(1)
        cause = sqlite3.OperationalError("database or disk is full")
        cause.sqlite_errorcode = sqlite3.SQLITE_FULL
        raise OperationalError(str(cause)) from cause

    monkeypatch.setattr(checkpoints, "_copied", full)
    for times in (1, 2):
        vote(vera, a_poll())
        assert _soon(lambda times=times: len(tried) == times)
    assert _soon(lambda: "could not be copied on" in caplog.text)
    assert [(line.levelname, line.exc_info) for line in caplog.records] == [("ERROR", None)]


def test_what_could_not_be_copied_is_copied_with_the_next(
    in_the_file: Callable[[], int],
    vera: Browser,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def broken() -> None:
        raise OperationalError("disk I/O error")

    before = in_the_file()  # what the test before has deleted, maybe
    with monkeypatch.context() as patched:
        patched.setattr(checkpoints, "_copied", broken)
        vote(vera, a_poll())
        assert _soon(lambda: "could not be copied on" in caplog.text)
    assert in_the_file() == before
    vote(vera, a_poll())
    assert _soon(lambda: in_the_file() == Ballot.objects.count() == 2)
