"""The signed ballot paper that a form carries, and the receipt that a counted ballot gives. Neither needs a cookie.

A paper is `poll.issued.nonce.signature`; it says that the form is ours, how old it is, and which try it belongs to.
A receipt is `poll.nonce.signature`; it says that the ballot with this nonce was counted.
"""

import base64
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from django.conf import settings

from polls import refusals

LIFETIME = timedelta(hours=24)
LONGEST = 200


@dataclass(frozen=True, slots=True)
class Paper:
    poll: int
    issued: int
    """Seconds since 1970."""
    nonce: str


def issue(poll: int, *, at: datetime) -> str:
    """A fresh paper for a poll."""
    said = f"{poll}.{int(at.timestamp())}.{secrets.token_urlsafe(15)}"
    return f"{said}.{_sign('paper', said)}"


def read(text: str, *, poll: int, at: datetime) -> Paper:
    """The paper that `text` holds. Raises the Refusal for one that is missing, forged, foreign or expired."""
    if not text:
        raise refusals.PaperMissing
    said, _, signature = text.rpartition(".")
    if len(text) > LONGEST or not hmac.compare_digest(signature.encode(), _sign("paper", said).encode()):
        raise refusals.PaperForged
    owner, issued, nonce = said.split(".")
    if int(owner) != poll:
        raise refusals.PaperForeign
    if int(issued) + LIFETIME.total_seconds() < at.timestamp():
        raise refusals.PaperExpired
    return Paper(int(owner), int(issued), nonce)


def receipt(poll: int, nonce: str) -> str:
    said = f"{poll}.{nonce}"
    return f"{said}.{_sign('receipt', said)}"


def is_receipt(text: str, *, poll: int) -> bool:
    return nonce_of(text, poll=poll) is not None


def nonce_of(text: str, *, poll: int) -> str | None:
    """The nonce of the ballot that a receipt of this poll is for; None when it is no such receipt."""
    said, _, signature = text.rpartition(".")
    if len(text) > LONGEST or not hmac.compare_digest(signature.encode(), _sign("receipt", said).encode()):
        return None
    owner, _, nonce = said.partition(".")
    return nonce if owner == str(poll) else None


def browser_of(poll: int, nonce: str) -> str:
    """The name of a browser that has none yet. From the paper, so that a retry gets the same name again."""
    return _sign("browser", f"{poll}.{nonce}")


def signed(purpose: str, said: str) -> str:
    return f"{said}.{_sign(purpose, said)}"


def unsigned(purpose: str, text: str) -> str | None:
    """What was signed for a purpose; None when the signature is not ours."""
    said, _, signature = text.rpartition(".")
    ours = hmac.compare_digest(signature.encode(), _sign(purpose, said).encode())
    return said if ours and len(text) <= LONGEST else None


@cache
def _key(purpose: str) -> bytes:
    return hmac.digest(settings.SECRET_KEY.encode(), f"pollstead.{purpose}".encode(), "sha256")


def _sign(purpose: str, said: str) -> str:
    """16 bytes of HMAC-SHA-256, in 22 characters."""
    signature = hmac.digest(_key(purpose), said.encode(errors="surrogatepass"), "sha256")[:16]
    return base64.urlsafe_b64encode(signature).decode().rstrip("=")
