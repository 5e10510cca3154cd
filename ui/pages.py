"""A poll's pages and their fragments, and the same card in a frame: one set of views for both."""

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _

from polls import ballots, quiz, refusals, tallies
from polls.snapshots import PollSnapshot
from polls.terms import Phase, Policy
from ui import accounts, crossings, faces, hot, papers, prints, readings, visitors, votes, voting, withdrawals
from ui.entries import Entry
from ui.faces import Face
from ui.papers import Receipt
from ui.prints import Personal
from ui.visitors import Visitor


@crossings.open_to_allowed_sites("GET")
async def poll(request: HttpRequest, slug: str) -> HttpResponse:
    return await show(request, slug, framed=False)


@crossings.open_to_allowed_sites("GET")
async def results(request: HttpRequest, slug: str) -> HttpResponse:
    """The results, or why they are not shown."""
    faces.require(request, "GET", "HEAD")
    entry = await voting.find(slug)
    face = faces.face(request, framed=False, poll=entry.poll)
    return await _results(request, entry, face, await accounts.visitor(request, entry.poll))


async def show(request: HttpRequest, slug: str, *, framed: bool) -> HttpResponse:
    """The card of a poll as it stands for this visitor: form, results, or a note."""
    faces.require(request, "GET", "HEAD")
    entry = await voting.find(slug)
    face = faces.face(request, framed=framed, poll=entry.poll)
    visitor = await accounts.visitor(request, entry.poll)
    if request.GET.get("show") == "hidden":
        response = await votes.refuse(request, entry, face, visitor, refusals.OriginHidden())
    elif request.GET.get("show") == "ballot" and _can_not_change(entry.poll, visitor):
        response = await votes.refuse(request, entry, face, visitor, refusals.NotKnownAgain())
    elif _asks_for_ballot(request, entry.poll, visitor):
        response = await _ballot(request, entry, face, visitor)
    else:
        asked = request.GET.get("show") == "results" or "receipt" in request.GET
        response = await _results(request, entry, face, visitor, greets=not asked)
    return faces.keep_secret(response) if visitor.invitation else response


def _asks_for_ballot(request: HttpRequest, poll: PollSnapshot, visitor: Visitor) -> bool:
    if poll.phase(voting.now()) != Phase.OPEN:
        return False
    match request.GET.get("show"):
        case "results":
            return False
        case "ballot":
            # To change a vote; or a second person at this browser has an invitation too.
            return ballots.may_change(poll) or poll.policy == Policy.INVITATION or not visitor.has_voted
    if "receipt" in request.GET:
        return False
    return not visitor.has_voted or poll.policy == Policy.OPEN


def _can_not_change(poll: PollSnapshot, visitor: Visitor) -> bool:
    """Another ballot would count beside the first, where it was to take its place."""
    return ballots.may_change(poll) and visitors.brings_receipt_alone(poll, visitor)


async def _ballot(request: HttpRequest, entry: Entry, face: Face, visitor: Visitor) -> HttpResponse:
    at, poll = voting.now(), entry.poll
    if poll.policy == Policy.ACCOUNT and visitor.account is None:
        if visitor.is_anybody:
            hot.say(request, entry, at=at)
        return faces.validated(faces.html(prints.sign_in(entry, face, at=at), face, poll=poll))
    withdrawn = request.GET.get("show") == "withdrawn"
    paper, order = papers.issue(poll.id, at=at), visitors.order(request, poll)
    if visitor.is_anybody and not poll.is_shuffled:
        hot.say(request, entry, at=at, paper=paper)
    knows = ballots.may_change(poll) and (visitor.has_voted or visitor.invitation)
    earlier = await votes.own_answers(poll, visitor) if knows else ()
    body = prints.form(
        entry,
        face,
        paper=paper,
        at=at,
        order=order,
        said=withdrawals.said(face) if withdrawn else "",
        again=bool(earlier) or (visitor.has_voted and ballots.may_change(poll)),
        earlier=earlier,
        invitation=visitor.invitation,
        name=visitor.name,
    )
    response = faces.html(body, face, poll=poll)
    return faces.keep_secret(response) if earlier else response


async def _results(
    request: HttpRequest, entry: Entry, face: Face, visitor: Visitor, *, greets: bool = False
) -> HttpResponse:
    """The results, or why they are hidden. `greets` a voter who comes back to the poll and did not ask for them."""
    at, poll = voting.now(), entry.poll
    receipt = papers.read_receipt(request.GET.get("receipt", ""), poll=poll.id)
    personal = _personal(request, poll, face, visitor, receipt, greets=greets)
    told = quiz.may_know(poll, at=at, voted=visitor.has_voted)
    why, reading = tallies.why_hidden(poll, at=at, voted=visitor.has_voted), None
    asked = not why or personal.said or quiz.is_quiz(poll)
    mine = await votes.own_answers(poll, visitor, receipt) if asked else ()
    if why and ((personal.said and mine) or (told and quiz.is_quiz(poll))):
        body = prints.veiled(entry, face, at=at, personal=personal, mine=mine, why=why)
    elif why:
        body = prints.note(entry, face, at=at, why=why, personal=personal)
    else:
        reading = await readings.of(entry, at=at)
        body = prints.results(entry, face, reading, at=at, personal=personal, mine=mine, told=told)
    response = faces.validated(faces.html(body, face, poll=poll))
    if visitor.is_anybody:
        readings.say(request, entry, reading, at=at)
        # While a voter would see more than others do, not even a cache that forgets Vary may mix them up.
        if reading or poll.phase(at) != Phase.OPEN:
            faces.shared(response)
    return response


def _personal(
    request: HttpRequest, poll: PollSnapshot, face: Face, visitor: Visitor, receipt: Receipt | None, *, greets: bool
) -> Personal:
    """A receipt in the address is what a form without JavaScript comes back with."""
    said = _voted(face) if greets and visitor.has_voted else ""
    is_open = poll.phase(voting.now()) == Phase.OPEN
    return Personal(
        said=votes.thanks(face, set_aside=receipt.set_aside) if receipt else said,
        invites=is_open and (not visitor.has_voted or poll.policy == Policy.INVITATION),
        again=is_open and visitor.has_voted and ballots.may_change(poll) and not _can_not_change(poll, visitor),
        invitation=visitor.invitation,
        receipt_code=voting.receipt_code(poll, receipt.nonce) if receipt else "",
        receipt=request.GET["receipt"] if receipt else "",
    )


def _voted(face: Face) -> str:
    with translation.override(face.tongue.interface):
        return _("You have voted in this poll.")
