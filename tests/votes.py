"""Ballots for tests, cast as the front doors cast them."""

from collections.abc import Callable
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


def an_answer(poll: Poll, answer: Answer) -> None:
    """One ballot of a new voter, who answers this to the one question."""
    _cast(poll, lambda _question: answer)


def a_casting(poll: Poll, place: int) -> ballots.Casting:
    """The same ballot on its way to the ledger."""
    return _casting(poll, lambda question: Answer(question.id, (question.choices[place].id,)))


def _cast(poll: Poll, answer: Callable[[QuestionSnapshot], Answer]) -> None:
    batch = ballots.cast_many([_casting(poll, answer)])
    assert isinstance(batch.outcomes[0], ballots.Counted)


def _casting(poll: Poll, answer: Callable[[QuestionSnapshot], Answer]) -> ballots.Casting:
    snapshot = snapshots.load(poll.slug)
    assert snapshot
    answers = [answer(question) for question in snapshot.questions]
    name = f"voter-{next(_voter)}"
    voter = Voter(browser=name, network="192.0.2.1")
    return ballots.prepare(snapshot, answers, voter=voter, nonce=name, door=Door.PAGE)
