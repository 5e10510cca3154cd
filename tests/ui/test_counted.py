"""What results say of how they were counted: grades, rounds, duels, ties, seats, quorum."""

import re

import pytest

from polls.kinds import Answer
from polls.models import Poll
from tests.browser import Browser
from tests.builders import a_poll
from tests.doors import HTMX, FormDoor
from tests.kinds import HOSTILE, answers_to, asked, cast, ids, of_kind, page, results


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


def test_means_stand_below_each_other_with_one_decimal_each(vera: Browser) -> None:
    poll = of_kind("rating")
    first, second, _third = ids(poll)
    for grade in (5, 4, 4):
        cast(vera, poll, Answer(asked(poll).pk, scores=((first, grade), (second, 4))))
    assert re.findall(r"<strong>([^<]+)</strong></span>", page(vera, poll)) == ["4.3", "4.0", "–"]


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


def test_who_wins_the_only_seat_is_called_so_in_the_table_too(vera: Browser, capital: Poll) -> None:
    html = page(vera, capital)
    assert len(re.findall(r">winner<", html)) == 2
    assert ">elected<" not in html


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


@pytest.mark.parametrize("rule", ["irv", "plurality", "borda", "schulze", "ranked-pairs", "minimax"])
def test_a_ranking_that_the_lot_decided_says_so_first(rule: str, vera: Browser) -> None:
    poll = of_kind("ranked", choices=("A", "B"), rule=rule)
    for choice in ids(poll):
        cast(vera, poll, Answer(asked(poll).pk, ranking=((choice,),)))
    winner = "AB"[[str(choice) for choice in ids(poll)].index(results(vera, poll)["count"]["winners"][0])]
    assert f"<strong>{winner} wins by lot.</strong>" in page(vera, poll)


@pytest.mark.parametrize("rule", ["score", "star"])
def test_points_that_the_lot_decided_say_so_first(rule: str, vera: Browser) -> None:
    poll = of_kind("score", rule=rule)
    cast(vera, poll, Answer(asked(poll).pk, scores=tuple((choice, 2) for choice in ids(poll))))
    assert "wins by lot.</strong>" in page(vera, poll)


def test_a_lot_that_changed_nothing_is_no_headline(vera: Browser) -> None:
    """Two that are tied for the most points both meet in the runoff, which votes decide."""
    poll = of_kind("score", rule="star")
    first, second, _third = ids(poll)
    for scores in ((5, 4), (5, 4), (0, 2)):
        cast(vera, poll, Answer(asked(poll).pk, scores=((first, scores[0]), (second, scores[1]))))
    assert "<strong>A wins.</strong>" in page(vera, poll)


def test_of_several_seats_those_that_the_lot_filled_are_named(vera: Browser) -> None:
    poll = of_kind("ranked", rule="stv", seats=2)
    first, second, third = ids(poll)
    for choice in (first, first, first, second, third):
        cast(vera, poll, Answer(asked(poll).pk, ranking=((choice,),)))
    assert re.search(r"<strong>Elected: A and ([BC])\. The lot decided for \1\.</strong>", page(vera, poll))


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


def test_arabic_writes_all_numbers_of_a_score_its_own_way(vera: Browser) -> None:
    poll = a_poll(language="ar", question={"kind": "score", "highest": 100})
    assert "من ٠ إلى ١٠٠ نقطة. ما تتركه يأخذ ٠." in vera.get(f"/p/{poll.slug}/").text
    cast(vera, poll, Answer(asked(poll).pk, scores=((ids(poll)[0], 5),)))
    said = re.findall(r"<dd>([^<]*)</dd>", page(vera, poll))
    assert {"١", "الخيار بلا نقاط يأخذ ٠"} < set(said), "seats, and what is left out"


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


@pytest.mark.parametrize(
    ("kind", "language", "says"),
    [
        ("ranked", "en", "your rank: 1"),
        ("ranked", "de", "Ihr Rang: 1"),
        ("score", "en", "you gave 5"),
        ("score", "de", "Sie gaben 5"),
    ],
)
def test_own_ranks_and_grades_are_marked_in_the_answer_to_a_vote(
    vera: Browser, kind: str, language: str, says: str
) -> None:
    poll = of_kind(kind)
    Poll.objects.update(language=language)
    door = FormDoor("fragment", "/p/{slug}/vote/", HTMX)
    reply = door.vote(vera, poll.slug, [answers_to(poll)[kind]], vera.paper(poll.slug))
    assert says in reply.response.text
