"""Each kind of question at the doors: it is counted, its results can be hidden, and clients are told how to ask it."""

import json
from collections.abc import Callable

import pytest

from polls import lifecycle
from polls.kinds import Answer
from polls.models import Mark, Poll
from polls.terms import Kind
from tests.browser import Browser
from tests.builders import a_draft, a_question, now
from tests.doors import DOORS, HTMX, FormDoor
from tests.kinds import answers_to, ids, of_kind, page, results
from ui.cache import cache


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_is_counted_at_every_door(
    kind: Kind, browse: Callable[..., Browser], subtests: pytest.Subtests
) -> None:
    poll = of_kind(kind)
    answer = answers_to(poll)[kind]
    marks = max(1, len(answer.choices) + len(answer.ranking) + len(answer.scores))
    for number, door in enumerate(DOORS, start=1):
        vera = browse()
        with subtests.test(door.name):
            assert door.vote(vera, poll.slug, [answer], vera.paper(poll.slug)).counted
            assert Mark.objects.count() == number * marks
    cache.clear()  # a ranking is counted again after a while; now
    assert results(vera, poll)["answered"] == len(DOORS)


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_has_a_form_and_a_result_of_nothing(kind: Kind, vera: Browser) -> None:
    poll = of_kind(kind)
    assert vera.get(f"/p/{poll.slug}/").status_code == 200
    assert "0 votes" in page(vera, poll)
    assert results(vera, poll)["answered"] == 0


@pytest.mark.parametrize("kind", ["single", "rating", "ranked"])
def test_a_choice_among_others_keeps_its_name_where_the_question_says_the_same(kind: str, vera: Browser) -> None:
    poll = of_kind(kind, choices=("Which?", "None"))
    for shown in (page(vera, poll), vera.get(f"/p/{poll.slug}/").text):
        assert '<span class="unseen">Which?' not in shown
        assert '<legend class="unseen">' not in shown
    only = of_kind("rating", choices=("Which?",))
    assert '<span class="unseen">Which?' in page(vera, only)


@pytest.mark.parametrize("reveal", ["after_close", "never"])
@pytest.mark.parametrize("kind", list(Kind))
def test_hidden_results_of_any_kind_are_nowhere_in_the_answer_to_a_vote(kind: Kind, reveal: str, vera: Browser) -> None:
    poll = of_kind(kind)
    Poll.objects.filter(pk=poll.pk).update(reveal=reveal)
    door = FormDoor("fragment", "/p/{slug}/vote/", HTMX)
    said = door.vote(vera, poll.slug, [answers_to(poll)[kind]], vera.paper(poll.slug)).response.text
    assert "Your vote is counted." in said
    for sign in ("figure", "<details", "wins", "elected", "winner", 'class="leads', "%"):
        assert sign not in said


def test_a_ballot_of_all_kinds_at_once_is_counted(browse: Callable[..., Browser], subtests: pytest.Subtests) -> None:
    draft = a_draft(title="All of it")
    for kind in Kind:
        a_question(draft, str(kind), choices=() if kind == Kind.TEXT else ("A", "B", "C"), kind=kind)
    poll = lifecycle.publish(draft, at=now())
    said = []
    for question in poll.questions.all():
        first, second = [*question.choices.values_list("pk", flat=True)[:2], 0, 0][:2]
        told = answers_to(poll)[question.kind]
        known = dict(zip(ids(poll), [first, second], strict=False))
        said.append(
            Answer(
                question.pk,
                tuple(known[one] for one in told.choices),
                tuple(tuple(known[one] for one in group) for group in told.ranking),
                tuple((known[one], score) for one, score in told.scores),
                "A word" if question.kind == Kind.TEXT else "",
            )
        )
    for door in DOORS:
        with subtests.test(door.name):
            vera = browse()
            assert door.vote(vera, poll.slug, said, vera.paper(poll.slug)).counted


def test_json_tells_what_a_client_needs_to_ask(vera: Browser) -> None:
    poll = of_kind("rating", scale="likert", low_label="no", high_label="yes")
    told = vera.get(f"/api/v1/polls/{poll.slug}").json()["questions"][0]
    expected = {"kind": "rating", "scale": "likert", "lowest": 1, "highest": 5, "low_label": "no", "high_label": "yes"}
    assert expected.items() <= told.items()
    ranked = vera.get(f"/api/v1/polls/{of_kind('ranked', equal_ranks=True).slug}").json()["questions"][0]
    assert {"rule": "irv", "equal_ranks": True, "seats": 1, "unranked": "last"}.items() <= ranked.items()
    assert ranked["seed"]
    assert "right" not in json.dumps(ranked)
