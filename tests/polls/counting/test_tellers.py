"""Ties, statements, quorum, none of the above, and what every rule has in common."""

import json
from collections import Counter
from hashlib import sha256

import pytest

from polls.counting import RULES, Ballot, CountingError, Profile, compare, count
from polls.counting.lots import lot_order
from polls.counting.portraits import portrait
from tests.polls.counting.builders import a_profile, a_ranking, a_score_profile

SCORED = Profile.of({Ballot.scoring({"A": 5, "B": 3}): 3, Ballot.scoring({"B": 4, "C": 1}): 2}, choices="ABC")


@pytest.mark.parametrize("rule", RULES)
def test_no_ballots_make_no_winner_and_no_exception(rule: str) -> None:
    counted = count(Profile.of({}, choices="AB"), rule=rule)
    assert counted.winners == ()
    assert counted.ballots == 0
    assert "no ballots" in counted.notes[0]


@pytest.mark.parametrize("rule", RULES)
def test_no_choices_make_no_exception(rule: str) -> None:
    assert count(Profile.of({}), rule=rule).winners == ()


@pytest.mark.parametrize("rule", RULES)
def test_blank_ballots_are_counted_and_elect_nobody(rule: str) -> None:
    counted = count(Profile.of({Ballot(): 4}, choices="AB"), rule=rule)
    assert (counted.winners, counted.ballots) == ((), 4)


@pytest.mark.parametrize("rule", RULES)
def test_a_single_choice_wins(rule: str) -> None:
    assert count(Profile.of({Ballot.scoring({"A": 1}): 1}), rule=rule).winners == ("A",)


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_states_the_same_choices(rule: str) -> None:
    counted = count(SCORED, rule=rule, seed="of the day", quorum=2, nota="C")
    assert list(counted.rules) == list(count(SCORED, rule="irv").rules)
    assert all(isinstance(said, str) and said for said in counted.rules.values())
    assert counted.rules["seed"] == "of the day"


@pytest.mark.parametrize("rule", RULES)
def test_every_count_can_be_written_as_json(rule: str) -> None:
    written = json.loads(json.dumps(portrait(count(SCORED, rule=rule), {"A": "Apple"})))
    assert {"winners", "ranking", "rounds", "pairwise", "ties", "ballots", "rules"} <= set(written)
    assert {"tally", "eliminated", "elected", "exhausted"} <= set(written["rounds"][0])
    assert written["ballots"] == 5
    assert "Apple" in written["ranking"][0] + written["ranking"][-1] + written["ranking"][1]


@pytest.mark.parametrize("rule", RULES)
def test_a_quorum_that_is_missed_elects_nobody_but_shows_the_count(rule: str) -> None:
    counted = count(SCORED, rule=rule, quorum=6)
    assert counted.winners == ()
    assert counted.rounds[-1].tally
    assert "quorum of 6" in " ".join(counted.notes)
    assert count(SCORED, rule=rule, quorum=5).winners


@pytest.mark.parametrize("rule", sorted(set(RULES) - {"stv"}))
def test_none_of_the_above_takes_no_seat(rule: str) -> None:
    protest = Profile.of({Ballot.scoring({"NOTA": 5}): 3, Ballot.scoring({"A": 5}): 1}, choices=("A", "NOTA"))
    counted = count(protest, rule=rule, nota="NOTA")
    assert counted.winners == ()
    assert "None of the above won" in " ".join(counted.notes)


def test_a_seat_won_by_none_of_the_above_stays_empty() -> None:
    counted = count(a_profile({"NOTA": 5, "A": 4, "B": 1}), rule="stv", seats=2, nota="NOTA")
    assert counted.winners == ("A",)
    assert "stays empty" in " ".join(counted.notes)


def test_no_choice_behind_none_of_the_above_is_elected() -> None:
    counted = count(a_profile({"A": 5, "NOTA": 4, "B": 3}), rule="plurality", seats=3, nota="NOTA")
    assert counted.winners == ("A",)


def test_the_lot_is_the_published_hash() -> None:
    expected = sorted("ABCD", key=lambda choice: sha256(f"seed\n{choice}".encode()).hexdigest())
    assert lot_order("DCBA", seed="seed") == tuple(expected)
    assert count(a_profile({"A": 1, "B": 1, "C": 1, "D": 1}), rule="plurality", seed="seed").winners == (expected[0],)


def test_a_tie_for_a_seat_is_shown_with_its_lot_and_the_ranking_keeps_it() -> None:
    counted = count(a_profile({"A": 3, "B": 2, "C": 2, "D": 1}), rule="plurality", seats=2, seed="x")
    tie = counted.ties[0]
    assert counted.ranking == (("A",), ("B", "C"), ("D",))
    assert (tie.over, tie.tied, tie.by, tie.seed) == ("seat", ("B", "C"), "lot", "x")
    assert counted.winners == ("A", tie.lot[0])


def test_a_tie_that_decides_nothing_is_not_drawn() -> None:
    assert count(a_profile({"A": 3, "B": 2, "C": 2}), rule="plurality").ties == ()


def test_other_seeds_break_the_same_tie_otherwise() -> None:
    tied = a_profile({"A": 1, "B": 1})
    assert {count(tied, rule="irv", seed=str(seed)).winners for seed in range(20)} == {("A",), ("B",)}


def test_last_place_is_broken_by_the_earlier_round_first() -> None:
    run_off = count(a_profile({"A": 7, "B": 5, "C": 4, "D>C": 1}), rule="irv")
    assert run_off.rounds[1].eliminated == ("C",)
    assert run_off.ties[0].by == "round 1"


def test_last_place_is_broken_by_the_duel_next() -> None:
    counted = count(a_profile({"A>B": 5, "B": 3, "C": 3}), rule="irv")
    assert counted.rounds[0].eliminated == ("C",)
    assert counted.ties[0].by == "duels among the tied"


def test_those_tied_for_last_leave_one_at_a_time() -> None:
    # Dropping B and E together would leave A against C and elect A; any order of one at a time elects C.
    ballots = {"A>C": 5, "A>D>E>C": 5, "B>E>D>A": 8, "C": 12, "D>C>E": 7, "E>B>A>D": 8}
    counted = count(a_profile(ballots), rule="irv")
    assert all(len(stage.eliminated) <= 1 for stage in counted.rounds)
    assert counted.winners == ("C",)


def test_scottish_ties_look_at_the_most_recent_earlier_stage() -> None:
    counted = count(a_profile({"A": 9, "B": 4, "C": 3, "D>C": 1}), rule="stv", seats=2)
    tie = counted.ties[-1]
    assert (tie.tied, tie.chosen, tie.by) == (("B", "C"), "C", "round 2")


def test_of_two_surpluses_the_larger_leaves_first() -> None:
    counted = count(a_profile({"B>C": 9, "A>D": 6, "A>E": 6, "C": 1, "D": 1, "E": 1}), rule="stv", seats=3)
    assert counted.rounds[0].elected == ("A", "B")
    assert [{transfer.source for transfer in stage.transfers} for stage in counted.rounds[:2]] == [{"A"}, {"B"}]


def test_a_lot_never_needed_leaves_no_trace() -> None:
    assert count(a_profile({"A>B": 2, "B>A": 1}), rule="ranked-pairs").ties == ()


def test_equal_pairs_are_recorded_only_where_their_order_mattered() -> None:
    circle = count(a_profile({"A>B>C": 1, "B>C>A": 1, "C>A>B": 1}), rule="ranked-pairs", seed="s")
    assert circle.ties[0].over == "order of pairs"
    assert len(circle.ties[0].pairs) == 3
    assert circle.ties[0].lot == lot_order("ABC", seed="s")
    harmless = count(a_profile({"A>B>C": 1}), rule="ranked-pairs")
    assert harmless.ties == ()


@pytest.mark.parametrize(("unranked", "votes"), [("last", (3, 2)), ("no-opinion", (0, 2))])
def test_unranked_is_last_or_no_opinion(unranked: str, votes: tuple[int, int]) -> None:
    matrix = count(a_profile({"A": 3, "B>A": 2}), rule="condorcet", unranked=unranked).pairwise  # type: ignore[arg-type]
    assert matrix
    assert (matrix.prefer("A", "B"), matrix.prefer("B", "A")) == votes


def test_winning_votes_and_margins_may_elect_differently() -> None:
    ballots = a_profile({"A>B": 35, "B>C": 33, "C>A": 20, "C": 5, "B=C=A": 1})
    by_votes = count(ballots, rule="minimax", strength="winning-votes")
    by_margins = count(ballots, rule="minimax", strength="margins")
    assert by_votes.rules["defeat_strength"] == "winning votes"
    assert by_margins.rules["defeat_strength"] == "margins"
    assert by_votes.rounds[0].tally != by_margins.rounds[0].tally


def test_an_overvote_exhausts_the_ballot_unless_one_of_its_choices_is_left() -> None:
    counted = count(a_profile({"A": 5, "B": 4, "C>A=B": 2, "D>C=A": 1}), rule="irv")
    assert [stage.eliminated for stage in counted.rounds] == [("D",), ("C",), ()]
    assert [stage.exhausted for stage in counted.rounds] == [0, 1, 3]
    one_left = count(a_profile({"A": 5, "B": 6, "C": 2, "D>C=A": 3}), rule="irv")
    assert one_left.rounds[-1].tally == {"A": 8, "B": 6}


def test_two_firsts_are_an_overvote_under_plurality() -> None:
    counted = count(a_profile({"A=B": 3, "A": 1}), rule="plurality")
    assert counted.rounds[0].tally == {"A": 1, "B": 0}
    assert counted.rounds[0].exhausted == 3


def test_nobody_is_elected_without_a_vote() -> None:
    assert count(a_profile({"A": 3}, choices="ABC"), rule="plurality", seats=2).winners == ("A",)


def test_approval_reads_marks_and_scores_above_zero() -> None:
    assert count(a_profile({"A=B": 3, "B": 1}), rule="approval").rounds[0].tally == {"A": 3, "B": 4}
    assert count(SCORED, rule="approval").rounds[0].tally == {"A": 3, "B": 5, "C": 2}
    assert count(a_score_profile([[1, 0], [1, 1]]), rule="approval").rounds[0].tally == {0: 2, 1: 1}


def test_approval_is_refused_where_every_ballot_ranks_everything() -> None:
    with pytest.raises(CountingError, match="where approval ends"):
        count(a_profile({"A>B": 1, "B>A": 2}), rule="approval")


@pytest.mark.parametrize("rule", ["score", "star"])
def test_rankings_are_refused_where_scores_are_needed(rule: str) -> None:
    with pytest.raises(CountingError, match="needs scores, and 2 of"):
        count(a_profile({"A>B": 2}), rule=rule)


def test_scores_become_means_where_unscored_is_no_opinion() -> None:
    few_fans = Profile.of({Ballot.scoring({"A": 5}): 1, Ballot.scoring({"B": 4}): 3})
    assert count(few_fans, rule="score").winners == ("B",)
    assert count(few_fans, rule="score", unranked="no-opinion").winners == ("A",)


def test_star_breaks_ties_by_the_published_protocol() -> None:
    # A and B have 8 points each; A beats B in the duel, C has fewer.
    rows = [[4, 3, 0], [4, 3, 0], [0, 2, 3]]
    counted = count(a_score_profile(rows), rule="star")
    assert counted.winners == (0,)
    assert (counted.ties[0].by, counted.ties[0].chosen) == ("fewest duels lost among the tied", 0)


def test_star_looks_at_the_highest_scores_where_duels_are_tied_too() -> None:
    # A and C have 7 points each and beat each other once; A alone has a 4, the highest score that anybody gave.
    counted = count(a_score_profile([[2, 1, 3], [1, 0, 1], [4, 4, 3]]), rule="star")
    assert counted.winners == (0,)
    assert [(tie.over, tie.by, tie.chosen) for tie in counted.ties] == [
        ("place in the run-off", "most highest scores", 0),
        ("run-off", "most highest scores", 0),
    ]


def test_bloc_star_fills_several_seats() -> None:
    rows = [[5, 4, 0, 0]] * 3 + [[0, 0, 5, 4]] * 2
    assert count(a_score_profile(rows), rule="star", seats=2).winners == (0, 1)


@pytest.mark.parametrize("rule", ["irv", "condorcet"])
def test_rules_for_one_seat_refuse_several(rule: str) -> None:
    with pytest.raises(CountingError, match="use stv"):
        count(a_profile({"A": 1}), rule=rule, seats=2)


@pytest.mark.parametrize(
    "asked",
    [
        {"rule": "dictator"},
        {"rule": "irv", "seats": 0},
        {"rule": "irv", "unranked": "first"},
        {"rule": "irv", "strength": "luck"},
        {"rule": "irv", "nota": "Z"},
    ],
)
def test_what_cannot_be_counted_is_refused_in_a_sentence(asked: dict[str, object]) -> None:
    with pytest.raises(CountingError, match=r"^[A-Z].*\.$"):
        count(a_profile({"A": 1}), **asked)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("ballots", "says"),
    [
        ({(("A",), ("A",)): 1}, "twice"),
        ({(("A",), ("Z",)): 1}, "not on the list"),
        ({(("A",),): -1}, "at least 0"),
        ({(("A",),): True}, "whole number"),
        ({Ballot((("A",),), (("B", 1),)): 1}, "does not rank"),
        ({Ballot.scoring({"A": -1}): 1}, "at least 0"),
        ({("A", "B"): 1}, "made of groups"),
    ],
)
def test_impossible_ballots_are_refused(ballots: dict[Ballot, int], says: str) -> None:
    with pytest.raises(CountingError, match=says):
        Profile.of(ballots, choices="AB")


def test_identical_ballots_are_merged() -> None:
    profile = Profile.of({a_ranking("A>B=C"): 2, a_ranking("A>C=B"): 3, (("A",), (), ("B", "C")): 1})
    assert list(profile.weights.values()) == [6]


def test_scores_alone_name_the_choices_and_make_the_ranking() -> None:
    assert Profile.of({Ballot(scores=(("A", 1), ("B", 2))): 1}) == Profile.of({Ballot.scoring({"B": 2, "A": 1}): 1})


def test_choices_of_the_same_name_stay_apart_in_json() -> None:
    written = portrait(count(Profile.of({((1,), (2,)): 1}), rule="irv"), {1: "Sam", 2: "Sam"})
    assert written["rounds"][0]["tally"] == {"Sam (1)": 1, "Sam (2)": 0}


def test_a_counter_of_ballots_is_a_profile() -> None:
    cast = Counter([a_ranking("A>B"), a_ranking("A>B"), a_ranking("B")])
    assert count(cast, rule="irv").rounds[0].tally == {"A": 2, "B": 1}


def test_other_rules_are_shown_beside_the_deciding_one() -> None:
    comparison = compare(SCORED, rule="star")
    assert comparison.deciding.rule == "star"
    assert set(comparison.others) == set(RULES) - {"star"}
    agreed = compare(a_profile({"A>B": 3, "B>A": 1}), rule="irv")
    assert not agreed.disagree
    assert set(agreed.others) == set(RULES) - {"irv", "approval", "score", "star"}


def test_copeland_counts_a_tied_duel_as_half() -> None:
    counted = count(a_profile({"A>B>C": 1, "B>A>C": 1}), rule="condorcet")
    assert portrait(counted)["rounds"][0]["tally"] == {"A": "1.5", "B": "1.5", "C": 0}
    assert counted.ranking == (("A", "B"), ("C",))
