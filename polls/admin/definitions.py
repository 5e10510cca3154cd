"""Polls as files at the desk: one to keep, and a page to make drafts of such a file."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.decorators import action

from polls import definitions, figures
from polls.admin import pages
from polls.definitions import DefinitionError, Fault
from polls.models import Poll

LARGEST_FILE = 8 * 1024 * 1024
"""Bytes. How many characters they may be, `definitions` says."""


class LoadForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("File"), widget=forms.FileInput(attrs={"accept": ".json,application/json"})
    )


class Definitions:
    """The page and the download, for `PollDesk` to carry."""

    actions_list = ("load",)

    def get_urls(self) -> list[URLPattern]:
        desk: Any = self
        here = path("<int:poll>/poll.json", desk.admin_site.admin_view(self.definition), name="polls_poll_definition")
        return [here, *super().get_urls()]  # type: ignore[misc]  # carried by an admin class

    def definition(self, request: HttpRequest, poll: int) -> HttpResponse:
        row = pages.found(self, request, poll)
        name = content_disposition_header(as_attachment=True, filename=f"{row.slug}.json")
        headers = {"Content-Disposition": name or "attachment", "Cache-Control": "no-store"}
        return HttpResponse(definitions.written([row]), content_type="application/json", headers=headers)

    # A look changes nothing: the file comes by POST.
    @action(description=gettext_lazy("Load from a file"), icon="upload_file", permissions=["load"], url_path="load")
    def load(self, request: HttpRequest) -> HttpResponse:
        form = LoadForm(request.POST, request.FILES) if request.method == "POST" else LoadForm()
        faults: tuple[Fault, ...] = ()
        if form.is_valid():
            try:
                polls = definitions.load(_text(form.cleaned_data["file"]), organiser=request.user)  # type: ignore[arg-type]
            except DefinitionError as error:
                faults = error.faults
            else:
                return self._loaded(request, polls)
        if faults:
            form.fields["file"].widget.attrs |= {"aria-invalid": "true", "aria-describedby": "faults-title"}
        desk: Any = self
        shown = {"title": _("Load polls from a file"), "opts": desk.opts, "form": form, "faults": faults}
        return render(request, "admin/polls/poll/load.html", desk.admin_site.each_context(request) | shown)

    def has_load_permission(self, request: HttpRequest) -> bool:
        desk: Any = self
        return bool(desk.has_add_permission(request))

    def _loaded(self, request: HttpRequest, polls: list[Poll]) -> HttpResponse:
        desk: Any = self
        for poll in polls:
            desk.log_addition(request, poll, _("Loaded from a file."))
        words = ngettext(
            "%(number)s poll was loaded as a draft.", "%(number)s polls were loaded as drafts.", len(polls)
        )
        messages.success(request, words % {"number": figures.count(len(polls))})
        return HttpResponseRedirect(reverse("admin:polls_poll_changelist") + "?phase=draft")


def _text(file: Any) -> str:
    if file.size > LARGEST_FILE:
        raise DefinitionError([Fault("", _("The file is too large."))])
    return definitions.decoded(file.read())
