"""Django's response, made in a third of the time: for cards, each of which pays for it."""

from collections.abc import Mapping
from http.cookies import SimpleCookie

from django.http import HttpResponse
from django.http.response import ResponseHeaders

type Dress = Mapping[str, tuple[str, str]]
"""Headers as Django keeps them: by their name in small letters, name and value."""


class Response(HttpResponse):
    """The same attributes with the same values; tests/ui/test_requests.py compares them."""

    def __init__(self, body: bytes, *, status: int, dress: Dress) -> None:
        # Its headers were checked when they were first put together, its body is bytes already.
        self.headers = ResponseHeaders.__new__(ResponseHeaders)
        self.headers._store = dict(dress)
        self.cookies = SimpleCookie()
        self.status_code = status
        self.closed = False
        self._reason_phrase = self._charset = self._handler_class = None
        self._resource_closers: list[object] = []
        self._container = [body]
