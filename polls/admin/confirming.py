"""What every button over a poll shares: a dialog that asks once more, and the way back."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import reverse
from unfold.forms import BaseDialogForm

from polls import refusals
from polls.models import Poll


class ConfirmForm(BaseDialogForm):
    class Media:
        css = {"all": ("desk/dialog.css",)}


def see_poll(request: HttpRequest, poll: Poll) -> HttpResponse:
    """Back to the poll's page: by htmx from the dialog, by a redirect without JavaScript."""
    address = reverse("admin:polls_poll_change", args=[poll.pk])
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)


def refuse(request: HttpRequest, poll: Poll, refusal: refusals.Refusal) -> None:
    """Say why not. Where people have voted, the way on is a copy: it is offered."""
    if poll.has_ballots():
        words = {"sentence": refusal.sentence, "poll": poll.pk}
        messages.error(request, render_to_string("admin/polls/poll/refused.html", words))
    else:
        messages.error(request, refusal.sentence)
