"""Each kind of question at the doors: what its form asks and keeps, what its results say, in HTML and in JSON."""

import json
import re
from html import unescape
from typing import Any

import pytest

from polls import lifecycle
from polls.ballots import moderation
from polls.kinds import Answer
from polls.models import Ballot, Mark, Poll, Question
from polls.terms import Kind
from tests.browser import Browser
from tests.builders import a_draft, a_poll, a_question, choices_of, now
from tests.doors import ApiDoor, FormDoor

type Door = FormDoor | ApiDoor

HTMX = {"HX-Request": "true"}
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"


def of_kind(kind: str, choices: tuple[str, ...] = ("A", "B", "C"), **fields: Any) -> Poll:
    return a_poll(choices=() if kind == "text" else choices, question={"kind": kind, "text": "Which?", **fields})


def asked(poll: Poll) -> Question:
    return poll.questions.get(position=0)


def ids(poll: Poll) -> list[int]:
    return [choice.pk for choice in choices_of(poll)]


def cast(browser: Browser, poll: Poll, answer: Answer) -> None:
    """A ballot of somebody new."""
    browser.client.cookies.clear()
    assert ApiDoor().vote(browser, poll.slug, [answer], browser.paper(poll.slug)).counted


def results(browser: Browser, poll: Poll) -> dict[str, Any]:
    told: dict[str, Any] = browser.get(f"/api/v1/polls/{poll.slug}/results").json()["questions"][0]
    return told


def page(browser: Browser, poll: Poll) -> str:
    return unescape(browser.get(f"/p/{poll.slug}/results/").text)


def answers_to(poll: Poll) -> dict[str, Answer]:
    """A good answer of each kind, by the kind."""
    question, choices = asked(poll).pk, ids(poll)
    first, second = choices[:2] if choices else (0, 0)
    return {
        Kind.SINGLE: Answer(question, choices=(first,)),
        Kind.MULTIPLE: Answer(question, choices=(first, second)),
        Kind.APPROVAL: Answer(question, choices=(first, second)),
        Kind.RATING: Answer(question, scores=((first, 5), (second, 1))),
        Kind.RANKED: Answer(question, ranking=((second,), (first,))),
        Kind.SCORE: Answer(question, scores=((first, 5), (second, 0))),
        Kind.TEXT: Answer(question, text="A word"),
    }


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_is_counted_at_every_door(kind: Kind, door: Door, vera: Browser) -> None:
    poll = of_kind(kind)
    answer = answers_to(poll)[kind]
    assert door.vote(vera, poll.slug, [answer], vera.paper(poll.slug)).counted
    assert results(vera, poll)["answered"] == 1
    assert Mark.objects.count() == max(1, len(answer.choices) + len(answer.ranking) + len(answer.scores))


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_has_a_form_and_a_result_of_nothing(kind: Kind, vera: Browser) -> None:
    poll = of_kind(kind)
    assert vera.get(f"/p/{poll.slug}/").status_code == 200
    assert "0 votes" in page(vera, poll)
    assert results(vera, poll)["answered"] == 0


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


def test_a_ballot_of_all_kinds_at_once_is_counted(door: Door, vera: Browser) -> None:
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
    assert door.vote(vera, poll.slug, said, vera.paper(poll.slug)).counted


# What a form keeps after a refusal.


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


# Write-ins.


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


# Texts.


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


# Ratings.


def test_a_rating_tells_mean_median_and_every_grade(vera: Browser) -> None:
    poll = of_kind("rating", choices=("Which?",))
    for grade in (5, 4, 4):
        cast(vera, poll, Answer(asked(poll).pk, scores=((ids(poll)[0], grade),)))
    html = page(vera, poll)
    assert "<strong>4.3</strong>" in html
    assert "Mean: 4.33" in html
    assert "Median: 4" in html
    assert "3 grades" in html
    rating = results(vera, poll)["choices"][0]["rating"]
    assert (rating["mean"], rating["median"], rating["grades"]) == ("4.333333", 4, 3)
    assert [line["count"] for line in rating["distribution"]] == [0, 0, 0, 2, 1]


def test_a_net_promoter_score_is_told(vera: Browser) -> None:
    poll = of_kind("rating", choices=("Which?",), scale="nps", lowest=0, highest=10)
    for grade in (10, 9, 8, 2):
        cast(vera, poll, Answer(asked(poll).pk, scores=((ids(poll)[0], grade),)))
    assert "Net promoter score: 25" in page(vera, poll)
    assert results(vera, poll)["choices"][0]["rating"]["nps"] == 25


def test_grades_may_be_left_out_where_not_all_are_asked_for(vera: Browser) -> None:
    assert "No grade" in vera.get(f"/p/{of_kind('rating').slug}/").text
    strict = vera.get(f"/p/{of_kind('rating', minimum=3).slug}/").text
    assert "No grade" not in strict
    assert strict.count("required") == 15


# Rankings and scores.


@pytest.fixture
def capital(vera: Browser) -> Poll:
    """Four towns, three winners: the rules disagree."""
    poll = of_kind("ranked", choices=("Memphis", "Nashville", "Chattanooga", "Knoxville"), rule="irv")
    places = ids(poll)
    for many, says in ((42, "ABCD"), (26, "BCDA"), (15, "CDBA"), (17, "DCBA")):
        for _ in range(many // 4 + 1):
            order = tuple((places["ABCD".index(letter)],) for letter in says)
            cast(vera, poll, Answer(asked(poll).pk, ranking=order))
    return poll


def test_a_ranking_says_who_wins_why_and_that_rules_disagree(capital: Poll, vera: Browser) -> None:
    html = page(vera, capital)
    assert "Knoxville wins." in html
    assert "Counted by instant runoff." in html
    assert "The rules disagree." in html
    assert "Schulze method, ranked pairs, minimax, Condorcet winner and Borda count it would be Nashville." in html
    assert "Round 1: Chattanooga is last with 4 and leaves. Votes move on: 4 to Knoxville." in html
    assert "Every two compared" in html
    assert asked(capital).seed in html


def test_json_tells_the_whole_count(capital: Poll, vera: Browser) -> None:
    told = results(vera, capital)
    knoxville, nashville = str(ids(capital)[3]), str(ids(capital)[1])
    assert told["count"]["winners"] == [knoxville]
    assert [stage["exhausted"] for stage in told["count"]["rounds"]] == [0, 0, 0]
    assert told["count"]["rules"]["seed"] == asked(capital).seed
    assert told["others"]["schulze"]["winners"] == [nashville]
    assert "schulze" in told["dissenting"]


@pytest.mark.parametrize("rule", ["irv", "schulze", "ranked-pairs", "minimax", "condorcet", "borda", "plurality"])
def test_every_rule_can_decide_and_be_told(rule: str, vera: Browser) -> None:
    poll = of_kind("ranked", rule=rule)
    first, second, third = ids(poll)
    for ranking in (((first,), (second,)), ((second,), (third,)), ((third,), (first,)), ((second,), (first,))):
        cast(vera, poll, Answer(asked(poll).pk, ranking=ranking))
    assert "How it was counted" in page(vera, poll)


def test_a_tie_and_the_lot_that_broke_it_are_told(vera: Browser) -> None:
    poll = of_kind("ranked", choices=("A", "B"))
    for choice in ids(poll):
        cast(vera, poll, Answer(asked(poll).pk, ranking=((choice,),)))
    html = page(vera, poll)
    assert "A and B were tied for the last place." in html
    assert f"Decided by the lot, seed {asked(poll).seed}" in html


def test_several_seats_are_told(vera: Browser) -> None:
    poll = of_kind("ranked", rule="stv", seats=2)
    first, second, third = ids(poll)
    for ranking in [((first,), (second,), (third,))] * 3 + [((third,),)]:
        cast(vera, poll, Answer(asked(poll).pk, ranking=ranking))
    html = page(vera, poll)
    assert "Elected: A and " in html
    assert "The quota is 2 votes." in html


def test_star_tells_points_and_the_runoff(vera: Browser) -> None:
    poll = of_kind("score", rule="star", highest=5)
    first, second, third = ids(poll)
    for _ in range(2):
        cast(vera, poll, Answer(asked(poll).pk, scores=((first, 5), (second, 4))))
    for _ in range(3):
        cast(vera, poll, Answer(asked(poll).pk, scores=((second, 4), (third, 5))))
    html = page(vera, poll)
    assert "B and C have the most points, 20 and 15, and meet in the runoff." in html
    assert "C wins." in html
    assert "By highest score it would be B." in html


def test_a_quorum_that_is_missed_is_told(vera: Browser) -> None:
    poll = of_kind("ranked", quorum=5)
    cast(vera, poll, Answer(asked(poll).pk, ranking=((ids(poll)[0],),)))
    html = page(vera, poll)
    assert "Nothing is elected." in html
    assert "1 of the 5 votes that are needed have come, so nothing is decided." in html


def test_hostile_words_in_a_count_are_only_words(vera: Browser) -> None:
    poll = of_kind("ranked", choices=(HOSTILE, "B"), explanation=HOSTILE)
    cast(vera, poll, Answer(asked(poll).pk, ranking=((ids(poll)[0],),)))
    for address in (f"/p/{poll.slug}/", f"/p/{poll.slug}/results/", f"/embed/{poll.slug}/"):
        html = vera.get(address).text
        assert "<script>alert" not in html
        assert "<img src=x" not in html


def test_own_ranks_and_grades_are_marked_in_the_answer_to_a_vote(vera: Browser) -> None:
    for kind, says in (("ranked", "your rank: 1"), ("score", "you gave 5")):
        poll = of_kind(kind)
        door = FormDoor("fragment", "/p/{slug}/vote/", HTMX)
        reply = door.vote(vera, poll.slug, [answers_to(poll)[kind]], vera.paper(poll.slug))
        assert says in reply.response.text


# Quizzes.


@pytest.fixture
def quiz(house: None) -> Poll:
    draft = a_draft(reveal="always")
    question = a_question(draft, "What stood here?", explanation="It burnt down.")
    question.choices.filter(text="B").update(right=True)
    return lifecycle.publish(draft, at=now())


def _everything(browser: Browser, poll: Poll) -> str:
    addresses = [f"/p/{poll.slug}/", f"/p/{poll.slug}/results/", f"/embed/{poll.slug}/"]
    addresses += [f"/api/v1/polls/{poll.slug}", f"/api/v1/polls/{poll.slug}/results"]
    return "".join(browser.get(address).text for address in addresses)


def test_right_answers_are_told_to_nobody_before_the_vote(quiz: Poll, vera: Browser, victor: Browser) -> None:
    question, (first, *_) = asked(quiz).pk, ids(quiz)
    ApiDoor().vote(victor, quiz.slug, [(question, [first])], victor.paper(quiz.slug))
    everything = _everything(vera, quiz)
    assert "right answer" not in everything
    assert "It burnt down." not in everything
    assert '"right": [' not in everything


@pytest.mark.parametrize(
    ("place", "verdict"), [(1, "Your answer is right."), (0, "Your answer is not right.")], ids=["right", "wrong"]
)
@pytest.mark.parametrize("headers", [HTMX, {}], ids=["fragment", "page"])
def test_the_answer_is_told_after_the_vote(
    headers: dict[str, str], place: int, verdict: str, quiz: Poll, vera: Browser
) -> None:
    sent = {"paper": vera.paper(quiz.slug), f"q{asked(quiz).pk}": ids(quiz)[place]}
    answer = vera.post(f"/p/{quiz.slug}/vote/", data=sent, headers=headers)
    html = answer.text if headers else vera.get(answer.headers["location"]).text
    assert verdict in html
    assert "The right answer: B" in html
    assert "It burnt down." in html
    assert results(vera, quiz)["right"] == [ids(quiz)[1]]


def test_hidden_results_still_tell_the_answer_to_those_who_voted(quiz: Poll, vera: Browser) -> None:
    Poll.objects.filter(pk=quiz.pk).update(reveal="never")
    sent = {"paper": vera.paper(quiz.slug), f"q{asked(quiz).pk}": ids(quiz)[1]}
    answer = vera.post(f"/p/{quiz.slug}/vote/", data=sent)
    html = vera.get(answer.headers["location"]).text
    assert "Your answer is right." in html
    assert "figure" not in html


# Orders.


def _order(browser: Browser, poll: Poll, headers: dict[str, str] | None = None) -> list[str]:
    return re.findall(r"<span>(choice \d)</span>", browser.get(f"/p/{poll.slug}/", headers=headers or {}).text)


def test_shuffled_choices_stand_in_an_order_per_voter(browse: Any) -> None:
    names = [f"choice {number}" for number in range(4)]
    draft = a_draft(reveal="always")
    question = a_question(draft, choices=[*names, "None of them"], shuffled=True, write_in=True)
    question.choices.filter(text="None of them").update(none_of_the_above=True)
    poll = lifecycle.publish(draft, at=now())
    seen = [_order(browse(f"192.0.2.{number}"), poll) for number in range(30)]
    assert len({tuple(order) for order in seen}) > 4
    assert {order[0] for order in seen} == set(names)
    assert all(sorted(order) == names for order in seen)
    vera = browse("192.0.2.7")
    assert _order(vera, poll) == _order(vera, poll) == seen[7]
    html = vera.get(f"/p/{poll.slug}/").text
    assert html.index("choice 0") < html.index("None of them") < html.index("Something else")
    again = FormDoor("page", "/p/{slug}/vote/", {}).vote(vera, poll.slug, [], "forged").response.text
    assert re.findall(r"<span>(choice \d)</span>", again) == seen[7]


def test_each_choice_comes_first_about_equally_often() -> None:
    from polls import snapshots
    from ui.portraits.orders import ORDERS, shuffled

    question = snapshots.QuestionSnapshot(
        id=1,
        kind=Kind.SINGLE,
        text="",
        hint="",
        required=True,
        minimum=1,
        maximum=None,
        choices=tuple(snapshots.ChoiceSnapshot(number, str(number), withdrawn=False) for number in range(6)),
        shuffled=True,
    )

    class Keyed:
        key = b"a key"

    firsts = [shuffled(Keyed(), question, order)[0].id for order in range(ORDERS)]  # type: ignore[arg-type]
    assert all(firsts.count(number) == ORDERS // 6 for number in range(6))


# What a client is told.


def test_json_tells_what_a_client_needs_to_ask(vera: Browser) -> None:
    poll = of_kind("rating", scale="likert", low_label="no", high_label="yes")
    told = vera.get(f"/api/v1/polls/{poll.slug}").json()["questions"][0]
    expected = {"kind": "rating", "scale": "likert", "lowest": 1, "highest": 5, "low_label": "no", "high_label": "yes"}
    assert expected.items() <= told.items()
    ranked = vera.get(f"/api/v1/polls/{of_kind('ranked', equal_ranks=True).slug}").json()["questions"][0]
    assert {"rule": "irv", "equal_ranks": True, "seats": 1, "unranked": "last"}.items() <= ranked.items()
    assert ranked["seed"]
    assert "right" not in json.dumps(ranked)
