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
from django.views.decorators.http import require_http_methods, require_safe

from polls import policies, snapshots, tallies
from polls.admin import sharing
from polls.models import Poll
from polls.snapshots import PollSnapshot
from polls.tallies import TallySnapshot
from polls.terms import Phase
from ui import drawings, faces, images, portraits, themes
from ui.tongues import Tongue

NOT_COUNTED = {"code": "preview", "sentence": _("This is a preview: your vote was not counted.")}
"""What a preview answers to a vote, as the card shows a refusal."""


@csrf_exempt  # the card's form has no cookie's token, and a POST changes nothing here
@require_http_methods(["GET", "HEAD", "POST"])
@staff_member_required
def preview(request: HttpRequest, poll_id: int) -> HttpResponse:
    """The card with a notice. Its form comes back here and is told that nothing was counted."""
    poll = _visible(request, poll_id)
    shown = snapshots.of(poll)
    face = faces.face(request, framed=True, poll=shown)
    address = faces.with_query(reverse("preview", args=[poll.pk]), face.tongue.query)
    if request.method == "POST" and not face.fragment:
        return faces.see_other(faces.with_query(address, "show=tried"))
    show = "tried" if request.method == "POST" else request.GET.get("show", "")
    template = face.template if face.fragment else "ui/preview.html"
    # Framed by our own pages alone, whatever sites the poll allows.
    card = _card(shown, face.tongue, template, address, show=show, name=request.user.get_username())
    return faces.html(card, replace(face, framed=False))


@require_safe
@staff_member_required
def form(request: HttpRequest, poll_id: int) -> HttpResponse:
    """The plain form as a page of another site may hold it; here it comes back to the preview."""
    poll = snapshots.of(_visible(request, poll_id))
    pasted = sharing.form(poll, vote_url=reverse("preview", args=[poll.id]))
    return _host(request, {"poll": poll, "pasted": pasted})


@require_safe
@staff_member_required
def picture(request: HttpRequest, poll_id: int) -> HttpResponse:
    """The picture of the results in a mail; with `shape=card` as chats show a link."""
    poll, shape = snapshots.of(_visible(request, poll_id)), request.GET.get("shape", "")
    public = poll.phase(timezone.now()) not in {Phase.DRAFT, Phase.ARCHIVED}
    address = reverse("results-svg", args=[poll.slug]) if public else reverse("preview-drawn", args=[poll.id])
    return _host(request, {"poll": poll, "picture": f"{address}?shape={shape}"})


@require_safe
@staff_member_required
def drawn(request: HttpRequest, poll_id: int) -> HttpResponse:
    """The picture of a poll that nobody can see yet: its questions."""
    poll = snapshots.of(_visible(request, poll_id))
    look = images.Look("image/svg+xml", "light", request.GET.get("shape") == "card", poll.language)
    sheet = images.sheet(poll, None, look, at=timezone.now())
    response = HttpResponse(drawings.svg(sheet), content_type="image/svg+xml")
    response["Cache-Control"] = "no-store"
    return response


def _visible(request: HttpRequest, poll_id: int) -> Poll:
    if not request.user.has_perm("polls.view_poll"):
        raise PermissionDenied
    found: Poll = get_object_or_404(Poll.objects.visible_to(request.user), pk=poll_id)  # type: ignore[arg-type]
    return found


def _host(request: HttpRequest, context: dict[str, object]) -> HttpResponse:
    """A page as somebody else's, with nothing of our look."""
    return faces.html(render_to_string("ui/pasted.html", context), faces.face(request, framed=False))


def _card(original: PollSnapshot, tongue: Tongue, template: str, address: str, *, show: str, name: str) -> str:
    poll, results_url = original.in_language(tongue.language), faces.with_query(address, "show=results")
    context = {
        "poll": portraits.poll(poll, at=timezone.now()),
        "tongues": portraits.tongues(original, poll.language, results_url if show == "results" else address),
        "framed": True,
        "in_place": True,
        "form_url": address,
        "vote_url": address,
        "results_url": results_url,
        "ballot_url": address,
        "name": name,
        "worn": themes.worn(poll.theme),
    }
    with translation.override(tongue.interface):
        context["strength"] = policies.strength(poll)
        return render_to_string(template, context | (_results(poll) if show == "results" else _form(poll, show)))


def _form(poll: PollSnapshot, show: str) -> dict[str, object]:
    return {"fields": portraits.fields(poll), "refusal": NOT_COUNTED if show == "tried" else None}


def _results(poll: PollSnapshot) -> dict[str, object]:
    # No counts: what voters said is shown on the desk's own page, where the promise is kept.
    nothing = TallySnapshot()
    outcomes = portraits.outcomes(poll, tallies.results(poll, nothing), lambda _mark: "")
    return {"outcomes": outcomes, "votes": portraits.votes(0), "invites": True}
