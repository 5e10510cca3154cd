"""What every button over a poll shares: a dialog that asks once more, and the way back."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from unfold.forms import BaseDialogForm

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
