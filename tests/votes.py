"""Ballots for tests, cast as the front doors cast them."""

from collections.abc import Callable, Mapping
from itertools import count

from polls import ballots, snapshots
from polls.kinds import Answer
from polls.models import Poll
from polls.snapshots import QuestionSnapshot
from polls.terms import Door
from polls.voters import Voter

_voter = count(1)


def a_ballot(poll: Poll, *places: int) -> None:
    """One ballot of a new voter: for the choices at these places of each question, the first if none is named."""
    _cast(poll, lambda question: Answer(question.id, tuple(question.choices[place].id for place in places or (0,))))


def a_writing(poll: Poll, text: str) -> None:
    """One ballot of a new voter, who writes this to each question."""
    _cast(poll, lambda question: Answer(question.id, text=text))


def a_batch(poll: Poll, place: int, *, known: Mapping[int, int] | None = None) -> ballots.Batch:
    """The same ballot, and what is told of it to who knows these versions of tallies."""
    return _cast(poll, lambda question: Answer(question.id, (question.choices[place].id,)), known)


def _cast(
    poll: Poll, answer: Callable[[QuestionSnapshot], Answer], known: Mapping[int, int] | None = None
) -> ballots.Batch:
    snapshot = snapshots.load(poll.slug)
    assert snapshot
    answers = [answer(question) for question in snapshot.questions]
    name = f"voter-{next(_voter)}"
    voter = Voter(browser=name, network="192.0.2.1")
    casting = ballots.prepare(snapshot, answers, voter=voter, nonce=name, door=Door.PAGE)
    batch = ballots.cast_many([casting], known=known)
    assert isinstance(batch.outcomes[0], ballots.Counted)
    return batch
