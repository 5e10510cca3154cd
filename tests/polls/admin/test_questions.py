"""One page writes a poll: questions, choices, their order, and nothing typed is lost."""

import re
from datetime import UTC, datetime
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

from polls.admin.choices import ChoiceRows
from polls.admin.questions import QuestionRows
from polls.asking import MOST_CHOICES
from polls.models import Choice, Poll, Question
from polls.terms import Kind, Policy
from tests.builders import a_draft, a_question
from tests.desk import (
    Fields,
    a_blank_form,
    an_editor,
    as_it_stands,
    asked,
    change,
    fields_in,
    form_of,
    said_at,
)

ADD = "/admin/polls/poll/add/"


def a_filled_form(desk: Client, **fields: str) -> Fields:
    form = a_blank_form(desk) | {"title": "Lunch on Friday?", "questions-0-text": "Where?"}
    form |= {"questions-0-choices-0-text": "Noodles", "questions-0-choices-1-text": "Pizza"}
    return form | fields


def without_token(form: Fields) -> Fields:
    return {name: typed for name, typed in form.items() if name != "csrfmiddlewaretoken"}


def test_a_poll_is_written_on_one_page_without_a_script_and_opens_with_what_was_saved(
    desk: Client, olive: User
) -> None:
    answer = desk.post(ADD, a_filled_form(desk))
    poll = Poll.objects.get()
    assert (poll.title, poll.slug, poll.status, poll.organiser) == (
        "Lunch on Friday?",
        "lunch-on-friday",
        "draft",
        olive,
    )
    assert asked(poll) == [("Where?", ["Noodles", "Pizza"])]
    form = form_of(desk, answer.headers["location"])
    assert (form["title"], form["questions-0-text"]) == ("Lunch on Friday?", "Where?")
    assert [form[f"questions-0-choices-{place}-text"] for place in (0, 1)] == ["Noodles", "Pizza"]
    assert without_token(form) == as_it_stands(poll)


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


def test_the_title_asks_where_the_only_question_says_nothing_else(desk: Client) -> None:
    form = a_filled_form(desk) | {"title": "Tea or coffee?", "questions-0-text": ""}
    assert desk.post(ADD, form).status_code == 302
    poll = Poll.objects.get()
    assert poll.questions.get().text == "Tea or coffee?"
    desk.post(change(poll), as_it_stands(poll) | {"title": "Coffee or tea?", "questions-0-text": " "})
    assert poll.questions.get().text == "Coffee or tea?"
    two = as_it_stands(poll) | {"questions-0-text": "", "questions-1-text": "And when?"}
    assert set(said_at(desk.post(change(poll), two).content.decode())) == {"questions-0-text"}
    untitled = desk.post(ADD, form | {"title": ""}).content.decode()
    assert set(said_at(untitled)) >= {"title"}
    assert Poll.objects.count() == 1


def test_a_new_poll_has_the_clocks_and_the_language_of_its_makers_last_one(desk: Client, olive: User) -> None:
    assert (fields_in(desk.get(ADD).content.decode()))["time_zone"] == "UTC"
    a_draft(organiser=olive, time_zone="Europe/Berlin", language="de")
    a_draft(organiser=an_editor("otto"), time_zone="Asia/Tokyo", language="fr")
    fields = fields_in(desk.get(ADD).content.decode())
    assert (fields["time_zone"], fields["language"]) == ("Europe/Berlin", "de")


def test_saving_a_page_as_it_stands_changes_nothing(desk: Client) -> None:
    opens = datetime(2031, 7, 5, 10, tzinfo=UTC)
    poll = a_draft(
        organiser=User.objects.get(), intro="Two\nlines", time_zone="Asia/Kathmandu", opens_at=opens, listed=False
    )
    a_question(poll, "One?", ["A", "B"], required=False)
    a_question(poll, "Two?", ["C", "D", "E"], kind="multiple", minimum=2, maximum=3)
    ids = list(Choice.objects.values_list("pk", "text"))
    form = form_of(desk, change(poll))
    assert form["opens_at_1"] == "15:45:00"
    assert without_token(form) == as_it_stands(poll)
    desk.post(change(poll), form)
    assert asked(poll) == [("One?", ["A", "B"]), ("Two?", ["C", "D", "E"])]
    assert list(Choice.objects.values_list("pk", "text")) == ids
    assert Poll.objects.get().opens_at == opens
    assert (poll.questions.get(text="Two?").minimum, poll.questions.get(text="Two?").maximum) == (2, 3)


def test_a_row_that_a_script_added_is_saved_and_what_stands_in_a_removed_one_is_not_looked_at(desk: Client) -> None:
    form = a_filled_form(desk) | {"questions-TOTAL_FORMS": "3"}
    form |= {"questions-1-text": "When?", "questions-1-kind": "multiple", "questions-1-minimum": "1"}
    form |= {"questions-1-choices-TOTAL_FORMS": "2", "questions-1-choices-INITIAL_FORMS": "0"}
    form |= {"questions-1-choices-0-text": "Noon", "questions-1-choices-1-text": "One"}
    form |= {"questions-2-choices-TOTAL_FORMS": "2", "questions-2-choices-INITIAL_FORMS": "0"}
    form |= {"questions-2-choices-0-text": "Twice", "questions-2-choices-1-text": "Twice"}
    form |= {"questions-2-DELETE": "on", "questions-2-text": ""}
    assert desk.post(ADD, form).status_code == 302
    assert asked(Poll.objects.get()) == [("Where?", ["Noodles", "Pizza"]), ("When?", ["Noon", "One"])]


def test_rows_are_kept_in_the_order_of_their_places_and_keep_their_ids(desk: Client) -> None:
    poll = a_draft(organiser=User.objects.get())
    a_question(poll, "One?", ["A", "B", "C"])
    a_question(poll, "Two?", ["D", "E"])
    ids = dict(Choice.objects.values_list("text", "pk"))
    form = as_it_stands(poll) | {"questions-0-position": "1", "questions-1-position": "0"}
    form |= {"questions-0-choices-0-position": "2", "questions-0-choices-2-position": "0"}
    form |= {"questions-0-choices-1-position": "1", "questions-1-choices-0-position": "5"}
    desk.post(change(poll), form)
    assert asked(poll) == [("Two?", ["E", "D"]), ("One?", ["C", "B", "A"])]
    assert dict(Choice.objects.values_list("text", "pk")) == ids


def test_removed_rows_are_gone_their_texts_are_free_again_and_two_choices_may_swap_theirs(desk: Client) -> None:
    poll = a_draft(organiser=User.objects.get())
    a_question(poll, "One?", ["A", "B", "C"])
    a_question(poll, "Two?", ["D", "E"])
    a_question(poll, "Three?", ["F", "G"])
    ids = dict(Choice.objects.values_list("text", "pk"))
    form = as_it_stands(poll) | {"questions-0-choices-1-DELETE": "on", "questions-1-DELETE": "on"}
    form |= {"questions-0-choices-2-text": "B"}
    form |= {"questions-2-choices-0-text": "G", "questions-2-choices-1-text": "F"}
    desk.post(change(poll), form)
    assert asked(poll) == [("One?", ["A", "B"]), ("Three?", ["G", "F"])]
    assert dict(Choice.objects.values_list("text", "pk")) == {
        "A": ids["A"],
        "B": ids["C"],
        "F": ids["G"],
        "G": ids["F"],
    }


def row(text: str, prefix: str) -> str:
    return text.partition(f'data-prefix="{prefix}"')[2].partition("data-prefix=")[0]


def test_what_is_to_be_mended_is_said_at_its_field_and_nothing_typed_is_lost(desk: Client) -> None:
    a_draft(slug="lunch")
    form = a_filled_form(desk, slug="lunch", intro="Hungry?") | {"questions-TOTAL_FORMS": "4"}
    kinds = {0: "single", 1: "single", 2: "multiple", 3: "odd"}
    form |= {f"questions-{place}-kind": kind for place, kind in kinds.items()}
    form |= {f"questions-{place}-text": f"Number {place}?" for place in (2, 3)} | {"questions-1-text": ""}
    form |= {"questions-2-minimum": "2", "questions-2-maximum": "1"}
    for place in range(1, 4):
        form |= {f"questions-{place}-choices-{count}_FORMS": n for count, n in (("TOTAL", "1"), ("INITIAL", "0"))}
        form |= {f"questions-{place}-choices-0-text": "Noodles"}
    form |= {"questions-0-choices-1-text": "Noodles", "questions-0-choices-2-text": "Pizza"}
    form |= {"questions-0-choices-2-DELETE": "on"}
    form |= {"policy": Policy.NETWORK, "network_allowance": ""}
    answer = desk.post(ADD, form)
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "Say how many votes one network address may cast." in text
    assert said_at(text) == {
        "slug": "Another poll has this address already. Choose another one.",
        "questions-0-choices-1-text": "This question already has a choice with this text.",
        "questions-1-text": "Write the question, or remove it.",
        "questions-2-maximum": "“At most” can’t be smaller than “at least”.",
        "questions-3-kind": "Select a valid choice. odd is not one of the available choices.",
    }
    again = fields_in(text)
    assert {name: again.get(name) for name in without_token(form)} == without_token(form) | {"questions-3-kind": ""}
    assert Poll.objects.get().slug == "lunch"


def test_every_kind_is_offered_and_every_policy_with_its_strength(desk: Client) -> None:
    text = desk.get(ADD).content.decode()
    assert all(f'value="{kind.value}"' in text for kind in Kind)
    assert "Stops casual repeats; somebody who clears cookies can vote again." in text
    assert all(f'name="policy" value="{policy.value}"' in text for policy in Policy)
    assert "As safe as the way codes travel." in text


def test_saved_rows_are_mended_too_and_none_of_another_poll_is_taken_over(desk: Client) -> None:
    """One of another poll, one without its text, one that is gone, no picture, and one without words."""
    poll = a_draft(organiser=User.objects.get())
    foreign = a_question(a_draft(), choices=["X", "Y"]).choices.all()[0]
    a_question(poll, choices=["A", "B", "C", "D", "E"])
    before, prefix = asked(poll), "questions-0-choices"
    form = as_it_stands(poll) | {"intro": "typed", f"{prefix}-0-id": str(foreign.pk), f"{prefix}-0-text": "Z"}
    form |= {f"{prefix}-1-text": " "}
    form |= {f"{prefix}-3-picture": SimpleUploadedFile("a.png", b"<svg onload='alert(1)'/>")}
    form |= {f"{prefix}-3-picture_alt": "A", f"{prefix}-4-picture": a_picture()}
    Choice.objects.get(text="C").delete()
    answer = desk.post(change(poll), form)
    text = answer.content.decode()
    assert answer.status_code == 200
    gone = "This choice has been removed since you opened the page. Copy what you need, then remove it here too."
    assert [place for place in range(5) if gone in row(text, f"{prefix}-{place}")] == [0, 2]
    lost = "your browser does not keep it"
    assert [place for place in range(5) if lost in row(text, f"{prefix}-{place}")] == [3, 4]
    said = said_at(text)
    assert said.pop(f"{prefix}-3-picture")
    assert said == {
        f"{prefix}-1-text": "A choice needs a text.",
        f"{prefix}-4-picture_alt": "Say in words what the picture shows.",
    }
    assert fields_in(text)["intro"] == "typed"
    foreign.refresh_from_db()
    assert foreign.text == "X"
    assert asked(poll) == [(before[0][0], ["A", "B", "D", "E"])]
    assert not Choice.objects.exclude(picture="").exists()


def test_a_choice_that_another_tab_has_added_is_not_added_twice_and_nothing_typed_is_lost(desk: Client) -> None:
    poll = a_draft(organiser=User.objects.get())
    question = a_question(poll, choices=["A", "B"])
    row = "questions-0-choices-2-text"
    form = as_it_stands(poll) | {row: "C", "intro": "typed"}
    question.choices.create(text="C")
    text = desk.post(change(poll), form).content.decode()
    assert said_at(text) == {row: "This question already has a choice with this text."}
    assert fields_in(text)["intro"] == "typed"


def test_a_place_that_is_no_number_is_no_fault(desk: Client) -> None:
    for numbers in (["-1", "x", "99999999999999999999"], ["٣"]):
        form = a_filled_form(desk) | {"questions-TOTAL_FORMS": str(len(numbers))}
        for place, number in enumerate(numbers):
            form |= {f"questions-{place}-text": f"{number}?", f"questions-{place}-position": number}
            form |= {f"questions-{place}-choices-TOTAL_FORMS": "2", f"questions-{place}-choices-INITIAL_FORMS": "0"}
        assert desk.post(ADD, form).status_code in {200, 302}, numbers


def test_a_torn_form_is_no_fault(desk: Client) -> None:
    for totals in (["", "x"], ["-1"]):
        form = a_filled_form(desk) | {"questions-TOTAL_FORMS": str(len(totals))}
        for place, total in enumerate(totals):
            form |= {f"questions-{place}-text": f"{total}?", f"questions-{place}-choices-TOTAL_FORMS": total}
        assert desk.post(ADD, form).status_code in {200, 302}, totals
    rows = {"c-TOTAL_FORMS": "100000", "c-INITIAL_FORMS": "0"}
    many = ChoiceRows(rows, instance=Question(), prefix="c")
    assert (many.is_valid(), len(many.forms)) == (False, MOST_CHOICES + 1)


def test_a_second_poll_of_a_title_and_one_without_latin_letters_get_an_address_too(desk: Client) -> None:
    a_draft(slug="lunch-on-friday")
    for title, slug in (("Lunch on Friday?", "lunch-on-friday-2"), ("周五午餐吃什么？", "poll")):
        desk.post(ADD, a_filled_form(desk) | {"title": title, "slug": ""})
        assert Poll.objects.filter(title=title).values_list("slug", flat=True).get() == slug


def a_picture(name: str = "noodles.png") -> SimpleUploadedFile:
    file = BytesIO()
    Image.new("RGB", (40, 30), "red").save(file, "PNG")
    return SimpleUploadedFile(name, file.getvalue(), "image/png")


def test_a_choice_has_a_picture_that_is_told_in_words(desk: Client, settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    poll = a_draft(organiser=User.objects.get())
    a_question(poll, "Where?", ["Noodles", "Pizza"])
    row = "questions-0-choices-0"
    desk.post(change(poll), as_it_stands(poll) | {f"{row}-picture": a_picture(), f"{row}-picture_alt": "A bowl"})
    noodles = Choice.objects.get(text="Noodles")
    assert (noodles.picture.name.endswith(".webp"), noodles.picture_alt) == (True, "A bowl")
    page = desk.get(change(poll)).content.decode()
    assert 'enctype="multipart/form-data"' in page
    assert f'<img src="{noodles.picture.url}"' in page
    assert without_token(fields_in(page)) == as_it_stands(poll)
    desk.post(change(poll), fields_in(page))
    assert Choice.objects.get(text="Noodles").picture.name == noodles.picture.name
    wordless = {f"{row}-picture": a_picture(), f"{row}-picture_alt": "", "questions-0-choices-1-picture": a_picture()}
    page = desk.post(change(poll), as_it_stands(poll) | wordless).content.decode()
    pictures = {source for source in re.findall(r'<img src="([^"]*)"', page) if source.endswith(("png", "webp"))}
    assert pictures == {noodles.picture.url}
    desk.post(change(poll), as_it_stands(poll) | {f"{row}-picture-clear": "on"})
    noodles.refresh_from_db()
    assert (noodles.picture.name, noodles.picture_alt) == ("", "")


def test_a_picture_whose_file_is_gone_keeps_nobody_from_saving(desk: Client, settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    poll = a_draft(organiser=User.objects.get())
    a_question(poll, "Where?", ["Noodles", "Pizza"])
    lost = {"picture": "choices/2026/gone.webp", "picture_alt": "A bowl"}
    noodles = Choice.objects.filter(text="Noodles")
    noodles.update(**lost)
    page = desk.get(change(poll)).content.decode()
    words = "The file of this picture is missing. Choose the picture once more, or remove it."
    assert [words in row(page, f"questions-0-choices-{place}") for place in (0, 1)] == [True, False]
    assert 'src="/media/' not in page
    assert desk.post(change(poll), fields_in(page) | {"intro": "typed"}).status_code == 302
    assert (Poll.objects.get().intro, noodles.values(*lost).get()) == ("typed", lost)
    desk.post(change(poll), as_it_stands(poll) | {"questions-0-choices-0-picture": a_picture()})
    assert noodles.get().picture.storage.exists(noodles.get().picture.name)
    noodles.update(**lost)
    desk.post(change(poll), as_it_stands(poll) | {"questions-0-choices-0-picture-clear": "on"})
    assert not noodles.get().picture
