"""A published poll with ballots can't be edited into something else: not on the page, and not past it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.test import Client

from polls.admin.questions import QuestionFormSet, QuestionRows
from polls.models import Change, Choice, Poll
from polls.terms import Reveal
from tests.browser import Browser
from tests.builders import a_poll, now
from tests.desk import as_it_stands, change, fields_in, said_at, told
from tests.votes import a_ballot


def a_voted_poll(**fields: object) -> Poll:
    poll = a_poll(organiser=User.objects.get(), **fields)
    a_ballot(poll)
    return poll


def contents() -> list[object]:
    fixed = Poll.objects.values_list("slug", "policy", "reveal", "network_allowance", "opens_at")
    return [*fixed, *Choice.objects.values_list("pk", "text", "question__text", "question__kind")]


def test_what_is_fixed_is_shown_and_not_asked_for_and_the_page_says_why(desk: Client) -> None:
    poll = a_voted_poll()
    text = desk.get(change(poll)).content.decode()
    form = fields_in(text)
    assert {"title", "intro", "listed", "allowed_sites", "closes_at_0"} <= form.keys()
    assert not {"slug", "policy", "reveal", "network_allowance", "opens_at_0"} & form.keys()
    assert not {"anonymous", "changes_allowed", "ballots_published"} & form.keys()
    assert not [name for name in form if name.startswith("questions-")]
    assert form.keys() - as_it_stands(poll).keys() == {"csrfmiddlewaretoken"}
    assert {name: form[name] for name in as_it_stands(poll)} == as_it_stands(poll)
    assert "questions and choices stay as the voters saw them" in text
    assert copy_of(poll) in text
    assert "Which one?" in text


def copy_of(poll: Poll) -> str:
    return f'class="desk-copy" href="/admin/polls/poll/{poll.pk}/copy/"'


def test_title_intro_sites_and_listing_stay_editable_and_a_promise_may_grow(desk: Client) -> None:
    poll = a_voted_poll(retention_days=30)
    changed = {"title": "Better", "intro": "Words", "allowed_sites": "https://gina.example", "retention_days": "7"}
    form = as_it_stands(poll) | changed
    form.pop("listed")
    desk.post(change(poll), form)
    poll.refresh_from_db()
    assert {name: str(getattr(poll, name)) for name in changed} == changed
    assert poll.listed is False


def test_forged_promises_are_each_refused_with_a_sentence_at_its_field(desk: Client) -> None:
    poll = a_voted_poll(retention_days=30)
    before = contents()
    past = now() - timedelta(days=1)
    forged = {"slug": "elsewhere", "policy": "open", "reveal": "never", "network_allowance": "7", "anonymous": "on"}
    forged |= {"retention_days": "31", "closes_at_0": f"{past:%Y-%m-%d}", "closes_at_1": "10:00"}
    text = desk.post(change(poll), as_it_stands(poll) | forged | {"title": "Kept"}).content.decode()
    assert said_at(text) == {
        "slug": "The address can’t be changed after publishing: links and frames rely on it.",
        "policy": "Votes have been counted: who may vote can’t be changed any more.",
        "reveal": "Votes have been counted: what was promised about the results holds.",
        "network_allowance": "Votes have been counted: the votes per network can’t be changed any more.",
        "anonymous": "Votes have been counted: whether they are secret can’t be changed any more.",
        "retention_days": "Votes have been counted: voters’ data can be erased sooner than promised, not later.",
        "closes_at": "The closing time must be later than now. To end the poll now, close it.",
    }
    assert copy_of(poll) in text
    assert fields_in(text)["title"] == "Kept"
    assert contents() == before


def forged_questions(poll: Poll) -> dict[str, str]:
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
    return as_it_stands(poll) | rows


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


LOCKED = "questions and choices stay as the voters saw them"


def test_forged_questions_are_refused_with_a_sentence(desk: Client) -> None:
    poll = a_voted_poll()
    before, form = contents(), forged_questions(poll)
    formset = QuestionRows(Poll, admin.site).get_formset(HttpRequest())
    assert formset(form, instance=poll, prefix="questions").is_valid()
    for forged in FORGED:
        asked = formset(form | forged, instance=poll, prefix="questions")
        assert not asked.is_valid(), forged
        assert [LOCKED in sentence for sentence in asked.non_form_errors()] == [True], forged
    text = desk.post(change(poll), form | FORGED[3] | FORGED[-1]).content.decode()
    assert LOCKED in text
    assert copy_of(poll) in text
    assert "protected" not in text
    assert contents() == before


def test_questions_that_come_back_as_they_were_are_no_reason_to_refuse(desk: Client) -> None:
    poll = a_voted_poll()
    desk.post(change(poll), forged_questions(poll) | {"title": "Better"})
    assert Poll.objects.get().title == "Better"


def test_a_ballot_that_comes_in_while_the_page_is_open_locks_it_and_loses_nothing(desk: Client) -> None:
    poll = a_poll(organiser=User.objects.get())
    form = as_it_stands(poll) | {"questions-0-text": "Rewritten?", "intro": "typed"}
    a_ballot(poll)
    answer = desk.post(change(poll), form)
    text = answer.content.decode()
    assert "Votes have been counted" in text
    again = fields_in(text)
    assert (again["intro"], again["questions-0-text"]) == ("typed", "Rewritten?")
    assert poll.questions.get().text == "Which one?"


def test_the_domain_holds_even_where_the_form_forgets(desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    poll = a_voted_poll()
    form = forged_questions(poll) | {"questions-0-choices-0-text": "Turned round"}
    before = contents()
    monkeypatch.setattr(QuestionFormSet, "clean", lambda self: None)
    said = told(desk.post(change(poll), form))
    assert "Votes have been counted" in said
    assert copy_of(poll) in said
    assert contents() == before


def test_an_open_poll_closes_later_than_now(desk: Client) -> None:
    poll, later = a_poll(organiser=User.objects.get()), now() + timedelta(days=2)
    desk.post(change(poll), as_it_stands(poll) | {"closes_at_0": f"{later:%Y-%m-%d}", "closes_at_1": "10:00"})
    assert Poll.objects.get().closes_at == later.replace(hour=10, minute=0, second=0, microsecond=0)


def test_a_closed_poll_is_not_reopened_by_its_closing_time(desk: Client) -> None:
    poll = a_voted_poll(reveal=Reveal.AFTER_CLOSE)
    over = now() - timedelta(minutes=1)
    Poll.objects.update(opens_at=now() - timedelta(days=2), closes_at=over)
    form = as_it_stands(poll)
    assert "closes_at_0" not in form
    later = now() + timedelta(days=1)
    desk.post(change(poll), form | {"closes_at_0": f"{later:%Y-%m-%d}", "closes_at_1": "10:00"})
    assert Poll.objects.get().closes_at == over


def test_voters_see_a_change_at_once(desk: Client, browse: Callable[..., Browser]) -> None:
    poll = a_poll(organiser=User.objects.get(), title="Before the change")
    vera, version = browse(), Poll.objects.get().version
    assert vera.get(f"/p/{poll.slug}/").status_code == 200
    desk.post(change(poll), as_it_stands(poll) | {"intro": "Fresh words"})
    assert "Fresh words" in vera.get(f"/p/{poll.slug}/").text
    assert Poll.objects.get().version == version + 1


def test_a_title_changed_after_the_first_vote_is_listed_with_who_changed_it(desk: Client, olive: User) -> None:
    poll = a_voted_poll()
    assert "A change is listed for everyone" in desk.get(change(poll)).content.decode()
    assert desk.post(change(poll), as_it_stands(poll) | {"title": "Which other one?"}).status_code == 302
    listed = Change.objects.get()
    assert (listed.before, listed.after, listed.editor) == ("Which one?", "Which other one?", olive)
