"""Two have the same page open, and both save: nothing that one has typed is lost without a word."""

from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from polls import lifecycle, translations
from polls.models import Choice, Poll, Question, Theme
from polls.terms import Kind
from tests.builders import a_draft, a_poll, a_question, now
from tests.desk import Fields, an_editor, as_it_stands, asked, at_desk, change, fields_in, form_of, said_at


@pytest.fixture
def olive(house: None) -> User:
    return an_editor("olive", is_superuser=True)


def saved(desk: Client, poll: Poll, form: Fields) -> Poll:
    assert desk.post(change(poll), form).status_code == 302
    return Poll.objects.get(pk=poll.pk)


def page_that_comes_back(desk: Client, poll: Poll, form: Fields) -> str:
    answer = desk.post(change(poll), form)
    assert answer.status_code == 200
    return answer.content.decode()


def since(said: str) -> str:
    return f"This has changed since you opened the page, and says now: “{said}”. Save again to put yours in its place."


FITS = "This, or what goes with it, has changed since you opened the page. If all fits, save again."


def test_what_each_of_two_has_changed_is_there_and_what_neither_touched_stays(desk: Client) -> None:
    opens = datetime(2031, 7, 5, 10, tzinfo=UTC)
    poll = a_draft(intro="One\nTwo", opens_at=opens, listed=True)
    a_question(poll, "Where?", ["A", "B", "C"], hint="Near")
    drawn, rows = as_it_stands(poll), "questions-0-choices"
    hers = drawn | {"title": "Lunch?", "reveal": "never", "time_zone": "Asia/Kathmandu", "questions-0-shuffled": "on"}
    hers |= {f"{rows}-0-text": "Apples", "questions-0-text": "Where to?"}
    hers.pop("listed")
    saved(desk, poll, hers)
    his = drawn | {"slug": "lunch", "anonymous": "on", "intro": "Three", f"{rows}-1-text": "Bread"}
    merged = saved(desk, poll, his | {"questions-0-required": "", f"{rows}-0-right": "on"})
    assert (merged.title, merged.reveal, merged.listed, merged.time_zone) == (
        "Lunch?",
        "never",
        False,
        "Asia/Kathmandu",
    )
    assert (merged.slug, merged.anonymous, merged.intro) == ("lunch", True, "Three")
    assert merged.opens_at == datetime(2031, 7, 5, 4, 15, tzinfo=UTC)
    assert asked(poll) == [("Where to?", ["Apples", "Bread", "C"])]
    question = poll.questions.get()
    assert (question.hint, question.shuffled, question.required) == ("Near", True, False)
    assert Choice.objects.get(right=True).text == "Apples"


def test_what_both_changed_comes_back_with_what_is_stored_and_the_next_save_overwrites(desk: Client) -> None:
    poll = a_draft(title="Which?", intro="Words")
    a_question(poll, "Where?", ["A", "B"])
    theme, other = (Theme.objects.create(name=name) for name in ("Night", "Day"))
    drawn, row = as_it_stands(poll), "questions-0-choices-0-text"
    hers = {
        "title": "Lunch <b>?",
        "intro": "",
        "language": "de",
        "theme": str(theme.pk),
        row: "Apples",
        "reveal": "never",
    }
    at_desk(an_editor("otto", is_superuser=True)).post(change(poll), drawn | hers | {"questions-0-text": "Where to?"})
    his = {"title": "Dinner?", "intro": "More", "language": "fr", "theme": str(other.pk), row: "Bread"}
    text = page_that_comes_back(desk, poll, drawn | his | {"questions-0-hint": "Near", "questions-0-text": "Where to?"})
    assert said_at(text) == {
        "title": since("Lunch <b>?"),
        "intro": "This has been emptied since you opened the page. Save again to put yours in its place.",
        "language": since("Deutsch"),
        "theme": since(theme.name),
        row: since("Apples"),
    }
    assert "the last change is by otto (" in text
    again = fields_in(text)
    assert {name: again[name] for name in his} == his
    assert (again["reveal"], again["questions-0-hint"]) == ("never", "Near")
    assert (Poll.objects.get().title, poll.questions.get().hint) == ("Lunch <b>?", "")
    overwritten = saved(desk, poll, again)
    assert (overwritten.title, overwritten.intro, overwritten.theme) == ("Dinner?", "More", other)
    assert asked(poll) == [("Where to?", ["Bread", "B"])]


def test_who_has_changed_it_is_named_and_not_who_did_something_else_after_that(desk: Client) -> None:
    poll = a_poll(title="Which?", policy="invitation")
    row = "questions-0-choices-0-text"
    drawn, vera = as_it_stands(poll), at_desk(an_editor("vera", is_superuser=True))
    at_desk(an_editor("otto", is_superuser=True)).post(change(poll), drawn | {"title": "Lunch?"})
    vera.post(f"/admin/polls/poll/{poll.pk}/invitations/", {"paper": "a", "deed": "tell", "number": 1})
    assert LogEntry.objects.latest("pk").user.username == "vera"
    assert "the last change is by otto (" in page_that_comes_back(desk, poll, drawn | {"title": "Dinner?"})
    vera.post(change(poll), as_it_stands(poll) | {row: "Apples"})
    assert "the last change is by vera (" in page_that_comes_back(desk, poll, drawn | {row: "Bread"})


def test_where_the_log_does_not_tell_who_it_was_nobody_is_named(desk: Client) -> None:
    poll = a_draft(title="Which?")
    at_desk(an_editor("otto", is_superuser=True)).post(change(poll), as_it_stands(poll) | {"intro": "Words"})
    drawn = as_it_stands(poll)
    Poll.objects.update(title="Lunch?")
    text = page_that_comes_back(desk, poll, drawn | {"title": "Dinner?"})
    assert "Something has changed here since you opened the page. What you typed is kept" in text
    assert "the last change is by" not in text


def test_what_goes_together_is_not_put_together_from_two_pages_without_a_word(desk: Client) -> None:
    poll = a_draft()
    a_question(poll, "One?")
    a_question(poll, "Two?", kind=Kind.MULTIPLE)
    a_question(poll, "Three?")
    drawn = as_it_stands(poll)
    Poll.objects.update(time_zone="Europe/Berlin")
    Question.objects.exclude(text="Three?").update(kind=Kind.RANKED, shuffled=True)
    his = {"opens_at_0": "2031-07-05", "opens_at_1": "10:00", "questions-1-maximum": "2", "questions-2-shuffled": "on"}
    text = page_that_comes_back(desk, poll, drawn | his | {"questions-0-choices-0-text": "Apples"})
    assert said_at(text) == {"time_zone": FITS, "questions-0-kind": FITS, "questions-1-kind": FITS}
    again = fields_in(text)
    assert (again["time_zone"], again["opens_at_1"], again["questions-0-kind"]) == ("Europe/Berlin", "10:00", "ranked")
    assert saved(desk, poll, again).opens_at == datetime(2031, 7, 5, 8, tzinfo=UTC)
    assert list(poll.questions.values_list("kind", "maximum")) == [("ranked", None), ("ranked", 2), ("single", None)]


def test_a_row_that_was_changed_elsewhere_is_not_removed_without_a_word(desk: Client) -> None:
    poll = a_draft()
    questions = [a_question(poll, f"{number}?") for number in ("One", "Two", "Three")]
    drawn = as_it_stands(poll)
    questions[0].choices.filter(text="A").update(text="Apples")
    questions[1].choices.create(text="D", position=3)
    struck = {f"questions-{place}-DELETE": "on" for place in range(3)} | {"questions-3-text": "Four?"}
    text = page_that_comes_back(desk, poll, drawn | {"questions-2-DELETE": "on"} | struck)
    told = "which has changed since you opened the page. Save again to remove it."
    assert [f"You remove “{number}?”, {told}" in text for number in ("One", "Two", "Three")] == [True, True, False]
    assert len(asked(poll)) == 3
    saved(desk, poll, fields_in(text))
    assert [text for text, _choices in asked(poll)] == ["Four?"]


def test_rows_are_where_somebody_else_has_moved_them_and_new_ones_before_what_they_precede(desk: Client) -> None:
    poll = a_draft()
    question = a_question(poll, choices=["A", "B", "C"])
    drawn, rows = as_it_stands(poll), "questions-0-choices"
    for place, text in enumerate(["C", "A", "B"]):
        question.choices.filter(text=text).update(position=place * 2)
    question.choices.create(text="Behind C", position=1)
    more = {f"{rows}-TOTAL_FORMS": "5", f"{rows}-3-text": "Behind A", f"{rows}-3-position": "1"}
    his = drawn | more | {f"{rows}-1-position": "2", f"{rows}-2-position": "3"}
    text = page_that_comes_back(desk, poll, his | {"title": ""})
    again = fields_in(text)
    assert [again[f"{rows}-{place}-position"] for place in range(5)] == ["1", "3", "0", "2", "4"]
    saved(desk, poll, again | {"title": "Kept"})
    assert asked(poll)[0][1] == ["C", "Behind C", "A", "Behind A", "B"]


def test_two_orders_are_not_mixed_without_a_word(desk: Client) -> None:
    poll = a_draft()
    question = a_question(poll, choices=["A", "B", "C"])
    drawn, rows = as_it_stands(poll), "questions-0-choices"
    for place, text in enumerate(["C", "A", "B"]):
        question.choices.filter(text=text).update(position=place)
    his = {f"{rows}-0-position": "1", f"{rows}-1-position": "0"}
    text = page_that_comes_back(desk, poll, drawn | his)
    assert "The order has changed since you opened the page: C · A · B. Save again to put yours in its place." in text
    assert "Nothing is saved yet." in text
    saved(desk, poll, fields_in(text))
    assert asked(poll)[0][1] == ["B", "A", "C"]


def test_a_picture_is_not_put_over_another_without_a_word(desk: Client, settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    (tmp_path / "hers.webp").write_bytes(a_picture().read())
    poll = a_draft()
    question = a_question(poll, choices=["A", "B", "C"])
    question.choices.filter(text="A").update(picture="old.webp", picture_alt="Old")
    drawn, rows = as_it_stands(poll), "questions-0-choices"
    question.choices.update(picture="hers.webp", picture_alt="Hers")
    his = drawn | {f"{rows}-{place}-picture": a_picture() for place in (0, 1)} | {f"{rows}-2-text": "Bread"}
    text = page_that_comes_back(desk, poll, his)
    said = "This picture has changed since you opened the page. Save again to put yours in its place."
    assert said_at(text) == {f"{rows}-0-picture": said, f"{rows}-1-picture": said}
    saved(desk, poll, fields_in(text) | {f"{rows}-0-picture": a_picture()})
    kept = question.choices.values_list("text", "picture", "picture_alt")
    assert [(words, name == "hers.webp", alt) for words, name, alt in kept] == [
        ("A", False, "Hers"),
        ("B", True, "Hers"),
        ("Bread", True, "Hers"),
    ]


def a_picture() -> SimpleUploadedFile:
    file = BytesIO()
    Image.new("RGB", (40, 30), "red").save(file, "PNG")
    return SimpleUploadedFile("his.png", file.getvalue(), "image/png")


def test_what_a_page_did_not_have_stays(desk: Client) -> None:
    closes = datetime(2031, 7, 5, 10, tzinfo=UTC)
    poll = lifecycle.close(a_poll(closes_at=closes), at=now())
    drawn = as_it_stands(poll)
    assert "closes_at_0" not in drawn
    lifecycle.reopen(poll, at=now())
    changed = saved(desk, poll, drawn | {"title": "Lunch?"})
    assert (changed.title, changed.closes_at) == ("Lunch?", closes)


def test_themes_and_translations_tell_it_too(desk: Client, olive: User) -> None:
    theme = Theme.objects.create(name="Mine", maker=olive)
    address = f"/admin/polls/theme/{theme.pk}/change/"
    drawn = form_of(desk, address, "theme_form")
    Theme.objects.filter(pk=theme.pk).update(name="Hers", radius=3)
    text = desk.post(address, drawn | {"name": "His", "density": "compact"}).content.decode()
    assert said_at(text) == {"name": since("Hers")}
    desk.post(address, fields_in(text, "theme_form"))
    theme.refresh_from_db()
    assert (theme.name, theme.radius, theme.density) == ("His", 3, "compact")

    poll = a_draft(title="Lunch?")
    address = f"/admin/polls/poll/{poll.pk}/languages/?language=de"
    drawn = form_of(desk, address, "languages_form")
    translations.translate(poll, "de", {"title": "Mittag?"}, editor=None)
    text = desk.post(address, drawn | {"title": "Mittagessen?"}).content.decode()
    assert said_at(text) == {"title": since("Mittag?")}
    desk.post(address, fields_in(text, "languages_form"))
    assert translations.sources(poll, "de")[0].translated == "Mittagessen?"


def test_a_row_that_was_removed_on_another_page_goes_where_nobody_has_typed_in_it(desk: Client) -> None:
    poll = a_draft()
    questions = [a_question(poll, f"{number}?") for number in ("One", "Two", "Three")]
    drawn = as_it_stands(poll)
    questions[0].choices.get(text="C").delete()
    questions[1].delete()
    saved(desk, poll, drawn | {"title": "Better", "questions-0-choices-0-text": "Apples"})
    assert asked(poll) == [("One?", ["Apples", "B"]), ("Three?", ["A", "B", "C"])]


@pytest.mark.parametrize("typed", ["questions-0-text", "questions-0-choices-2-text"])
def test_a_row_that_was_removed_on_another_page_comes_back_where_somebody_has_typed(desk: Client, typed: str) -> None:
    poll = a_draft()
    question = a_question(poll, "One?")
    a_question(poll, "Two?")
    drawn = as_it_stands(poll)
    question.delete()
    text = page_that_comes_back(desk, poll, drawn | {typed: "Words"})
    assert "has been removed since you opened the page. Copy what you need, then remove it here too." in text
    assert fields_in(text)[typed] == "Words"
    saved(desk, poll, fields_in(text) | {"questions-0-DELETE": "on"})
    assert [text for text, _choices in asked(poll)] == ["Two?"]
