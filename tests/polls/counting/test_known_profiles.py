"""Profiles with published results. Each test names its source."""

from fractions import Fraction

import pytest

from polls.counting import Profile, compare, count
from polls.counting.lots import lot_order
from polls.counting.pairwise import Defeat, Pairwise, Unranked
from polls.counting.ranked_pairs import lock_pairs
from polls.counting.schulze import strongest_paths
from tests.polls.counting.builders import KNOWN, a_profile, a_score_profile, order

TENNESSEE = a_profile(KNOWN["tennessee"]["ballots"], choices="MNCK")
SCHULZE_45 = a_profile(KNOWN["schulze_45"]["ballots"])
FIVE_RULES = a_profile(KNOWN["five_rules_921"]["ballots"])

# Burlington, Vermont, mayor 2009, condensed to the three who mattered; W. D. Smith, rangevoting.org/Burlington.html.
BURLINGTON = a_profile(
    {
        "M>K>W": 1332,
        "M>W>K": 767,
        "M": 455,
        "K>M>W": 2043,
        "K>W>M": 371,
        "K": 568,
        "W>M>K": 1513,
        "W>K>M": 495,
        "W": 1289,
    }
)
# Alaska, special election for Congress, August 2022; A. Graham-Squire and D. McCune, arXiv 2209.04764.
ALASKA = a_profile(
    {
        "Begich>Palin>Peltola": 27053,
        "Begich>Peltola>Palin": 15467,
        "Begich": 11290,
        "Palin>Begich>Peltola": 34049,
        "Palin>Peltola>Begich": 3652,
        "Palin": 21272,
        "Peltola>Begich>Palin": 47407,
        "Peltola>Palin>Begich": 4645,
        "Peltola": 23747,
    }
)
# J.-C. de Borda, Mémoire sur les élections au scrutin, read 1770, printed 1784: 21 voters.
BORDA_1770 = a_profile({"A>B>C": 1, "A>C>B": 7, "B>C>A": 7, "C>B>A": 6})
# M. de Condorcet, Essai (1785): 60 voters in a circle, and 81 voters against Borda's rule.
CONDORCET_60 = a_profile({"A>B>C": 23, "B>C>A": 17, "B>A>C": 2, "C>A>B": 10, "C>B>A": 8})
CONDORCET_81 = a_profile({"A>B>C": 30, "A>C>B": 1, "B>A>C": 29, "B>C>A": 10, "C>A>B": 10, "C>B>A": 1})
# Wikipedia, "Single transferable vote", the food for a party of 20: three of five to be chosen.
PARTY_FOOD = a_profile(
    {
        "Orange": 4,
        "Pear>Orange": 2,
        "Chocolate>Strawberry": 8,
        "Chocolate>Sweets": 4,
        "Strawberry": 1,
        "Sweets": 1,
    }
)
# J. Malkevitch, The Mathematical Theory of Elections, Annals of the New York Academy of Sciences 607 (1990): 55 voters.
MALKEVITCH_55 = a_profile(
    {"A>D>E>C>B": 18, "B>E>D>C>A": 12, "C>B>E>D>A": 10, "D>C>E>B>A": 9, "E>B>D>C>A": 4, "E>C>D>B>A": 2}
)
# M. Schulze, A new monotonic, clone-independent … method, Social Choice and Welfare 36 (2011), example 1: 21 voters.
SCHULZE_21 = a_profile({"A>C>D>B": 8, "B>A>D>C": 2, "C>D>B>A": 4, "D>B>A>C": 4, "D>C>B>A": 3})
# D. G. Saari, Basic Geometry of Voting (1995): 15 guests choose one drink for all.
SAARI_15 = a_profile({"Milk>Wine>Beer": 6, "Beer>Wine>Milk": 5, "Wine>Beer>Milk": 4})
# P. C. Fishburn and S. J. Brams, Paradoxes of Preferential Voting, Mathematics Magazine 56 (1983): two stay at home.
NO_SHOW = {"A>B>C": 417, "A>C>B": 82, "B>A>C": 143, "B>C>A": 357, "C>A>B": 285, "C>B>A": 324}
# Wikipedia, "Monotonicity criterion": ten voters raise A to the first place, and A loses by it.
MORE_IS_LESS = {"A>B>C": 39, "B>C>A": 35, "C>A>B": 26}
# Wikipedia, "Counting single transferable votes", Droop quota: 57 voters, two seats.
ANDREA_57 = a_profile(
    {
        "Andrea>Brad>Carter>Delilah": 16,
        "Andrea>Carter>Brad>Delilah": 24,
        "Delilah>Andrea>Brad>Carter": 17,
    }
)


@pytest.mark.parametrize(
    ("rule", "winner"),
    [
        ("plurality", "M"),
        ("irv", "K"),
        ("condorcet", "N"),
        ("borda", "N"),
        ("schulze", "N"),
        ("ranked-pairs", "N"),
        ("minimax", "N"),
    ],
)
def test_the_capital_of_tennessee_depends_on_the_rule(rule: str, winner: str) -> None:
    assert count(TENNESSEE, rule=rule).winners == (winner,)


def test_the_run_off_for_tennessee_goes_as_published() -> None:
    rounds = count(TENNESSEE, rule="irv").rounds
    assert [dict(stage.tally) for stage in rounds] == KNOWN["tennessee"]["instant_runoff_rounds"]
    assert [stage.eliminated for stage in rounds] == [("C",), ("N",), ()]
    assert rounds[-1].elected == ("K",)


def test_borda_points_and_copeland_duels_for_tennessee() -> None:
    assert count(TENNESSEE, rule="borda").rounds[0].tally == KNOWN["tennessee"]["borda"]
    assert count(TENNESSEE, rule="condorcet").rounds[0].tally == KNOWN["tennessee"]["copeland"]


@pytest.mark.parametrize(
    ("unranked", "points"),
    [
        # Twice (3, 1½, 1½, 0), once (2, ½, ½, 3): equals share their places, and the unranked the last ones.
        ("last", {"A": 8, "B": Fraction(7, 2), "C": Fraction(7, 2), "D": 3}),
        # Twice (2, ½, ½, -), once (0, -, -, 1): the unranked neither give nor get.
        ("no-opinion", {"A": 4, "B": 1, "C": 1, "D": 1}),
    ],
)
def test_borda_points_where_choices_are_equal_or_left_out(
    unranked: Unranked, points: dict[str, int | Fraction]
) -> None:
    profile = a_profile({"A>B=C": 2, "D>A": 1}, choices="ABCD")
    assert count(profile, rule="borda", unranked=unranked).rounds[0].tally == points


def test_what_makes_a_defeat_the_stronger_one() -> None:
    """With winning votes the votes, and then the fewer against; with margins the difference alone."""
    many, few, lone = Defeat("A", "B", 6, 5), Defeat("A", "C", 6, 2), Defeat("B", "C", 5, 0)
    assert sorted([lone, few, many], key=lambda defeat: defeat.key("winning-votes")) == [lone, many, few]
    assert sorted([few, lone, many], key=lambda defeat: defeat.key("margins")) == [many, few, lone]
    assert Defeat("A", "B", 4, 1).key("margins") == Defeat("B", "C", 7, 4).key("margins")


@pytest.mark.parametrize("seed", ["one", "two", "three"])
def test_equally_strong_pairs_are_taken_by_the_earlier_winner_and_then_by_the_later_loser(seed: str) -> None:
    lot = lot_order("ABC", seed=seed)
    circle = count(a_profile({"A>B>C": 1, "B>C>A": 1, "C>A>B": 1}), rule="ranked-pairs", seed=seed)
    assert [winner for winner, _loser in circle.ties[0].pairs] == list(lot)
    one_winner = count(a_profile({"A>B=C": 1}), rule="ranked-pairs", seed=seed)
    assert [tuple(stage.tally) for stage in one_winner.rounds] == [("A", loser) for loser in lot[::-1] if loser != "A"]


def test_rules_on_tennessee_disagree_and_say_which() -> None:
    comparison = compare(TENNESSEE, rule="irv")
    assert comparison.disagree
    assert set(comparison.dissenting) == {"plurality", "borda", "condorcet", "ranked-pairs", "schulze", "minimax"}


def test_schulzes_own_example_of_45_voters() -> None:
    known = KNOWN["schulze_45"]
    assert count(SCHULZE_45, rule="schulze").ranking == order(known["schulze_ranking"])
    assert count(SCHULZE_45, rule="ranked-pairs").ranking == order(known["ranked_pairs_ranking"])
    run_off = count(SCHULZE_45, rule="irv")
    assert run_off.winners == ("C",)
    assert run_off.rounds[-1].tally == {"C": 24, "E": 21}


def test_schulzes_own_example_has_the_published_strongest_paths() -> None:
    paths = strongest_paths(count(SCHULZE_45, rule="schulze").pairwise).sizes()  # type: ignore[arg-type]
    assert paths.votes == (
        (0, 28, 28, 30, 24),
        (25, 0, 28, 33, 24),
        (25, 29, 0, 29, 24),
        (25, 28, 28, 0, 24),
        (25, 28, 28, 31, 0),
    )


@pytest.mark.parametrize(("rule", "winner"), [("plurality", "B"), ("irv", "D"), ("borda", "A")])
def test_legrands_921_voters(rule: str, winner: str) -> None:
    assert count(FIVE_RULES, rule=rule).winners == (winner,)


def test_legrands_921_voters_ranked_by_duels() -> None:
    known = KNOWN["five_rules_921"]
    assert count(FIVE_RULES, rule="schulze").ranking == order(known["schulze_ranking"])
    assert count(FIVE_RULES, rule="ranked-pairs").ranking == order(known["ranked_pairs_ranking"])
    assert sorted(count(FIVE_RULES, rule="irv").rounds[-1].tally.values()) == [312, 609]


def test_the_debian_leader_of_2020_from_the_published_matrix() -> None:
    known = KNOWN["dpl_2020"]["pairwise"]
    names = ("NOTA", "Gupta", "Chandran", "Carter")
    votes = {}
    for pair, (wins, losses) in known.items():
        one, other = pair.split(">")
        votes[one, other], votes[other, one] = wins, losses
    matrix = Pairwise(names, tuple(tuple(votes.get((one, other), 0) for other in names) for one in names))
    ranking = order(KNOWN["dpl_2020"]["schulze_ranking"])
    assert strongest_paths(matrix).ranking() == ranking
    assert lock_pairs(matrix).ranking() == ranking
    assert matrix.condorcet_winner() == "Carter"


def test_the_published_star_example() -> None:
    known = KNOWN["star_10"]
    counted = count(a_score_profile(known["scores"]), rule="star")
    assert list(counted.rounds[0].tally.values()) == known["totals"]
    assert counted.winners == (known["runoff"]["winner"],)
    assert counted.rounds[1].tally == dict(zip((0, 2), known["runoff"]["votes"], strict=True))


def test_burlington_elected_kiss_though_montroll_beat_everyone() -> None:
    run_off = count(BURLINGTON, rule="irv")
    assert run_off.winners == ("K",)
    assert run_off.rounds[-1].tally == {"K": 4314, "W": 4064}
    duels = count(BURLINGTON, rule="condorcet")
    assert duels.winners == ("M",)
    assert duels.pairwise
    assert (duels.pairwise.prefer("M", "K"), duels.pairwise.prefer("K", "M")) == (4067, 3477)
    assert (duels.pairwise.prefer("M", "W"), duels.pairwise.prefer("W", "M")) == (4597, 3668)
    assert count(BURLINGTON, rule="plurality").winners == ("W",)


def test_alaska_elected_peltola_though_begich_beat_everyone() -> None:
    run_off = count(ALASKA, rule="irv")
    assert run_off.rounds[0].tally == {"Begich": 53810, "Palin": 58973, "Peltola": 75799}
    assert run_off.rounds[1].tally == {"Palin": 86026, "Peltola": 91266}
    assert run_off.rounds[1].exhausted == 11290
    duels = count(ALASKA, rule="condorcet")
    assert duels.winners == ("Begich",)
    assert duels.pairwise
    assert (duels.pairwise.prefer("Begich", "Peltola"), duels.pairwise.prefer("Begich", "Palin")) == (87859, 101217)


def test_bordas_21_voters_turn_plurality_upside_down() -> None:
    assert count(BORDA_1770, rule="plurality").ranking == order("A>B>C")
    by_points = count(BORDA_1770, rule="borda")
    assert by_points.ranking == order("C>B>A")
    # Borda gave 3, 2 and 1; ours are 2, 1 and 0, so 21 fewer for each.
    assert {choice: points + 21 for choice, points in by_points.rounds[0].tally.items()} == {"A": 37, "B": 42, "C": 47}


@pytest.mark.parametrize("rule", ["schulze", "ranked-pairs", "minimax"])
def test_condorcets_60_voters_go_in_a_circle_and_the_weakest_duel_is_dropped(rule: str) -> None:
    assert count(CONDORCET_60, rule="condorcet").winners == ()
    assert count(CONDORCET_60, rule=rule).winners == ("B",)


def test_condorcets_81_voters_against_borda() -> None:
    assert count(CONDORCET_81, rule="condorcet").winners == ("A",)
    assert count(CONDORCET_81, rule="borda").rounds[0].tally == {"A": 101, "B": 109, "C": 33}


def test_the_party_food_of_the_encyclopedia() -> None:
    counted = count(PARTY_FOOD, rule="stv", seats=3)
    assert set(counted.winners) == {"Chocolate", "Orange", "Strawberry"}
    assert counted.rounds[1].tally == {"Orange": 4, "Pear": 2, "Chocolate": 6, "Strawberry": 5, "Sweets": 3}
    assert [stage.eliminated for stage in counted.rounds] == [(), ("Pear",), ("Sweets",), ()]


@pytest.mark.parametrize(
    ("rule", "winner"),
    [
        ("plurality", "A"),
        ("irv", "C"),
        ("borda", "D"),
        ("condorcet", "E"),
        ("schulze", "E"),
        ("ranked-pairs", "E"),
        ("minimax", "E"),
    ],
)
def test_malkevitchs_55_voters_have_a_winner_for_every_taste(rule: str, winner: str) -> None:
    assert count(MALKEVITCH_55, rule=rule).winners == (winner,)


def test_schulzes_21_voters_have_the_published_duels_and_winner() -> None:
    counted = count(SCHULZE_21, rule="schulze")
    duels = counted.pairwise
    assert duels
    published = {"AB": 8, "AC": 14, "AD": 10, "BC": 6, "BD": 2, "CD": 12, "BA": 13, "CA": 7, "DA": 11, "CB": 15}
    assert {pair: duels.prefer(*pair) for pair in published} == published
    assert count(SCHULZE_21, rule="condorcet").winners == ()
    assert counted.winners == ("D",)


@pytest.mark.parametrize(("rule", "winner"), [("plurality", "Milk"), ("irv", "Beer"), ("condorcet", "Wine")])
def test_saaris_15_guests_drink_what_the_rule_likes(rule: str, winner: str) -> None:
    assert count(SAARI_15, rule=rule).winners == (winner,)


def test_saaris_guests_turned_upside_down_by_points() -> None:
    assert count(SAARI_15, rule="plurality").ranking == order("Milk>Beer>Wine")
    by_points = count(SAARI_15, rule="borda")
    assert by_points.ranking == order("Wine>Beer>Milk")
    assert by_points.rounds[0].tally == {"Wine": 19, "Beer": 14, "Milk": 12}


def test_two_voters_help_their_first_choice_by_staying_at_home() -> None:
    run_off = count(a_profile(NO_SHOW), rule="irv")
    assert run_off.winners == ("B",)
    assert run_off.rounds[-1].tally == {"B": 917, "C": 691}
    with_the_two = count(a_profile(NO_SHOW | {"A>B>C": 419}), rule="irv")
    assert with_the_two.winners == ("C",), "the last choice of the two"
    assert with_the_two.rounds[-1].tally == {"A": 644, "C": 966}


def test_more_first_choices_can_lose_a_run_off() -> None:
    assert count(a_profile(MORE_IS_LESS), rule="irv").winners == ("A",)
    raised = a_profile(MORE_IS_LESS | {"A>B>C": 49, "B>C>A": 25})
    assert count(raised, rule="irv").winners == ("C",)
    assert count(raised, rule="borda").winners == ("A",)


def test_andreas_surplus_seats_carter() -> None:
    counted = count(ANDREA_57, rule="stv", seats=2)
    first, second, third, *_ = counted.rounds
    assert (first.tally["Andrea"], first.tally["Delilah"]) == (40, 17)
    assert first.elected == ("Andrea",)
    assert second.tally == {"Andrea": 20, "Brad": 8, "Carter": 12, "Delilah": 17}
    assert second.eliminated == ("Brad",)
    assert third.tally["Carter"] == 20
    assert counted.winners == ("Andrea", "Carter")


def test_a_ward_counted_by_hand_after_the_scottish_order() -> None:
    # 100 papers, 2 seats, quota 34. A has 67: surplus 33. 40 papers go to B, 20 to C, 7 name nobody else.
    # 33 x 1 / 67 = 0.49253|7, cut off: B gets 40 x 0.49253 = 19.7012, C 9.8506, 7 x 0.49253 = 3.44771 are exhausted.
    ward = a_profile({"A>B": 40, "A>C": 20, "A": 7, "B": 10, "C": 13, "D>B": 10})
    counted = count(ward, rule="stv", seats=2)
    second = counted.rounds[1]
    hundred_thousandth = Fraction(1, 100_000)
    assert second.tally == {
        "A": 34,
        "B": 10 + 1970120 * hundred_thousandth,
        "C": 13 + 985060 * hundred_thousandth,
        "D": 10,
    }
    assert second.exhausted == 344771 * hundred_thousandth
    assert second.lost == 33 - 3299951 * hundred_thousandth
    assert second.eliminated == ("D",)
    assert counted.rounds[2].tally["B"] == 20 + 1970120 * hundred_thousandth
    assert counted.winners == ("A", "B")


def test_a_perfect_circle_is_a_tie_for_every_rule_of_duels() -> None:
    circle = a_profile({"A>B>C": 1, "B>C>A": 1, "C>A>B": 1})
    for rule in ("schulze", "minimax", "borda"):
        assert count(circle, rule=rule, seed="s").ranking == (("A", "B", "C"),)
    assert count(circle, rule="condorcet").winners == ()


def test_a_profile_may_be_a_plain_mapping_of_rankings() -> None:
    same = Profile.of({(("A",), ("B",)): 2, (("B",),): 1})
    assert count({(("A",), ("B",)): 2, (("B",),): 1}, rule="irv") == count(same, rule="irv")
