"""Ballots for tests, cast as the front doors cast them."""

from itertools import count

from polls import ballots, snapshots
from polls.kinds import Answer
from polls.models import Poll
from polls.terms import Door
from polls.voters import Voter

_voter = count(1)


def a_ballot(poll: Poll, *places: int) -> None:
    """One ballot of a new voter: for the choices at these places of each question, the first if none is named."""
    snapshot = snapshots.load(poll.slug)
    assert snapshot
    answers = [
        Answer(question.id, tuple(question.choices[place].id for place in places or (0,)))
        for question in snapshot.questions
    ]
    name = f"voter-{next(_voter)}"
    voter = Voter(browser=name, network="192.0.2.1")
    casting = ballots.prepare(snapshot, answers, voter=voter, nonce=name, door=Door.PAGE)
    (outcome,) = ballots.cast_many([casting]).outcomes
    assert isinstance(outcome, ballots.Counted)
