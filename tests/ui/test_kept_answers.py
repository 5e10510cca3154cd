"""What a form keeps of an answer after a refusal."""

import re
from html import unescape

import pytest

from polls.kinds import Answer
from polls.models import Poll
from tests.browser import Browser
from tests.doors import HTMX, FormDoor
from tests.kinds import HOSTILE, asked, ids, of_kind


def refused_form(browser: Browser, poll: Poll, answer: Answer) -> str:
    """The form that comes back with a paper that is not ours."""
    door = FormDoor("fragment", "/p/{slug}/vote/", HTMX)
    reply = door.vote(browser, poll.slug, [answer], "forged")
    assert reply.code == "paper_forged"
    return unescape(reply.response.text)


def field(html: str, name: str, value: object = None) -> str:
    """The tag of the field, by its name and perhaps its value."""
    tags = [tag for tag in re.findall(r"<(?:input|textarea)[^>]*>", html) if f'name="{name}"' in tag]
    if value is not None:
        tags = [tag for tag in tags if f'value="{value}"' in tag]
    assert len(tags) == 1, tags
    return tags[0]


def test_ranks_are_kept(vera: Browser) -> None:
    poll = of_kind("ranked")
    question, (first, second, third) = asked(poll).pk, ids(poll)
    html = refused_form(vera, poll, Answer(question, ranking=((third,), (first,))))
    assert 'value="1"' in field(html, f"q{question}_rank_{third}")
    assert 'value="2"' in field(html, f"q{question}_rank_{first}")
    assert 'value=""' in field(html, f"q{question}_rank_{second}")


@pytest.mark.parametrize("kind", ["rating", "score"])
def test_grades_are_kept(kind: str, vera: Browser) -> None:
    poll = of_kind(kind)
    question, (first, second, _) = asked(poll).pk, ids(poll)
    html = refused_form(vera, poll, Answer(question, scores=((first, 4), (second, 1))))
    assert "checked" in field(html, f"q{question}_score_{first}", 4)
    assert "checked" in field(html, f"q{question}_score_{second}", 1)
    assert html.count("checked") == 2


def test_a_long_scale_is_written_and_kept(vera: Browser) -> None:
    poll = of_kind("score", highest=100)
    question, (first, *_) = asked(poll).pk, ids(poll)
    html = refused_form(vera, poll, Answer(question, scores=((first, 73),)))
    tag = field(html, f"q{question}_score_{first}")
    assert 'type="number"' in tag
    assert 'value="73"' in tag


def test_a_text_is_kept_as_it_was_written(vera: Browser) -> None:
    poll = of_kind("text")
    html = refused_form(vera, poll, Answer(asked(poll).pk, text=f"\nTwo\nlines {HOSTILE}"))
    assert f"Two\nlines {HOSTILE}</textarea>" in html


@pytest.mark.parametrize("kind", ["single", "multiple"])
def test_a_write_in_is_kept_with_the_choices(kind: str, vera: Browser) -> None:
    poll = of_kind(kind, write_in=True)
    question, (first, *_) = asked(poll).pk, ids(poll)
    html = refused_form(vera, poll, Answer(question, choices=(first,), text='My "own"', other=True))
    assert 'My "own"' in html
    assert "checked" in field(html, f"q{question}", "other")
    assert "checked" in field(html, f"q{question}", first)


def test_hostile_words_in_what_is_kept_are_only_words(vera: Browser) -> None:
    for kind in ("text", "single"):
        poll = of_kind(kind, write_in=True)
        door = FormDoor("page", "/p/{slug}/vote/", {})
        said = door.vote(vera, poll.slug, [Answer(asked(poll).pk, text=HOSTILE)], "forged").response.text
        assert "<script>alert" not in said
        assert "<img src=x" not in said
