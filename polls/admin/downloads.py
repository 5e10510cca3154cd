"""The anonymous ballots of a question, to be kept and counted elsewhere."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.http import content_disposition_header

from polls import exports, refusals, snapshots
from polls.admin.confirming import see_poll

TYPES = {"csv": "text/csv", "json": "application/json", "abif": "text/plain", "blt": "text/plain"}


class Downloads:
    """The address, for `PollDesk` to carry. A GET that changes nothing."""

    def get_urls(self) -> list[URLPattern]:
        desk: Any = self
        address = "<int:poll>/ballots/<int:question>.<str:file_format>"
        here = path(address, desk.admin_site.admin_view(self.ballots), name="polls_poll_ballots")
        return [here, *super().get_urls()]  # type: ignore[misc]  # carried by an admin class

    def ballots(self, request: HttpRequest, poll: int, question: int, file_format: str) -> HttpResponse:
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
            text = exports.export(snapshot, asked, file_format=file_format, at=timezone.now())
        except refusals.Refusal as refusal:
            messages.error(request, refusal.sentence)
            return see_poll(request, row)
        name = content_disposition_header(as_attachment=True, filename=f"{row.slug}-{question}.{file_format}")
        headers = {"Content-Disposition": name or "attachment", "Cache-Control": "no-store"}
        return HttpResponse(text, content_type=f"{TYPES[file_format]}; charset=utf-8", headers=headers)
