"""Casting: the only writer of ballots and of the counters derived from them."""

import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import DataError, IntegrityError, transaction

from polls import ledger, refusals
from polls.kinds import Answer, MarkLine, read_marks, said
from polls.kinds.answers import digest
from polls.snapshots import PollSnapshot
from polls.terms import Door, Policy, Status
from polls.voters import Voter, network_key, voter_key

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Casting:
    """A ballot on its way to the ledger: read, checked against a version of the poll, not yet counted."""

    poll: PollSnapshot
    marks: tuple[MarkLine, ...]
    voter_key: str
    network_key: str | None
    nonce: str
    answers: str
    door: Door
    network_slot: int | None = None

    def row(self, place: int) -> ledger.Row:
        poll, slot = self.poll, self.network_slot
        mine = (self.voter_key, self.nonce, self.answers, self.network_key if slot else None, slot)
        return (place, poll.id, poll.version, *mine, self.door.value)


@dataclass(frozen=True, slots=True)
class Counted:
    """The ballot is on disk. `again` when the same paper had been counted before."""

    again: bool = False


@dataclass(frozen=True, slots=True)
class Stale:
    """The poll has another version by now: read the ballot again against that one."""


type Outcome = Counted | Stale | refusals.Refusal


@dataclass(frozen=True, slots=True)
class TallyChange:
    """What a batch made of a poll's tally: its new version, its ballots, and the counters that moved."""

    poll: int
    version: int
    ballots: int
    counters: tuple[tuple[int, str, int], ...]


@dataclass(frozen=True, slots=True)
class Batch:
    """One outcome per casting, in order, and what changed. Everything in it is committed."""

    outcomes: tuple[Outcome, ...]
    changes: tuple[TallyChange, ...] = ()


def prepare(poll: PollSnapshot, answers: Sequence[Answer], *, voter: Voter, nonce: str, door: Door) -> Casting:
    """Check a ballot against the poll's rules, and say whose it is. Raises a Refusal."""
    marks = read_marks(poll, answers)
    key, network = voter_key(poll, voter, nonce), network_key(poll, voter)
    if key is None or (network is None and poll.network_allowance is not None):
        raise refusals.VoterUnknown
    return Casting(poll, marks, key, network, nonce, digest(marks), door)


def cast_many(castings: Sequence[Casting], *, at: datetime | None = None) -> Batch:
    """Count ballots in one transaction. `at` is the instant; left out, the database's own clock.

    A ballot that the database can't take is refused alone and harms no neighbour. An OperationalError (the database
    is away) is the caller's: nothing is counted then.
    """
    try:
        with transaction.atomic(durable=True):
            return _write(castings, at)
    except (IntegrityError, DataError):
        if len(castings) == 1:
            log.exception("A ballot of poll %s could not be written", castings[0].poll.slug)
            return Batch((refusals.OurFault(),))
    batches = [cast_many([casting], at=at) for casting in castings]
    return Batch(
        tuple(outcome for batch in batches for outcome in batch.outcomes),
        tuple(change for batch in batches for change in batch.changes),
    )


def _write(castings: Sequence[Casting], at: datetime | None) -> Batch:
    """A ballot loses its network slot only to another ballot, so that each round of this loop makes progress."""
    outcomes: dict[int, Outcome] = {}
    counted: list[Casting] = []
    waiting = dict(enumerate(castings))
    while waiting:
        seated = _seat(waiting)
        ids = _insert(seated, at)
        counted.extend(seated[place] for place in ids)
        outcomes |= dict.fromkeys(ids, Counted())
        losers = {place: seated[place] for place in waiting if place not in ids}
        outcomes |= _explain(losers, at) if losers else {}
        waiting = {place: casting for place, casting in losers.items() if place not in outcomes}
    return Batch(tuple(outcomes[place] for place in range(len(castings))), _count(counted) if counted else ())


def _seat(castings: dict[int, Casting]) -> dict[int, Casting]:
    """Give each ballot of a poll that counts votes per network the next free slot of its network."""
    networks = {(one.poll.id, one.network_key) for one in castings.values() if one.network_key is not None}
    if not networks:
        return castings
    taken = ledger.slots_taken([(poll, key) for poll, key in networks if key])
    seated = {}
    for place, casting in castings.items():
        if casting.network_key is None:
            seated[place] = casting
            continue
        network = (casting.poll.id, casting.network_key)
        taken[network] = taken.get(network, 0) + 1
        seated[place] = replace(casting, network_slot=taken[network])
    return seated


def _has_room(casting: Casting) -> bool:
    allowance = casting.poll.network_allowance
    return allowance is None or casting.network_slot is None or casting.network_slot <= allowance


def _insert(castings: dict[int, Casting], at: datetime | None) -> set[int]:
    """Insert ballots with their marks; gives the places of those that are in."""
    rows = [casting.row(place) for place, casting in castings.items() if _has_room(casting)]
    ids = ledger.insert_ballots(rows, at) if rows else {}
    written: set[int] = set()
    marks: list[ledger.Row] = []
    for place, casting in castings.items():
        # Popped: a paper that is twice in the batch has one ballot, and its second place looks that up.
        ballot = ids.pop((casting.poll.id, casting.nonce), None)
        if ballot is not None:
            written.add(place)
            marks.extend((ballot, *_columns(mark)) for mark in casting.marks)
    if marks:
        ledger.insert_marks(marks)
    return written


def _columns(mark: MarkLine) -> tuple[object, ...]:
    return mark.question, mark.choice, mark.rank, mark.tied, mark.score, mark.text, mark.written


def _explain(losers: dict[int, Casting], at: datetime | None) -> dict[int, Outcome]:
    """Why ballots were not inserted. What stays unexplained lost a slot to a neighbour and may try again."""
    same_paper, voted = ledger.ballots_like([casting.row(place) for place, casting in losers.items()])
    standings = ledger.standings(sorted({casting.poll.id for casting in losers.values()}), at)
    outcomes: dict[int, Outcome] = {}
    for place, casting in losers.items():
        if place in same_paper:
            same = same_paper[place] == casting.answers
            outcomes[place] = Counted(again=True) if same else refusals.PaperUsed()
        elif place in voted:
            outcomes[place] = refusals.AlreadyVoted()
        elif outcome := _turned_away(casting, standings.get(casting.poll.id)):
            outcomes[place] = outcome
    return outcomes


def _turned_away(casting: Casting, standing: ledger.Standing | None) -> Outcome | None:
    if standing is None or standing.status == Status.DRAFT:
        return refusals.UnknownPoll()
    if standing.status == Status.ARCHIVED:
        return refusals.PollArchived()
    if standing.status == Status.CLOSED or standing.over:
        return refusals.PollClosed()
    if not standing.begun:
        return refusals.NotOpenYet()
    if standing.version != casting.poll.version:
        return Stale()
    if not _has_room(casting):
        return refusals.AlreadyVoted() if _one_per_network(casting.poll) else refusals.NetworkFull()
    return None


def _one_per_network(poll: PollSnapshot) -> bool:
    return poll.policy == Policy.NETWORK and poll.network_allowance == 1


def _count(castings: Sequence[Casting]) -> tuple[TallyChange, ...]:
    """Add the ballots to the counters, each counter once for the whole batch."""
    added: Counter[tuple[int, str]] = Counter()
    for casting in castings:
        added.update(said(casting.poll, casting.marks))
    counters = ledger.add_to_counters(added)
    polls = {casting.poll.id: casting.poll for casting in castings}
    tallies = ledger.add_to_tallies(Counter(casting.poll.id for casting in castings))
    owners = {question.id: poll.id for poll in polls.values() for question in poll.questions}
    return tuple(
        TallyChange(poll, version, ballots, tuple(line for line in counters if owners[line[0]] == poll))
        for poll, (ballots, version) in tallies.items()
    )
