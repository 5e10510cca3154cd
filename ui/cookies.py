"""The one cookie: a counted vote tells the browser its name in that poll. Nothing is set on a mere look.

A poll by account needs none: who has voted follows from the account, on a machine that others use too.
"""

from django.http import HttpResponse

from polls.terms import Policy
from ui import visitors
from ui.voting import Answered

LONGEST_AGE = 400 * 24 * 3600


def remember(response: HttpResponse, answered: Answered, *, secure: bool) -> None:
    if answered.entry.poll.policy != Policy.ACCOUNT:
        response["Set-Cookie"] = of(answered, secure=secure)


def of(answered: Answered, *, secure: bool) -> str:
    """The cookie of a counted vote, as its header says it."""
    poll = answered.entry.poll.id
    return _written(poll, visitors.cookie(poll, answered.browser), secure=secure, seconds=LONGEST_AGE)


def forget(response: HttpResponse, poll: int, *, secure: bool) -> None:
    """After a withdrawal this browser has no name in that poll any more."""
    response["Set-Cookie"] = _written(poll, "", secure=secure, seconds=0)


def _written(poll: int, value: str, *, secure: bool, seconds: int) -> str:
    """Written by hand: Python 3.13 does not know `Partitioned` yet, without which no browser keeps a cookie in a frame
    of another site. Name and value are of our own making, letters and digits.
    """
    name, reach = visitors.cookie_name(poll, secure=secure), "None; Secure; Partitioned" if secure else "Lax"
    return f"{name}={value}; Max-Age={seconds}; Path=/; HttpOnly; SameSite={reach}"
