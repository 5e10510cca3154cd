"""Reads settings from the environment. Each mistake stops the start with one sentence that names the variable."""

import os
import secrets
import sys
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import SplitResult, unquote, urlsplit

import dj_database_url
from environs import FileAwareEnv
from environs.exceptions import EnvError

ACCEPTED_DATABASES = "postgres://user:password@host:5432/name, sqlite:////absolute/path.sqlite3, or empty for SQLite"

# `X_FILE` names a file that holds the value of `X`; editors leave a newline at its end.
env = FileAwareEnv(strip_whitespace=True)


def refuse(name: str, why: str) -> NoReturn:
    """End the start: `name` is the variable at fault, `why` a sentence."""
    sys.exit(f"pollstead: {name} {why}")


def text(name: str, default: str = "") -> str:
    """The value without surrounding space; empty counts as unset."""
    try:
        return str(env.str(name, default)).strip() or default
    except (EnvError, ValueError) as error:
        refuse(name, f"can't be read: {error}")


def number(name: str, default: int, *, at_least: int, at_most: int) -> int:
    value = text(name, str(default))
    if not (value.isascii() and value.isdigit() and at_least <= int(value) <= at_most):
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


def address(name: str) -> SplitResult | None:
    """An origin such as https://polls.example, without a path; None when unset."""
    value = text(name)
    if not value:
        return None
    parts = urlsplit(value.rstrip("/"))
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path or parts.query:
        refuse(name, f"is {value!r}; an address like https://polls.example is accepted, with no path.")
    return parts


def networks(name: str) -> list[IPv4Network | IPv6Network]:
    """Addresses or networks such as 10.0.0.0/8, parted by commas or spaces."""
    try:
        return [ip_network(word, strict=False) for word in words(name)]
    except ValueError as error:
        refuse(name, f"holds something that is no network: {error}.")


def folder(name: str, default: Path) -> Path:
    """A folder that exists and can be written to; made when it is missing."""
    path = Path(text(name, str(default))).expanduser().absolute()
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        refuse(name, f"is {str(path)!r}, which can't be made: {error.strerror}.")
    if not os.access(path, os.W_OK | os.X_OK):
        refuse(name, f"is {str(path)!r}, which this user may not write to.")
    return path


def secret_key(data: Path) -> str:
    """`SECRET_KEY`, or a key made once and kept in the data folder."""
    if given := text("SECRET_KEY"):
        return given
    path = data / "secret-key"
    if not path.exists():
        _keep(path, secrets.token_urlsafe(48))
    kept = path.read_text().strip()
    if not kept:
        refuse("SECRET_KEY", f"is unset and {str(path)!r} is empty; delete that file and start again.")
    return kept


def _keep(path: Path, secret: str) -> None:
    # A link is made at once or not at all: of two processes that start together, both read the winner's whole key.
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    draft.touch(mode=0o600)
    draft.write_text(secret)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def database(data: Path) -> dict[str, Any]:
    """Django's settings for `DATABASE_URL`; SQLite in the data folder when it is empty."""
    url = text("DATABASE_URL") or f"sqlite:///{data / 'pollstead.sqlite3'}"
    scheme = url.partition(":")[0]
    if scheme not in {"postgres", "postgresql", "sqlite"}:
        refuse("DATABASE_URL", f"starts with {scheme!r}; accepted: {ACCEPTED_DATABASES}.")
    try:
        parsed = dict(dj_database_url.parse(url))
    except ValueError as error:
        refuse("DATABASE_URL", f"can't be read ({error}); accepted: {ACCEPTED_DATABASES}.")
    if not parsed.get("NAME") or parsed["NAME"] == ":memory:":
        refuse("DATABASE_URL", f"names no database; accepted: {ACCEPTED_DATABASES}.")
    return _sqlite(parsed) if scheme == "sqlite" else _postgresql(parsed)


def _sqlite(parsed: dict[str, Any]) -> dict[str, Any]:
    # FULL: an answered ballot is on disk when the power fails. IMMEDIATE: a writer waits its turn instead of failing.
    pragmas = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-16000; PRAGMA temp_store=MEMORY;"
    options = {"transaction_mode": "IMMEDIATE", "timeout": 10, "init_command": pragmas}
    return parsed | {"OPTIONS": options}


def _postgresql(parsed: dict[str, Any]) -> dict[str, Any]:
    limits = "-c statement_timeout=5000 -c lock_timeout=3000 -c idle_in_transaction_session_timeout=10000"
    options = parsed.get("OPTIONS", {}) | {
        "pool": {"min_size": 1, "max_size": 10, "timeout": 3, "reconnect_timeout": 3},
        "connect_timeout": 3,
        "tcp_user_timeout": 5000,
        "keepalives_idle": 5,
        "options": limits,
    }
    return parsed | {"CONN_MAX_AGE": 0, "CONN_HEALTH_CHECKS": True, "OPTIONS": options}


def mailer() -> dict[str, Any]:
    """`EMAIL_URL` as one of Django's mailers: smtp://user:password@host:587, smtps://…, or empty for the log."""
    url = text("EMAIL_URL")
    if not url:
        return {"BACKEND": "django.core.mail.backends.console.EmailBackend"}
    parts = urlsplit(url)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        refuse("EMAIL_URL", f"starts with {parts.scheme!r}; smtp://user:password@host:587 or smtps://… is accepted.")
    encrypted = parts.scheme == "smtps"
    options = {
        "host": parts.hostname,
        "port": parts.port or (465 if encrypted else 587),
        "username": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "use_ssl": encrypted,
        "use_tls": not encrypted and parts.port != 25,
        "timeout": 10,
    }
    return {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": options}
