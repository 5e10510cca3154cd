"""What voters wrote themselves: shown by an editor, merged by an editor, and counted right all the while."""

from itertools import count

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from polls import audit, ballots, snapshots, tallies
from polls.ballots import moderation
from polls.kinds import Answer
from polls.models import Ballot, Change, Mark, Poll
from polls.refusals import Forbidden
from polls.terms import Door, Kind, Moderation
from polls.voters import Voter
from tests.builders import a_poll, choices_of, now

pytestmark = pytest.mark.usefixtures("house")
_voter = count(1)


def cast(poll: Poll, *choices: int, text: str = "") -> None:
    snapshot, name = snapshots.load(poll.slug), f"writer-{next(_voter)}"
    assert snapshot
    answer = Answer(snapshot.questions[0].id, tuple(choices), text=text)
    voter = Voter(browser=name, network="192.0.2.1")
    ballots.cast_many([ballots.prepare(snapshot, [answer], voter=voter, nonce=name, door=Door.PAGE)])


def numbers(poll: Poll) -> tuple[list[int], int]:
    snapshot = snapshots.load(poll.slug)
    assert snapshot
    result = tallies.results(snapshot, tallies.load(snapshot))[0]
    return [choice.count for choice in result.choices], result.written


def texts_of(poll: Poll) -> tuple[str, ...]:
    snapshot = snapshots.load(poll.slug)
    assert snapshot
    return tallies.load(snapshot).texts[snapshot.questions[0].id]


def written() -> list[int]:
    return list(Mark.objects.filter(written=True).values_list("pk", flat=True))


def test_a_merged_write_in_counts_for_its_choice() -> None:
    poll = a_poll(question={"write_in": True})
    cast(poll, text="Aa")
    cast(poll, text="Something else")
    first = written()[0]
    assert moderation.merge(poll, [first], choice=choices_of(poll)[0]) == 1
    assert numbers(poll) == ([1, 0, 0], 1)
    assert moderation.merge(poll, [first], choice=choices_of(poll)[1]) == 0


def test_a_ballot_that_marks_the_choice_already_counts_once() -> None:
    poll = a_poll(question={"kind": "multiple", "write_in": True})
    first = choices_of(poll)[0]
    cast(poll, first.pk, text="A!")
    moderation.merge(poll, written(), choice=first)
    assert numbers(poll) == ([1, 0, 0], 0)


def test_a_write_in_on_a_ballot_that_was_set_aside_is_counted_when_it_is_let_in() -> None:
    poll = a_poll(question={"write_in": True})
    cast(poll, text="Aa")
    ballot = Ballot.objects.get()
    ballots.set_aside(poll, [ballot.pk], reason="editor", at=now())
    moderation.merge(poll, written(), choice=choices_of(poll)[0])
    assert numbers(poll) == ([0, 0, 0], 0)
    ballots.let_in(poll, [ballot.pk])
    assert numbers(poll) == ([1, 0, 0], 0)
    assert not audit.differences()


def test_a_choice_of_another_poll_takes_no_write_ins() -> None:
    poll, other = a_poll(question={"write_in": True}), a_poll()
    cast(poll, text="Aa")
    with pytest.raises(Forbidden):
        moderation.merge(poll, written(), choice=choices_of(other)[0])


def test_a_merge_is_taken_back_with_all_that_the_ballot_said() -> None:
    poll = a_poll(question={"kind": "multiple", "write_in": True})
    first, second, _third = choices_of(poll)
    cast(poll, first.pk, second.pk, text="A!")
    cast(poll, text="A!")
    moderation.merge(poll, written(), choice=first)
    assert numbers(poll) == ([2, 1, 0], 0)
    assert moderation.part(poll, written()) == 2
    assert numbers(poll) == ([1, 1, 0], 2)
    assert [change.after for change in Change.objects.all()] == ["A: 2", "A: 2"]


def test_write_ins_are_read_as_others_and_told_apart_again() -> None:
    poll = a_poll(question={"write_in": True})
    for text in ("Ramen", "ramen!", "Ramen", "Sushi"):
        cast(poll, text=text)
    said = {words.text: words for words in moderation.words(poll, Moderation.WAITING)}
    assert {text: words.number for text, words in said.items()} == {"Ramen": 2, "ramen!": 1, "Sushi": 1}
    moderation.show(poll, moderation.alike(poll, [said["Ramen"].mark], Moderation.WAITING), at=now())
    assert moderation.read_as(poll, [said["ramen!"].mark], words="Ramen") == 1
    assert texts_of(poll) == ("Ramen",)
    assert numbers(poll) == ([0, 0, 0], 4)
    (merged,) = moderation.words(poll, Moderation.MERGED)
    assert (merged.text, merged.merged_into) == ("ramen!", "Ramen")
    moderation.part(poll, [merged.mark])
    assert moderation.numbers(poll)[Moderation.WAITING] == 2


def test_words_that_nobody_wrote_take_no_write_ins() -> None:
    poll = a_poll(question={"write_in": True})
    cast(poll, text="Ramen")
    with pytest.raises(Forbidden):
        moderation.read_as(poll, written(), words="Vote for Mallory")


@pytest.mark.parametrize(
    ("fields", "number"),
    [({}, 1), ({"reveal": "never"}, 0), ({"reveal": "after_close"}, 0), ({"anonymous": True}, 0)],
)
def test_texts_are_read_when_results_are_and_not_one_by_one(fields: dict[str, object], number: int) -> None:
    poll = a_poll(question={"kind": "text"}, choices=[], **fields)
    cast(poll, text="Well done")
    assert sum(moderation.waiting([poll], at=now()).values()) == number


def test_a_text_is_shown_and_hidden_again() -> None:
    poll = a_poll(question={"kind": "text"}, choices=[])
    cast(poll, text="Well done")
    texts = [Mark.objects.get().pk]
    assert moderation.show(poll, texts, at=now()) == 1
    assert Mark.objects.get().shown_at
    assert moderation.hide(poll, texts, at=now()) == 1
    assert Mark.objects.get().shown_at is None


def test_of_many_texts_only_those_asked_for_are_fetched() -> None:
    poll = a_poll(question={"kind": Kind.TEXT})
    for number in range(6):
        cast(poll, text=f"Tea {number % 5}")
    listed = moderation.words(poll, Moderation.WAITING)
    with CaptureQueriesContext(connection) as queries:
        page = listed[1:3]
    assert (len(listed), [one.text for one in page]) == (5, ["Tea 1", "Tea 2"])
    assert "LIMIT 2 OFFSET 1" in queries[0]["sql"]
