"""After the first ballot: a typo mended, a choice withdrawn, a choice added, each for everyone to read."""

from collections.abc import Callable

import pytest

from polls import corrections, lifecycle, snapshots, tallies
from polls.models import Change, Choice, Poll
from polls.refusals import Forbidden
from tests.builders import a_poll, choices_of, now
from tests.votes import a_ballot

pytestmark = pytest.mark.usefixtures("house")


def a_voted_poll(kind: str = "single", **fields: object) -> Poll:
    poll = a_poll(choices=["Noodels", "Pizza", "Soup"], question={"kind": kind}, **fields)
    a_ballot(poll)
    return poll


def correct(poll: Poll, text: str = "Noodles", reason: str = "A typing mistake.") -> Change:
    return corrections.correct(choices_of(poll)[0], text, reason=reason, editor=None)


def withdraw(poll: Poll) -> Change:
    return corrections.withdraw_choice(choices_of(poll)[0], reason="Sold out.", editor=None, at=now())


def add(poll: Poll) -> Change:
    return corrections.add_choice(poll.questions.get(), "Salad", reason="Forgotten.", editor=None, at=now())


def test_a_typing_mistake_is_mended_and_listed() -> None:
    poll = a_voted_poll()
    change = correct(poll)
    assert (change.before, change.after, change.reason) == ("Noodels", "Noodles", "A typing mistake.")
    assert choices_of(poll)[0].text == "Noodles"
    assert Poll.objects.get().version == poll.version + 1


@pytest.mark.parametrize(("text", "reason"), [("Steak", "x"), ("Noodles", " "), ("", "x"), ("Noodels", "x")])
def test_another_text_and_a_change_without_a_reason_are_refused(text: str, reason: str) -> None:
    poll = a_voted_poll()
    with pytest.raises(Forbidden):
        correct(poll, text, reason)
    assert choices_of(poll)[0].text == "Noodels"
    assert not Change.objects.exists()


def test_a_withdrawn_choice_keeps_its_votes_and_cant_be_chosen() -> None:
    poll = a_voted_poll()
    assert "stay counted" in withdraw(poll).what
    snapshot = snapshots.load(poll.slug)
    assert snapshot
    first = tallies.results(snapshot, tallies.load(snapshot))[0].choices[0]
    assert (first.count, first.withdrawn) == (1, True)
    assert len(snapshot.questions[0].standing) == 2


def test_at_least_two_choices_are_left() -> None:
    poll = a_voted_poll()
    withdraw(poll)
    with pytest.raises(Forbidden, match="Too few"):
        corrections.withdraw_choice(choices_of(poll)[1], reason="Sold out.", editor=None, at=now())


@pytest.mark.parametrize("kind", ["multiple", "approval"])
def test_a_choice_is_added_where_voters_can_come_back(kind: str) -> None:
    poll = a_voted_poll(kind, changes_allowed=True)
    assert add(poll).after == "Salad"
    assert [choice.text for choice in choices_of(poll)][-1] == "Salad"


@pytest.mark.parametrize("kind", ["single", "multiple", "approval"])
def test_no_choice_is_added_that_earlier_voters_could_not_choose(kind: str) -> None:
    poll = a_voted_poll(kind)
    with pytest.raises(Forbidden, match="Make a copy"):
        add(poll)
    assert Choice.objects.count() == 3


@pytest.mark.parametrize("deed", [correct, withdraw, add])
def test_where_no_edits_were_promised_nothing_is_changed(deed: Callable[[Poll], Change]) -> None:
    poll = a_voted_poll("multiple", edits_forbidden=True, changes_allowed=True)
    with pytest.raises(Forbidden, match="promised"):
        deed(poll)
    assert corrections.possible(poll, at=now()) == ()
    assert not Change.objects.exists()


@pytest.mark.parametrize("deed", [withdraw, add])
def test_after_the_close_what_was_voted_on_stays(deed: Callable[[Poll], Change]) -> None:
    poll = lifecycle.close(a_voted_poll("multiple", changes_allowed=True), at=now())
    with pytest.raises(Forbidden, match="not open"):
        deed(poll)
    assert corrections.possible(poll, at=now()) == ("correct",)
