"""What must hold for every election, found out by hypothesis on small ones."""

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from polls.counting import RULES, Ballot, ChoiceId, Count, Profile, count
from polls.counting.pairwise import matrix_of

CHOICES = "ABCDE"
RANKED = sorted(set(RULES) - {"approval", "score", "star"})
MAJORITARIAN = ["plurality", "irv", "stv", "condorcet", "ranked-pairs", "schulze", "minimax"]
CONDORCET = ["condorcet", "ranked-pairs", "schulze", "minimax"]


@st.composite
def rankings(draw: st.DrawFn) -> tuple[tuple[ChoiceId, ...], ...]:
    """A truncated ranking that may have equals."""
    order = draw(st.permutations(CHOICES))
    length = draw(st.integers(0, len(CHOICES)))
    groups: list[tuple[ChoiceId, ...]] = []
    for choice in order[:length]:
        if groups and draw(st.integers(0, 4)) == 0:
            groups[-1] = (*groups[-1], choice)
        else:
            groups.append((choice,))
    return tuple(groups)


ranked_profiles = st.dictionaries(rankings(), st.integers(1, 30), max_size=8).map(
    lambda weights: Profile.of(weights, choices=CHOICES)
)
score_profiles = st.lists(st.dictionaries(st.sampled_from(CHOICES), st.integers(0, 5)), max_size=10).map(
    lambda papers: Profile.of(
        {ballot: papers.count(dict(ballot.scores)) for ballot in map(Ballot.scoring, papers)}, choices=CHOICES
    )
)
some = settings(max_examples=40, deadline=None)


def renamed(profile: Profile, names: dict[ChoiceId, ChoiceId]) -> Profile:
    return Profile.of(
        {
            Ballot(
                tuple(tuple(names[choice] for choice in group) for group in ballot.ranking),
                tuple((names[choice], score) for choice, score in ballot.scores),
            ): weight
            for ballot, weight in profile.weights.items()
        },
        choices=[names[choice] for choice in profile.choices],
    )


def drawn(counted: Count) -> bool:
    """Whether a lot had a say."""
    return any(tie.by == "lot" for tie in counted.ties)


def as_sets(counted: Count) -> list[set[ChoiceId]]:
    return [set(group) for group in counted.ranking]


@some
@given(profile=score_profiles, order=st.randoms(use_true_random=False))
def test_the_order_of_ballots_and_of_choices_changes_nothing(profile: Profile, order: object) -> None:
    shuffled, choices = list(profile.weights.items()), list(CHOICES)
    order.shuffle(shuffled)  # type: ignore[attr-defined]
    order.shuffle(choices)  # type: ignore[attr-defined]
    other = Profile.of(dict(shuffled), choices=choices)
    for rule in RULES:
        one, two = count(profile, rule=rule, seed="s"), count(other, rule=rule, seed="s")
        assert set(one.winners) == set(two.winners)
        assert as_sets(one) == as_sets(two)
        assert [dict(stage.tally) for stage in one.rounds] == [dict(stage.tally) for stage in two.rounds]


@some
@given(profile=ranked_profiles, names=st.permutations(CHOICES))
def test_renaming_choices_renames_the_result_where_no_lot_was_drawn(profile: Profile, names: list[str]) -> None:
    names_of: dict[ChoiceId, ChoiceId] = {choice: f"new {name}" for choice, name in zip(CHOICES, names, strict=True)}
    for rule in RANKED:
        one = count(profile, rule=rule)
        two = count(renamed(profile, names_of), rule=rule)
        if not drawn(one):
            assert [names_of[choice] for choice in one.winners] == list(two.winners)
            assert [{names_of[choice] for choice in group} for group in one.ranking] == as_sets(two)


@some
@given(profile=score_profiles, weight=st.integers(2, 9))
def test_every_ballot_counted_several_times_changes_nothing_but_the_numbers(profile: Profile, weight: int) -> None:
    more = Profile(profile.choices, {ballot: n * weight for ballot, n in profile.weights.items()})
    # Not for stv: its quota is rounded to whole votes, as the Scottish order has it.
    for rule in sorted(set(RULES) - {"stv"}):
        assert count(profile, rule=rule).ranking == count(more, rule=rule).ranking


@some
@given(profile=ranked_profiles, favourite=st.sampled_from(CHOICES))
def test_whom_a_majority_puts_first_wins(profile: Profile, favourite: str) -> None:
    fans = {**profile.weights, Ballot(((favourite,),)): profile.ballots + 1}
    for rule in MAJORITARIAN:
        assert count(fans, rule=rule, choices=CHOICES).winners == (favourite,)


@some
@given(profile=ranked_profiles)
def test_the_condorcet_winner_wins_and_leads_the_ranking(profile: Profile) -> None:
    winner = matrix_of(profile, unranked="last").condorcet_winner()
    if winner is not None:
        for rule in CONDORCET:
            counted = count(profile, rule=rule)
            assert counted.winners == (winner,)
            assert counted.ranking[0] == (winner,)


@some
@given(profile=ranked_profiles)
def test_schulze_and_ranked_pairs_elect_from_the_smith_set(profile: Profile) -> None:
    if profile.marked:
        smith = matrix_of(profile, unranked="last").smith_sets()[0]
        for rule in ("schulze", "ranked-pairs"):
            assert set(count(profile, rule=rule).winners) <= set(smith)


@some
@given(profile=ranked_profiles)
def test_a_choice_that_nobody_ranks_changes_no_winner(profile: Profile) -> None:
    longer = Profile((*profile.choices, "unloved"), profile.weights)
    for rule in sorted(set(RANKED) - {"borda"}):
        before, after = count(profile, rule=rule), count(longer, rule=rule)
        if not drawn(before) and not drawn(after):
            assert before.winners == after.winners


@some
@given(profile=ranked_profiles, extra=st.integers(1, 20))
def test_more_votes_for_the_winner_of_duels_alone_do_no_harm(profile: Profile, extra: int) -> None:
    for rule in ("plurality", "schulze", "minimax", "borda"):
        before = count(profile, rule=rule, seed="s")
        if before.winners and not drawn(before):
            more = dict(profile.weights)
            bullet = Ballot((before.winners,))
            more[bullet] = more.get(bullet, 0) + extra
            assert count(more, rule=rule, seed="s", choices=CHOICES).winners == before.winners


@some
@given(profile=ranked_profiles, seats=st.integers(1, 5))
def test_stv_fills_all_seats_and_loses_no_vote(profile: Profile, seats: int) -> None:
    counted = count(profile, rule="stv", seats=seats, seed="s")
    usable = any(ranking and len(ranking[0]) == 1 for ranking in profile.rankings())
    if usable:
        assert len(set(counted.winners)) == len(counted.winners) == seats
    for stage in counted.rounds:
        assert sum(stage.tally.values()) + stage.exhausted + stage.lost == profile.ballots
        assert stage.lost >= 0
        assert len(stage.eliminated) <= 1
        assert all((Fraction(votes) * 100_000).denominator == 1 for votes in stage.tally.values())


@some
@given(profile=ranked_profiles)
def test_an_instant_run_off_ends_with_a_majority_of_continuing_ballots(profile: Profile) -> None:
    counted = count(profile, rule="irv", seed="s")
    for stage in counted.rounds:
        assert all(type(votes) is int for votes in stage.tally.values())
        assert sum(stage.tally.values()) + stage.exhausted == profile.ballots
    if counted.winners:
        last = counted.rounds[-1].tally
        assert 2 * last[counted.winners[0]] > sum(last.values())


@some
@given(profile=score_profiles)
def test_a_ranking_names_every_choice_once(profile: Profile) -> None:
    for rule in RULES:
        counted = count(profile, rule=rule)
        assert sorted(str(choice) for group in counted.ranking for choice in group) == list(CHOICES)


@some
@given(profile=ranked_profiles)
def test_the_matrix_has_every_ballot_at_most_once_in_a_duel(profile: Profile) -> None:
    last, open_minded = (matrix_of(profile, unranked=how) for how in ("last", "no-opinion"))
    for one in CHOICES:
        for other in CHOICES:
            assert last.prefer(one, other) + last.prefer(other, one) <= profile.ballots
            assert open_minded.prefer(one, other) <= last.prefer(one, other)
