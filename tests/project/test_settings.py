import ast
import os
import re
import runpy
from pathlib import Path
from typing import Any

import pytest

from tests.databases import SETTINGS
from tests.server import ROOT, run

pytestmark = pytest.mark.once


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """Reads the settings file under an environment of its own."""

    def read(**environment: str) -> dict[str, Any]:
        for name in (*SETTINGS, "SECRET_KEY", "DATABASE_URL", "STATIC_ROOT"):
            monkeypatch.delenv(name, raising=False)
            monkeypatch.delenv(f"{name}_FILE", raising=False)
        for name, value in ({"DATA_DIR": str(tmp_path)} | environment).items():
            monkeypatch.setenv(name, value)
        return runpy.run_path(str(ROOT / "project" / "settings.py"))

    return read


WRONG = [
    ("PORT", "80a", "a whole number from 1 to 65535"),
    ("PORT", "0", "a whole number from 1 to 65535"),
    ("PORT", "65536", "a whole number from 1 to 65535"),
    ("PORT", "٨٠٠٠", "a whole number"),
    ("PORT", "8" * 5000, "a whole number"),
    ("WEB_CONCURRENCY", "many", "a whole number from 1 to 64"),
    ("DEBUG", "maybe", "1 or 0 is accepted"),
    ("LOG_FORMAT", "xml", "accepted: text, json"),
    ("PROOF_OF_WORK", "sometimes", "accepted: adaptive, always, never"),
    ("SECRET_KEY", "hunter2", "16 or more"),
    ("PUBLIC_URL", "polls.example", "https://polls.example is accepted"),
    ("PUBLIC_URL", "https://polls.example/polls/", "with no path"),
    ("PUBLIC_URL", "https://polls.example?a=1", "with no path"),
    ("PUBLIC_URL", "https://user@polls.example", "is accepted"),
    ("PUBLIC_URL", "https://polls.example:port", "is accepted"),
    ("PUBLIC_URL", "https://[::1", "is accepted"),
    ("PUBLIC_URL", "ftp://polls.example", "is accepted"),
    ("PUBLIC_URL", "https://a b", "is accepted"),
    ("PUBLIC_URL", "https://polls.example,b.example", "is accepted"),
    ("PUBLIC_URL", "https://polls..example", "is accepted"),
    ("PUBLIC_URL", "https://*.example", "is accepted"),
    ("PUBLIC_URL", "https://polls.example:0", "is accepted"),
    ("EMAIL_FROM", "town", "a mail address like polls@town.example"),
    ("EMAIL_FROM", "Polls polls@town.example", "or Polls <polls@town.example>"),
    ("EMAIL_FROM", "polls@town.example, olive@town.example", "a mail address"),
    ("ALLOWED_HOSTS", "https://polls.example", "without https://"),
    ("ALLOWED_HOSTS", "polls.example:8000", "without a port"),
    ("TRUSTED_PROXIES", "10.0.0.0/8, proxy", "no network: 'proxy'"),
    ("EMAIL_URL", "mail.example", "smtp://user:password@host:587"),
    ("EMAIL_URL", "smtp://mail.example:many", "can't be read"),
    ("EMAIL_URL", "smtp://", "names no mail server; smtp://user"),
    ("DATABASE_URL", "mysql://u:p@h/polls", "accepted: postgres://user:password@host:5432/name, sqlite:////"),
    ("DATABASE_URL", "polls.sqlite3", "accepted: postgres://"),
    ("DATABASE_URL", "postgres://", "names no database"),
    ("DATABASE_URL", "postgres://u:p@h:5432/", "names no database"),
    ("DATABASE_URL", "postgres://u:p@h:many/polls", "can't be read"),
    ("DATABASE_URL", "postgres://u:pass#word@h/polls", "%23"),
    ("DATABASE_URL", "sqlite://", "names no database"),
    ("DATABASE_URL", "sqlite:///", "names no database"),
    ("DATABASE_URL", "sqlite://:memory:", "names no database"),
    ("DATABASE_URL", "sqlite:///:memory:", "names no database"),
    ("DATABASE_URL", "sqlite://polls/polls.sqlite3", "four slashes"),
    ("DATABASE_URL", "sqlite:///polls.sqlite3", f"write sqlite:///{Path.cwd()}/polls.sqlite3, with four slashes"),
    ("DATABASE_URL", "sqlite:////nowhere/at/all/polls.sqlite3", "a folder that does not exist"),
    ("DATABASE_URL", "sqlite:////tmp/polls.sqlite3?timeout=3", "four slashes"),
    ("DATA_DIR", "/dev/null/data", "can't be made"),
    ("STATIC_ROOT", "~nobody-at-all/static", "begins with ~"),
]


@pytest.mark.parametrize(("name", "value", "why"), WRONG)
def test_a_mistake_is_refused_in_a_sentence_that_names_the_variable(read: Any, name: str, value: str, why: str) -> None:
    with pytest.raises(SystemExit) as refused:
        read(**{name: value})
    sentence = str(refused.value.code)
    assert sentence.startswith(f"pollstead: {name} ")
    assert why in sentence
    assert "\n" not in sentence


@pytest.mark.parametrize("password", ["pass#word", "pass/word", "p[ss"])
def test_no_part_of_a_password_is_printed(read: Any, password: str) -> None:
    with pytest.raises(SystemExit) as refused:
        read(DATABASE_URL=f"postgres://u:{password}@h/polls")
    assert "pass" not in str(refused.value.code).replace("in a password", "")


@pytest.mark.process
@pytest.mark.parametrize("words", [("manage.py", "serve"), ("-m", "uvicorn", "project.asgi:application")])
def test_a_mistake_ends_the_process_without_a_traceback(words: tuple[str, ...]) -> None:
    ended = run(*words, DATABASE_URL="mysql://u:p@h/polls")
    assert ended.returncode == 1
    assert ended.stderr.startswith("pollstead: DATABASE_URL starts with 'mysql'; accepted: postgres://")
    assert ended.stderr.count("\n") == 1


def test_empty_is_unset(read: Any, tmp_path: Path) -> None:
    settings = read(**dict.fromkeys([*SETTINGS, "SECRET_KEY", "DATABASE_URL", "STATIC_ROOT"], ""))
    assert settings["PORT"] == 8000
    assert settings["ALLOWED_HOSTS"] == ["*"]
    assert settings["DATABASES"]["default"]["NAME"] == str(tmp_path / "pollstead.sqlite3")


def test_sqlite_is_safe_against_a_power_cut_and_makes_writers_wait(read: Any) -> None:
    options = read()["DATABASES"]["default"]["OPTIONS"]
    assert options["transaction_mode"] == "IMMEDIATE"
    assert "journal_mode=WAL" in options["init_command"]
    assert "synchronous=FULL" in options["init_command"]


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "Postgres"])
def test_postgresql_has_a_pool_and_limits_beside_the_options_that_are_given(read: Any, scheme: str) -> None:
    url = f"{scheme}://u:p%23%2F@db:5433/polls?sslmode=require&options=-c%20search_path%3Dours"
    database = read(DATABASE_URL=url)["DATABASES"]["default"]
    assert database["ENGINE"] == "django.db.backends.postgresql"
    assert (database["PASSWORD"], database["PORT"], database["NAME"]) == ("p#/", 5433, "polls")
    assert database["CONN_MAX_AGE"] == 0
    assert database["OPTIONS"]["pool"]["timeout"] == 3
    assert database["OPTIONS"]["sslmode"] == "require"
    assert "statement_timeout=5000" in database["OPTIONS"]["options"]
    assert database["OPTIONS"]["options"].endswith("-c search_path=ours")


def test_the_public_address_is_written_as_browsers_write_it(read: Any) -> None:
    settings = read(PUBLIC_URL="HTTPS://Umfragen.Köln.example:443/")
    assert settings["PUBLIC_URL"] == "https://umfragen.xn--kln-sna.example"
    assert settings["ALLOWED_HOSTS"] == ["umfragen.xn--kln-sna.example"]
    assert settings["CSRF_COOKIE_SECURE"] is True


def test_the_public_address_may_have_a_port(read: Any) -> None:
    assert read(PUBLIC_URL="http://[::1]:8000")["PUBLIC_URL"] == "http://[::1]:8000"


@pytest.mark.parametrize("sender", ["polls@town.example", "Polls of the town <polls@town.example>", "polls@localhost"])
def test_mail_has_a_sender_with_or_without_a_name(read: Any, sender: str) -> None:
    assert read(EMAIL_FROM=sender)["DEFAULT_FROM_EMAIL"] == sender


def test_a_secret_is_read_from_a_file_without_its_last_newline(read: Any, tmp_path: Path) -> None:
    (tmp_path / "key").write_text("a key of some length\n")
    assert read(SECRET_KEY_FILE=str(tmp_path / "key"))["SECRET_KEY"] == "a key of some length"


@pytest.mark.parametrize(("content", "why"), [(None, "no file that can be read"), ("\n", "which is empty")])
def test_a_secret_file_that_says_nothing_is_refused(read: Any, tmp_path: Path, content: str | None, why: str) -> None:
    if content is not None:
        (tmp_path / "url").write_text(content)
    with pytest.raises(SystemExit, match=rf"^pollstead: DATABASE_URL_FILE names .* {why}"):
        read(DATABASE_URL_FILE=str(tmp_path / "url"))


def test_a_secret_given_twice_is_refused(read: Any, tmp_path: Path) -> None:
    (tmp_path / "key").write_text("a key of some length")
    with pytest.raises(SystemExit, match="SECRET_KEY and SECRET_KEY_FILE are both set"):
        read(SECRET_KEY="another key of some length", SECRET_KEY_FILE=str(tmp_path / "key"))


def test_a_secret_key_is_made_once_and_kept_for_us_alone(read: Any, tmp_path: Path) -> None:
    made = read()["SECRET_KEY"]
    assert len(made) >= 50
    assert read()["SECRET_KEY"] == made
    assert (tmp_path / "secret-key").stat().st_mode & 0o777 == 0o600


def test_nobody_else_reads_our_files_whoever_put_them_there(read: Any, tmp_path: Path) -> None:
    fresh, moved = tmp_path / "fresh", tmp_path / "moved"
    moved.mkdir()
    moved.chmod(0o755)
    names = ["secret-key", "pollstead.sqlite3", "pollstead.sqlite3-wal", "pollstead.sqlite3-shm"]
    for name in names:
        (moved / name).write_text("kept from another machine")
        (moved / name).chmod(0o644)
    for folder in (fresh, moved):
        read(DATA_DIR=str(folder))
    modes = {path.relative_to(tmp_path).as_posix(): path.stat().st_mode & 0o777 for path in tmp_path.rglob("*")}
    ours = [*(f"moved/{name}" for name in names), "fresh/secret-key", "fresh/pollstead.sqlite3"]
    assert {name: mode for name, mode in modes.items() if mode & 0o077} == {"moved": 0o755}, "who made it, knows why"
    assert set(modes) == {"fresh", "moved", *ours}
    assert (moved / names[1]).read_text() == "kept from another machine"


def test_a_kept_secret_key_that_was_emptied_is_refused(read: Any, tmp_path: Path) -> None:
    (tmp_path / "secret-key").write_text("")
    with pytest.raises(SystemExit, match="SECRET_KEY is unset and"):
        read()


def test_every_setting_is_documented_and_every_documented_one_exists() -> None:
    assert _documented() == _read_by_the_code()


def test_compose_passes_on_every_setting_that_a_container_can_have() -> None:
    passed = re.findall(
        r'^      ([A-Z_]+): "\$\{([A-Z_]+):-[0-9]*\}"$', (ROOT / "compose.yaml").read_text(), re.MULTILINE
    )
    assert all(name == variable for name, variable in passed)
    # The image has said where its files are; and DEBUG is for developers.
    assert {name for name, _variable in passed} == _documented() - {"DATA_DIR", "STATIC_ROOT", "DEBUG"}


def _documented() -> set[str]:
    return set(re.findall(r"^\| `([A-Z_]+)` \|", (ROOT / "docs" / "settings.md").read_text(), re.MULTILINE))


def _read_by_the_code() -> set[str]:
    """The names in `env.text("NAME")`, and in `text("NAME")` inside of env itself."""
    names = set()
    for path in (ROOT / "project").rglob("*.py"):
        reads = r"text" if path.name == "env.py" else r"env\.(?!refuse|stop)[a-z_]+"
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and node.args and re.fullmatch(reads, ast.unparse(node.func)):
                asked = node.args[0]
                names.add(asked.value if isinstance(asked, ast.Constant) else None)
    return {name for name in names if isinstance(name, str)}


def test_no_setting_is_read_past_the_one_place() -> None:
    for path in (*(ROOT / "polls").rglob("*.py"), *(ROOT / "ui").rglob("*.py")):
        assert "os.environ" not in path.read_text(), path


def test_this_file_knows_every_setting() -> None:
    assert {*SETTINGS, "SECRET_KEY", "DATABASE_URL", "DATA_DIR", "STATIC_ROOT"} == _documented()
    assert "DATABASE_URL" in os.environ
