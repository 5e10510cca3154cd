"""The public list: the polls that want to be found, in the language of who asks."""

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import translation

from polls import snapshots, translations
from polls.models import Poll
from polls.snapshots import ThemeSnapshot
from polls.terms import Phase
from ui import database, faces, portraits, themes, tongues, voting

MOST_LISTED = 100


async def index(request: HttpRequest) -> HttpResponse:
    """The public list, the open ones first."""
    faces.require(request, "GET", "HEAD")
    lines, theme = await database.read(_listed, tongues.wanted(request))
    with translation.override(tongues.around(request)):
        body = render_to_string("ui/index.html", {"lines": lines, "worn": themes.worn(theme)})
    response = faces.public(HttpResponse(body), seconds=5)
    response["Vary"] = "HX-Request, Accept-Language"
    return response


def _listed(wanted: tuple[str, ...]) -> tuple[list[portraits.Line], ThemeSnapshot | None]:
    at, polls = voting.now(), list(Poll.objects.listed().order_by("-published_at", "-id")[:MOST_LISTED])
    titles = translations.titles(polls)
    order = [Phase.OPEN, Phase.SCHEDULED, Phase.CLOSED]
    told = (portraits.line(poll, titles[poll.pk], wanted, at=at) for poll in polls)
    lines = sorted(told, key=lambda line: order.index(Phase(line.phase)))
    return lines, snapshots.site_theme()
