"""Signatures by the Standard Webhooks specification, version 1: https://www.standardwebhooks.com."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable

PREFIX = "whsec_"
LENGTH = 32
"""Bytes of a secret; the specification asks for 24 to 64."""


def new_secret() -> str:
    return PREFIX + base64.b64encode(secrets.token_bytes(LENGTH)).decode()


def sign(body: bytes, *, message: str, timestamp: int, secrets: Iterable[str]) -> str:
    """The header `webhook-signature`: a signature by each secret, parted by spaces. `timestamp` is in Unix seconds."""
    signed = f"{message}.{timestamp}.".encode() + body
    return " ".join(f"v1,{_signature(signed, secret)}" for secret in secrets)


def _signature(signed: bytes, secret: str) -> str:
    key = base64.b64decode(secret.removeprefix(PREFIX))
    return base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
