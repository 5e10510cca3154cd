"""Opening and closing times are typed and read by the clocks of the poll's own zone."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client

from polls.models import Poll
from tests.builders import a_draft, a_poll, now
from tests.desk import an_editor, at_desk, form_of
from tests.votes import a_ballot


@pytest.fixture
def desk(house: None) -> Client:
    return at_desk(an_editor("olive"))


def change(poll: Poll) -> str:
    return f"/admin/polls/poll/{poll.pk}/change/"


def test_a_time_is_kept_as_an_instant_and_shown_as_it_was_typed(desk: Client) -> None:
    poll = a_draft(organiser=User.objects.get())
    typed = {"time_zone": "Europe/Berlin", "opens_at_0": "2031-07-05", "opens_at_1": "12:00:00"}
    desk.post(change(poll), form_of(desk, change(poll)) | typed)
    assert Poll.objects.get().opens_at == datetime(2031, 7, 5, 10, tzinfo=UTC)
    form = form_of(desk, change(poll))
    assert {name: form[name] for name in typed} == typed


@pytest.mark.parametrize(
    ("day", "sentence"), [("2031-03-30", "does not exist in Europe/Berlin"), ("2031-10-26", "comes twice")]
)
def test_a_time_that_clocks_skip_or_repeat_is_explained(desk: Client, day: str, sentence: str) -> None:
    poll = a_draft(organiser=User.objects.get())
    typed = {"time_zone": "Europe/Berlin", "opens_at_0": day, "opens_at_1": "02:30:00"}
    assert sentence in desk.post(change(poll), form_of(desk, change(poll)) | typed).content.decode()
    assert Poll.objects.get().opens_at is None


def test_a_page_saved_as_it_stands_moves_no_instant(desk: Client) -> None:
    opens = datetime(2031, 7, 5, 10, tzinfo=UTC)
    poll = a_draft(organiser=User.objects.get(), time_zone="Asia/Kathmandu", opens_at=opens)
    desk.post(change(poll), form_of(desk, change(poll)))
    assert Poll.objects.get().opens_at == opens


def test_a_promise_may_grow_after_the_first_ballot_and_not_shrink(desk: Client) -> None:
    poll = a_poll(organiser=User.objects.get(), retention_days=30)
    a_ballot(poll)
    more = desk.post(change(poll), form_of(desk, change(poll)) | {"retention_days": "31"})
    assert "erased sooner than promised, not later" in more.content.decode()
    desk.post(change(poll), form_of(desk, change(poll)) | {"retention_days": "7"})
    assert Poll.objects.get().retention_days == 7


def test_a_forged_promise_is_refused_in_words(desk: Client) -> None:
    poll = a_poll(organiser=User.objects.get())
    a_ballot(poll)
    form = form_of(desk, change(poll))
    assert not {"anonymous", "changes_allowed", "ballots_published"} & form.keys()
    assert "whether they are secret" in desk.post(change(poll), form | {"anonymous": "on"}).content.decode()


def test_the_page_says_when_voters_are_forgotten(desk: Client) -> None:
    poll = a_poll(organiser=User.objects.get(), retention_days=30, closes_at=now() + timedelta(days=1))
    assert "texts will be erased on" in desk.get(change(poll)).content.decode()
    Poll.objects.update(erased_at=datetime(2026, 5, 4, tzinfo=UTC))
    assert "texts were erased on 4 May 2026" in desk.get(change(poll)).content.decode()
