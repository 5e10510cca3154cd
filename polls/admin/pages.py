"""What the pages beside a poll's own share: whose they are, their heading and tabs, and the way back."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from polls import refusals
from polls.admin.confirming import ConfirmForm, see
from polls.admin.standing import heading
from polls.models import Poll

ON_A_PAGE = 100


def found(desk: Any, request: HttpRequest, poll: int) -> Poll:
    """The editor's poll. A look takes the permission to view it, a deed that to change it."""
    row: Poll | None = desk.get_object(request, str(poll))
    if row is None:
        raise Http404
    allowed = desk.has_change_permission if request.method == "POST" else desk.has_view_permission
    if not allowed(request, row):
        raise PermissionDenied
    return row


def answer(desk: Any, request: HttpRequest, poll: Poll, tab: str, **shown: Any) -> HttpResponse:
    """The page of this tab, by the clocks of the poll's zone."""
    context = desk.admin_site.each_context(request) | {
        "title": poll.title,
        "opts": desk.opts,
        "original": poll,
        "tab": tab,
        "standing": heading(poll, at=timezone.now()),
        "may_change": desk.has_change_permission(request, poll),
        **shown,
    }
    with timezone.override(poll.time_zone):
        return render(request, f"admin/polls/poll/{tab}.html", context)


def back(request: HttpRequest, poll: Poll, tab: str) -> HttpResponse:
    """To the tab as it was."""
    query = request.GET.urlencode()
    address = reverse(f"admin:polls_poll_{tab}", args=[poll.pk]) + (f"?{query}" if query else "")
    return see(request, address)


def paged(request: HttpRequest, rows: Any, *, number: int | None = None) -> Page[Any]:
    """A page of the rows; `number` is how many there are, from who knows it already."""
    pages = Paginator(rows, ON_A_PAGE)
    if number is not None:
        pages.count = number
    return pages.get_page(request.GET.get("page"))


def chosen(request: HttpRequest) -> list[int]:
    """The rows with a tick; whatever else was sent is none."""
    return [key for key in map(as_key, request.POST.getlist("chosen")) if key is not None]


def as_key(said: str) -> int | None:
    """A row's id as it was sent; None for what can't be one."""
    return int(said) if said.isascii() and said.isdigit() and len(said) < 19 else None


def told(desk: Any, request: HttpRequest, poll: Poll, sentence: str) -> None:
    """Say what was done, and note it in the poll's history."""
    desk.log_change(request, poll, sentence)
    messages.success(request, sentence)


def refused(request: HttpRequest, refusal: refusals.Refusal) -> None:
    messages.error(request, refusal.sentence)


class SureForm(ConfirmForm):
    """Asks once more about a deed to many, or one that can't be undone; keeps what it is to be done to, and why."""

    deed = forms.CharField(widget=forms.HiddenInput)
    reason = forms.CharField(widget=forms.HiddenInput, required=False)
    chosen = forms.CharField(widget=forms.MultipleHiddenInput, required=False)


def is_sure(request: HttpRequest) -> bool:
    return "_form_submitted" in request.POST


def ask(request: HttpRequest, *, title: str, words: str, label: str) -> HttpResponse:
    """The dialog that asks, with what was sent."""
    sent = {name: request.POST.get(name, "") for name in ("deed", "reason")} | {
        "chosen": request.POST.getlist("chosen")
    }
    dialog = {"title": title, "description": words, "back": request.get_full_path()}
    context = {"dialog": dialog, "form": SureForm(request, initial=sent), "form_submit_text": label}
    return render(request, "unfold/helpers/dialog.html", context)


NOTHING_CHOSEN = _("Nothing was chosen.")
