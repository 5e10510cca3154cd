"""A poll as voters will see it, for whoever writes it. Drafts too; nothing is counted here."""

from dataclasses import replace

from django.contrib.admin.views.decorators import staff_member_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from polls import policies, snapshots, tallies
from polls.models import Poll
from polls.snapshots import PollSnapshot
from polls.tallies import TallySnapshot
from ui import faces, figures, portraits

NOT_COUNTED = {"code": "preview", "sentence": _("This is a preview: your vote was not counted.")}
"""What a preview answers to a vote, as the card shows a refusal."""


@csrf_exempt  # the card's form has no cookie's token, and a POST changes nothing here
@require_http_methods(["GET", "HEAD", "POST"])
@staff_member_required
def preview(request: HttpRequest, poll_id: int) -> HttpResponse:
    """The card with a notice. Its form comes back here and is told that nothing was counted."""
    if not request.user.has_perm("polls.view_poll"):
        raise PermissionDenied
    poll = get_object_or_404(Poll.objects.visible_to(request.user), pk=poll_id)  # type: ignore[arg-type]
    address, face = reverse("preview", args=[poll.pk]), faces.face(request, framed=True)
    if request.method == "POST" and not face.fragment:
        return faces.see_other(f"{address}?show=tried")
    show = "tried" if request.method == "POST" else request.GET.get("show", "")
    template = face.template if face.fragment else "ui/preview.html"
    # Framed by our own pages alone, whatever sites the poll allows.
    card = _card(snapshots.of(poll), template, address, show=show, name=request.user.get_username())
    return faces.html(card, replace(face, framed=False))


def _card(poll: PollSnapshot, template: str, address: str, *, show: str, name: str) -> str:
    context = {
        "poll": portraits.poll(poll, at=timezone.now()),
        "framed": True,
        "in_place": True,
        "form_url": address,
        "vote_url": address,
        "results_url": f"{address}?show=results",
        "ballot_url": address,
        "name": name,
    }
    with translation.override(poll.language):
        context["strength"] = policies.strength(poll)
        return render_to_string(template, context | (_results(poll) if show == "results" else _form(poll, show)))


def _form(poll: PollSnapshot, show: str) -> dict[str, object]:
    return {"fields": portraits.fields(poll), "refusal": NOT_COUNTED if show == "tried" else None}


def _results(poll: PollSnapshot) -> dict[str, object]:
    # No counts: what voters said is shown on the desk's own page, where the promise is kept.
    nothing = TallySnapshot()
    outcomes = portraits.outcomes(poll, tallies.results(poll, nothing), lambda _mark: "")
    return {"outcomes": outcomes, "tally": nothing, "votes": figures.count(0), "invites": True}
