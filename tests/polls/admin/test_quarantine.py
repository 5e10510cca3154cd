import pytest
from django.contrib.auth.models import User
from django.test import Client

from polls import ballots
from polls.models import Ballot, Poll, Tally
from tests.builders import a_poll, now
from tests.desk import an_editor, at_desk
from tests.votes import a_ballot


@pytest.fixture
def desk(house: None) -> Client:
    return at_desk(an_editor("olive"))


def a_poll_with_doubts() -> Poll:
    poll = a_poll(organiser=User.objects.get())
    for _ in range(3):
        a_ballot(poll)
    first, second, _third = Ballot.objects.order_by("id")
    ballots.set_aside(poll, [first.pk], reason="burst", at=now())
    ballots.set_aside(poll, [second.pk], reason="age", at=now())
    return poll


def test_ballots_that_were_set_aside_are_let_in_by_reason(desk: Client) -> None:
    poll = a_poll_with_doubts()
    address = f"/admin/polls/poll/{poll.pk}/let_in/"
    assert "Too many votes at once: 1" in desk.get(address).content.decode()
    assert Tally.objects.get().ballots == 1
    desk.post(address, {"_form_submitted": "True", "reason": "burst"})
    tally = Tally.objects.get()
    assert (tally.ballots, tally.set_aside) == (2, 1)


def test_the_button_is_offered_where_there_is_something_to_let_in(desk: Client) -> None:
    poll = a_poll(organiser=User.objects.get())
    doubtful = a_poll_with_doubts()
    pages = {one.pk: desk.get(f"/admin/polls/poll/{one.pk}/change/").content.decode() for one in (poll, doubtful)}
    assert "/let_in/" not in pages[poll.pk]
    assert "/let_in/" in pages[doubtful.pk]
