"""Opening and closing times are typed and read by the clocks of the poll's own zone."""

from datetime import UTC, datetime, timedelta

from django.contrib.auth.models import User
from django.test import Client

from polls.admin.standing import erasure
from polls.models import Poll
from tests.builders import a_draft, a_poll, now
from tests.desk import as_it_stands, change, said_at


def test_a_time_is_kept_as_an_instant_and_shown_as_it_was_typed(desk: Client) -> None:
    poll = a_draft(organiser=User.objects.get())
    typed = {"time_zone": "Europe/Berlin", "opens_at_0": "2031-07-05", "opens_at_1": "12:00:00"}
    desk.post(change(poll), as_it_stands(poll) | typed)
    assert Poll.objects.get().opens_at == datetime(2031, 7, 5, 10, tzinfo=UTC)
    form = as_it_stands(poll)  # and so does the page, as tests/polls/admin/test_questions.py shows
    assert {name: form[name] for name in typed} == typed


def test_a_time_that_clocks_skip_or_repeat_is_explained(desk: Client) -> None:
    poll = a_draft(organiser=User.objects.get())
    typed = {"time_zone": "Europe/Berlin", "opens_at_0": "2031-03-30", "opens_at_1": "02:30:00"}
    typed |= {"closes_at_0": "2031-10-26", "closes_at_1": "02:30:00"}
    said = said_at(desk.post(change(poll), as_it_stands(poll) | typed).content.decode())
    assert "does not exist in Europe/Berlin" in said["opens_at"]
    assert "comes twice" in said["closes_at"]
    assert Poll.objects.get().opens_at is None


def test_what_is_missing_beside_a_date_or_a_time_is_named(desk: Client) -> None:
    poll = a_draft(organiser=User.objects.get())
    halves = {"opens_at_0": "2031-07-05", "opens_at_1": "", "closes_at_0": "", "closes_at_1": "12:00"}
    assert said_at(desk.post(change(poll), as_it_stands(poll) | halves).content.decode()) == {
        "opens_at": "The time is missing. Add one, or clear the date.",
        "closes_at": "The date is missing. Add one, or clear the time.",
    }


def test_a_poll_that_would_close_before_it_opens_is_told_so_at_its_closing_time(desk: Client) -> None:
    poll = a_draft(organiser=User.objects.get())
    typed = {"opens_at_0": "2031-07-05", "opens_at_1": "12:00", "closes_at_0": "2031-07-05", "closes_at_1": "12:00"}
    answer = desk.post(change(poll), as_it_stands(poll) | typed | {"slug": "ein täg"})
    text = answer.content.decode()
    assert said_at(text) == {
        "closes_at": "The poll must close after it opens.",
        "slug": "Use small letters, digits and single hyphens.",
    }
    assert text.count("The poll must close after it opens.") == 1


def test_the_page_says_when_voters_are_forgotten(desk: Client) -> None:
    poll = a_poll(organiser=User.objects.get(), retention_days=30, closes_at=now() + timedelta(days=1))
    assert "texts will be erased on" in desk.get(change(poll)).content.decode()
    poll.erased_at = datetime(2026, 5, 4, tzinfo=UTC)
    assert "texts were erased on May 4, 2026 UTC" in erasure(poll)
