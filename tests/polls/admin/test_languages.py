"""A poll's texts in another language, side by side with the original, without JavaScript."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from polls import translations
from polls.models import Change, Poll
from tests.builders import a_draft, a_question, choices_of
from tests.desk import an_editor, as_it_stands, at_desk, fields_in, form_of, said_at, told
from tests.votes import a_ballot


@pytest.fixture
def olive(house: None) -> Client:
    return at_desk(an_editor("olive"))


def a_poll_of(name: str, **fields: object) -> Poll:
    poll = a_draft(title="Lunch?", organiser=User.objects.get(username=name), status="published", **fields)
    a_question(poll, "What?", ("Noodles", "Soup"))
    return poll


def page(poll: Poll, query: str = "") -> str:
    return f"/admin/polls/poll/{poll.pk}/languages/{query}"


def test_a_language_is_chosen_filled_and_its_progress_told(olive: Client) -> None:
    poll = a_poll_of("olive")
    empty = olive.get(page(poll)).content.decode()
    assert "The poll is in English alone." in empty
    assert '<option value="fr">Français</option>' in empty
    address = page(poll, "?language=fr")
    fields = form_of(olive, address, "languages_form")
    choice = f"choice-{choices_of(poll)[0].pk}-text"
    saved = olive.post(address, fields | {choice: "Nouilles", "title": "Midi ?"}, follow=True).content.decode()
    assert "Saved: Français." in saved
    assert "2 of 4" in saved
    assert 'lang="fr" dir="ltr"' in saved
    assert fields_in(saved, "languages_form")[choice] == "Nouilles"
    assert f'href="/preview/{poll.pk}/?lang=fr"' in saved
    assert "Midi ?" in olive.get(f"/preview/{poll.pk}/?lang=fr").content.decode()


def test_a_language_that_the_interface_lacks_is_taken_with_a_note(olive: Client) -> None:
    poll = a_poll_of("olive")
    text = olive.get(page(poll, "?language=fr&code=fa")).content.decode()
    assert "Pollstead itself does not speak this language" in text
    assert 'lang="fa" dir="rtl"' in text
    assert "no code of a language" in olive.get(page(poll, "?code=nonsense!"), follow=True).content.decode()


def test_two_editors_at_once_lose_nothing(olive: Client) -> None:
    poll = a_poll_of("olive")
    address = page(poll, "?language=de")
    read_by_both = form_of(olive, address, "languages_form")
    olive.post(address, read_by_both | {"title": "Mittag?"})
    question = f"question-{poll.questions.get().pk}-text"
    olive.post(address, read_by_both | {question: "Was?"})
    now = form_of(olive, address, "languages_form")
    assert (now["title"], now[question]) == ("Mittag?", "Was?")


def test_after_a_vote_a_reason_is_asked_and_an_exchange_refused_at_its_field(olive: Client) -> None:
    poll = a_poll_of("olive")
    address, choice = page(poll, "?language=de"), f"choice-{choices_of(poll)[0].pk}-text"
    translations.translate(poll, "de", {choice: "Nudehln"}, editor=None)
    a_ballot(poll)
    fields = form_of(olive, address, "languages_form")
    refused = olive.post(address, fields | {choice: "Gemüse"})
    assert refused.status_code == 422
    assert "That is another text, not a correction" in refused.content.decode()
    assert "Say why: everyone can read it." in refused.content.decode()
    assert "Remove this language" not in refused.content.decode()
    olive.post(address, fields | {choice: "Nudeln", "reason": "A typing mistake."})
    assert [(one.before, one.after, one.editor) for one in Change.objects.all()] == [
        ("Nudehln", "Nudeln", User.objects.get(username="olive"))
    ]


def test_a_language_is_removed_after_a_question(olive: Client) -> None:
    poll = a_poll_of("olive")
    address = page(poll, "?language=de")
    translations.translate(poll, "de", {"title": "Mittag?"}, editor=None)
    asked = olive.post(address, {"deed": "remove"}).content.decode()
    assert "All texts in Deutsch are thrown away." in asked
    assert translations.progress(poll)
    olive.post(address, {"deed": "remove", "_form_submitted": "True"})
    assert not translations.progress(poll)


def test_what_promised_no_edits_is_shown_and_stays(olive: Client) -> None:
    poll = a_poll_of("olive", edits_forbidden=True)
    translations.translate(poll, "de", {"title": "Mittag?"}, editor=None)
    a_ballot(poll)
    text = olive.get(page(poll)).content.decode()
    assert "promised that nothing is edited" in text
    assert 'value="Mittag?"' in text
    assert "disabled" in text
    answer = olive.post(page(poll, "?language=de"), {"title": "Was?", "reason": "Because."})
    assert "promised that nothing is edited" in told(answer)
    assert translations.sources(poll, "de")[0].translated == "Mittag?"


def test_whose_poll_and_who_may_only_look(olive: Client) -> None:
    an_editor("otto")
    ottos, mine = a_poll_of("otto"), a_poll_of("olive")
    assert olive.get(page(ottos)).status_code == 404
    assert olive.post(page(ottos, "?language=de"), {"title": "Mein"}).status_code == 404
    reader = an_editor("rita", deeds=("view_poll",), is_superuser=False)
    Poll.objects.filter(pk=mine.pk).update(organiser=reader)
    looking = at_desk(reader)
    assert ">Save<" not in looking.get(page(mine, "?language=de")).content.decode()
    assert looking.post(page(mine, "?language=de"), {"title": "Mein"}).status_code == 403


def test_the_poll_cannot_be_moved_onto_a_translation_of_it(olive: Client) -> None:
    poll = a_poll_of("olive")
    translations.translate(poll, "de", {"title": "Mittag?"}, editor=None)
    change = f"/admin/polls/poll/{poll.pk}/change/"
    text = olive.post(change, as_it_stands(poll) | {"language": "de"}).content.decode()
    assert said_at(text) == {"language": "There is a translation into this language. Remove it first."}
