"""Proof of work in ALTCHA's format (version 1), made and checked here: no third party hears of it.

A challenge is the SHA-256 of a salt and a secret number; who finds the number has worked. The salt says until when it
is good, for which poll, and for which paper. So a solution is good for one ballot, and that once: the database takes a
paper once, in whichever process, and a retry of the same ballot needs no new work.
"""

import base64
import binascii
import hashlib
import hmac
import json
import secrets
from datetime import datetime, timedelta
from urllib.parse import parse_qs

from ui import papers

HARDEST = 100_000
"""The number is at most this: under a second on a phone."""
LIFETIME = timedelta(minutes=10)
LONGEST = 1000


def challenge(poll: int, nonce: str, *, at: datetime) -> dict[str, object]:
    """A challenge for a paper: what goes to the voter's browser."""
    expires = int((at + LIFETIME).timestamp())
    # The ampersand at the end keeps digits of the number from being passed off as digits of the salt.
    salt = f"{secrets.token_hex(12)}?expires={expires}&poll={poll}&paper={nonce}&"
    hashed = _hash(salt, secrets.randbelow(HARDEST + 1))
    return {
        "algorithm": "SHA-256",
        "challenge": hashed,
        "maxnumber": HARDEST,
        "salt": salt,
        "signature": _signature(hashed),
    }


def is_done(solution: str, *, poll: int, nonce: str, at: datetime) -> bool:
    """Whether somebody has worked for this paper: `solution` is ALTCHA's payload, base64 of JSON."""
    told = _read(solution)
    salt, number = told.get("salt"), told.get("number")
    if told.get("algorithm") != "SHA-256" or not isinstance(salt, str) or type(number) is not int:
        return False
    hashed, signature = str(told.get("challenge")), str(told.get("signature"))
    if not (0 <= number <= HARDEST and salt.isascii() and salt.endswith("&")) or _hash(salt, number) != hashed:
        return False
    if not hmac.compare_digest(signature.encode(), _signature(hashed).encode()):
        return False
    # From here on the salt is ours.
    terms = parse_qs(salt.partition("?")[2])
    mine = terms["poll"] == [str(poll)] and terms["paper"] == [nonce]
    return mine and int(terms["expires"][0]) >= at.timestamp()


def _read(solution: str) -> dict[str, object]:
    try:
        told = json.loads(base64.b64decode(solution, validate=True)) if len(solution) <= LONGEST else {}
    except (binascii.Error, ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}


def _hash(salt: str, number: int) -> str:
    return hashlib.sha256(f"{salt}{number}".encode()).hexdigest()


def _signature(hashed: str) -> str:
    return hmac.digest(papers.key("work"), hashed.encode(errors="surrogatepass"), "sha256").hex()
