"""API tokens: made and told once, revoked, and what each may do. Only their hashes are kept."""

import base64
import hashlib
import secrets
from datetime import date, datetime

from polls import refusals, rights
from polls.models import ApiToken
from polls.snapshots import PollSnapshot
from polls.terms import Policy

PREFIX = "pst_"
"""By this people, and programs that look for secrets in the wrong places, know one."""


def hashed(text: str) -> str:
    """What is kept of a token, 43 characters. It has 256 bits: nobody finds it by trying."""
    digest = hashlib.sha256(f"pollstead.token:{text}".encode(errors="surrogatepass")).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def issue(token: ApiToken) -> str:
    """Save a new token, and give its text, which exists here alone: tell it, or it is gone."""
    text = PREFIX + secrets.token_urlsafe(32)
    token.token_hash = hashed(text)
    token.save(force_insert=True)
    return text


def revoke(token: ApiToken, *, at: datetime) -> None:
    """Take a token back, for ever. Ballots that were cast with it stay."""
    ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=at)


def admitted(token_hash: str, poll: PollSnapshot) -> ApiToken:
    """The token with this hash, if it may cast in the poll. Raises TokenUnknown or TokenForbidden."""
    token = _known(token_hash)
    if not token.may_cast:
        raise refusals.TokenForbidden
    # By account a voter signs in here, which no server can do for somebody.
    # A token can do no more than whoever made it.
    if poll.policy == Policy.ACCOUNT or not (rights.may(token.maker, "change") and rights.sees(token.maker, poll.id)):
        raise refusals.TokenForbidden
    return token


def author(token_hash: str) -> ApiToken:
    """The token with this hash, if it may write polls at all. Raises TokenUnknown or TokenForbidden."""
    token = _known(token_hash)
    if not token.may_author:
        raise refusals.TokenForbidden(casting=False)
    return token


def note_use(token: int, *, on: date) -> None:
    """Only the day: from an hour nobody is to learn who voted when."""
    ApiToken.objects.filter(pk=token).update(last_used_on=on)


def _known(token_hash: str) -> ApiToken:
    token = ApiToken.objects.select_related("maker").filter(token_hash=token_hash, revoked_at=None).first()
    if token is None:
        raise refusals.TokenUnknown
    return token
