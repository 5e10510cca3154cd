"""The one cookie: a counted vote tells the browser its name in that poll. Nothing is set on a mere look."""

from http.cookies import Morsel

from django.http import HttpResponse

from ui import visitors
from ui.voting import Answered

LONGEST_AGE = 400 * 24 * 3600

# Python 3.13 does not know `Partitioned` yet, without which no browser keeps a cookie in a frame of another site.
Morsel._reserved.setdefault("partitioned", "Partitioned")  # type: ignore[attr-defined]
Morsel._flags.add("partitioned")  # type: ignore[attr-defined]


def remember(response: HttpResponse, answered: Answered, *, secure: bool) -> None:
    poll = answered.entry.poll.id
    name = visitors.cookie_name(poll, secure=secure)
    response.set_cookie(
        name,
        visitors.cookie(poll, answered.browser),
        max_age=LONGEST_AGE,
        path="/",
        secure=secure,
        httponly=True,
        samesite="None" if secure else "Lax",
    )
    if secure:
        response.cookies[name]["partitioned"] = True
