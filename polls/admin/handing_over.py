"""The button that gives a poll to another editor."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminSelectWidget

from polls import lifecycle
from polls.admin.confirming import ConfirmForm, button, see, see_poll
from polls.models import Poll


class HandOverForm(ConfirmForm):
    organiser = forms.ModelChoiceField(
        User.objects.none(),
        label=gettext_lazy("Organiser"),
        help_text=gettext_lazy("Accounts that may change polls at this desk."),
        widget=UnfoldAdminSelectWidget,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        poll = Poll.objects.visible_to(self.request.user).filter(pk=self.object_id).first()
        field = self.fields["organiser"]
        if poll and isinstance(field, forms.ModelChoiceField):
            editors = User.objects.with_perm("polls.change_poll").filter(is_staff=True)
            field.queryset = editors.exclude(polls=poll).order_by("username")


class HandingOver:
    """The button, for `PollDesk` to carry."""

    @button(
        label=gettext_lazy("Hand over"),
        icon="person_add",
        title=gettext_lazy("Hand this poll over?"),
        words=gettext_lazy("Somebody else organises it then. You no longer see it, unless you may see every poll."),
        permission="deed",
        form=HandOverForm,
    )
    def hand_over(self, request: HttpRequest, form: HandOverForm, object_id: str) -> HttpResponse:
        desk: Any = self
        poll = lifecycle.hand_over(desk.get_object(request, unquote(object_id)), form.cleaned_data["organiser"])
        done = _("Handed over to %(editor)s.") % {"editor": poll.organiser}
        desk.log_change(request, poll, done)
        messages.success(request, done)
        if Poll.objects.visible_to(request.user).filter(pk=poll.pk).exists():  # type: ignore[arg-type]  # signed in
            return see_poll(request, poll)
        return see(request, reverse("admin:polls_poll_changelist"))
