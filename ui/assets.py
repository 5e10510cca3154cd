"""Answers our own files on the event loop, by WhiteNoise's rules but without its hop to a thread.

Files are read right here although reading blocks: they come from the page cache, where 64 KiB take some microseconds,
while a hop to a thread costs more than the rest of the request.
"""

import re
from collections.abc import Callable, Iterable
from contextlib import closing
from http import HTTPStatus
from pathlib import Path
from typing import IO
from wsgiref.headers import Headers as WhiteNoiseHeaders

import rcssmin
import rjsmin
from whitenoise.base import WhiteNoise
from whitenoise.responders import MissingFileError, StaticFile

from ui.asgi import Headers, Receive, Scope, Send

SMALL = 64 * 1024
"""Bytes; a larger file is read in parts of this size and not kept."""
HASHED_NAME = r"\.[0-9a-f]{12}(\.[^./]+)?$"
"""As Django's ManifestStaticFilesStorage names files: base.0123456789ab.css"""
ANY_HASH = re.compile(r"\.[0-9a-f]{12}(?=(\.[^./]+)?$)")
ASKED = {
    b"accept-encoding": "HTTP_ACCEPT_ENCODING",
    b"if-modified-since": "HTTP_IF_MODIFIED_SINCE",
    b"if-none-match": "HTTP_IF_NONE_MATCH",
    b"range": "HTTP_RANGE",
}
"""The headers that WhiteNoise looks at, by the names it knows from WSGI."""
NOT_FOUND = b"There is no such file."
SHORTER: dict[str, Callable[[str], str]] = {".css": rcssmin.cssmin, ".js": lambda told: _lenient(rjsmin.jsmin(told))}


def shorter(name: str, content: bytes) -> bytes:
    """A file of ours as voters get it: without what is written for readers. Others' files stay as they are."""
    if not name.startswith("ui/") or Path(name).suffix not in SHORTER:
        return content
    return SHORTER[Path(name).suffix](content.decode()).encode()


def _lenient(script: str) -> str:
    """Without the word by which a browser finds mistakes for those who write: what they leave means the same."""
    return script.replace('"use strict";', "")


class Assets:
    """An ASGI application for the files below `root`, which it looks over once.

    Who asks for another version of a file gets the one that is here, which no cache keeps: while an upgrade goes from
    server to server, one answers the page and another its files, and a page from before asks for its own afterwards.

    With `find`, which gives the place of a file by its name or None, nothing is looked over or kept: each file is
    looked up anew, for a work tree where nothing was collected.
    """

    def __init__(self, root: Path, prefix: str = "/static/", find: Callable[[str], str | None] | None = None) -> None:
        self._prefix, self._find = prefix, find
        age = 0 if find else 60
        self._files = WhiteNoise(None, max_age=age, immutable_file_test=HASHED_NAME, add_headers_function=_protect)
        if find is None:
            self._files.add_files(root, prefix)
        hashed = (path for path in self._files.files if ANY_HASH.search(path))
        self._versions = {ANY_HASH.sub("", path): path for path in hashed}
        self._kept: dict[str, bytes] = {}

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        file = self._file(scope["path"])
        if file is None:
            await _answer(send, HTTPStatus.NOT_FOUND, [("Content-Type", "text/plain; charset=utf-8")], NOT_FOUND)
            return
        asked = {ASKED[name]: value.decode("latin-1") for name, value in scope["headers"] if name in ASKED}
        # Asked as for HEAD, WhiteNoise decides everything and opens nothing.
        method = "HEAD" if scope["method"] == "GET" else scope["method"]
        response = file.get_response(method, asked)
        headers = _not_kept(response.headers) if self._is_another(scope["path"]) else response.headers
        if scope["method"] == "HEAD" or response.status not in {HTTPStatus.OK, HTTPStatus.PARTIAL_CONTENT}:
            await _answer(send, response.status, headers, b"")
        elif response.status == HTTPStatus.OK and (body := self._small(file, asked, headers)) is not None:
            await _answer(send, response.status, headers, body)
        else:
            response = file.get_response("GET", asked)
            with closing(response.file):
                await _pass_on(send, response.status, headers, response.file)

    def _file(self, path: str) -> StaticFile | None:
        if self._find is None:
            here = self._versions.get(ANY_HASH.sub("", path), path) if self._is_another(path) else path
            return self._files.files.get(here)
        found = self._find(path.removeprefix(self._prefix)) if WhiteNoise.url_is_canonical(path) else None
        try:
            return self._files.get_static_file(found, path) if found else None
        except MissingFileError:
            return None

    def _is_another(self, path: str) -> bool:
        """Whether this names a version of a file that is not the one here."""
        return self._find is None and path not in self._files.files and ANY_HASH.search(path) is not None

    def _small(self, file: StaticFile, asked: dict[str, str], headers: Iterable[tuple[str, str]]) -> bytes | None:
        """The whole body if it is small enough to be kept."""
        path, _headers = file.get_path_and_headers(asked)
        if path in self._kept:
            return self._kept[path]
        if self._find or int(dict(headers)["Content-Length"]) > SMALL:
            return None
        return self._kept.setdefault(path, Path(path).read_bytes())


def _protect(headers: WhiteNoiseHeaders, _path: str, _url: str) -> None:
    headers["X-Content-Type-Options"] = "nosniff"


def _not_kept(headers: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(name, value) for name, value in headers if name != "Cache-Control"] + [("Cache-Control", "no-store")]


def _encoded(headers: Iterable[tuple[str, str]]) -> Headers:
    return [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]


async def _answer(send: Send, status: int, headers: Iterable[tuple[str, str]], body: bytes) -> None:
    heads = _encoded(headers)
    # What has no body and no length would be sent in chunks: 405 and 416. A 304 has none by its nature.
    if status != HTTPStatus.NOT_MODIFIED and not any(name == b"content-length" for name, _value in heads):
        heads.append((b"content-length", b"%d" % len(body)))
    await send({"type": "http.response.start", "status": int(status), "headers": heads})
    await send({"type": "http.response.body", "body": body})


async def _pass_on(send: Send, status: int, headers: Iterable[tuple[str, str]], file: IO[bytes]) -> None:
    await send({"type": "http.response.start", "status": int(status), "headers": _encoded(headers)})
    while part := file.read(SMALL):
        await send({"type": "http.response.body", "body": part, "more_body": True})
    await send({"type": "http.response.body", "body": b""})
