"""Our counts against votelib 0.4, which shares no code with ours, on thousands of random elections without ties.

`make audit` holds all of them, each run of the tests the first fifth.
"""

import random
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

import pytest

from polls.counting import Ballot, Profile, Ranking, count
from polls.counting.pairwise import Unranked, matrix_of
from polls.counting.schulze import strongest_paths

convert = pytest.importorskip("votelib.convert")
condorcet = pytest.importorskip("votelib.evaluate.condorcet")
sequential = pytest.importorskip("votelib.evaluate.sequential")
cardinal = pytest.importorskip("votelib.evaluate.cardinal")
rankscore = pytest.importorskip("votelib.component.rankscore")

type Votes = dict[Any, int]


@pytest.fixture(params=[Fraction(1, 5), pytest.param(Fraction(1), marks=pytest.mark.wide)], ids=["some", "all"])
def share(request: pytest.FixtureRequest) -> Fraction:
    """How many of the elections are held."""
    found: Fraction = request.param
    return found


def random_elections(number: Fraction, *, seed: int, equals: bool = False, complete: bool = False) -> Iterator[Profile]:
    """Small elections, with truncated rankings unless `complete`. votelib knows only choices that somebody ranks."""
    draw = random.Random(seed)
    left = int(number)
    while left:
        choices = "ABCDEF"[: draw.randint(3, 6)]
        weights: dict[Ranking, int] = {}
        for _ in range(draw.randint(3, 12)):
            ranked = draw.sample(choices, len(choices) if complete else draw.randint(1, len(choices)))
            weights[_grouped(ranked, draw) if equals else tuple((c,) for c in ranked)] = draw.randint(1, 999)
        if {choice for ranking in weights for group in ranking for choice in group} == set(choices):
            left -= 1
            yield Profile.of(weights, choices=choices)


def _grouped(ranked: list[str], draw: random.Random) -> Ranking:
    groups: list[list[str]] = []
    for choice in ranked:
        if groups and draw.random() < 0.25:
            groups[-1].append(choice)
        else:
            groups.append([choice])
    return tuple(tuple(group) for group in groups)


def as_votes(profile: Profile) -> Votes:
    return {
        tuple(group[0] if len(group) == 1 else frozenset(group) for group in ranking): weight
        for ranking, weight in profile.rankings().items()
    }


def duels(profile: Profile, unranked: Unranked = "last") -> Votes:
    found: Votes = convert.RankedToCondorcetVotes(unranked_at_bottom=unranked == "last").convert(as_votes(profile))
    # votelib overlooks pairs that it never counted, so that a choice which nobody ranks lower would go missing.
    return {
        (one, other): found.get((one, other), 0) for one in profile.choices for other in profile.choices if one != other
    }


@pytest.mark.parametrize("unranked", ["last", "no-opinion"])
def test_duels(unranked: Unranked, share: Fraction) -> None:
    for profile in random_elections(share * 1000, seed=1, equals=True):
        matrix = matrix_of(profile, unranked=unranked)
        theirs = duels(profile, unranked)
        for one in profile.choices:
            for other in profile.choices:
                assert matrix.prefer(one, other) == theirs.get((one, other), 0) or one == other


def test_schulze(share: Fraction) -> None:
    compared = 0
    for profile in random_elections(share * 1500, seed=2, equals=True):
        theirs = condorcet.Schulze.widest_paths(duels(profile))
        paths = strongest_paths(matrix_of(profile, unranked="last")).sizes()
        assert all(paths.prefer(one, other) == size for (one, other), size in theirs.items())
        for one in profile.choices:
            if all(theirs[one, other] > theirs[other, one] for other in profile.choices if other != one):
                compared += 1
                assert count(profile, rule="schulze").winners == (one,)
    assert compared > share * 1200


def test_minimax(share: Fraction) -> None:
    compared = 0
    for profile in random_elections(share * 1500, seed=2, equals=True):
        counted = count(profile, rule="minimax")
        if not counted.ties:
            compared += 1
            assert list(counted.winners) == condorcet.MinimaxCondorcet().evaluate(duels(profile), 1)
    assert compared > share * 1200


def test_ranked_pairs(share: Fraction) -> None:
    compared = 0
    for profile in random_elections(share * 2500, seed=3, complete=True):
        votes = duels(profile)
        sizes = [max(votes[one, other], votes[other, one]) for one, other in votes if one < other]
        tied = any(votes[one, other] == votes[other, one] for one, other in votes)
        if not tied and len(set(sizes)) == len(sizes):
            compared += 1
            theirs = condorcet.RankedPairs().evaluate(votes, len(profile.choices))
            assert [group[0] for group in count(profile, rule="ranked-pairs").ranking] == theirs
    assert compared > share * 900


def test_condorcet_winner_and_copeland(share: Fraction) -> None:
    for profile in random_elections(share * 1000, seed=4, equals=True):
        assert list(count(profile, rule="condorcet").winners) == condorcet.CondorcetWinner().evaluate(duels(profile))


def test_smith_set(share: Fraction) -> None:
    for profile in random_elections(share * 1000, seed=5, equals=True):
        theirs = condorcet.SmithSet().evaluate(duels(profile))
        assert set(count(profile, rule="condorcet").ranking[0]) == set(theirs)


def test_instant_run_off(share: Fraction) -> None:
    _same_winners("irv", share, seats=lambda profile: 1)


def test_single_transferable_vote(share: Fraction) -> None:
    # votelib cuts nothing off behind the fifth decimal; no random election here is as close as that.
    _same_winners("stv", share, seats=lambda profile: len(profile.choices) // 2)


def _same_winners(rule: str, share: Fraction, *, seats: Callable[[Profile], int]) -> None:
    # Complete rankings only: votelib mistakes the pile of exhausted ballots for a candidate that could be eliminated.
    evaluator = sequential.TransferableVoteSelector(quota_function="droop", transferer="Gregory")
    compared = 0
    for profile in random_elections(share * 2000, seed=6, complete=True):
        counted = count(profile, rule=rule, seats=seats(profile))
        if counted.ties:
            continue
        try:
            theirs = evaluator.evaluate(as_votes(profile), seats(profile))
        except NotImplementedError:  # its way to say "tie"
            continue
        compared += 1
        assert set(counted.winners) == set(theirs)
    assert compared > share * 1500


def test_instant_run_off_with_exhausted_ballots_against_a_recount_from_scratch(share: Fraction) -> None:
    for profile in random_elections(share * 1000, seed=9):
        counted = count(profile, rule="irv")
        for stage in counted.rounds:
            assert stage.tally == _first_choices(profile, set(stage.tally))
            assert sum(stage.tally.values()) + stage.exhausted == profile.ballots
            assert all(stage.tally[choice] == min(stage.tally.values()) for choice in stage.eliminated)
        last = counted.rounds[-1].tally
        assert 2 * last[counted.winners[0]] > sum(last.values())


def _first_choices(profile: Profile, continuing: set[Any]) -> Votes:
    tally = dict.fromkeys(continuing, 0)
    for ranking, weight in profile.rankings().items():
        left = [group[0] for group in ranking if group[0] in continuing]
        if left:
            tally[left[0]] += weight
    return tally


def test_borda(share: Fraction) -> None:
    for profile in random_elections(share * 300, seed=7):
        complete = {ranking: n for ranking, n in profile.rankings().items() if len(ranking) == len(profile.choices)}
        if not complete:
            continue
        whole = Profile.of(complete, choices=profile.choices)
        scorer = rankscore.Borda(base=0)
        theirs = convert.RankedToPositionalVotes(scorer).convert(as_votes(whole))
        assert count(whole, rule="borda").rounds[0].tally == {c: Fraction(points) for c, points in theirs.items()}


def test_star(share: Fraction) -> None:
    draw, compared = random.Random(8), 0
    for _ in range(int(share * 1000)):
        choices = "ABCDE"[: draw.randint(2, 5)]
        papers = [{choice: draw.randint(0, 5) for choice in choices} for _ in range(draw.randint(3, 15))]
        weights: dict[Ballot, int] = {}
        for paper in papers:
            weights[Ballot.scoring(paper)] = weights.get(Ballot.scoring(paper), 0) + 1
        counted = count(weights, rule="star", choices=choices)
        if counted.ties:
            continue
        compared += 1
        theirs: Votes = {}
        for paper in papers:
            theirs[frozenset(paper.items())] = theirs.get(frozenset(paper.items()), 0) + 1
        assert list(counted.winners) == cardinal.STAR(unscored_value=0).evaluate(theirs, 1)
    assert compared > share * 600
