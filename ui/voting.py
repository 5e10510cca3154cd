"""The corridor behind every door: paper, voter, queue. A door reads what was sent and dresses what comes back."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from django.http import HttpRequest

from polls import ballots, refusals
from polls.ballots import Counted, Stale
from polls.kinds import MarkLine
from polls.terms import Door, Phase
from polls.voters import Voter
from ui import papers, visitors
from ui.cache import Entry, cache
from ui.forms import Ballot
from ui.queue import Queue

MOST_READINGS = 5
SLUG = re.compile(r"[a-z0-9-]{1,80}")

queue = Queue(cache.move)


@dataclass(frozen=True, slots=True)
class Answered:
    """A ballot that is on disk: its receipt, the browser's name for the cookie, and the voter's own marks."""

    entry: Entry
    receipt: str
    browser: str
    mine: tuple[MarkLine, ...]


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


async def cast(request: HttpRequest, entry: Entry, ballot: Ballot, *, door: Door) -> Answered:
    """Count a ballot. Returns when it is on disk, or raises a Refusal; the database's clock decides who is in time."""
    visitor = visitors.visitor(request, entry.poll)
    paper = papers.read(ballot.paper, poll=entry.poll.id, at=now())
    browser = visitor.browser or papers.browser_of(entry.poll.id, paper.nonce)
    voter = Voter(browser=browser, network=visitor.network)
    for _reading in range(MOST_READINGS):
        casting = ballots.prepare(entry.poll, ballot.answers, voter=voter, nonce=paper.nonce, door=door)
        outcome = await queue.cast(casting)
        if isinstance(outcome, Counted):
            return Answered(entry, papers.receipt(entry.poll.id, paper.nonce), browser, casting.marks)
        assert isinstance(outcome, Stale)
        cache.forget(entry.poll.id)
        entry = await find(entry.poll.slug)
    raise refusals.Busy
