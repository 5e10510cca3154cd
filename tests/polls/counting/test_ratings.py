from fractions import Fraction

import pytest

from polls.counting import Ballot, Profile, rate, rate_choices


def test_mean_median_and_distribution_are_exact() -> None:
    rating = rate({1: 1, 4: 1, 5: 1}, lowest=1, highest=5)
    assert (rating.answers, rating.mean, rating.median) == (3, Fraction(10, 3), 4)
    assert rating.distribution == ((1, 1), (2, 0), (3, 0), (4, 1), (5, 1))


def test_the_median_of_an_even_number_lies_between_the_middle_two() -> None:
    assert rate({1: 1, 2: 1}, lowest=1, highest=5).median == Fraction(3, 2)
    assert rate({1: 1, 3: 1}, lowest=1, highest=5).median == 2


def test_nps_is_promoters_less_detractors() -> None:
    assert rate({10: 3, 9: 2, 8: 3, 6: 1, 0: 1}, lowest=0, highest=10).nps == 30
    assert rate({5: 1}, lowest=1, highest=5).nps is None
    assert rate({9: 1}, lowest=1, highest=10).nps is None


def test_no_answers_have_no_mean() -> None:
    rating = rate({}, lowest=0, highest=10)
    assert (rating.answers, rating.mean, rating.median, rating.nps) == (0, None, None, None)


def test_scores_off_the_scale_are_refused() -> None:
    with pytest.raises(ValueError, match="from 1 to 5"):
        rate({6: 1}, lowest=1, highest=5)
    with pytest.raises(ValueError, match="counts of at least 0"):
        rate({5: -1}, lowest=1, highest=5)


def test_each_choice_is_rated_by_those_who_score_it() -> None:
    profile = Profile.of({Ballot.scoring({"A": 5, "B": 1}): 1, Ballot.scoring({"A": 4}): 1})
    ratings = rate_choices(profile, lowest=0, highest=5)
    assert (ratings["A"].mean, ratings["B"].answers) == (Fraction(9, 2), 1)
