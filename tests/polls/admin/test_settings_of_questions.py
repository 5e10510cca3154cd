"""Each kind of question with what it needs, and sentences where that makes no sense."""

from django.test import Client

from polls import asking
from polls.models import Choice, Question
from tests.desk import Fields, a_blank_form, fields_in, said_at

ADD = "/admin/polls/poll/add/"


CHOICES = ("Noodles", "Pizza", "Soup")


def a_form(desk: Client, *questions: dict[str, str]) -> Fields:
    """A new poll's page with these questions, each with three choices."""
    form = a_blank_form(desk) | {"title": "Lunch?", "questions-TOTAL_FORMS": str(len(questions))}
    for place, settings in enumerate(questions):
        row = f"questions-{place}"
        form |= {f"{row}-text": f"Number {place}?", f"{row}-position": str(place)}
        form |= {f"{row}-choices-TOTAL_FORMS": str(len(CHOICES)), f"{row}-choices-INITIAL_FORMS": "0"}
        form |= {f"{row}-choices-{number}-text": name for number, name in enumerate(CHOICES)}
        form |= {f"{row}-{name}": value for name, value in settings.items()}
    return form


NEEDED: list[dict[str, str]] = [
    {"kind": "rating", "scale": "likert", "lowest": "1", "highest": "7", "low_label": "Bad", "high_label": "Good"},
    {"kind": "rating", "scale": "nps", "lowest": "0", "highest": "10"},
    {"kind": "ranked", "rule": "stv", "seats": "2", "unranked": "no-opinion", "quorum": "10", "equal_ranks": "on"},
    {"kind": "score", "rule": "score", "highest": "9"},
    {"kind": "single", "write_in": "on", "shuffled": "on", "explanation": "Because."},
    {"kind": "text", "longest": "80"},
]


def test_what_a_kind_needs_is_saved(desk: Client) -> None:
    desk.post(ADD, a_form(desk, *NEEDED))
    for settings, question in zip(NEEDED, Question.objects.order_by("position"), strict=True):
        for name, typed in settings.items():
            stored = getattr(question, name)
            assert (stored is True) if typed == "on" else (str(stored) == typed), (settings, name)
        assert asking.problems(question, choices=3) == {}, settings


def test_what_a_kind_does_not_have_is_put_back_and_what_it_has_is_filled_in(desk: Client) -> None:
    nowhere = {"kind": "single", "rule": "irv", "seats": "4", "highest": "9", "equal_ranks": "on"}
    right = {"kind": "single", "choices-1-right": "on"}
    desk.post(ADD, a_form(desk, nowhere, {"kind": "rating", "scale": "nps"}, right, {"kind": "text"}))
    plain, promoting, quiz, text = Question.objects.order_by("position")
    assert (plain.rule, plain.seats, plain.highest, plain.equal_ranks) == ("", 1, 5, False)
    assert (promoting.lowest, promoting.highest) == (0, 10)
    assert [(one.question, one.text) for one in Choice.objects.filter(right=True)] == [(quiz, "Pizza")]
    assert [question.choices.count() for question in (plain, promoting, quiz, text)] == [3, 3, 3, 0]


SENSELESS: list[tuple[dict[str, str], str, str]] = [
    ({"kind": "rating", "highest": "11"}, "highest", "A rating has 3 to 10 stars."),
    (
        {"kind": "rating", "scale": "nps", "lowest": "1", "highest": "7"},
        "scale",
        "A net promoter score goes from 0 to 10, no other way.",
    ),
    (
        {"kind": "ranked", "rule": "irv", "seats": "2"},
        "seats",
        "Only the single transferable vote fills several seats.",
    ),
    ({"kind": "ranked", "rule": "stv", "seats": "3"}, "seats", "There are no more choices than seats."),
    ({"kind": "score", "rule": "irv"}, "rule", "This rule can’t count answers of this kind."),
    ({"kind": "score", "highest": "101"}, "highest", "The highest score is between 1 and 100."),
]


def test_what_makes_no_sense_is_said_at_its_field(desk: Client) -> None:
    form = a_form(desk, *(settings for settings, _field, _sentence in SENSELESS)) | {"intro": "kept"}
    text = desk.post(ADD, form).content.decode()
    assert said_at(text) == {
        f"questions-{place}-{field}": sentence for place, (_settings, field, sentence) in enumerate(SENSELESS)
    }
    assert fields_in(text)["intro"] == "kept"
    assert not Question.objects.exists()


def test_without_a_script_every_setting_is_on_the_page(desk: Client) -> None:
    form = a_blank_form(desk)
    boxes = {"equal_ranks", "write_in", "shuffled"}
    assert {f"questions-0-{name}" for name in frozenset().union(*asking.SETTINGS.values()) - boxes} <= form.keys()
