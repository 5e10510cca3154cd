"""Correcting, withdrawing and adding: buttons with a dialog, each deed by POST alone."""

import re

from django.contrib import admin
from django.contrib.auth.models import User
from django.test import Client, RequestFactory

from polls import lifecycle
from polls.models import Change, Choice, Poll
from tests.builders import a_poll, choices_of, now
from tests.desk import an_editor, at_desk, said_at, told
from tests.votes import a_ballot

YES = {"_form_submitted": "True", "reason": "A typing mistake."}


def a_voted_poll(**fields: object) -> Poll:
    poll = a_poll(organiser=User.objects.get(), choices=["Noodels", "Pizza", "Soup"], **fields)
    a_ballot(poll)
    return poll


def address(poll: Poll, deed: str) -> str:
    return f"/admin/polls/poll/{poll.pk}/{deed}/"


def about(poll: Poll) -> dict[str, str]:
    return {"about": f"choice-{choices_of(poll)[0].pk}"}


def test_the_dialog_asks_and_changes_nothing(desk: Client) -> None:
    poll = a_voted_poll()
    page = desk.get(address(poll, "correct")).content.decode()
    assert "Noodels" in page
    assert re.search(r'<select[^>]* data-mends="text"', page)
    assert not Change.objects.exists()


def test_a_correction_is_made_by_post_and_listed_with_its_editor(desk: Client) -> None:
    poll = a_voted_poll()
    desk.post(address(poll, "correct"), YES | about(poll) | {"text": "Noodles"})
    assert Change.objects.get().editor == User.objects.get()
    page = desk.get(f"/admin/polls/poll/{poll.pk}/change/").content.decode()
    assert '<del dir="auto">Noodels</del>' in page
    assert '<ins dir="auto">Noodles</ins>' in page
    assert address(poll, "withdraw_choice") in page
    assert address(poll, "add_choice") not in page


def test_what_is_refused_is_said_at_its_field_in_the_dialog_which_keeps_what_was_typed(desk: Client) -> None:
    poll = a_voted_poll()
    page = desk.post(address(poll, "correct"), YES | about(poll) | {"text": "Steak"}).content.decode()
    assert "That is another text, not a correction" in said_at(page)["text"]
    assert re.search(r'<input[^>]* name="text" value="Steak"', page)
    assert re.search(r'<input[^>]* name="reason" value="A typing mistake."', page)
    Choice.objects.exclude(pk=choices_of(poll)[0].pk).update(withdrawn_at=now())
    page = desk.post(address(poll, "withdraw_choice"), YES | about(poll)).content.decode()
    assert "Too few choices would be left" in said_at(page)["about"]
    assert not Change.objects.exists()


def test_what_no_other_words_would_mend_is_said_above_the_poll_with_a_way_to_copy_it(desk: Client) -> None:
    poll = a_voted_poll()
    lifecycle.close(poll, at=now())
    said = told(desk.post(address(poll, "withdraw_choice"), YES | about(poll)))
    assert "The poll is not open: what was voted on stays." in said
    assert f'class="desk-copy" href="{address(poll, "copy")}"' in said


def test_a_text_that_is_there_already_is_said_in_the_dialog_which_keeps_what_was_typed(desk: Client) -> None:
    poll = a_voted_poll()
    taken = poll.questions.get().choices.create(text="Noodles")
    page = desk.post(address(poll, "correct"), YES | about(poll) | {"text": taken.text}).content.decode()
    assert "This question already has a choice with this text." in page
    assert re.search(r'<input[^>]* name="text" value="Noodles"', page)
    assert f'value="choice-{choices_of(poll)[0].pk}" selected' in page
    assert address(poll, "copy") not in page
    assert not Change.objects.exists()


def test_no_choice_is_withdrawn_that_nobody_chose(desk: Client) -> None:
    poll = a_voted_poll()
    page = desk.get(address(poll, "withdraw_choice")).content.decode()
    options = re.findall(r'<option value="([^"]*)"', page)
    assert options == ["", *(f"choice-{choice.pk}" for choice in choices_of(poll))]
    assert desk.post(address(poll, "withdraw_choice"), YES | {"about": ""}).status_code == 200
    assert not Change.objects.exists()


def test_a_choice_is_withdrawn_with_a_reason(desk: Client) -> None:
    poll = a_voted_poll()
    desk.post(address(poll, "withdraw_choice"), about(poll) | YES | {"reason": ""})
    assert not Choice.objects.exclude(withdrawn_at=None).exists()
    desk.post(address(poll, "withdraw_choice"), about(poll) | YES)
    assert Choice.objects.exclude(withdrawn_at=None).get().text == "Noodels"


def test_a_choice_of_another_poll_cant_be_reached(desk: Client) -> None:
    poll, other = a_voted_poll(), a_poll()
    desk.post(address(poll, "withdraw_choice"), about(other) | YES)
    assert not Choice.objects.exclude(withdrawn_at=None).exists()


def test_only_what_can_be_done_is_offered(desk: Client) -> None:
    fresh, voted = a_poll(organiser=User.objects.get()), a_voted_poll()
    request = RequestFactory().get("/")
    request.user = User.objects.get()
    offered = {
        poll: {button.path for button in admin.site.get_model_admin(Poll).get_actions_detail(request, poll.pk)}
        for poll in (fresh, voted)
    }
    assert "correct" not in offered[fresh]
    assert "withdraw_choice" in offered[voted]
    assert "add_choice" not in offered[voted]


def test_polls_of_others_are_out_of_reach(house: None) -> None:
    olive = an_editor("olive")
    poll = a_poll(organiser=olive)
    a_ballot(poll)
    answer = at_desk(an_editor("otto")).post(address(poll, "withdraw_choice"), about(poll) | YES)
    assert answer.status_code in {302, 403, 404}
    assert not Change.objects.exists()


def test_nobody_is_asked_for_words_where_no_edits_were_promised(desk: Client) -> None:
    poll = a_voted_poll(edits_forbidden=True)
    for deed in ("correct", "withdraw_choice", "add_choice"):
        desk.cookies.pop("messages", None)
        assert "promised that nothing is edited" in told(desk.get(address(poll, deed))), deed


def test_a_dialog_that_is_opened_as_a_page_is_one_and_has_a_way_back(desk: Client) -> None:
    poll = a_voted_poll()
    text = desk.get(address(poll, "correct")).content.decode()
    assert text.startswith("<!doctype html>")
    assert "<title>Correct a text | Pollstead</title>" in text
    assert re.search(r'<a href="../change/"[^>]*>[^<]*Cancel', text)
    assert 'href="/static/desk/dialog' in text
    within = desk.get(address(poll, "correct"), headers={"HX-Request": "true"}).content.decode()
    assert within.strip().startswith('<div id="dialog">')
    pages = f"/admin/polls/poll/{poll.pk}/quarantine/?door=page"
    assert f'<a href="{pages}"' in desk.post(pages, {"deed": "all"}).content.decode()
