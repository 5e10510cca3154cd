"""What voters write: choices of their own and texts, and when they are shown."""

import re

import pytest

from polls.ballots import moderation
from polls.kinds import Answer
from polls.models import Ballot, Mark
from tests.browser import Browser
from tests.builders import now
from tests.doors import HTMX, FormDoor
from tests.kinds import HOSTILE, asked, cast, ids, of_kind, page, results

FORMS = [FormDoor("page", "/p/{slug}/vote/", {}), FormDoor("frame-fragment", "/embed/{slug}/vote/", HTMX)]


@pytest.mark.parametrize("door", FORMS, ids=[door.name for door in FORMS])
@pytest.mark.parametrize("kind", ["single", "multiple", "approval"])
@pytest.mark.parametrize("ticked", [True, False])
def test_something_else_counts_by_its_words(ticked: bool, kind: str, door: FormDoor, vera: Browser) -> None:
    poll = of_kind(kind, write_in=True)
    answer = Answer(asked(poll).pk, text="A boat", other=ticked)
    assert door.vote(vera, poll.slug, [answer], vera.paper(poll.slug)).counted
    mark = Mark.objects.get()
    assert (mark.text, mark.written, mark.choice) == ("A boat", True, None)


def test_something_else_without_words_is_asked_for_them(vera: Browser) -> None:
    poll = of_kind("single", write_in=True)
    reply = FORMS[0].vote(vera, poll.slug, [Answer(asked(poll).pk, other=True)], vera.paper(poll.slug))
    assert (reply.code, reply.status) == ("write_in_empty", 422)
    assert not Ballot.objects.exists()


def test_an_empty_field_beside_a_choice_is_nothing(vera: Browser) -> None:
    poll = of_kind("single", write_in=True)
    question, (first, *_) = asked(poll).pk, ids(poll)
    sent = {"paper": vera.paper(poll.slug), f"q{question}": first, f"q{question}_text": ""}
    assert vera.post(f"/p/{poll.slug}/vote/", data=sent).status_code == 303


def test_write_ins_are_a_row_of_their_own_and_percentages_add_up(vera: Browser) -> None:
    poll = of_kind("single", write_in=True)
    question, (first, second, _) = asked(poll).pk, ids(poll)
    for answer in (Answer(question, choices=(first,)), Answer(question, choices=(second,)), Answer(question, text="X")):
        cast(vera, poll, answer)
    html = page(vera, poll)
    assert "1 wrote something else." in html
    assert sum(map(int, re.findall(r"<strong>(\d+) %", html))) == 100
    assert results(vera, poll)["written"] == 1


def test_a_text_is_shown_when_an_editor_has_let_it(vera: Browser) -> None:
    poll = of_kind("text")
    cast(vera, poll, Answer(asked(poll).pk, text=f"Shown {HOSTILE}"))
    cast(vera, poll, Answer(asked(poll).pk, text="Not yet"))
    assert "Shown" not in page(vera, poll)
    mark = Mark.objects.get(text__startswith="Shown")
    assert moderation.show(poll, [mark.pk], at=now()) == 1
    raw = vera.get(f"/p/{poll.slug}/results/").text
    assert "Shown &lt;script&gt;" in raw
    assert "<img src=x" not in raw
    assert "Not yet" not in raw
    assert results(vera, poll)["texts"] == [f"Shown {HOSTILE}"]
    moderation.hide(poll, [mark.pk], at=now())
    assert "Shown" not in page(vera, poll)
