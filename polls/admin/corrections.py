"""Buttons for what may still be done to a poll that has ballots; each asks what and why in a dialog."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.db.models.fields import BLANK_CHOICE_DASH
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from polls import corrections, refusals
from polls.admin.confirming import Act, ConfirmForm, ask_again, button, refuse, see_poll
from polls.models import Choice, Poll, Question


class _AboutForm(ConfirmForm):
    """Offers what of this poll the deed can be done to."""

    about = forms.ChoiceField(label=_("What"), widget=UnfoldAdminSelectWidget)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        poll = Poll.objects.visible_to(self.request.user).filter(pk=self.object_id).first()
        field = self.fields["about"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = self.offered(poll) if poll else []

    def offered(self, poll: Poll) -> list[tuple[str, Any]]:
        """Pairs of a value and a label, or of a question and its pairs."""
        raise NotImplementedError

    def found(self, poll: Poll) -> Question | Choice:
        """What the editor chose, looked up among what is the poll's own."""
        name, _dash, key = self.cleaned_data["about"].partition("-")
        if name == "question":
            return poll.questions.select_related("poll").get(pk=key)
        return Choice.objects.select_related("question__poll").get(pk=key, question__poll=poll)


def _text(label: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=200, widget=UnfoldAdminTextInputWidget())


def _reason() -> forms.CharField:
    words = _("Everyone can read it in the list of changes.")
    return forms.CharField(label=_("Why"), max_length=300, help_text=words, widget=UnfoldAdminTextInputWidget)


class CorrectForm(_AboutForm):
    text = forms.CharField(label=_("Corrected text"), max_length=300, widget=UnfoldAdminTextInputWidget)
    reason = _reason()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The field of the text, for a script that puts the present one there.
        self.fields["about"].widget.attrs["data-mends"] = "text"

    def offered(self, poll: Poll) -> list[tuple[str, Any]]:
        texts = [
            (
                question.text,
                [
                    (f"question-{question.pk}", question.text),
                    *((f"choice-{choice.pk}", f"– {choice.text}") for choice in question.choices.all()),
                ],
            )
            for question in poll.questions.prefetch_related("choices")
        ]
        return [*BLANK_CHOICE_DASH, *texts]

    def clean_text(self) -> str:
        text, about = str(self.cleaned_data["text"]), str(self.cleaned_data.get("about", ""))
        if about.startswith("choice") and len(text) > 200:
            raise forms.ValidationError(_("A choice has 200 characters at most."))
        return text


class WithdrawForm(_AboutForm):
    reason = _reason()

    def offered(self, poll: Poll) -> list[tuple[str, Any]]:
        choices = [
            (question.text, [(f"choice-{choice.pk}", choice.text) for choice in question.choices.all()])
            for question in poll.questions.prefetch_related("choices")
        ]
        # What can't be brought back is not chosen before the editor chooses.
        return [*BLANK_CHOICE_DASH, *choices]


class AddForm(_AboutForm):
    text = _text(_("New choice"))
    reason = _reason()

    def offered(self, poll: Poll) -> list[tuple[str, Any]]:
        growing = [question for question in poll.questions.all() if corrections.may_grow(question)]
        return [(f"question-{question.pk}", question.text) for question in growing]


def _correction(
    name: str, change: Callable[..., Any], *, label: Any, icon: str, words: Any, done: Any, form: type[_AboutForm]
) -> Act:
    def act(desk: Any, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        poll = desk.get_object(request, unquote(object_id))
        try:
            change(form.found(poll), form.cleaned_data, request.user)
        except refusals.Forbidden as refusal:
            if refusal.field in form.fields:
                form.add_error(refusal.field, refusal.sentence)
                return ask_again(request, form, getattr(desk, name).dialog)
            refuse(request, poll, refusal)
        else:
            desk.log_change(request, poll, str(done))
            messages.success(request, str(done))
        return see_poll(request, poll)

    act.__name__ = name
    return _where_possible(button(label=label, icon=icon, title=label, words=words, permission="deed", form=form)(act))


def _where_possible(asks: Act) -> Act:
    """Nobody is asked for words that no answer would take."""

    @wraps(asks)
    def ask(desk: Any, request: HttpRequest, object_id: str) -> HttpResponse:
        poll = desk.get_object(request, unquote(object_id))
        try:
            if poll is not None:
                corrections.check(poll)
        except refusals.Forbidden as refusal:
            refuse(request, poll, refusal)
            return see_poll(request, poll)
        return asks(desk, request, object_id=object_id)

    return ask


class Corrections:
    """The buttons, for `PollDesk` to carry."""

    correct = _correction(
        "correct",
        lambda about, told, editor: corrections.correct(about, told["text"], reason=told["reason"], editor=editor),
        label=_("Correct a text"),
        icon="edit",
        words=_("For typing mistakes. The old and the new text are listed for everyone."),
        done=_("The text is corrected, and the change is listed."),
        form=CorrectForm,
    )
    withdraw_choice = _correction(
        "withdraw_choice",
        lambda about, told, editor: corrections.withdraw_choice(
            about, reason=told["reason"], editor=editor, at=timezone.now()
        ),
        label=_("Withdraw a choice"),
        icon="block",
        words=_(
            "Nobody can choose it any more. Votes for it stay counted and are shown as withdrawn; rankings and scores "
            "are counted as if it had not been there. It can’t be brought back."
        ),
        done=_("The choice is withdrawn, and the change is listed."),
        form=WithdrawForm,
    )
    add_choice = _correction(
        "add_choice",
        lambda about, told, editor: corrections.add_choice(
            about, told["text"], reason=told["reason"], editor=editor, at=timezone.now()
        ),
        label=_("Add a choice"),
        icon="add",
        words=_("Whoever has voted can still grade it, or change the vote. The change is listed for everyone."),
        done=_("The choice is added, and the change is listed."),
        form=AddForm,
    )
