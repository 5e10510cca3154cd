"""Published ballots as the town hall gives them, whoever asks."""

import pytest

from polls import ballots, lifecycle, publishing, refusals, snapshots
from polls.kinds import Answer
from polls.models import Ballot, Mark, Poll
from tests.builders import a_poll, choices_of, now
from tests.votes import a_ballot, an_answer

pytestmark = pytest.mark.usefixtures("house")


def _published(**question: object) -> Poll:
    return a_poll(ballots_published=True, changes_allowed=True, question=question)


def _code(poll: Poll) -> str:
    return Ballot.objects.get(poll=poll).receipt or ""


def test_a_code_finds_the_ballots_of_its_own_poll_alone() -> None:
    poll, other = _published(), _published()
    a_ballot(poll)
    assert publishing.find(snapshots.of(poll), _code(poll)).code == _code(poll)
    with pytest.raises(refusals.BallotUnknown):
        publishing.find(snapshots.of(other), _code(poll))


def test_a_code_is_kept_only_where_ballots_are_published_and_made_anew_in_each_poll() -> None:
    poll, other = a_poll(), _published()
    a_ballot(poll)
    assert Ballot.objects.get().receipt is None
    assert ballots.receipt_code(snapshots.of(poll), "a paper") != ballots.receipt_code(snapshots.of(other), "a paper")


def test_a_ballot_that_was_taken_back_is_neither_found_nor_listed() -> None:
    poll = _published()
    a_ballot(poll)
    snapshot, code = snapshots.of(poll), _code(poll)
    ballots.withdraw(snapshot, voter_key=Ballot.objects.get().voter_key)
    with pytest.raises(refusals.BallotUnknown):
        publishing.find(snapshot, code)
    assert publishing.page(snapshot).ballots == ()


def test_marks_bring_no_text_and_no_order_in_which_they_were_written() -> None:
    poll = _published(kind="ranked", equal_ranks=True)
    first, second, third = (choice.pk for choice in choices_of(poll))
    question = poll.questions.get().pk
    an_answer(poll, Answer(question, ranking=((third,), (second, first))))
    Mark.objects.update(text="I am Vera")
    newest = Mark.objects.get(choice=first)
    newest.pk, newest.choice_id = newest.pk + 100, first
    Mark.objects.filter(choice=first).delete()
    newest.save(force_insert=True)
    lifecycle.close(poll, at=now())
    (ballot,) = publishing.page(snapshots.of(poll)).ballots
    assert [mark.choice for mark in ballot.marks[question]] == [third, first, second]
    assert {mark.text for mark in ballot.marks[question]} == {None}


def test_the_first_page_has_none_before_and_the_last_none_after() -> None:
    poll = _published()
    for _voter in range(3):
        a_ballot(poll)
    snapshot = snapshots.of(poll)
    first = publishing.page(snapshot, most=2)
    last = publishing.page(snapshot, after=first.after, most=2)
    back = publishing.page(snapshot, before=last.before, most=2)
    assert [bool(page.before) for page in (first, last, back)] == [False, True, False]
    assert [bool(page.after) for page in (first, last, back)] == [True, False, True]
    assert first.ballots == back.ballots


@pytest.mark.parametrize(("typed", "code"), [("018a-bcde fghi-jklm", "OIBABCDEFGHIJKLM"), ("9" * 16, ""), ("", "")])
def test_a_receipt_is_read_as_people_copy_it(typed: str, code: str) -> None:
    assert publishing.normalised(typed) == code
