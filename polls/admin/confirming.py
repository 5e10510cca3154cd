"""What every button over a poll or a theme shares: a dialog that asks once more, and the way back."""

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.functional import Promise
from unfold.decorators import action
from unfold.enums import ActionVariant
from unfold.forms import BaseDialogForm

from polls import refusals
from polls.models import Poll

type Words = str | Promise
type Act = Callable[..., HttpResponse]


class ConfirmForm(BaseDialogForm):
    class Media:
        css = {"all": ("desk/dialog.css",)}


def button(
    *,
    label: Words,
    icon: str,
    title: Words,
    words: Words,
    permission: str,
    variant: ActionVariant = ActionVariant.DEFAULT,
    form: type[Any] = ConfirmForm,
) -> Callable[[Act], Act]:
    """Makes a deed a button that asks once more. Without `dialog` Unfold would do it on GET."""
    asked = {"title": title, "description": words, "form_class": form, "form_submit_text": label}
    decorator: Callable[[Act], Act] = action(
        description=label, icon=icon, variant=variant, permissions=[permission], dialog=asked
    )
    return decorator


def see_poll(request: HttpRequest, poll: Poll) -> HttpResponse:
    """Back to the poll's page."""
    return see(request, reverse("admin:polls_poll_change", args=[poll.pk]))


def see(request: HttpRequest, address: str) -> HttpResponse:
    """On to a page: by htmx from the dialog, by a redirect without JavaScript."""
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)


def ask_again(request: HttpRequest, form: ConfirmForm, dialog: Mapping[str, Any]) -> HttpResponse:
    """The dialog once more, with what was typed, and what is to be mended said at its field."""
    shown = {"dialog": dialog, "form": form, "form_submit_text": dialog["form_submit_text"]}
    return render(request, "unfold/helpers/dialog.html", shown)


def refuse(request: HttpRequest, poll: Poll, refusal: refusals.Refusal) -> None:
    """Say why not. Where people have voted, the way on is a copy: it is offered."""
    if poll.has_ballots():
        words = {"sentence": refusal.sentence, "poll": poll.pk}
        messages.error(request, render_to_string("admin/polls/poll/refused.html", words))
    else:
        messages.error(request, refusal.sentence)
