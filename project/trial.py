"""The first start of `make run`: something to look at, and a login that is printed."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime

from django.conf import settings
from django.contrib.auth.models import User

from polls import samples
from polls.models import Poll
from project import env, preparation

KEPT = settings.DATA_DIR / "admin-password"


@dataclass(frozen=True, slots=True)
class Login:
    username: str
    password: str


def begin() -> None:
    """Sample polls and an admin. The admin comes last: while there is none, a start is the first."""
    if not Poll.objects.exists():
        samples.load(at=datetime.now(UTC))
    password = settings.ADMIN_PASSWORD or _kept()[0]
    admin = preparation.make_admin(password)
    if not settings.ADMIN_PASSWORD:
        _keep(password, admin)


def login() -> Login | None:
    """The first admin's login as long as it works."""
    admin = User.objects.filter(username=settings.ADMIN_USERNAME, is_superuser=True, is_active=True).first()
    if admin is None or not (settings.ADMIN_PASSWORD or KEPT.exists()):
        return None
    password, known_hash = (settings.ADMIN_PASSWORD, "") if settings.ADMIN_PASSWORD else _kept()
    if admin.password != known_hash:
        # Slow on purpose, half a second: so the hash that is right is kept, and a start needs no such check.
        if not admin.check_password(password):
            return None
        if not settings.ADMIN_PASSWORD:
            _keep(password, admin)
    return Login(admin.username, password)


def _keep(password: str, admin: User) -> None:
    KEPT.write_text(f"{password}\n{admin.password}")


def _kept() -> tuple[str, str]:
    """The password that was made up, and its hash once that is known."""
    password, _, known_hash = env.kept(KEPT, secrets.token_urlsafe(9)).partition("\n")
    return password, known_hash
