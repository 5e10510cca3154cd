"""Deeds to several polls of the list: asked once more, then done to each by itself, or said why not."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import ActionLocation
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.widgets import UnfoldBooleanWidget

from polls import figures, lifecycle, refusals
from polls.admin.confirming import Words
from polls.models import Poll

MOST = 100
"""So many at once, twice a page of the list."""


@dataclass(frozen=True, slots=True)
class Deed:
    """`act` raises Refusal, and nothing is done to that poll. `noted` is what its history says."""

    act: Callable[[Poll, datetime], object]
    title: Words
    words: Words
    label: Words
    noted: Words
    done: Callable[[int], str]


def _remove(poll: Poll, _at: datetime) -> None:
    lifecycle.remove(poll)


DEEDS = {
    "publish_chosen": Deed(
        lambda poll, at: lifecycle.publish(poll, at=at),
        title=_("Publish these polls?"),
        words=_(
            "They can be voted on from their opening times. "
            "Their addresses are fixed now, their questions by the first vote."
        ),
        label=_("Publish"),
        noted=_("The poll is published."),
        done=lambda number: ngettext("%(number)s poll is published.", "%(number)s polls are published.", number),
    ),
    "close_chosen": Deed(
        lambda poll, at: lifecycle.close(poll, at=at),
        title=_("Close these polls?"),
        words=_("No more votes are taken. Results promised for after the close can be seen then."),
        label=_("Close"),
        noted=_("The poll is closed."),
        done=lambda number: ngettext("%(number)s poll is closed.", "%(number)s polls are closed.", number),
    ),
    "archive_chosen": Deed(
        lambda poll, at: lifecycle.archive(poll, at=at),
        title=_("Archive these polls?"),
        words=_("Their pages and frames say that they are archived. You can bring them back."),
        label=_("Archive"),
        noted=_("The poll is archived."),
        done=lambda number: ngettext("%(number)s poll is archived.", "%(number)s polls are archived.", number),
    ),
    "remove_chosen": Deed(
        _remove,
        title=_("Delete these polls?"),
        words=_("Those in which somebody has voted stay. The others are gone, with all that they ask."),
        label=_("Delete"),
        noted="",
        done=lambda number: ngettext("%(number)s poll is deleted.", "%(number)s polls are deleted.", number),
    ),
}


def _action(name: str, deed: Deed, *, permission: str) -> Callable[..., HttpResponse]:
    def act(desk: Any, request: HttpRequest, chosen: QuerySet[Poll]) -> HttpResponse:
        polls = list(chosen[:MOST])
        if "sure" in request.POST:
            _do(desk, request, deed, polls)
            return HttpResponseRedirect(request.get_full_path())
        shown = {"title": deed.title, "opts": desk.opts, "polls": polls, "deed": deed, "name": name}
        shown |= {"back": request.get_full_path(), "picked": ACTION_CHECKBOX_NAME}
        return render(request, "admin/polls/poll/several.html", desk.admin_site.each_context(request) | shown)

    act.__name__ = name
    # An ellipsis, as the next page asks.
    return admin.action(permissions=[permission], description=format_lazy("{} …", deed.label))(act)


def _do(desk: Any, request: HttpRequest, deed: Deed, polls: list[Poll]) -> None:
    done = 0
    for poll in polls:
        try:
            with transaction.atomic():
                if deed.noted:
                    desk.log_change(request, poll, str(deed.noted))
                else:
                    desk.log_deletions(request, [poll])
                deed.act(poll, timezone.now())
        except refusals.Refusal as refusal:
            words = _("“%(poll)s” stays as it was. %(why)s") % {"poll": poll, "why": refusal.sentence}
            messages.warning(request, words)
        else:
            done += 1
    if done:
        messages.success(request, deed.done(done) % {"number": figures.count(done)})


class Several:
    """The actions of the list, for `PollDesk` to carry."""

    actions = tuple(DEEDS)
    list_disable_select_all = True

    publish_chosen = _action("publish_chosen", DEEDS["publish_chosen"], permission="change")
    close_chosen = _action("close_chosen", DEEDS["close_chosen"], permission="change")
    archive_chosen = _action("archive_chosen", DEEDS["archive_chosen"], permission="change")
    remove_chosen = _action("remove_chosen", DEEDS["remove_chosen"], permission="delete")

    def get_actions(
        self, request: HttpRequest, action_location: ActionLocation = ActionLocation.CHANGE_LIST
    ) -> dict[str, Any]:
        """Ours alone: Django's own deletion asks nothing of `lifecycle`."""
        found: dict[str, Any] = super().get_actions(request, action_location)  # type: ignore[misc]  # of an admin class
        return {name: act for name, act in found.items() if name in DEEDS}

    def get_action_choices(
        self,
        request: HttpRequest,
        default_choices: Any = None,
        action_location: ActionLocation = ActionLocation.CHANGE_LIST,
    ) -> list[Any]:
        """Django's own: Unfold's has not heard of locations."""
        desk: Any = self
        first: list[Any] = [("", _("With the chosen …"))]
        found: list[Any] = admin.ModelAdmin.get_action_choices(desk, request, first, action_location)
        return found

    def action_checkbox(self, poll: Poll) -> SafeString:
        """Unfold's own has no name for who can't see which line it is in."""
        box = UnfoldBooleanWidget({"class": "action-select", "aria-label": poll.title}, lambda _value: False)
        return SafeString(box.render(ACTION_CHECKBOX_NAME, str(poll.pk)))
