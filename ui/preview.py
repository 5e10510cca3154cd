"""A poll as voters will see it, for whoever writes it. Drafts too; nothing is counted here."""

from django.contrib.admin.views.decorators import staff_member_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from polls import snapshots
from polls.models import Poll
from polls.snapshots import PollSnapshot
from polls.tallies import TallySnapshot
from ui import faces, portraits
from ui.faces import Face


@csrf_exempt  # the card's form has no cookie's token, and a POST changes nothing here
@require_http_methods(["GET", "HEAD", "POST"])
@staff_member_required
def preview(request: HttpRequest, poll_id: int) -> HttpResponse:
    """The card with a notice. Its form comes back here and is told that nothing was counted."""
    if not request.user.has_perm("polls.view_poll"):
        raise PermissionDenied
    poll = get_object_or_404(Poll.objects.visible_to(request.user), pk=poll_id)  # type: ignore[arg-type]
    address = reverse("preview", args=[poll.pk])
    if request.method == "POST":
        return faces.see_other(f"{address}?show=tried")
    body = _card(snapshots.of(poll), address, show=request.GET.get("show", ""))
    return faces.html(body, Face(framed=False, fragment=False))


def _card(poll: PollSnapshot, address: str, *, show: str) -> str:
    # No counts: what voters said is shown on the desk's own page, where the promise is kept.
    part = (
        {"outcomes": portraits.outcomes(poll, TallySnapshot(), lambda _mark: ""), "tally": TallySnapshot()}
        if show == "results"
        else {"fields": portraits.fields(poll)}
    )
    context = {
        "poll": portraits.poll(poll, at=timezone.now()),
        "form_url": address,
        "vote_url": address,
        "results_url": f"{address}?show=results",
        "tried": show == "tried",
        "shows_results": show == "results",
    }
    with translation.override(poll.language):
        return render_to_string("ui/preview.html", context | part)
