"""One page writes a poll: questions, choices, their order, and nothing typed is lost."""

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.test import Client
from django.utils import translation
from PIL import Image

from polls.admin.questions import QuestionRows
from polls.models import Choice, Poll
from polls.terms import Kind, Policy
from tests.builders import a_draft, a_question
from tests.desk import Fields, a_blank_form, an_editor, at_desk, fields_in, form_of

ADD = "/admin/polls/poll/add/"


@pytest.fixture
def olive(house: None) -> User:
    return an_editor("olive")


@pytest.fixture
def desk(olive: User) -> Client:
    return at_desk(olive)


def change(poll: Poll) -> str:
    return f"/admin/polls/poll/{poll.pk}/change/"


def asked(poll: Poll) -> list[tuple[str, list[str]]]:
    return [(question.text, [choice.text for choice in question.choices.all()]) for question in poll.questions.all()]


def a_filled_form(desk: Client, **fields: str) -> Fields:
    form = a_blank_form(desk) | {"title": "Lunch on Friday?", "questions-0-text": "Where?"}
    form |= {"questions-0-choices-0-text": "Noodles", "questions-0-choices-1-text": "Pizza"}
    return form | fields


def test_a_poll_is_written_on_one_page_without_a_script(desk: Client, olive: User) -> None:
    desk.post(ADD, a_filled_form(desk))
    poll = Poll.objects.get()
    assert (poll.title, poll.slug, poll.status, poll.organiser) == (
        "Lunch on Friday?",
        "lunch-on-friday",
        "draft",
        olive,
    )
    assert asked(poll) == [("Where?", ["Noodles", "Pizza"])]


@pytest.mark.parametrize("tongue", ["en", "ar"])
def test_a_new_row_is_drawn_once_and_then_told_its_place_and_its_parent(house: None, tongue: str) -> None:
    polls = [a_draft(), a_draft(), Poll()]
    a_question(polls[0])
    formset = QuestionRows(Poll, admin.site).get_formset(HttpRequest())
    with translation.override(tongue):
        for poll in polls:
            questions = formset(instance=poll, prefix="questions")
            rows = [*questions.forms, questions.empty_form, questions.empty_form.choices.empty_form]
            for row in [*rows, *(choice for form in questions.forms for choice in form.choices.forms)]:
                assert row.drawn() == render_to_string(row.template, {"form": row})


def test_a_saved_poll_opens_with_what_was_saved(desk: Client) -> None:
    answer = desk.post(ADD, a_filled_form(desk))
    form = form_of(desk, answer.headers["location"])
    assert (form["title"], form["questions-0-text"]) == ("Lunch on Friday?", "Where?")
    assert [form[f"questions-0-choices-{place}-text"] for place in (0, 1)] == ["Noodles", "Pizza"]


def test_saving_a_page_as_it_stands_changes_nothing(desk: Client) -> None:
    poll = a_draft(organiser=User.objects.get())
    a_question(poll, "One?", ["A", "B"])
    a_question(poll, "Two?", ["C", "D", "E"], kind="multiple", minimum=2, maximum=3)
    ids = list(Choice.objects.values_list("pk", "text"))
    desk.post(change(poll), form_of(desk, change(poll)))
    assert asked(poll) == [("One?", ["A", "B"]), ("Two?", ["C", "D", "E"])]
    assert list(Choice.objects.values_list("pk", "text")) == ids
    assert (poll.questions.get(text="Two?").minimum, poll.questions.get(text="Two?").maximum) == (2, 3)


def test_a_row_that_a_script_added_is_saved(desk: Client) -> None:
    form = a_filled_form(desk)
    form |= {"questions-TOTAL_FORMS": "2", "questions-1-text": "When?", "questions-1-kind": "multiple"}
    form |= {"questions-1-choices-TOTAL_FORMS": "2", "questions-1-choices-INITIAL_FORMS": "0"}
    form |= {"questions-1-choices-0-text": "Noon", "questions-1-choices-1-text": "One", "questions-1-minimum": "1"}
    desk.post(ADD, form)
    assert asked(Poll.objects.get()) == [("Where?", ["Noodles", "Pizza"]), ("When?", ["Noon", "One"])]


def test_rows_are_kept_in_the_order_of_their_places(desk: Client) -> None:
    poll = a_draft(organiser=User.objects.get())
    a_question(poll, "One?", ["A", "B", "C"])
    a_question(poll, "Two?", ["D", "E"])
    form = form_of(desk, change(poll)) | {"questions-0-position": "1", "questions-1-position": "0"}
    form |= {"questions-0-choices-0-position": "2", "questions-0-choices-2-position": "0"}
    form |= {"questions-0-choices-1-position": "1"}
    desk.post(change(poll), form)
    assert asked(poll) == [("Two?", ["D", "E"]), ("One?", ["C", "B", "A"])]


def test_moving_a_choice_keeps_its_id(desk: Client) -> None:
    poll = a_draft(organiser=User.objects.get())
    a_question(poll, choices=["A", "B"])
    ids = dict(Choice.objects.values_list("text", "pk"))
    form = form_of(desk, change(poll)) | {"questions-0-choices-0-position": "5"}
    desk.post(change(poll), form)
    assert asked(poll) == [("Which one?", ["B", "A"])]
    assert dict(Choice.objects.values_list("text", "pk")) == ids


def test_a_removed_choice_and_a_removed_question_are_gone(desk: Client) -> None:
    poll = a_draft(organiser=User.objects.get())
    a_question(poll, "One?", ["A", "B", "C"])
    a_question(poll, "Two?", ["D", "E"])
    form = form_of(desk, change(poll)) | {"questions-0-choices-1-DELETE": "on", "questions-1-DELETE": "on"}
    desk.post(change(poll), form)
    assert asked(poll) == [("One?", ["A", "C"])]


def test_what_stands_in_a_removed_question_is_not_looked_at(desk: Client) -> None:
    form = a_filled_form(desk) | {
        "questions-0-DELETE": "on",
        "questions-0-choices-1-text": "Noodles",
        "questions-0-text": "",
    }
    assert desk.post(ADD, form).status_code == 302
    assert asked(Poll.objects.get()) == []


def test_two_choices_may_swap_their_texts(desk: Client) -> None:
    poll = a_draft(organiser=User.objects.get())
    a_question(poll, choices=["A", "B"])
    form = form_of(desk, change(poll)) | {"questions-0-choices-0-text": "B", "questions-0-choices-1-text": "A"}
    desk.post(change(poll), form)
    assert asked(poll) == [("Which one?", ["B", "A"])]


def test_a_removed_choices_text_is_free_again(desk: Client) -> None:
    poll = a_draft(organiser=User.objects.get())
    a_question(poll, choices=["A", "B"])
    form = form_of(desk, change(poll)) | {"questions-0-choices-0-DELETE": "on", "questions-0-choices-1-text": "A"}
    desk.post(change(poll), form)
    assert asked(poll) == [("Which one?", ["A"])]


def test_a_choice_twice_is_named_and_nothing_typed_is_lost(desk: Client) -> None:
    form = a_filled_form(desk) | {"questions-0-choices-1-text": "Noodles", "intro": "Hungry?"}
    answer = desk.post(ADD, form)
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "This question already has a choice with this text." in text
    again = fields_in(text)
    assert {name: again.get(name) for name in form if name != "csrfmiddlewaretoken"} == {
        name: typed for name, typed in form.items() if name != "csrfmiddlewaretoken"
    }
    assert not Poll.objects.exists()


def test_a_removed_row_stays_removed_when_the_page_comes_back(desk: Client) -> None:
    form = a_filled_form(desk) | {"title": "", "questions-0-choices-1-DELETE": "on"}
    again = fields_in(desk.post(ADD, form).content.decode())
    assert again["questions-0-choices-1-DELETE"] == "on"
    assert again["questions-0-choices-1-text"] == "Pizza"


def test_choices_without_a_question_ask_for_the_question(desk: Client) -> None:
    answer = desk.post(ADD, a_filled_form(desk) | {"questions-0-text": ""})
    assert "Write the question, or remove it." in answer.content.decode()


def test_a_saved_choice_may_not_lose_its_text(desk: Client) -> None:
    poll = a_draft(organiser=User.objects.get())
    a_question(poll, choices=["A", "B"])
    answer = desk.post(change(poll), form_of(desk, change(poll)) | {"questions-0-choices-0-text": " "})
    assert "A choice needs a text." in answer.content.decode()
    assert asked(poll) == [("Which one?", ["A", "B"])]


def test_at_most_below_at_least_is_refused(desk: Client) -> None:
    form = a_filled_form(desk) | {
        "questions-0-kind": "multiple",
        "questions-0-minimum": "2",
        "questions-0-maximum": "1",
    }
    answer = desk.post(ADD, form)
    assert "can’t be smaller than" in answer.content.decode()


def test_every_kind_is_offered_and_no_other_is_taken(desk: Client) -> None:
    text = desk.get(ADD).content.decode()
    assert all(f'value="{kind.value}"' in text for kind in Kind)
    answer = desk.post(ADD, a_filled_form(desk) | {"questions-0-kind": "odd"})
    assert answer.status_code == 200
    assert not Poll.objects.exists()


def test_every_policy_is_offered_with_its_strength(desk: Client) -> None:
    text = desk.get(ADD).content.decode()
    assert "Stops casual repeats; somebody who clears cookies can vote again." in text
    assert all(f'name="policy" value="{policy.value}"' in text for policy in Policy)
    assert "As safe as the way codes travel." in text


def test_a_foreign_choice_cant_be_taken_over(desk: Client) -> None:
    poll, other = a_draft(organiser=User.objects.get()), a_draft()
    a_question(poll, choices=["A", "B"])
    foreign = a_question(other, choices=["X", "Y"]).choices.first()
    assert foreign
    form = form_of(desk, change(poll)) | {
        "questions-0-choices-0-id": str(foreign.pk),
        "questions-0-choices-0-text": "Z",
    }
    assert desk.post(change(poll), form).status_code == 200
    foreign.refresh_from_db()
    assert foreign.text == "X"


def test_a_page_from_before_somebody_else_removed_a_choice_says_so(desk: Client) -> None:
    poll = a_draft(organiser=User.objects.get())
    a_question(poll, choices=["A", "B", "C"])
    form = form_of(desk, change(poll)) | {"intro": "typed"}
    Choice.objects.get(text="B").delete()
    answer = desk.post(change(poll), form)
    assert "Somebody else has removed this choice in the meantime." in answer.content.decode()
    assert fields_in(answer.content.decode())["intro"] == "typed"


@pytest.mark.parametrize("number", ["-1", "x", "99999999999999999999", "٣"])
def test_a_place_that_is_no_number_is_no_fault(desk: Client, number: str) -> None:
    assert desk.post(ADD, a_filled_form(desk) | {"questions-0-position": number}).status_code in {200, 302}


@pytest.mark.parametrize("total", ["", "-1", "x", "100000"])
def test_a_torn_form_is_no_fault(desk: Client, total: str) -> None:
    answer = desk.post(ADD, a_filled_form(desk) | {"questions-0-choices-TOTAL_FORMS": total})
    assert answer.status_code in {200, 302}


def test_two_polls_of_one_title_get_two_addresses(desk: Client) -> None:
    for _ in range(2):
        desk.post(ADD, a_filled_form(desk) | {"slug": ""})
    assert sorted(Poll.objects.values_list("slug", flat=True)) == ["lunch-on-friday", "lunch-on-friday-2"]


def test_a_title_without_latin_letters_gets_an_address_too(desk: Client) -> None:
    desk.post(ADD, a_filled_form(desk) | {"title": "周五午餐吃什么？"})
    assert Poll.objects.get().slug == "poll"


def test_an_address_in_use_is_refused_at_its_field(desk: Client) -> None:
    a_draft(slug="lunch")
    answer = desk.post(ADD, a_filled_form(desk) | {"slug": "lunch"})
    assert answer.status_code == 200
    assert Poll.objects.count() == 1


def a_picture(name: str = "noodles.png") -> SimpleUploadedFile:
    file = BytesIO()
    Image.new("RGB", (40, 30), "red").save(file, "PNG")
    return SimpleUploadedFile(name, file.getvalue(), "image/png")


def test_a_choice_has_a_picture_that_is_told_in_words(desk: Client, settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    poll = a_draft(organiser=User.objects.get())
    a_question(poll, "Where?", ["Noodles", "Pizza"])
    form = form_of(desk, change(poll))
    row = "questions-0-choices-0"
    silent = desk.post(change(poll), form | {f"{row}-picture": a_picture()}).content.decode()
    assert "Say in words what the picture shows." in silent
    assert "your browser does not keep it" in silent
    assert not any(choice.picture for choice in Choice.objects.all())
    desk.post(change(poll), form | {f"{row}-picture": a_picture(), f"{row}-picture_alt": "A bowl"})
    noodles = Choice.objects.get(text="Noodles")
    assert (noodles.picture.name.endswith(".webp"), noodles.picture_alt) == (True, "A bowl")
    page = desk.get(change(poll)).content.decode()
    assert 'enctype="multipart/form-data"' in page
    assert f'<img src="{noodles.picture.url}"' in page
    desk.post(change(poll), form_of(desk, change(poll)))
    assert Choice.objects.get(text="Noodles").picture.name == noodles.picture.name
    desk.post(change(poll), form_of(desk, change(poll)) | {f"{row}-picture-clear": "on"})
    noodles.refresh_from_db()
    assert (noodles.picture.name, noodles.picture_alt) == ("", "")


def test_what_is_no_picture_is_refused_in_words(desk: Client) -> None:
    poll = a_draft(organiser=User.objects.get())
    a_question(poll, "Where?", ["Noodles", "Pizza"])
    sent = {"questions-0-choices-0-picture": SimpleUploadedFile("a.png", b"<svg onload='alert(1)'/>")}
    answer = desk.post(change(poll), form_of(desk, change(poll)) | sent | {"questions-0-choices-0-picture_alt": "A"})
    assert "errorlist" in answer.content.decode()
    assert not Choice.objects.exclude(picture="").exists()
