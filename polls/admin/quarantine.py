"""Ballots that were set aside, by reason, and the button that lets them in."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import action
from unfold.widgets import UnfoldAdminSelectWidget

from polls import ballots
from polls.admin.confirming import ConfirmForm, see_poll
from polls.models import Ballot, Poll
from polls.terms import Suspicion


def quarantined(poll: Poll) -> tuple[str, ...]:
    """The button is offered where there are such ballots."""
    return ("let_in",) if _set_aside(poll).exists() else ()


class LetInForm(ConfirmForm):
    reason = forms.ChoiceField(label=_("Set aside for"), widget=UnfoldAdminSelectWidget)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        poll = Poll.objects.visible_to(self.request.user).filter(pk=self.object_id).first()
        field = self.fields["reason"]
        assert isinstance(field, forms.ChoiceField)
        counts = _set_aside(poll).order_by().values_list("set_aside_for").annotate(Count("id")) if poll else ()
        words = dict(Suspicion.choices)
        field.choices = [(reason, f"{words.get(reason, reason)}: {number}") for reason, number in counts]


class Quarantine:
    """The button, for `PollDesk` to carry."""

    @action(
        description=_("Let ballots in"),
        icon="how_to_vote",
        permissions=["deed"],
        dialog={
            "title": _("Let ballots in?"),
            "description": _("These ballots were set aside and are not counted. All of one reason are counted then."),
            "form_class": LetInForm,
            "form_submit_text": _("Let them in"),
        },
    )
    def let_in(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        desk: Any = self
        poll = desk.get_object(request, unquote(object_id))
        chosen = _set_aside(poll).filter(set_aside_for=form.cleaned_data["reason"])
        number = ballots.let_in(poll, list(chosen.values_list("pk", flat=True)))
        done = ngettext("%(number)d ballot is counted now.", "%(number)d ballots are counted now.", number) % {
            "number": number
        }
        desk.log_change(request, poll, done)
        messages.success(request, done)
        return see_poll(request, poll)


def _set_aside(poll: Poll) -> Any:
    return Ballot.objects.filter(poll=poll, withdrawn_at=None, set_aside_at__isnull=False)
