"""A mail server that refuses some addresses."""

from smtplib import SMTPRecipientsRefused
from typing import Any

from django.core.mail.backends.locmem import EmailBackend


class Refusing(EmailBackend):
    def send_messages(self, messages: Any) -> int:
        for message in messages:
            if message.to[0].startswith("bounce"):
                raise SMTPRecipientsRefused({message.to[0]: (550, b"no such box")})
        return int(super().send_messages(messages))


MAILERS = {"default": {"BACKEND": "tests.mailers.Refusing"}}
