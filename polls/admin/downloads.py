"""The anonymous ballots of a question, to be kept and counted elsewhere."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Iterable
from typing import IO, Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.handlers.asgi import ASGIRequest
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.http import content_disposition_header

from polls import exports, refusals, snapshots
from polls.admin.confirming import see_poll

TYPES = {"csv": "text/csv", "json": "application/json", "abif": "text/plain", "blt": "text/plain"}
AT_ONCE = 64 * 1024
"""Bytes."""


class Downloads:
    """The address, for `PollDesk` to carry. A GET that changes nothing."""

    def get_urls(self) -> list[URLPattern]:
        desk: Any = self
        address = "<int:poll>/ballots/<int:question>.<str:file_format>"
        here = path(address, desk.admin_site.admin_view(self.ballots), name="polls_poll_ballots")
        return [here, *super().get_urls()]  # type: ignore[misc]  # carried by an admin class

    def ballots(self, request: HttpRequest, poll: int, question: int, file_format: str) -> HttpResponseBase:
        desk: Any = self
        row = desk.get_object(request, str(poll))
        if row is None:
            raise Http404
        if not desk.has_view_permission(request, row):
            raise PermissionDenied
        snapshot = snapshots.of(row)
        asked = next((one for one in snapshot.questions if one.id == question), None)
        if asked is None or file_format not in TYPES:
            raise Http404
        try:
            file = _kept(exports.export(snapshot, asked, file_format=file_format, at=timezone.now()))
        except refusals.Refusal as refusal:
            messages.error(request, refusal.sentence)
            return see_poll(request, row)
        name = content_disposition_header(as_attachment=True, filename=f"{row.slug}-{question}.{file_format}")
        headers = {"Content-Disposition": name or "attachment", "Cache-Control": "no-store"}
        headers |= {"Content-Type": f"{TYPES[file_format]}; charset=utf-8"}
        return _sent(request, file, headers)


def _kept(pieces: Iterable[str]) -> IO[bytes]:
    """A file of its own on disk, gone when it is closed.

    The database is read at its own speed and whole: a slow client holds no connection of the pool and no old state of
    SQLite, and whatever goes wrong is said instead of a file that ends too early.
    """
    file = tempfile.TemporaryFile(dir=settings.DATA_DIR)  # noqa: SIM115 -- open until it is sent
    for piece in pieces:
        file.write(piece.encode())
    file.seek(0)
    return file


def _sent(request: HttpRequest, file: IO[bytes], headers: dict[str, str]) -> HttpResponseBase:
    if isinstance(request, ASGIRequest):
        # Django would read what it can't await into memory before it sends the first byte.
        return StreamingHttpResponse(_chunks(file), headers=headers)
    return FileResponse(file, headers=headers)


async def _chunks(file: IO[bytes]) -> AsyncIterator[bytes]:
    with file:
        while chunk := await asyncio.to_thread(file.read, AT_ONCE):
            yield chunk
