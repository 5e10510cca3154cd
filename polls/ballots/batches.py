"""Many ballots, one commit."""

import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from django.db import DatabaseError, DataError, IntegrityError, transaction

from polls import ledger, refusals
from polls.ballots.castings import Casting
from polls.ballots.changes import may_change, supersede
from polls.ballots.counts import Moves, tally_changes
from polls.ballots.outcomes import Batch, Begun, Counted, Outcome, Stale, TallyChange
from polls.kinds import KINDS, MarkLine, said
from polls.ledger import at_once
from polls.ledger.at_once import Ask
from polls.snapshots import PollSnapshot
from polls.terms import Kind, Policy, Status

log = logging.getLogger(__name__)

CHOOSING = frozenset({Kind.SINGLE, Kind.MULTIPLE, Kind.APPROVAL})
MOST_ROUNDS = 100
MOST_SAID = 40
"""So many counters are told of with each batch, whether it moves them or not."""


def cast_many(castings: Sequence[Casting], *, at: datetime | None = None) -> Batch:
    """Count ballots, all that are answered committed. `at` is the instant; left out, the database's own clock.

    A ballot that the database can't take is refused alone and harms no neighbour. An OperationalError (the database
    is away) is the caller's: nothing is counted then.
    """
    try:
        with ledger.together(), transaction.atomic(durable=True):
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


async def cast_at_once(
    ask: Ask, castings: Sequence[Casting], *, known: Mapping[int, int], shared: Collection[int] = ()
) -> Begun:
    """Count the ballots of a batch that need no question first, which most do, in one statement: for PostgreSQL. Those
    that are left are for `cast_many`. An OperationalError is the caller's: what is counted then is not known, and the
    same papers tell it.

    `known` are the versions of tallies that the caller has: where another process has counted since, all counters of
    the poll come with what changed, as far as that is cheap. Of the polls that are `shared` this is to be expected, so
    that they are asked for in the same journey where it is known what can be said.
    """
    plain: dict[tuple[int, str], tuple[int, Casting]] = {}
    for place, casting in enumerate(castings):
        if casting.is_plain:
            plain.setdefault((casting.poll.id, casting.nonce), (place, casting))
    if not plain:
        return Begun({}, tuple(range(len(castings))))
    ballots, marks, counters = [], [], []
    for place, casting in plain.values():
        ballots.append(casting.row(place))
        marks += [(place, *_columns(mark)) for mark in casting.marks]
        counters += [(place, *what) for what in said(casting.poll.questions, casting.marks)]
    polls = {casting.poll.id: casting.poll for _, casting in plain.values()}
    whole = [poll for poll in polls.values() if poll.id in shared and _says_little(poll)]
    counters += [(at_once.NO_BALLOT, *what) for poll in whole for what in _all_said(poll)]
    try:
        written = await at_once.write(ask, ballots, marks, counters)
    except (IntegrityError, DataError):
        written = at_once.Written()  # One of them is poison; `cast_many` finds out which.
    tallies = {poll: (number, version) for poll, number, version, _ in written.tallies}
    told = {poll: aside for poll, _, _, aside in written.tallies if polls[poll] in whole}
    aside = {castings[place].poll.id for place in written.places if castings[place].set_aside_for} - told.keys()
    changes = tally_changes(polls, aside, written.counters, tallies)
    changes = tuple([replace(one, set_aside=told.get(one.poll)) for one in changes])
    outcomes: dict[int, Outcome] = {
        place: Counted(set_aside=bool(castings[place].set_aside_for)) for place in written.places
    }
    left = tuple([place for place in range(len(castings)) if place not in outcomes])
    return Begun(outcomes, left, await _completed(ask, changes, polls, known))


async def _completed(
    ask: Ask, changes: tuple[TallyChange, ...], polls: Mapping[int, PollSnapshot], known: Mapping[int, int]
) -> tuple[TallyChange, ...]:
    """Changes that say all, where what they say does not follow what is known."""
    lacking = [one.poll for one in changes if _is_cheap(polls[one.poll]) and _lacks(one, known.get(one.poll))]
    try:
        found = await at_once.standing(ask, lacking) if lacking else {}
    except DatabaseError:
        # The ballots are in all the same; who shows the numbers looks for itself.
        log.warning("What other processes counted could not be asked", exc_info=True)
        return changes
    return tuple(
        TallyChange(one.poll, version, ballots, tuple(counters), aside)
        for one in changes
        if one.poll in found
        for version, ballots, aside, counters in [found[one.poll]]
    ) + tuple(one for one in changes if one.poll not in found)


def _lacks(change: TallyChange, known: int | None) -> bool:
    return known is not None and not change.is_whole and (change.counters is None or known + 1 < change.version)


def _says_little(poll: PollSnapshot) -> bool:
    """All that can be said is a choice of a few."""
    return len(_all_said(poll)) <= MOST_SAID and all(
        one.kind in CHOOSING and not one.write_in for one in poll.questions
    )


def _all_said(poll: PollSnapshot) -> list[tuple[int, str]]:
    return [
        (question.id, what)
        for question in poll.questions
        for what in ("", *[str(choice.id) for choice in question.choices])
    ]


def _is_cheap(poll: PollSnapshot) -> bool:
    """Its counters are few, and no texts belong to its results."""
    return not any(KINDS[one.kind].slow or one.write_in or one.kind == Kind.TEXT for one in poll.questions)


def _write(castings: Sequence[Casting], at: datetime | None) -> Batch:
    """A ballot loses its network slot only to another ballot: after some rounds all are in, or it is said why not."""
    outcomes: dict[int, Outcome] = {}
    moves = Moves()
    waiting = _invited(castings, outcomes)
    for _round in range(MOST_ROUNDS):
        seated = _seat(waiting)
        ids = _insert(seated, at)
        moves.add(seated[place] for place in ids)
        outcomes |= {place: Counted(set_aside=bool(seated[place].set_aside_for)) for place in ids}
        losers = {place: seated[place] for place in waiting if place not in ids}
        outcomes |= _explain(losers, moves, at) if losers else {}
        waiting = {place: casting for place, casting in losers.items() if place not in outcomes}
        if not waiting:
            break
    else:
        raise IntegrityError(f"nothing explains why {len(waiting)} ballots are not in")
    _note_invitations(castings, outcomes, at)
    return Batch(tuple(outcomes[place] for place in range(len(castings))), moves.write())


def _invited(castings: Sequence[Casting], outcomes: dict[int, Outcome]) -> dict[int, Casting]:
    """The castings that may go on; those with an invitation that is not ours, or revoked, are refused."""
    waiting = dict(enumerate(castings))
    codes = {(one.poll.id, one.invitation) for one in castings if one.invitation}
    if not codes:
        return waiting
    known = ledger.invitations(sorted(codes))
    for place, casting in list(waiting.items()):
        if casting.invitation and (casting.poll.id, casting.invitation) not in known:
            outcomes[place] = refusals.InvitationUnknown()
            del waiting[place]
    return waiting


def _note_invitations(castings: Sequence[Casting], outcomes: dict[int, Outcome], at: datetime | None) -> None:
    used = {
        (casting.poll.id, casting.invitation)
        for place, casting in enumerate(castings)
        if casting.invitation and isinstance(outcomes[place], Counted)
    }
    if used:
        ledger.use_invitations(sorted(used), at)


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


def _explain(losers: dict[int, Casting], moves: Moves, at: datetime | None) -> dict[int, Outcome]:
    """Why ballots were not inserted. What stays unexplained lost a slot to a neighbour and may try again."""
    same_paper, voted = ledger.ballots_like([casting.row(place) for place, casting in losers.items()])
    standings = ledger.standings(sorted({casting.poll.id for casting in losers.values()}), at, locked=True)
    outcomes: dict[int, Outcome] = {}
    for place, casting in losers.items():
        standing = standings.get(casting.poll.id)
        if place in same_paper:
            answers, aside = same_paper[place]
            same = answers == casting.answers
            outcomes[place] = Counted(again=True, set_aside=aside) if same else refusals.PaperUsed()
        elif place in voted:
            outcomes[place] = _second_vote(casting, standing, moves)
        elif outcome := _turned_away(casting, standing):
            outcomes[place] = outcome
    return outcomes


def _second_vote(casting: Casting, standing: ledger.Standing | None, moves: Moves) -> Outcome:
    """A second vote takes the place of the first where the poll allows that; else it is refused."""
    if not may_change(casting.poll):
        return refusals.AlreadyVoted()
    if outcome := _turned_away(casting, standing):
        return outcome
    assert standing is not None
    supersede(casting.poll, [casting.voter_key], moves)
    seated = _seat({0: casting})
    if _insert(seated, standing.now) != {0}:
        raise IntegrityError("a changed ballot lost its place")
    moves.add(seated.values())
    return Counted(changed=True, set_aside=bool(casting.set_aside_for))


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
