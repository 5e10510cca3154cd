"""A mail server that refuses some addresses."""

from datetime import UTC, datetime
from smtplib import SMTPRecipientsRefused
from typing import Any

from django.core.mail.backends.locmem import EmailBackend

from polls.models import Invitation


class Refusing(EmailBackend):
    def send_messages(self, messages: Any) -> int:
        for message in messages:
            if message.to[0].startswith("bounce"):
                raise SMTPRecipientsRefused({message.to[0]: (550, b"no such box")})
        return int(super().send_messages(messages))


class Revoking(EmailBackend):
    """While the first mail is on its way, an editor revokes whatever has not been sent."""

    def send_messages(self, messages: Any) -> int:
        waiting = Invitation.objects.filter(mailed_at=None).exclude(label=messages[0].to[0])
        waiting.update(revoked_at=datetime.now(UTC))
        return int(super().send_messages(messages))


MAILERS = {"default": {"BACKEND": "tests.mailers.Refusing"}}
