"""What a visitor has already is not sent again: ETags, and who is told that nothing has changed."""

import hashlib
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse


def validated(response: HttpResponse) -> HttpResponse:
    """With an ETag, for what holds no paper: who has the answer already is told so, see `is_unchanged`.

    Made from the bytes themselves, so that it is the same in every process and tells nothing that they don't.
    """
    response["ETag"] = tag(response.content)
    return response


def tag(body: bytes) -> str:
    return f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'


def is_unchanged(request: HttpRequest, response: HttpResponse) -> bool:
    """Whether the visitor has this very answer already: then 304 says so."""
    return response.status_code == HTTPStatus.OK and has(request, response.get("ETag", ""))


def has(request: HttpRequest, etag: str) -> bool:
    """Whether the visitor has what is tagged so."""
    known = request.META.get("HTTP_IF_NONE_MATCH", "")
    return bool(known and etag) and knows(known, etag)


def knows(known: str, etag: str) -> bool:
    """Whether `known`, an If-None-Match, names `etag`; caches that compress make it a weak one, or take that away."""
    meant = {etag.removeprefix("W/"), "*"}
    return known == etag or any(one.strip().removeprefix("W/") in meant for one in known.split(","))


def of_unchanged(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """The headers of a 304: those of the answer but for what tells of a body."""
    return [header for header in headers if header[0] != b"content-type"]
