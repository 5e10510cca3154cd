"""Reads settings from the environment. Each mistake stops the start with one sentence that names the variable."""

import os
import re
import secrets
import sys
from contextlib import suppress
from dataclasses import dataclass
from email.utils import parseaddr
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import quote, unquote, urlsplit

import dj_database_url
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

ACCEPTED_DATABASES = "postgres://user:password@host:5432/name, sqlite:////absolute/path.sqlite3, or empty for SQLite"
USUAL_PORTS = {"http": 80, "https": 443}
HOST = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*")
SHORTEST_KEY = 16
OURS_ALONE = 0o600
"""The mode of files that hold ballots and keys."""


def stop(sentence: str) -> NoReturn:
    """End the start with a sentence and no traceback."""
    sys.exit(f"pollstead: {sentence}")


def refuse(name: str, why: str) -> NoReturn:
    """End the start: `name` is the variable at fault, `why` the rest of the sentence."""
    stop(f"{name} {why}")


def text(name: str, default: str = "") -> str:
    """The value without surrounding space, or what the file at `<name>_FILE` holds; empty counts as unset."""
    value, file = os.environ.get(name, ""), os.environ.get(f"{name}_FILE", "")
    if value and file:
        refuse(name, f"and {name}_FILE are both set; set one of them.")
    return (_said_in(file, f"{name}_FILE") if file else value.strip()) or default


def _said_in(file: str, name: str) -> str:
    """What a secret file holds, without the newline that editors leave at its end."""
    try:
        value = Path(file).read_text().strip()
    except (ValueError, OSError):
        refuse(name, f"names {file!r}, which is no file that can be read.")
    if not value:
        refuse(name, f"names {file!r}, which is empty.")
    return value


def number(name: str, default: int, *, at_least: int, at_most: int) -> int:
    value = text(name, str(default))
    # Not `int()` alone: it takes other alphabets' digits, and gives up on very long ones.
    if not re.fullmatch("[0-9]{1,9}", value) or not at_least <= int(value) <= at_most:
        refuse(name, f"is {value!r}; a whole number from {at_least} to {at_most} is accepted.")
    return int(value)


def switch(name: str, *, default: bool) -> bool:
    value = text(name, "1" if default else "0").lower()
    if value not in {"1", "true", "yes", "on", "0", "false", "no", "off"}:
        refuse(name, f"is {value!r}; 1 or 0 is accepted.")
    return value in {"1", "true", "yes", "on"}


def words(name: str, default: str = "") -> list[str]:
    """A list parted by commas or spaces."""
    return text(name, default).replace(",", " ").split()


def choice(name: str, default: str, accepted: tuple[str, ...]) -> str:
    value = text(name, default)
    if value not in accepted:
        refuse(name, f"is {value!r}; accepted: {', '.join(accepted)}.")
    return value


@dataclass(frozen=True, slots=True)
class Origin:
    """`url` as a browser writes an origin, `host` as it stands in ALLOWED_HOSTS."""

    url: str
    host: str


def origin(name: str) -> Origin | None:
    """An origin such as https://polls.example; None when unset."""
    value = text(name)
    if not value:
        return None
    why = f"is {value!r}; an address like https://polls.example is accepted, with no path."
    try:
        parts = urlsplit(value.rstrip("/").lower())
        host, port = (parts.hostname or "").encode("idna").decode(), parts.port
    except ValueError:
        refuse(name, why)
    if parts.scheme not in USUAL_PORTS or not _is_host(host) or port == 0 or "@" in parts.netloc:
        refuse(name, why)
    if parts.path or parts.query or parts.fragment:
        refuse(name, why)
    host = f"[{host}]" if ":" in host else host
    usual = port in {None, USUAL_PORTS[parts.scheme]}
    return Origin(f"{parts.scheme}://{host}" if usual else f"{parts.scheme}://{host}:{port}", host)


def _is_host(host: str) -> bool:
    if ":" not in host:
        return bool(HOST.fullmatch(host))
    try:
        return bool(ip_address(host))
    except ValueError:
        return False


def hosts(name: str, default: str) -> list[str]:
    """Names that requests may be sent to: polls.example, .polls.example for its subdomains too, or * for any."""
    for word in words(name, default):
        if word != "*" and not HOST.fullmatch(word.removeprefix(".")) and not re.fullmatch(r"\[[0-9A-Fa-f:.]+\]", word):
            refuse(name, f"holds {word!r}; names like polls.example are accepted, without https:// and without a port.")
    return words(name, default)


def networks(name: str) -> list[IPv4Network | IPv6Network]:
    """Addresses or networks such as 10.0.0.0/8, parted by commas or spaces."""
    try:
        return [ip_network(word, strict=False) for word in words(name)]
    except ValueError as error:
        refuse(name, f"holds something that is no network: {error}.")


def place(name: str, default: Path) -> Path:
    """An absolute path, whether or not something is there."""
    try:
        return Path(text(name, str(default))).expanduser().absolute()
    except RuntimeError:
        refuse(name, "begins with ~, and whose home that is can't be told.")


def folder(name: str, default: Path) -> Path:
    """A folder that exists and can be written to; made for us alone when it is missing."""
    path = place(name, default)
    try:
        path.mkdir(mode=OURS_ALONE | 0o100, parents=True, exist_ok=True)
    except OSError as error:
        refuse(name, f"is {str(path)!r}, which can't be made: {error.strerror}.")
    if not os.access(path, os.R_OK | os.W_OK | os.X_OK):
        refuse(name, f"is {str(path)!r}, which this user may not read and write.")
    return path


def secret_key(data: Path) -> str:
    """`SECRET_KEY`, or a key made once and kept in the data folder."""
    if given := text("SECRET_KEY"):
        if len(given) < SHORTEST_KEY:
            refuse("SECRET_KEY", f"has {len(given)} characters; {SHORTEST_KEY} or more are accepted, 50 are good.")
        return given
    path = data / "secret-key"
    try:
        key = kept(path, secrets.token_urlsafe(48))
    except (OSError, ValueError):
        refuse("SECRET_KEY", f"is unset, and the key kept at {str(path)!r} can't be read or written.")
    if not key:
        refuse("SECRET_KEY", f"is unset and {str(path)!r} is empty; delete that file and start again.")
    return key


def kept(path: Path, fresh: str) -> str:
    """The secret in a file that only we can read; `fresh` is put there when there is none yet."""
    if not path.exists():
        _keep(path, fresh)
    keep_private(path)
    return path.read_text().strip()


def keep_private(path: Path) -> None:
    """Let nobody else read a file that is ours, however it came here. What is another's is theirs to look after."""
    with suppress(OSError):
        if path.stat().st_uid == os.getuid() and path.stat().st_mode & 0o077:
            path.chmod(OURS_ALONE)


def _keep(path: Path, secret: str) -> None:
    # A link is made at once or not at all: of two processes that start together, both read the winner's whole key.
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    draft.touch(mode=OURS_ALONE)
    draft.write_text(secret)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def database(data: Path) -> dict[str, Any]:
    """Django's settings for `DATABASE_URL`; SQLite in the data folder when it is empty."""
    url = text("DATABASE_URL") or f"sqlite:///{quote(str(data / 'pollstead.sqlite3'))}"
    scheme = url.partition(":")[0].lower()
    if scheme not in {"postgres", "postgresql", "sqlite"}:
        refuse("DATABASE_URL", f"starts with {scheme!r}; accepted: {ACCEPTED_DATABASES}.")
    try:
        parsed = dict(dj_database_url.parse(url))
    except ValueError:
        # The reason may quote a part of the password.
        refuse("DATABASE_URL", "can't be read; signs like # / ? @ in a password are written as %23 %2F %3F %40.")
    if not parsed.get("NAME") or parsed["NAME"] == ":memory:":
        refuse("DATABASE_URL", f"names no database; accepted: {ACCEPTED_DATABASES}.")
    return _sqlite(parsed) if scheme == "sqlite" else _postgresql(parsed)


def _sqlite(parsed: dict[str, Any]) -> dict[str, Any]:
    if parsed.get("HOST") or parsed.get("OPTIONS"):
        refuse("DATABASE_URL", "is no path of a file; write sqlite:////absolute/path.sqlite3, with four slashes.")
    path = Path(parsed["NAME"])
    # Of what folder it would be a part depends on who starts us from where.
    if not path.is_absolute():
        absolute = f"sqlite:///{path.absolute()}"
        refuse("DATABASE_URL", f"names {str(path)!r}, which is no absolute path; write {absolute}, with four slashes.")
    if not path.parent.is_dir():
        refuse("DATABASE_URL", f"names a file in {str(path.parent)!r}, a folder that does not exist.")
    # Made here, or it would be made for all to read; the two beside it get the mode that it has.
    if not path.exists():
        with suppress(OSError):
            path.touch(mode=OURS_ALONE)
    for ending in ("", "-wal", "-shm"):
        keep_private(Path(f"{path}{ending}"))
    # What is too large to be sorted in memory goes to the volume: /tmp may be memory, or too small.
    os.environ.setdefault("SQLITE_TMPDIR", str(path.parent))
    # FULL: an answered ballot is on disk when the power fails. IMMEDIATE: a writer waits its turn instead of failing.
    pragmas = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-16000; PRAGMA temp_store=MEMORY;"
    options = {"transaction_mode": "IMMEDIATE", "timeout": 10, "init_command": pragmas}
    return parsed | {"NAME": str(path), "OPTIONS": options}


def _postgresql(parsed: dict[str, Any]) -> dict[str, Any]:
    given = parsed.get("OPTIONS", {})
    limits = "-c statement_timeout=5000 -c lock_timeout=3000 -c idle_in_transaction_session_timeout=10000"
    options = given | {
        "pool": {"min_size": 1, "max_size": 10, "timeout": 3, "reconnect_timeout": 3},
        # What asks to be prepared is; with Django's own None nothing would be, whoever asks.
        "prepare_threshold": 1_000_000,
        "connect_timeout": 3,
        "tcp_user_timeout": 5000,
        "keepalives_idle": 5,
        "options": f"{limits} {given.get('options', '')}".strip(),
    }
    return parsed | {"CONN_MAX_AGE": 0, "CONN_HEALTH_CHECKS": True, "OPTIONS": options}


def sender(name: str, default: str) -> str:
    """A mail address, or a name with one: Polls <polls@town.example>."""
    value = text(name, default)
    try:
        validate_email(parseaddr(value)[1])
    except ValidationError:
        refuse(
            name, f"is {value!r}; a mail address like polls@town.example is accepted, or Polls <polls@town.example>."
        )
    return value


def mailer() -> dict[str, Any]:
    """`EMAIL_URL` as one of Django's mailers: smtp://user:password@host:587, smtps://…, or empty for the log."""
    url = text("EMAIL_URL")
    if not url:
        return {"BACKEND": "django.core.mail.backends.console.EmailBackend"}
    accepted = "smtp://user:password@host:587 or smtps://… is accepted"
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        refuse("EMAIL_URL", f"can't be read; {accepted}.")
    if parts.scheme not in {"smtp", "smtps"}:
        refuse("EMAIL_URL", f"starts with {parts.scheme!r}; {accepted}.")
    if not parts.hostname:
        refuse("EMAIL_URL", f"names no mail server; {accepted}.")
    encrypted = parts.scheme == "smtps"
    options = {
        "host": parts.hostname,
        "port": port or (465 if encrypted else 587),
        "username": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "use_ssl": encrypted,
        "use_tls": not encrypted and port != 25,
        "timeout": 10,
    }
    return {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": options}
