"""Buttons over a poll: each asks once more in a dialog, and does its deed by POST alone."""

from typing import Any

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.enums import ActionVariant

from polls import copies, corrections, lifecycle, refusals
from polls.admin.confirming import Act, ConfirmForm, Words, button, refuse, see_poll
from polls.admin.corrections import Corrections
from polls.admin.handing_over import HandingOver
from polls.models import Poll

MENDING = ("correct", "withdraw_choice", "add_choice")


class PublishForm(ConfirmForm):
    form_before_template = "admin/polls/poll/not_ready.html"

    def get_before_template_context(self, request: HttpRequest, object_id: Any = None) -> dict[str, Any]:
        poll = Poll.objects.visible_to(request.user).filter(pk=object_id).first()  # type: ignore[arg-type]
        return {"problems": lifecycle.problems(poll, at=timezone.now()) if poll else []}


def _deed(
    name: str,
    *,
    label: Words,
    icon: str,
    title: Words,
    words: Words,
    done: Words,
    variant: ActionVariant = ActionVariant.DEFAULT,
    form: type[Any] = ConfirmForm,
) -> Act:
    """A button that does the deed of this name in `polls.lifecycle`."""

    def act(desk: Any, request: HttpRequest, _form: Any, object_id: str) -> HttpResponse:
        poll = desk.get_object(request, unquote(object_id))
        try:
            changed = getattr(lifecycle, name)(poll, at=timezone.now())
        except refusals.Forbidden as refusal:
            if name == "reopen":
                refuse(request, poll, refusal)
            else:
                messages.error(request, refusal.sentence)
            return see_poll(request, poll)
        desk.log_change(request, changed, str(done))
        messages.success(request, str(done))
        return see_poll(request, changed)

    act.__name__ = name
    asks = button(label=label, icon=icon, title=title, words=words, permission="deed", variant=variant, form=form)
    return asks(act)


class Deeds(Corrections, HandingOver):
    """The buttons, for `PollDesk` to carry."""

    actions_detail = ("publish", "open_now", "close", "reopen", "archive", "restore", "copy", "hand_over", *MENDING)

    publish = _deed(
        "publish",
        label=_("Publish"),
        icon="publish",
        variant=ActionVariant.PRIMARY,
        title=_("Publish this poll?"),
        words=_("It can be voted on from its opening time. Its address is fixed now, its questions by the first vote."),
        done=_("The poll is published."),
        form=PublishForm,
    )
    open_now = _deed(
        "open_now",
        label=_("Open now"),
        icon="play_arrow",
        variant=ActionVariant.PRIMARY,
        title=_("Open this poll now?"),
        words=_("It opens before its time."),
        done=_("The poll is open."),
    )
    close = _deed(
        "close",
        label=_("Close"),
        icon="stop",
        title=_("Close this poll?"),
        words=_("No more votes are taken. Results promised for after the close can be seen then."),
        done=_("The poll is closed."),
    )
    reopen = _deed(
        "reopen",
        label=_("Reopen"),
        icon="replay",
        title=_("Reopen this poll?"),
        words=_("It takes votes again. A closing time that has passed is cleared."),
        done=_("The poll is open again."),
    )
    archive = _deed(
        "archive",
        label=_("Archive"),
        icon="inventory_2",
        title=_("Archive this poll?"),
        words=_("Its pages and frames say that it is archived. You can bring it back."),
        done=_("The poll is archived."),
    )
    restore = _deed(
        "restore",
        label=_("Bring back"),
        icon="unarchive",
        title=_("Bring this poll back?"),
        words=_("It returns to the closed polls."),
        done=_("The poll is back among the closed ones."),
    )

    @button(
        label=_("Make a copy"),
        icon="content_copy",
        title=_("Make a copy?"),
        words=_("A new draft with the same questions and choices, and an address of its own."),
        permission="copy",
    )
    def copy(self, request: HttpRequest, _form: Any, object_id: str) -> HttpResponse:
        desk: Any = self
        fresh = copies.copy(desk.get_object(request, unquote(object_id)), organiser=request.user)  # type: ignore[arg-type]
        desk.log_addition(request, fresh, str(_("Made as a copy.")))
        messages.success(request, str(_("Here is the copy. Nothing is public until you publish it.")))
        return see_poll(request, fresh)

    def get_actions_detail(self, request: HttpRequest, object_id: str) -> list[Any]:
        """What can be done with this poll now, by this editor."""
        desk: Any = self
        poll = desk.get_object(request, unquote(str(object_id)))
        at = timezone.now()
        possible = (
            (*lifecycle.possible(poll, at=at), "copy", "hand_over", *corrections.possible(poll, at=at)) if poll else ()
        )
        offered = [one for one in desk._get_base_actions_detail() if one.path in possible]
        allowed: list[Any] = desk._filter_unfold_actions_by_permissions(request, offered, object_id)
        return allowed

    def has_deed_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        desk: Any = self
        return bool(desk.has_change_permission(request, self._found(request, object_id)))

    def has_copy_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        desk: Any = self
        poll = self._found(request, object_id)
        return bool(desk.has_view_permission(request, poll) and desk.has_add_permission(request))

    def _found(self, request: HttpRequest, object_id: str | None) -> Poll:
        """Somebody else's poll is not there, as at every address of the desk."""
        desk: Any = self
        poll: Poll | None = desk.get_object(request, unquote(str(object_id)))
        if poll is None:
            raise Http404
        return poll
