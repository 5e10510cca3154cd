"""A vote as a form brings it, from a page, a frame or a fragment: taken, and answered with the card that follows."""

from functools import cache, partial

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _

from polls import ballots, quiz, refusals, tallies
from polls.kinds import MarkLine
from polls.snapshots import PollSnapshot
from polls.terms import Phase, Policy
from ui import accounts, cookies, crossings, database, faces, forms, origins, prints, readings, visitors, voting, ways
from ui.asgi import Ready, Scope
from ui.entries import Entry
from ui.faces import Face
from ui.papers import Receipt
from ui.prints import Personal
from ui.requests import Request
from ui.visitors import Visitor
from ui.ways import Way


@crossings.open_to_allowed_sites("POST")
async def vote(request: HttpRequest, slug: str) -> HttpResponse:
    return await take(request, slug, framed=False)


async def take(request: HttpRequest, slug: str, *, framed: bool) -> HttpResponse:
    """Take a ballot, and answer with the results or with what is to be mended."""
    faces.require(request, "POST")
    entry = await voting.find(slug)
    face = faces.face(request, framed=framed, poll=entry.poll)
    visitor = await accounts.visitor(request, entry.poll)
    ballot = None
    try:
        origins.check(request, entry.poll.allowed_sites)
        ballot = forms.read(request)
        answered = await voting.cast(visitor, entry, ballot, door=face.door)
    except refusals.Refusal as refusal:
        response = await refuse(request, entry, face, visitor, refusal, ballot)
    else:
        response = await _counted(answered, face, ballot, secure=visitor.secure)
        if answered.entry is entry and not ballot.invitation:
            ways.say(request, entry, face, visitor, response)
    return faces.keep_secret(response) if ballot and ballot.invitation else response


async def take_as_before(way: Way, scope: Scope, body: bytes) -> HttpResponse | Ready:
    """The same for a ballot that comes the way of others: while nothing is to be mended, no request is made of it."""
    entry, face, ballot = way.entry, way.face, None
    visitor = _newcomer(scope, way)
    try:
        ballot = forms.read_encoded(body)
        answered = await voting.cast(visitor, entry, ballot, door=face.door)
    except refusals.Refusal as refusal:
        response = await refuse(Request(scope, body), entry, face, visitor, refusal, ballot)
    else:
        if answered.entry is entry and not ballot.invitation:
            cookie = cookies.of(answered, secure=way.secure).encode()
            return way.ready(await _card(answered, face, ballot), cookie=cookie)
        response = await _counted(answered, face, ballot, secure=way.secure)
    return faces.keep_secret(response) if ballot and ballot.invitation else response


async def refuse(
    request: HttpRequest,
    entry: Entry,
    face: Face,
    visitor: Visitor,
    refusal: refusals.Refusal,
    ballot: forms.Ballot | None = None,
) -> HttpResponse:
    """What can be mended comes back as the form with the choice kept; the rest beside the results, if they show."""
    at, poll = voting.now(), entry.poll
    is_second = isinstance(refusal, refusals.AlreadyVoted | refusals.PaperUsed)
    voted = visitor.has_voted or is_second
    if refusal.keeps_ballot and poll.phase(at) == Phase.OPEN:
        order, again = visitors.order(request, poll), visitor.has_voted and ballots.may_change(poll)
        body = prints.form_again(entry, face, refusal, ballot, at=at, order=order, again=again, name=visitor.name)
    elif why := tallies.why_hidden(poll, at=at, voted=voted):
        mine = await own_answers(poll, visitor) if is_second else ()
        card = partial(prints.veiled, mine=mine) if mine else prints.note
        body = card(entry, face, at=at, refusal=refusal, why=why if why.code != refusal.code else None)
    else:
        told, reading = quiz.may_know(poll, at=at, voted=voted), await readings.of(entry, at=at)
        mine = await own_answers(poll, visitor)
        body = prints.results_refused(entry, face, reading, refusal, at=at, mine=mine, told=told)
    return faces.with_advice(faces.html(body, face, status=refusal.status, poll=poll), refusal)


async def own_answers(poll: PollSnapshot, visitor: Visitor, receipt: Receipt | None = None) -> tuple[MarkLine, ...]:
    """What this visitor voted, who is known by cookie, account or invitation; a secret poll tells it to nobody.

    Only who brings such a thing is looked up. A receipt stands in an address and tells what was answered in a quiz; in
    other polls that is nobody's business.
    """
    if poll.anonymous:
        return ()
    if receipt and quiz.is_quiz(poll):
        return await database.read(ballots.marks_on, poll, receipt.nonce)
    key = visitors.voter_key(poll, visitor)
    return await database.read(ballots.marks_by, poll, key) if key else ()


def thanks(face: Face, *, set_aside: bool) -> str:
    return _thanks_in(face.tongue.interface, set_aside)


@cache
def _thanks_in(language: str, set_aside: bool) -> str:  # noqa: FBT001 -- of `thanks`
    with translation.override(language):
        return _("Your vote is received and will be checked.") if set_aside else _("Your vote is counted.")


def _newcomer(scope: Scope, way: Way) -> Visitor:
    client, forwarded = scope.get("client"), dict(scope["headers"]).get(b"x-forwarded-for", b"")
    return visitors.newcomer(client[0] if client else "", forwarded.decode("latin-1"), secure=way.secure)


async def _counted(answered: voting.Answered, face: Face, ballot: forms.Ballot, *, secure: bool) -> HttpResponse:
    poll = answered.entry.poll
    if face.fragment:
        response = faces.html(await _card(answered, face, ballot), face, poll=poll)
    else:
        response = faces.see_other(faces.with_query(face.results_url(poll.slug), f"receipt={answered.receipt}"))
    cookies.remember(response, answered, secure=secure)
    return response


async def _card(answered: voting.Answered, face: Face, ballot: forms.Ballot) -> bytes:
    """Thanks, and the results where they show."""
    entry, at, poll = answered.entry, voting.now(), answered.entry.poll
    personal = Personal(
        said=thanks(face, set_aside=answered.set_aside),
        # On a page of another site no cookie is kept: there nobody is known again but by an invitation.
        again=ballots.may_change(poll) and (not face.away or poll.policy == Policy.INVITATION),
        invitation=ballot.invitation,
        receipt_code=answered.receipt_code,
        receipt=answered.receipt,
    )
    if not tallies.may_see(poll, at=at, voted=True):
        return prints.veiled(entry, face, at=at, personal=personal, mine=answered.mine)
    reading = await readings.of(entry, at=at)
    return prints.results(entry, face, reading, at=at, personal=personal, mine=answered.mine, told=True)
