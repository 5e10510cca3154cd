"""Each kind of question with what it needs, and sentences where that makes no sense."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from polls import asking
from polls.models import Choice, Question
from polls.terms import Kind
from tests.desk import Fields, a_blank_form, an_editor, at_desk, fields_in, form_of

ADD = "/admin/polls/poll/add/"


@pytest.fixture
def olive(house: None) -> User:
    return an_editor("olive")


@pytest.fixture
def desk(olive: User) -> Client:
    return at_desk(olive)


def a_form(desk: Client, **settings: str) -> Fields:
    form = a_blank_form(desk) | {"title": "Lunch?", "questions-0-text": "Where?"}
    form |= {f"questions-0-choices-{place}-text": name for place, name in enumerate(("Noodles", "Pizza", "Soup"))}
    return form | {f"questions-0-{name}": value for name, value in settings.items()}


@pytest.mark.parametrize(
    "settings",
    [
        {"kind": "rating", "scale": "likert", "lowest": "1", "highest": "7", "low_label": "Bad", "high_label": "Good"},
        {"kind": "rating", "scale": "nps", "lowest": "0", "highest": "10"},
        {"kind": "ranked", "rule": "stv", "seats": "2", "unranked": "no-opinion", "quorum": "10", "equal_ranks": "on"},
        {"kind": "score", "rule": "score", "highest": "9"},
        {"kind": "single", "write_in": "on", "shuffled": "on", "explanation": "Because."},
        {"kind": "text", "longest": "80"},
    ],
    ids=lambda settings: settings["kind"],
)
def test_what_a_kind_needs_is_saved(desk: Client, settings: dict[str, str]) -> None:
    desk.post(ADD, a_form(desk, **settings))
    question = Question.objects.get()
    for name, typed in settings.items():
        stored = getattr(question, name)
        assert (stored is True) if typed == "on" else (str(stored) == typed)
    assert asking.problems(question, choices=3) == {}


def test_what_a_kind_does_not_have_is_put_back(desk: Client) -> None:
    desk.post(ADD, a_form(desk, kind="single", rule="irv", seats="4", highest="9", equal_ranks="on"))
    question = Question.objects.get()
    assert (question.rule, question.seats, question.highest, question.equal_ranks) == ("", 1, 5, False)


def test_a_score_begins_at_nothing_and_a_promoter_score_ends_at_ten(desk: Client) -> None:
    desk.post(ADD, a_form(desk, kind="rating", scale="nps"))
    question = Question.objects.get()
    assert (question.lowest, question.highest) == (0, 10)


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"kind": "rating", "highest": "11"}, "A rating has 3 to 10 stars."),
        ({"kind": "rating", "scale": "nps", "lowest": "1", "highest": "7"}, "goes from 0 to 10, no other way"),
        ({"kind": "ranked", "rule": "irv", "seats": "2"}, "Only the single transferable vote fills several seats."),
        ({"kind": "ranked", "rule": "stv", "seats": "3"}, "There are no more choices than seats."),
        ({"kind": "score", "rule": "irv"}, "This rule can’t count answers of this kind."),
        ({"kind": "score", "highest": "101"}, "The highest score is between 1 and 100."),
    ],
)
def test_what_makes_no_sense_is_said_at_its_field(desk: Client, settings: dict[str, str], sentence: str) -> None:
    answer = desk.post(ADD, a_form(desk, **settings) | {"intro": "kept"})
    text = answer.content.decode()
    assert sentence in text
    assert fields_in(text)["intro"] == "kept"
    assert not Question.objects.exists()


def test_right_answers_are_saved_with_their_choices(desk: Client) -> None:
    desk.post(ADD, a_form(desk) | {"questions-0-choices-1-right": "on"})
    assert list(Choice.objects.filter(right=True).values_list("text", flat=True)) == ["Pizza"]


def test_a_text_has_no_choices(desk: Client) -> None:
    desk.post(ADD, a_form(desk, kind=Kind.TEXT))
    assert Question.objects.get().choices.count() == 0


def test_without_a_script_every_setting_is_on_the_page(desk: Client) -> None:
    form = form_of(desk, ADD)
    boxes = {"equal_ranks", "write_in", "shuffled"}
    assert {f"questions-0-{name}" for name in frozenset().union(*asking.SETTINGS.values()) - boxes} <= form.keys()
