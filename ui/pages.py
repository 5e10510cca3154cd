"""The public pages and their fragments, and the same card in a frame: one set of views for both."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from polls import ballots, quiz, refusals, tallies
from polls.kinds import MarkLine
from polls.models import Poll
from polls.snapshots import PollSnapshot
from polls.terms import Phase, Policy
from ui import cookies, database, faces, forms, papers, portraits, prints, readings, visitors, voting
from ui.cache import Entry
from ui.faces import Face

MOST_LISTED = 100


async def index(request: HttpRequest) -> HttpResponse:
    """The public list, the open ones first."""
    faces.require(request, "GET", "HEAD")
    lines = await database.read(_listed)
    with translation.override(translation.get_language_from_request(request)):
        body = render_to_string("ui/index.html", {"lines": lines})
    response = faces.public(HttpResponse(body), seconds=5)
    response["Vary"] = "HX-Request, Accept-Language"
    return response


async def poll(request: HttpRequest, slug: str) -> HttpResponse:
    return await show(request, slug, framed=False)


async def results(request: HttpRequest, slug: str) -> HttpResponse:
    """The results, or why they are not shown."""
    faces.require(request, "GET", "HEAD")
    entry, face = await voting.find(slug), faces.face(request, framed=False)
    return await _results(request, entry, face, said=_said(request, entry.poll))


async def vote(request: HttpRequest, slug: str) -> HttpResponse:
    return await take(request, slug, framed=False)


async def show(request: HttpRequest, slug: str, *, framed: bool) -> HttpResponse:
    """The card of a poll as it stands for this visitor: form, results, or a note."""
    faces.require(request, "GET", "HEAD")
    entry, face, at = await voting.find(slug), faces.face(request, framed=framed), voting.now()
    visitor = visitors.visitor(request, entry.poll)
    if request.GET.get("show") == "results" or "receipt" in request.GET:
        return await _results(request, entry, face, said=_said(request, entry.poll))
    if entry.poll.phase(at) == Phase.OPEN and (not visitor.has_voted or entry.poll.policy == Policy.OPEN):
        order = visitors.order(request, entry.poll)
        return faces.html(prints.form(entry, face, at=at, order=order), face, poll=entry.poll)
    return await _results(request, entry, face, said=_voted(entry.poll) if visitor.has_voted else "")


async def take(request: HttpRequest, slug: str, *, framed: bool) -> HttpResponse:
    """Take a ballot, and answer with the results or with what is to be mended."""
    faces.require(request, "POST")
    entry, face = await voting.find(slug), faces.face(request, framed=framed)
    ballot = None
    try:
        visitors.check_origin(request, entry.poll)
        ballot = forms.read(request)
        answered = await voting.cast(request, entry, ballot, door=face.door)
    except refusals.Refusal as refusal:
        return await _refused(request, entry, face, refusal, ballot)
    response = await _counted(answered, face)
    cookies.remember(response, answered, secure=visitors.is_secure(request))
    return response


async def _counted(answered: voting.Answered, face: Face) -> HttpResponse:
    entry, at, poll = answered.entry, voting.now(), answered.entry.poll
    if not face.fragment:
        address = face.results_url(poll.slug)
        return faces.see_other(f"{address}{'&' if '?' in address else '?'}receipt={answered.receipt}")
    said = _thanks(poll)
    if tallies.may_see(poll, at=at, voted=True):
        reading = await readings.of(entry, at=at)
        body = prints.results(entry, face, reading, at=at, said=said, mine=answered.mine, told=True)
        return faces.html(body, face, poll=poll)
    return faces.html(prints.veiled(entry, face, at=at, said=said, mine=answered.mine), face, poll=poll)


async def _refused(
    request: HttpRequest, entry: Entry, face: Face, refusal: refusals.Refusal, ballot: forms.Ballot | None
) -> HttpResponse:
    """What can be mended comes back as the form with the choice kept; the rest beside the results, if they show."""
    at, poll = voting.now(), entry.poll
    voted = isinstance(refusal, (refusals.AlreadyVoted, refusals.PaperUsed))
    voted = voted or visitors.visitor(request, poll).has_voted
    if refusal.keeps_ballot and poll.phase(at) == Phase.OPEN:
        order = visitors.order(request, poll)
        body = prints.form_again(entry, face, refusal, ballot, at=at, order=order)
    elif why := _why_hidden(poll, at=at, voted=voted):
        body = prints.note(entry, face, at=at, refusal=refusal, why=why if why.code != refusal.code else None)
    else:
        told, reading = quiz.may_know(poll, at=at, voted=voted), await readings.of(entry, at=at)
        body = prints.results_refused(entry, face, reading, refusal, at=at, told=told)
    return faces.with_advice(faces.html(body, face, status=refusal.status, poll=poll), refusal)


async def _results(request: HttpRequest, entry: Entry, face: Face, *, said: str) -> HttpResponse:
    at, poll = voting.now(), entry.poll
    visitor = visitors.visitor(request, poll)
    invites = poll.phase(at) == Phase.OPEN and not visitor.has_voted
    told = quiz.may_know(poll, at=at, voted=visitor.has_voted)
    mine = await _own_answers(request, poll) if quiz.is_quiz(poll) else ()
    why = _why_hidden(poll, at=at, voted=visitor.has_voted)
    if why and told and quiz.is_quiz(poll):
        body = prints.veiled(entry, face, at=at, said=said, mine=mine, why=why)
    elif why:
        body = prints.note(entry, face, at=at, said=said, why=why, invites=invites)
    else:
        reading = await readings.of(entry, at=at)
        body = prints.results(entry, face, reading, at=at, said=said, mine=mine, invites=invites, told=told)
    return faces.html(body, face, poll=poll)


async def _own_answers(request: HttpRequest, poll: PollSnapshot) -> tuple[MarkLine, ...]:
    """What the holder of a receipt answered in a quiz; in other polls that is nobody's business, receipt or not."""
    nonce = papers.nonce_of(request.GET.get("receipt", ""), poll=poll.id)
    return await database.read(ballots.marks_on, poll, nonce) if nonce and not poll.anonymous else ()


def _why_hidden(poll: PollSnapshot, *, at: datetime, voted: bool) -> refusals.Refusal | None:
    try:
        tallies.check_seen(poll, at=at, voted=voted)
    except refusals.Refusal as refusal:
        return refusal
    return None


def _said(request: HttpRequest, poll: PollSnapshot) -> str:
    """A receipt in the address is what a form without JavaScript comes back with."""
    visitor_has_receipt = "receipt" in request.GET and visitors.visitor(request, poll).has_voted
    return _thanks(poll) if visitor_has_receipt else ""


def _thanks(poll: PollSnapshot) -> str:
    with translation.override(poll.language):
        return _("Your vote is counted.")


def _voted(poll: PollSnapshot) -> str:
    with translation.override(poll.language):
        return _("You have voted in this poll.")


def _listed() -> list[portraits.Line]:
    at, polls = voting.now(), Poll.objects.listed().order_by("-published_at", "-id")[:MOST_LISTED]
    order = [Phase.OPEN, Phase.SCHEDULED, Phase.CLOSED]
    return sorted((portraits.line(poll, at=at) for poll in polls), key=lambda line: order.index(Phase(line.phase)))
