"""A published poll with ballots can't be edited into something else: not on the page, and not past it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client

from polls.admin.questions import QuestionFormSet
from polls.models import Choice, Poll
from polls.terms import Policy, Reveal
from tests.browser import Browser
from tests.builders import a_poll, now
from tests.desk import an_editor, at_desk, fields_in, form_of
from tests.votes import a_ballot


@pytest.fixture
def olive(house: None) -> User:
    return an_editor("olive")


@pytest.fixture
def desk(olive: User) -> Client:
    return at_desk(olive)


def change(poll: Poll) -> str:
    return f"/admin/polls/poll/{poll.pk}/change/"


def a_voted_poll(**fields: object) -> Poll:
    poll = a_poll(organiser=User.objects.get(), **fields)
    a_ballot(poll)
    return poll


def contents() -> list[object]:
    fixed = Poll.objects.values_list("slug", "policy", "reveal", "network_allowance", "opens_at")
    return [*fixed, *Choice.objects.values_list("pk", "text", "question__text", "question__kind")]


def test_what_is_fixed_is_shown_and_not_asked_for(desk: Client) -> None:
    form = form_of(desk, change(a_voted_poll()))
    assert {"title", "intro", "listed", "allowed_sites", "closes_at_0"} <= form.keys()
    assert not {"slug", "policy", "reveal", "network_allowance", "opens_at_0"} & form.keys()
    assert not [name for name in form if name.startswith("questions-")]


def test_the_page_says_why_questions_are_locked_and_still_shows_them(desk: Client) -> None:
    text = desk.get(change(a_voted_poll())).content.decode()
    assert "questions and choices stay as the voters saw them" in text
    assert f'class="desk-copy" href="/admin/polls/poll/{Poll.objects.get().pk}/copy/"' in text
    assert "Which one?" in text


def test_title_intro_sites_and_listing_stay_editable(desk: Client) -> None:
    poll = a_voted_poll()
    form = form_of(desk, change(poll)) | {"title": "Better", "intro": "Words", "allowed_sites": "https://gina.example"}
    form.pop("listed")
    desk.post(change(poll), form)
    poll.refresh_from_db()
    assert (poll.title, poll.intro, poll.allowed_sites, poll.listed) == (
        "Better",
        "Words",
        "https://gina.example",
        False,
    )


def test_a_forged_promise_is_refused_with_a_sentence(desk: Client) -> None:
    poll = a_voted_poll()
    before, form = contents(), form_of(desk, change(poll))
    forged = {"slug": "elsewhere", "policy": "open", "reveal": "never", "network_allowance": "7"}
    for name, value in forged.items():
        text = desk.post(change(poll), form | {name: value, "title": "Kept"}).content.decode()
        assert "Votes have been counted" in text or "can’t be changed after publishing" in text, name
        assert f'class="desk-copy" href="/admin/polls/poll/{poll.pk}/copy/"' in text, name
        assert fields_in(text)["title"] == "Kept", name
        assert contents() == before, name


def forged_questions(desk: Client, poll: Poll) -> dict[str, str]:
    """The rows of the editor as they stood before the first ballot."""
    question, choices = poll.questions.get(), poll.questions.get().choices.all()
    rows = {
        "questions-TOTAL_FORMS": "1",
        "questions-INITIAL_FORMS": "1",
        "questions-0-id": str(question.pk),
        "questions-0-poll": str(poll.pk),
        "questions-0-text": question.text,
        "questions-0-kind": question.kind,
        "questions-0-required": "on",
        "questions-0-minimum": "1",
        "questions-0-position": "0",
        "questions-0-choices-TOTAL_FORMS": "3",
        "questions-0-choices-INITIAL_FORMS": "3",
    }
    for place, choice in enumerate(choices):
        rows |= {
            f"questions-0-choices-{place}-id": str(choice.pk),
            f"questions-0-choices-{place}-text": choice.text,
            f"questions-0-choices-{place}-position": str(place),
        }
    return form_of(desk, change(poll)) | rows


FORGED: list[dict[str, str]] = [
    {"questions-0-text": "Something else?"},
    {"questions-0-kind": "multiple"},
    {"questions-0-required": ""},
    {"questions-0-DELETE": "on"},
    {"questions-0-choices-0-text": "The other way round"},
    {"questions-0-choices-0-DELETE": "on"},
    {"questions-0-choices-0-position": "9"},
    {"questions-0-choices-TOTAL_FORMS": "4", "questions-0-choices-3-text": "One more"},
    {"questions-TOTAL_FORMS": "2", "questions-1-text": "One more?", "questions-1-kind": "single"},
]


def test_forged_questions_are_refused_with_a_sentence(desk: Client) -> None:
    poll = a_voted_poll()
    before, form = contents(), forged_questions(desk, poll)
    for forged in FORGED:
        text = desk.post(change(poll), form | forged).content.decode()
        assert "questions and choices stay as the voters saw them" in text, forged
        assert f'class="desk-copy" href="/admin/polls/poll/{poll.pk}/copy/"' in text, forged
        assert "protected" not in text, forged
        assert contents() == before, forged


def test_questions_that_come_back_as_they_were_are_no_reason_to_refuse(desk: Client) -> None:
    poll = a_voted_poll()
    desk.post(change(poll), forged_questions(desk, poll) | {"title": "Better"})
    assert Poll.objects.get().title == "Better"


def test_a_ballot_that_comes_in_while_the_page_is_open_locks_it_and_loses_nothing(desk: Client) -> None:
    poll = a_poll(organiser=User.objects.get())
    form = form_of(desk, change(poll)) | {"questions-0-text": "Rewritten?", "intro": "typed"}
    a_ballot(poll)
    answer = desk.post(change(poll), form)
    text = answer.content.decode()
    assert "Votes have been counted" in text
    again = fields_in(text)
    assert (again["intro"], again["questions-0-text"]) == ("typed", "Rewritten?")
    assert poll.questions.get().text == "Which one?"


def test_the_domain_holds_even_where_the_form_forgets(desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    poll = a_voted_poll()
    form = forged_questions(desk, poll) | {"questions-0-choices-0-text": "Turned round"}
    before = contents()
    monkeypatch.setattr(QuestionFormSet, "clean", lambda self: None)
    answer = desk.post(change(poll), form, follow=True)
    assert "Votes have been counted" in answer.content.decode()
    assert answer.content.decode().count('class="desk-copy"') == 2  # in the message, and above the questions
    assert contents() == before


def test_an_open_poll_closes_later_than_now_or_not_at_all(desk: Client) -> None:
    poll = a_poll(organiser=User.objects.get())
    form = form_of(desk, change(poll))
    past, later = now() - timedelta(days=1), now() + timedelta(days=2)
    refused = desk.post(change(poll), form | {"closes_at_0": f"{past:%Y-%m-%d}", "closes_at_1": "10:00"})
    assert "The closing time must be later than now." in refused.content.decode()
    desk.post(change(poll), form | {"closes_at_0": f"{later:%Y-%m-%d}", "closes_at_1": "10:00"})
    assert Poll.objects.get().closes_at == later.replace(hour=10, minute=0, second=0, microsecond=0)


def test_a_closed_poll_is_not_reopened_by_its_closing_time(desk: Client) -> None:
    poll = a_voted_poll(reveal=Reveal.AFTER_CLOSE)
    over = now() - timedelta(minutes=1)
    Poll.objects.update(opens_at=now() - timedelta(days=2), closes_at=over)
    form = form_of(desk, change(poll))
    assert "closes_at_0" not in form
    later = now() + timedelta(days=1)
    desk.post(change(poll), form | {"closes_at_0": f"{later:%Y-%m-%d}", "closes_at_1": "10:00"})
    assert Poll.objects.get().closes_at == over


def test_the_network_policy_asks_for_its_number(desk: Client) -> None:
    poll = a_poll(organiser=User.objects.get())
    form = form_of(desk, change(poll)) | {"policy": Policy.NETWORK, "network_allowance": ""}
    answer = desk.post(change(poll), form)
    assert "Say how many votes one network address may cast." in answer.content.decode()


def test_voters_see_a_change_at_once(desk: Client, browse: Callable[..., Browser]) -> None:
    poll = a_poll(organiser=User.objects.get(), title="Before the change")
    vera, version = browse(), Poll.objects.get().version
    assert vera.get(f"/p/{poll.slug}/").status_code == 200
    desk.post(change(poll), form_of(desk, change(poll)) | {"intro": "Fresh words"})
    assert "Fresh words" in vera.get(f"/p/{poll.slug}/").text
    assert Poll.objects.get().version == version + 1
