"""Django's requests as we take them: none that a Content-Type can break, and for the public addresses one that is
built in a third of the time, since each of them pays for it.
"""

from functools import lru_cache
from io import BytesIO
from typing import Any

from django.core.exceptions import BadRequest
from django.core.handlers.asgi import ASGIRequest

from ui.asgi import Headers, Scope


class Legible(ASGIRequest):
    """What a Content-Type says of letters is not believed: forms are UTF-8. Python knows alphabets that read no text,
    and one that takes minutes for a megabyte. A header that is longer than Django reads names no type.
    """

    def _set_content_type_params(self, meta: dict[str, Any]) -> None:
        try:
            super()._set_content_type_params(meta)  # type: ignore[misc]  # Django's own
        except BadRequest:
            self.content_type, self.content_params = "", {}
        self._encoding = None


class Request(Legible):
    """The same attributes with the same values; tests/ui/test_requests.py compares them."""

    def __init__(self, scope: Scope, body: bytes = b"") -> None:
        if scope.get("root_path"):
            super().__init__(dict(scope), BytesIO(body))
            return
        # Its own, as Django's leaves marks on it.
        self.scope = dict(scope)
        self._post_parse_error = self._read_started = False
        self.resolver_match = None
        self.path = self.path_info = scope["path"]
        self.script_name = ""
        self.method = scope["method"].upper()
        self.META = _meta(scope, self.method)
        self._set_content_type_params(self.META)
        self._stream = BytesIO(body)
        self._body = body


def _meta(scope: Scope, method: str) -> dict[str, object]:
    client, server = scope.get("client"), scope.get("server") or ("unknown", 0)
    meta: dict[str, object] = {
        "REQUEST_METHOD": method,
        "QUERY_STRING": scope.get("query_string", b"").decode(),
        "SCRIPT_NAME": "",
        "PATH_INFO": scope["path"],
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "SERVER_NAME": server[0],
        "SERVER_PORT": str(server[1]),
    }
    if client:
        meta |= {"REMOTE_ADDR": client[0], "REMOTE_HOST": client[0], "REMOTE_PORT": client[1]}
    return meta | _of_headers(scope.get("headers", []))


def _of_headers(headers: Headers) -> dict[str, str]:
    said: dict[str, str] = {}
    for header, sent in headers:
        if not (name := _name(header)):
            continue
        value = sent.decode("latin1")
        if name == "HTTP_COOKIE":
            value = value.rstrip("; ")
        between = "; " if name == "HTTP_COOKIE" else ","
        said[name] = f"{said[name]}{between}{value}" if name in said else value
    return said


@lru_cache(maxsize=512)
def _name(header: bytes) -> str:
    """As CGI calls a header. Nothing for one with an underscore, which could pass for another one."""
    name = header.decode("latin1")
    if "_" in name:
        return ""
    special = {"content-length": "CONTENT_LENGTH", "content-type": "CONTENT_TYPE"}
    return special.get(name) or f"HTTP_{name.upper().replace('-', '_')}"
