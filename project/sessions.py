"""Django's sessions in the database. A cookie that can't be a key of one is none, and is not looked for."""

from typing import Any

from django.contrib.sessions.backends import db


class SessionStore(db.SessionStore):
    def _validate_session_key(self, key: Any) -> bool:
        """Letters and digits, as Django makes them: at a NUL, which a cookie can hold, PostgreSQL raises an error."""
        return bool(super()._validate_session_key(key)) and key.isascii() and key.isalnum()  # type: ignore[misc]  # not in the stubs
