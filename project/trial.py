"""The first start of `make run`: something to look at, and a login that is printed."""

import secrets
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime

from django.conf import settings
from django.contrib.auth.models import User
from django.db import connection

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
    preparation.make_admin(settings.ADMIN_PASSWORD or env.kept(KEPT, secrets.token_urlsafe(9)))


def login() -> Login | None:
    """The first admin's login as long as it works. For a thread of its own, whose connection it closes."""
    with closing(connection):
        admin = User.objects.filter(username=settings.ADMIN_USERNAME, is_superuser=True, is_active=True).first()
    password = settings.ADMIN_PASSWORD or (KEPT.read_text().strip() if KEPT.exists() else "")
    return Login(admin.username, password) if admin and admin.check_password(password) else None
