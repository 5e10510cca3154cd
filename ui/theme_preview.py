"""A theme as voters will see it, for whoever makes it: a ballot and its results, before anything is saved."""

from dataclasses import asdict
from typing import Any

from django.contrib.admin.views.decorators import staff_member_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from polls import own_css, policies, sample_card, snapshots, tallies
from polls.admin.themes import ThemeForm
from polls.models import Theme
from polls.themes import Problem
from ui import faces, portraits
from ui import themes as stylesheets
from ui.faces import Face

UNNAMED = "?"
"""Who has no name yet, or one that is taken, may be looked at all the same."""
UNSAVED = 0
"""The id of a theme that is being made: its class is on every preview."""


@require_GET
@staff_member_required
def preview(request: HttpRequest) -> HttpResponse:
    """The sample card, twice: as a form and with its results. In the dark, or in the light."""
    _check(request)
    asked = request.GET.get("theme", "")
    theme = Theme.objects.filter(pk=int(asked)).first() if asked.isdecimal() and len(asked) < 19 else None
    context = _card() | {
        "side": "dark" if request.GET.get("side") == "dark" else "light",
        "worn": stylesheets.worn(snapshots.theme(theme) if theme else None),
        "unsaved": f"theme-{UNSAVED}",
    }
    # A page of our own, that our own page frames.
    return faces.html(render_to_string("ui/theme_preview.html", context), Face(framed=False, fragment=False))


@require_POST
@staff_member_required
def check(request: HttpRequest) -> HttpResponse:
    """A stylesheet for the previews of what stands in the fields, and what would keep it from being saved."""
    _check(request)
    sent = request.POST.copy()
    sent["name"] = UNNAMED
    form = ThemeForm(sent)
    form.is_valid()
    known = {problem.field for problem in form.problems}
    senseless = [Problem(name, " ".join(map(str, said))) for name, said in form.errors.items() if name not in known]
    css = "" if senseless else stylesheets.sheet(snapshots.theme(_without_unfit_css(form.instance)))
    return JsonResponse({"css": css, "problems": [asdict(problem) for problem in (*form.problems, *senseless)]})


def _check(request: HttpRequest) -> None:
    if not request.user.has_perm("polls.view_theme"):
        raise PermissionDenied


def _without_unfit_css(theme: Theme) -> Theme:
    try:
        own_css.scoped(theme.css, ".poll")
    except own_css.Unfit:
        theme.css = ""
    return theme


def _card() -> dict[str, Any]:
    poll, tally = sample_card.poll(), sample_card.tally()
    own = f"mark-{sample_card.OWN}"
    marked = format_html('<span role="img" aria-label="{}">✓</span>', _("your choice"))
    return {
        "poll": portraits.poll(poll, at=timezone.now()),
        "fields": portraits.fields(poll),
        "outcomes": portraits.outcomes(poll, tallies.results(poll, tally), lambda name: marked if name == own else ""),
        "strength": policies.strength(poll),
        "framed": True,
        "in_place": True,
        "results_url": "#",
        "votes": portraits.votes(tally.ballots),
    }
