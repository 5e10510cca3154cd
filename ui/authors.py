"""Programs that write polls: an API token lets them in, and nothing else does."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest
from django.utils import translation

from polls import refusals, tokens
from polls.models import ApiToken
from ui import admission, database, origins, tongues, visitors

MOST = 1000

_right: set[str] = set()
"""Hashes of tokens that were right before: wrong ones from the same network don't keep them out."""


async def authored[T](request: HttpRequest, deed: Callable[..., T], *said: Any, **more: Any) -> T:
    """What a deed of `polls.authoring` gives to the token of this request, in the words of the sender's language.

    Raises OriginForeign, TokenUnknown, TokenForbidden, Throttled, and what the deed raises.
    """
    origins.check_program(request)
    token = await _token(request)
    if wait := admission.authors.take((token.pk, ""), now=time.monotonic()):
        raise refusals.Throttled(wait, writing=True)
    language = tongues.around(request)

    def done() -> T:
        with translation.override(language):
            return deed(*said, token=token, **more)

    return await database.author(done)


def clear() -> None:
    _right.clear()


async def _token(request: HttpRequest) -> ApiToken:
    text = visitors.token(request)
    if text is None:
        raise refusals.TokenUnknown
    token_hash, stranger, now = tokens.hashed(text), visitors.stranger(request), time.monotonic()
    if token_hash not in _right:
        admission.check_guesses(stranger, now=now)
    try:
        token = await database.read(tokens.author, token_hash)
    except refusals.TokenUnknown:
        _right.discard(token_hash)
        admission.note_guess(stranger, now=now)
        raise
    if len(_right) >= MOST:
        _right.clear()
    _right.add(token_hash)
    today = datetime.now(UTC).date()
    if token.last_used_on != today:
        await database.author(lambda: tokens.note_use(token.pk, on=today))
    return token
