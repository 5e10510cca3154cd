"""The database says no first: each named constraint refuses the row that it is there for."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from polls.models import Ballot, Choice, Counter, Invitation, Mark, Poll, Question
from tests.builders import a_poll, choices_of, now

pytestmark = pytest.mark.usefixtures("house")


def a_ballot(poll: Poll, voter: str = "vera", nonce: str = "n1", **fields: Any) -> Ballot:
    return Ballot.objects.create(poll=poll, voter_key=voter, nonce=nonce, answers="a", door="page", **fields)


def _refused(name: str) -> Any:
    return pytest.raises(IntegrityError, match=name)


def test_one_ballot_per_voter() -> None:
    poll = a_poll()
    a_ballot(poll)
    with _refused("one_ballot_per_voter|voter_key"), transaction.atomic():
        a_ballot(poll, nonce="n2")
    Ballot.objects.all().delete()


def test_one_ballot_per_paper() -> None:
    poll = a_poll()
    a_ballot(poll)
    with _refused("one_ballot_per_paper|nonce"), transaction.atomic():
        a_ballot(poll, voter="victor")
    Ballot.objects.all().delete()


def test_a_network_slot_once() -> None:
    poll = a_poll()
    a_ballot(poll, network_key="k", network_slot=1)
    with _refused("one_ballot_per_network_slot|network_slot"), transaction.atomic():
        a_ballot(poll, voter="victor", nonce="n2", network_key="k", network_slot=1)
    Ballot.objects.all().delete()


def test_a_choice_belongs_to_its_question() -> None:
    poll, other = a_poll(), a_poll()
    with _refused("mark_choice_belongs_to_its_question|FOREIGN KEY"), transaction.atomic():
        ballot = a_ballot(poll)
        Mark.objects.create(ballot=ballot, question=poll.questions.get(), choice=choices_of(other)[0])


def test_a_choice_once_on_a_ballot() -> None:
    poll = a_poll()
    first = choices_of(poll)[0]
    with _refused("choice_once_on_a_ballot|choice_id"), transaction.atomic():
        ballot = a_ballot(poll)
        for _ in range(2):
            Mark.objects.create(ballot=ballot, question=first.question, choice=first)


def test_a_rank_once_on_a_ballot_unless_it_is_tied() -> None:
    poll = a_poll()
    first, second, third = choices_of(poll)
    with _refused("rank_once_on_a_ballot|rank"), transaction.atomic():
        ballot = a_ballot(poll)
        Mark.objects.create(ballot=ballot, question=first.question, choice=third, rank=2, tied=True)
        for choice in (first, second):
            Mark.objects.create(ballot=ballot, question=first.question, choice=choice, rank=1)


@pytest.mark.parametrize(
    ("mark", "name"),
    [
        ({"choice": None}, "mark_says_something"),
        ({"rank": 0}, "mark_rank_from_one"),
        ({"rank": 1, "score": 1}, "mark_rank_is_of_a_choice"),
    ],
)
def test_a_mark_makes_sense(mark: dict[str, Any], name: str) -> None:
    poll = a_poll()
    first = choices_of(poll)[0]
    with _refused(name), transaction.atomic():
        Mark.objects.create(**({"ballot": a_ballot(poll), "question": first.question, "choice": first} | mark))


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"status": "odd"}, "poll_status_known"),
        ({"policy": "odd"}, "poll_policy_known"),
        ({"reveal": "odd"}, "poll_reveal_known"),
        ({"network_allowance": 0}, "poll_network_allowance_positive"),
        ({"policy": "network", "network_allowance": None}, "poll_network_policy_has_an_allowance"),
        ({"opens_at": now(), "closes_at": now() - timedelta(days=1)}, "poll_closes_after_it_opens"),
    ],
)
def test_a_poll_makes_sense(fields: dict[str, Any], name: str) -> None:
    poll = a_poll()
    with _refused(name), transaction.atomic():
        Poll.objects.filter(pk=poll.pk).update(**fields)


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"kind": "odd"}, "question_kind_known"),
        ({"minimum": 0}, "question_minimum_positive"),
        ({"minimum": 3, "maximum": 2}, "question_maximum_not_below_minimum"),
    ],
)
def test_a_question_makes_sense(fields: dict[str, Any], name: str) -> None:
    poll = a_poll()
    with _refused(name), transaction.atomic():
        Question.objects.filter(poll=poll).update(**fields)


def test_a_choice_has_a_text_of_its_own() -> None:
    first = choices_of(a_poll())[0]
    with _refused("choice_has_a_text"), transaction.atomic():
        Choice.objects.filter(pk=first.pk).update(text="")
    with _refused("choice_text_once_in_a_question|text"), transaction.atomic():
        Choice.objects.filter(pk=first.pk).update(text="B")


def test_an_invitation_was_not_mailed_for_a_known_reason() -> None:
    with _refused("invitation_failure_known"), transaction.atomic():
        Invitation.objects.create(poll=a_poll(), code_hash="a", failure="odd")


def test_one_counter_per_thing_said() -> None:
    question = a_poll().questions.get()
    with _refused("one_counter_per_thing_said|said"), transaction.atomic():
        for _ in range(2):
            Counter.objects.create(question=question, said="1", count=1)
