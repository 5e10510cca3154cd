"""The corridor behind every door: admission, paper, voter, queue. A door reads what was sent and dresses the answer."""

import re
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from polls import ballots, invitations, refusals
from polls.ballots import Counted, Stale
from polls.kinds import MarkLine
from polls.snapshots import PollSnapshot
from polls.terms import Door, Phase, Policy
from polls.voters import Voter, voter_key
from ui import admission, database, papers, tokens
from ui.cache import cache
from ui.entries import Entry
from ui.forms import Ballot
from ui.papers import Paper
from ui.queue import Queue
from ui.visitors import Visitor
from ui.wire import wire

MOST_READINGS = 5
MOST_CHECKED = 200
SLUG = re.compile(r"[a-z0-9-]{1,80}")

queue = Queue(wire, cache.move)


@dataclass(frozen=True, slots=True)
class Answered:
    """A ballot that is on disk: its receipt, the browser's name for the cookie, and the voter's own marks."""

    entry: Entry
    receipt: str
    receipt_code: str
    """By this a voter finds the ballot in the published list; empty where none is published."""
    browser: str
    mine: tuple[MarkLine, ...]
    set_aside: bool


def now() -> datetime:
    return datetime.now(UTC)


async def find(slug: str) -> Entry:
    """The poll at an address. Raises UnknownPoll for a draft too, and PollArchived."""
    entry = await cache.entry(slug) if SLUG.fullmatch(slug) else None
    phase = entry.poll.phase(now()) if entry else Phase.DRAFT
    if entry is None or phase == Phase.DRAFT:
        raise refusals.UnknownPoll
    if phase == Phase.ARCHIVED:
        raise refusals.PollArchived
    return entry


async def cast(visitor: Visitor, entry: Entry, ballot: Ballot, *, door: Door) -> Answered:
    """Count a ballot. Returns when it is on disk, or raises a Refusal; the database's clock decides who is in time."""
    admission.admit(visitor, entry.poll, now=time.monotonic())
    try:
        return await _cast(visitor, entry, ballot, door)
    except (refusals.InvitationUnknown, refusals.SignInFirst):
        admission.note_failure(visitor, entry.poll, now=time.monotonic())
        raise


async def withdraw(visitor: Visitor, entry: Entry, slip: Ballot) -> None:
    """Take the visitor's ballot back, or raise a Refusal.

    The paper shows that the form is ours, and nothing more: whose ballot it is follows from the cookie, the account or
    the invitation, never from something that stands in an address or was seen on somebody's screen. Who brings a token
    needs none, and says whose.
    """
    poll = entry.poll
    admission.admit(visitor, poll, now=time.monotonic())
    if not visitor.bearer:
        papers.read(slip.paper, poll=poll.id, at=now())
    try:
        key = voter_key(poll, _voter(visitor, poll, slip, visitor.browser), "")
        if key is None:
            raise refusals.NothingToWithdraw
        changes = await database.write(ballots.withdraw, poll, voter_key=key)
    except (refusals.InvitationUnknown, refusals.SignInFirst, refusals.NothingToWithdraw):
        if poll.policy in admission.NAMED:
            admission.note_failure(visitor, poll, now=time.monotonic())
        raise
    for change in changes:
        cache.move(change)


def receipt_code(poll: PollSnapshot, nonce: str) -> str:
    """Empty also when the voters are forgotten: the key that made the codes is gone, another would make wrong ones."""
    if not poll.ballots_published or poll.erased_at:
        return ""
    return invitations.grouped(ballots.receipt_code(poll, nonce))


async def _cast(visitor: Visitor, entry: Entry, ballot: Ballot, door: Door) -> Answered:
    try:
        paper = _paper(visitor, entry.poll, ballot)
        # A server that does not say for whom is not believed to be somebody new each time.
        browser = visitor.browser or ("" if visitor.bearer else papers.browser_of(entry.poll.id, paper.nonce))
        voter = _voter(visitor, entry.poll, ballot, browser)
    except refusals.Refusal as refusal:
        if refusal.keeps_ballot:
            # The form is shown again: whatever else is to be mended in it is said now, not after the next try.
            refusal.others = _faults(entry, ballot)
        raise
    suspicion: str | None = None
    for _reading in range(MOST_READINGS):
        checked = _checked(entry, ballot)
        casting = ballots.prepare(
            entry.poll, ballot.answers, voter=voter, nonce=paper.nonce, door=door, checked=checked
        )
        if suspicion is None:
            # Only now: nobody works for a ballot that could not be counted.
            suspicion = admission.examine(visitor, entry.poll, paper, ballot.work, at=now(), now=time.monotonic())
        # Seldom, and not cheap.
        casting = replace(casting, set_aside_for=suspicion) if suspicion else casting
        outcome = await queue.cast(casting)
        if isinstance(outcome, Counted):
            return _answered(entry, paper, voter, browser, casting.marks, outcome)
        assert isinstance(outcome, Stale)
        cache.forget(entry.poll.id)
        entry = await find(entry.poll.slug)
    raise refusals.Busy


def _checked(entry: Entry, ballot: Ballot) -> ballots.Checked:
    """In a hot poll thousands say the same: what is right once is right for each of them."""
    known: dict[object, ballots.Checked] = entry.prints.setdefault("checked", {})
    checked = known.get(ballot.answers)
    if checked is None:
        if len(known) >= MOST_CHECKED:
            known.clear()
        checked = known[ballot.answers] = ballots.check(entry.poll, ballot.answers)
    return checked


def _faults(entry: Entry, ballot: Ballot) -> tuple[refusals.Refusal, ...]:
    try:
        _checked(entry, ballot)
    except refusals.Refusal as refusal:
        return refusal.all
    return ()


def _paper(visitor: Visitor, poll: PollSnapshot, ballot: Ballot) -> Paper:
    if visitor.bearer and (visitor.bearer.key or not ballot.paper):
        return tokens.paper(visitor.bearer, poll, ballot.invitation, at=now())
    try:
        return papers.read(ballot.paper, poll=poll.id, at=now())
    except refusals.Refusal as refusal:
        # A form on another site has none, or one of weeks ago. Nobody confirms a vote to hear then that it is late.
        if late := _late.get(poll.phase(now())):
            raise late from None
        alone = poll.policy not in {Policy.OPEN, Policy.INVITATION}
        has_voted = visitor.has_voted and alone and not ballots.may_change(poll)
        if has_voted and isinstance(refusal, refusals.PaperMissing):
            raise refusals.AlreadyVoted from None
        raise


_late = {Phase.CLOSED: refusals.PollClosed, Phase.SCHEDULED: refusals.NotOpenYet}


def _answered(
    entry: Entry, paper: Paper, voter: Voter, browser: str, mine: tuple[MarkLine, ...], outcome: Counted
) -> Answered:
    poll = entry.poll
    if voter.invitation:
        browser = papers.browser_of_invitation(poll.id, voter.invitation)
    receipt = papers.receipt(poll.id, paper.nonce, set_aside=outcome.set_aside)
    return Answered(entry, receipt, receipt_code(poll, paper.nonce), browser, mine, outcome.set_aside)


def _voter(visitor: Visitor, poll: PollSnapshot, sent: Ballot, browser: str | None) -> Voter:
    """Raises the Refusal of somebody who has no invitation, or is not signed in, where the poll asks for that."""
    code = None
    if poll.policy == Policy.INVITATION:
        if not sent.invitation.strip():
            raise refusals.InvitationMissing
        code = invitations.normalised(sent.invitation)
        if code is None:
            raise refusals.InvitationUnknown
    if poll.policy == Policy.ACCOUNT and visitor.account is None:
        raise refusals.SignInFirst
    return Voter(browser=browser, network=visitor.network, account=visitor.account, invitation=code)
