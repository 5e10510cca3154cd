"""The history names what was changed in the reader's language, as the fields are named."""

from django.contrib.auth.models import User
from django.test import Client
from django.utils import translation

from polls.models import Poll
from tests.builders import a_draft, a_question
from tests.desk import as_it_stands, change


def history(desk: Client, poll: Poll, language: str) -> str:
    address = f"/admin/polls/poll/{poll.pk}/history/"
    with translation.override(language):  # what a request makes active stays so in its thread
        return " ".join(desk.get(address, headers={"accept-language": language}).content.decode().split())


def test_the_history_names_fields_in_the_readers_language(desk: Client) -> None:
    poll = a_draft(organiser=User.objects.get())
    a_question(poll)
    assert desk.post(change(poll), as_it_stands(poll) | {"title": "Other", "intro": "Words"}).status_code == 302
    assert "Titel und Einleitung geändert." in history(desk, poll, "de")
    assert "Changed title and introduction." in history(desk, poll, "en")


def test_the_history_says_what_of_a_question_was_changed(desk: Client) -> None:
    poll = a_draft(organiser=User.objects.get())
    a_question(poll)
    sent = as_it_stands(poll)
    desk.post(change(poll), sent | {"questions-0-choices-0-text": "Another"})
    assert "Changed choices for question “Which one?”." in history(desk, poll, "en")
    desk.post(change(poll), as_it_stands(poll) | {"questions-0-hint": "One alone", "questions-0-required": ""})
    assert "Hinweis und muss beantwortet werden für Frage" in history(desk, poll, "de")
