"""Votes that are taken back: asked for once more on a page or in a frame, and answered there."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _

from polls import ballots, refusals
from polls.snapshots import PollSnapshot
from polls.terms import Phase, Policy
from ui import accounts, cookies, crossings, faces, forms, origins, papers, prints, visitors, votes, voting
from ui.entries import Entry
from ui.faces import Face
from ui.prints import Personal
from ui.visitors import Visitor


@crossings.open_to_allowed_sites("GET", "POST")
async def withdraw(request: HttpRequest, slug: str) -> HttpResponse:
    return await take_back(request, slug, framed=False)


async def take_back(request: HttpRequest, slug: str, *, framed: bool) -> HttpResponse:
    """Ask once whether a vote is to be withdrawn; a POST withdraws it."""
    faces.require(request, "GET", "HEAD", "POST")
    entry = await voting.find(slug)
    face = faces.face(request, framed=framed, poll=entry.poll)
    visitor = await accounts.visitor(request, entry.poll)
    slip = None
    try:
        if request.method != "POST":
            _check_withdrawal(entry.poll, visitor)
            response = await _asked(entry, face, visitor)
        else:
            origins.check(request, entry.poll.allowed_sites)
            slip = forms.read(request)
            await voting.withdraw(visitor, entry, slip)
            response = _withdrawn(request, entry, face, visitor, slip)
    except refusals.Refusal as refusal:
        response = await _not_withdrawn(entry, face, visitor, refusal, slip)
    return faces.keep_secret(response) if visitor.invitation or (slip and slip.invitation) else response


def said(face: Face) -> str:
    """What the empty form says afterwards."""
    with translation.override(face.tongue.interface):
        return _("Your vote is withdrawn.")


def _check_withdrawal(poll: PollSnapshot, visitor: Visitor) -> None:
    """Raises the Refusal of a withdrawal that can be refused before it is asked for."""
    if not ballots.may_change(poll):
        raise refusals.ChangesForbidden
    if poll.phase(voting.now()) != Phase.OPEN:
        raise refusals.PollClosed
    if poll.policy == Policy.ACCOUNT and visitor.account is None:
        raise refusals.SignInFirst
    if poll.policy != Policy.INVITATION and not visitor.has_voted:
        raise refusals.NothingToWithdraw
    if visitors.brings_receipt_alone(poll, visitor):
        raise refusals.NotKnownAgain


def _withdrawn(request: HttpRequest, entry: Entry, face: Face, visitor: Visitor, slip: forms.Ballot) -> HttpResponse:
    at, poll = voting.now(), entry.poll
    if face.fragment:
        order, words = visitors.order(request, poll), said(face)
        paper, code = papers.issue(poll.id, at=at), slip.invitation
        body = prints.form(entry, face, paper=paper, at=at, order=order, said=words, invitation=code, name=visitor.name)
        response = faces.html(body, face, poll=poll)
    else:
        response = faces.see_other(faces.with_query(face.form_url(poll.slug), "show=withdrawn"))
    cookies.forget(response, poll.id, secure=visitor.secure)
    return response


async def _asked(
    entry: Entry,
    face: Face,
    visitor: Visitor,
    refusal: refusals.Refusal | None = None,
    slip: forms.Ballot | None = None,
) -> HttpResponse:
    at, mine = voting.now(), await votes.own_answers(entry.poll, visitor)
    code, name = visitor.invitation, visitor.name
    body = prints.withdrawal(entry, face, at=at, refusal=refusal, slip=slip, invitation=code, name=name, mine=mine)
    response = faces.html(body, face, status=refusal.status if refusal else HTTPStatus.OK, poll=entry.poll)
    return faces.keep_secret(response) if mine else response


async def _not_withdrawn(
    entry: Entry, face: Face, visitor: Visitor, refusal: refusals.Refusal, slip: forms.Ballot | None
) -> HttpResponse:
    at, poll = voting.now(), entry.poll
    if refusal.keeps_ballot and not isinstance(refusal, refusals.SignInFirst) and poll.phase(at) == Phase.OPEN:
        response = await _asked(entry, face, visitor, refusal, slip)
    else:
        invites = poll.phase(at) == Phase.OPEN and not isinstance(refusal, refusals.NotKnownAgain)
        body = prints.note(entry, face, at=at, refusal=refusal, personal=Personal(invites=invites))
        response = faces.html(body, face, status=refusal.status, poll=poll)
    return faces.with_advice(response, refusal)
