"""A request of ours is Django's request, attribute by attribute; and so is a response."""

from io import BytesIO
from typing import Any

import pytest
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpResponse

from ui.requests import Request
from ui.responses import Response

FORM = [(b"content-type", b"application/x-www-form-urlencoded; charset=utf-8"), (b"content-length", b"7")]
SCOPES: dict[str, dict[str, Any]] = {
    "a look": {
        "headers": [(b"host", b"polls.example"), (b"hx-request", b"true")],
        "query_string": b"show=results&a=%C3%A4",
    },
    "a vote": {"method": "POST", "headers": FORM},
    "json": {"method": "POST", "headers": [(b"content-type", b"application/json")]},
    "cookies": {"headers": [(b"cookie", b"a=1; "), (b"cookie", b"b=2")]},
    "the same header twice": {"headers": [(b"x-forwarded-for", b"192.0.2.1"), (b"x-forwarded-for", b"192.0.2.2")]},
    "an underscore": {"headers": [(b"x_forwarded_for", b"evil"), (b"x-forwarded-for", b"192.0.2.2")]},
    "no client": {"client": None, "server": None, "headers": [(b"accept", "\xe4".encode("latin1"))]},
    "below a path": {"root_path": "/polls", "path": "/polls/p/x/", "headers": []},
    "a method in small letters": {"method": "get", "headers": []},
}


@pytest.mark.parametrize("case", SCOPES)
def test_a_request_says_what_djangos_says(case: str) -> None:
    scope = {
        "type": "http",
        "method": "GET",
        "path": "/p/x/",
        "query_string": b"",
        "scheme": "https",
        "client": ("192.0.2.1", 5000),
        "server": ("127.0.0.1", 8000),
    } | SCOPES[case]
    ours, django = Request(dict(scope), b"a=1&b=%2B"), ASGIRequest(dict(scope), BytesIO(b"a=1&b=%2B"))
    for name in (
        "method",
        "path",
        "path_info",
        "script_name",
        "META",
        "content_type",
        "content_params",
        "COOKIES",
        "GET",
    ):
        assert getattr(ours, name) == getattr(django, name), name
    assert dict(ours.headers) == dict(django.headers)
    assert ours.get_full_path() == django.get_full_path()
    assert (ours.body, ours.read(), ours.POST) == (django.body, django.read(), django.POST)


def test_a_response_says_what_djangos_says() -> None:
    django = HttpResponse(b"a card", status=422, content_type="text/html; charset=utf-8")
    django["Cache-Control"] = "no-store"
    ours = Response(b"a card", status=422, dress=dict(django.headers._store))
    for response in (ours, django):
        response["Vary"] = "Cookie"
        response["Set-Cookie"] = "voted=1"
    for name in ("status_code", "reason_phrase", "charset", "content", "streaming", "closed", "text"):
        assert getattr(ours, name) == getattr(django, name), name
    assert (list(ours.items()), dict(ours.cookies)) == (list(django.items()), dict(django.cookies))
    assert (ours.serialize(), list(ours), ours.getvalue()) == (django.serialize(), list(django), django.getvalue())
    ours.close()
    assert ours.closed
