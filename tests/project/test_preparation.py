import errno
import logging
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import IntegrityError, OperationalError, connection
from psycopg_pool import PoolTimeout

from polls.models import Theme
from polls.shipped_themes import SHIPPED
from project import preparation
from project.maintenance import DatabaseAway, explained, maintenance
from tests import migrated
from tests.browser import Browser
from tests.server import PATIENCE, an_empty_database, free_port, run, start


@pytest.fixture
def empty(house: None, tmp_path: Path) -> Iterator[dict[str, str]]:
    with an_empty_database(tmp_path) as address:
        yield address


@contextmanager
def _elsewhere(name: str) -> Iterator[None]:
    """On another database for a while."""
    ours = str(connection.settings_dict["NAME"])
    migrated.use(name)
    try:
        yield
    finally:
        migrated.use(ours)


@pytest.mark.process
def test_two_that_start_together_on_an_empty_database_both_succeed_and_a_third_finds_nothing_to_do(
    empty: dict[str, str], settings: Any, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    environment = empty | {"ADMIN_USERNAME": "olive", "ADMIN_PASSWORD": "olive’s own password"}
    together = [start("manage.py", "prepare", **environment) for _ in range(2)]
    said = [process.communicate(timeout=PATIENCE) for process in together]
    assert [process.returncode for process in together] == [0, 0], said
    assert sum("The admin olive is made." in complained for _, complained in said) == 1
    settings.ADMIN_USERNAME, settings.ADMIN_PASSWORD = "olive", "short"
    with _elsewhere(unquote(urlsplit(empty["DATABASE_URL"]).path[1:])), caplog.at_level(logging.INFO):
        call_command("prepare")
        assert [user.username for user in User.objects.all()] == ["olive"]
        assert set(Theme.objects.values_list("name", flat=True)) == set(SHIPPED)
    assert (*capfd.readouterr(), caplog.text) == ("", "", "")


@pytest.mark.once
@pytest.mark.parametrize("said", ["-5", "soon", "٥"])
def test_nobody_waits_less_than_no_time(said: str) -> None:
    with pytest.raises(CommandError, match="0 or more are accepted"):
        call_command("prepare", f"--wait={said}")


@pytest.mark.process
@pytest.mark.once
def test_a_database_that_is_away_is_told_in_a_sentence() -> None:
    nobody = f"postgres://u:a-secret@127.0.0.1:{free_port()}/db"
    ended = run("manage.py", "prepare", "--wait", "0", DATABASE_URL=nobody)
    assert ended.returncode == 1
    assert ended.stderr == "pollstead: DATABASE_URL leads to a database that can't be reached: Connection refused.\n"


@pytest.mark.process
def test_a_command_on_a_database_that_is_not_migrated_ends_with_a_sentence(empty: dict[str, str]) -> None:
    ended = run("manage.py", "verify_tallies", **empty)
    assert ended.returncode == 1
    assert ended.stderr == "pollstead: the database is not migrated; run `manage.py migrate` first.\n"


def test_only_a_database_that_is_away_excuses_a_command() -> None:
    away = "the database can't be reached, or does not answer: "
    refused = 'connection to server at "db" failed: Connection refused\n\tIs the server running?'
    assert explained(OperationalError(refused)) == f"{away}Connection refused."
    assert explained(DatabaseAway("disk I/O error")) == f"{away}disk I/O error."
    assert explained(PoolTimeout("no connection after 3 sec")) == f"{away}no connection after 3 sec."
    assert explained(PermissionError(errno.EACCES, "Permission denied", "/data/x")).startswith(
        "/data/x can't be used: "
    )
    ours = (IntegrityError("twice"), KeyError("away"), FileNotFoundError(errno.ENOENT, "No such file", "x"))
    assert [explained(fault) for fault in ours] == ["", "", ""]


@pytest.mark.only_on("sqlite")
def test_a_file_that_is_no_database_is_told_in_a_sentence(
    house: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    notes = tmp_path / "notes.txt"
    notes.write_text("These are not the ballots that you are looking for." * 100)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{notes}")
    with _elsewhere(str(notes)), pytest.raises(SystemExit) as ended:
        call_command("prepare")
    sentence = str(ended.value.code)
    assert sentence.startswith("pollstead: DATABASE_URL leads to a database that can't be reached: file is not")
    assert "\n" not in sentence


@pytest.mark.only_on("postgresql")
@pytest.mark.parametrize("command", ["prepare", "migrate"])
def test_a_database_that_does_not_hold_every_letter_is_not_begun(house: None, command: str) -> None:
    narrow = f"narrow_{os.getpid()}"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {narrow} ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0")
    with (
        _elsewhere(narrow),
        pytest.raises(SystemExit, match=r"^pollstead: DATABASE_URL leads to a database in SQL_ASCII"),
    ):
        call_command(command, verbosity=0)
    with _elsewhere(narrow), connection.cursor() as cursor:
        assert connection.introspection.table_names(cursor) == []
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE {narrow}")


@pytest.mark.parametrize(
    ("settings_", "name"),
    [
        ({"ADMIN_PASSWORD": "short"}, "ADMIN_PASSWORD"),
        ({"ADMIN_PASSWORD": "password1"}, "ADMIN_PASSWORD"),
        ({"ADMIN_USERNAME": "two words"}, "ADMIN_USERNAME"),
        ({"ADMIN_EMAIL": "nowhere"}, "ADMIN_EMAIL"),
    ],
)
def test_an_admin_that_is_not_accepted_ends_the_start(
    house: None, settings: object, settings_: dict[str, str], name: str
) -> None:
    for variable, value in ({"ADMIN_PASSWORD": "olive’s own password"} | settings_).items():
        setattr(settings, variable, value)
    with pytest.raises(SystemExit, match=rf"^pollstead: {name} is not accepted\. ."):
        preparation.admin_or_link()
    assert not User.objects.exists()


def test_the_name_of_somebody_else_is_not_made_an_admin(house: None, settings: object) -> None:
    User.objects.create_user("admin")
    with pytest.raises(SystemExit, match="ADMIN_USERNAME is 'admin', who exists"):
        preparation.make_admin("olive’s own password")


def test_without_a_password_the_start_prints_a_link_that_makes_an_admin(
    vera: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    preparation.admin_or_link()
    link = re.search(r"http://localhost:8000(/setup/\S+)", caplog.text)
    assert link
    assert vera.get(link.group(1)).status_code == 200


def test_a_database_that_could_lose_ballots_is_warned_of(house: None, caplog: pytest.LogCaptureFixture) -> None:
    weaker = {"sqlite": "PRAGMA synchronous = NORMAL", "postgresql": "SET synchronous_commit = off"}
    with connection.cursor() as cursor:
        cursor.execute(weaker[connection.vendor])
    preparation.check_durability()
    if connection.vendor == "postgresql":
        # The connection goes back to the pool, and with it what was set.
        with connection.cursor() as cursor:
            cursor.execute("RESET synchronous_commit")
    connection.close()
    assert "ballots that were answered can be lost" in caplog.text


def test_our_own_databases_lose_nothing(house: None, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        preparation.check_durability()
    assert caplog.text == ""


def test_maintenance_may_take_its_time_and_voters_may_not(house: None) -> None:
    with maintenance():
        statement, lock = _limits()
    # SQLite has no time limit for statements in the first place.
    expected = ("0", "3s", "5s") if connection.vendor == "postgresql" else ("none", "none", "none")
    assert (statement, lock, _limits()[0]) == expected


def _limits() -> tuple[str, str]:
    if connection.vendor == "sqlite":
        return "none", "none"
    return _shown("statement_timeout"), _shown("lock_timeout")


def _shown(name: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SHOW {name}")
        return str(cursor.fetchone()[0])
