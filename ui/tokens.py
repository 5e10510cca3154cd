"""API tokens at the door: a server that brings one is looked up, and casts without a paper.

What was found stands for a second, in which a token costs no question to the database, and a revoked one still works.
"""

import asyncio
import secrets
import time
from dataclasses import dataclass
from datetime import UTC, datetime

from django.http import HttpRequest

from polls import refusals, tokens, voters
from polls.snapshots import PollSnapshot
from ui import admission, database, visitors
from ui.papers import Paper
from ui.visitors import Bearer, Visitor

LASTS = 1.0
MOST = 1000


@dataclass(frozen=True, slots=True)
class _Look:
    begun: float
    """time.monotonic()"""
    found: asyncio.Task[int]
    """The token's id, or a Refusal."""


_looks: dict[tuple[str, int], _Look] = {}


async def visitor(request: HttpRequest, poll: PollSnapshot, text: str, *, voter: str) -> Visitor:
    """The server that brings this token, with its own name for a voter. Raises TokenUnknown, TokenForbidden, Throttled,
    and Unreadable for an Idempotency-Key that is none.
    """
    stranger, now = visitors.stranger(request), time.monotonic()
    look = _looks.get(asked := (tokens.hashed(text), poll.id))
    if look is None:
        # Only who has not been right lately: a stranger's wrong tokens take nobody's right one away.
        admission.check_failures(stranger, poll, now=now)
    if look is None or now - look.begun > LASTS:
        if len(_looks) >= MOST:
            _looks.clear()
        look = _looks[asked] = _Look(now, asyncio.create_task(_found(asked[0], poll)))
        # Whoever waited may have hung up.
        look.found.add_done_callback(lambda found: found.cancelled() or found.exception())
    try:
        token = await asyncio.shield(look.found)
    except Exception as error:
        if _looks.get(asked) is look:
            del _looks[asked]
        if isinstance(error, refusals.TokenUnknown):
            admission.note_failure(stranger, poll, now=now)
        raise
    return visitors.bearer(request, token, voter=voter)


def clear() -> None:
    _looks.clear()


def paper(bearer: Bearer, poll: PollSnapshot, invitation: str, *, at: datetime) -> Paper:
    """What stands for a paper: the same for the same key of the same voter, else a new one."""
    said = "\0".join((f"key:{bearer.token}", bearer.key, bearer.voter, invitation))
    nonce = voters.hashed(poll, said) if bearer.key else secrets.token_urlsafe(32)
    return Paper(poll.id, at.timestamp(), nonce)


async def _found(token_hash: str, poll: PollSnapshot) -> int:
    token, today = await database.read(tokens.admitted, token_hash, poll), datetime.now(UTC).date()
    if token.last_used_on != today:
        await database.write(tokens.note_use, token.pk, on=today)
    return token.pk
