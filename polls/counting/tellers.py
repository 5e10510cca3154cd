"""Counting: the one front door to all rules."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache, partial

from polls.counting.ballots import Ballot, ChoiceId, CountingError, Group, Profile, Ranking
from polls.counting.election import Election
from polls.counting.lots import lot_order
from polls.counting.pairwise import Strength, Unranked, matrix_of
from polls.counting.registry import RULES, rule_named
from polls.counting.results import Count, Outcome, Round, Tie
from polls.counting.statements import stated

type Ballots = Profile | Mapping[Ballot, int] | Mapping[Ranking, int]


@dataclass(frozen=True, slots=True)
class Comparison:
    """The deciding count, and what those other rules say that could count the same ballots."""

    deciding: Count
    others: Mapping[str, Count]

    @property
    def dissenting(self) -> tuple[str, ...]:
        """Rules that elect somebody else. A rule that elects nobody (no Condorcet winner) does not dissent."""
        elected = set(self.deciding.winners)
        return tuple(rule for rule, count in self.others.items() if count.winners and set(count.winners) != elected)

    @property
    def disagree(self) -> bool:
        return bool(self.dissenting)


def count(
    profile: Ballots,
    *,
    rule: str,
    seats: int = 1,
    unranked: Unranked = "last",
    seed: str = "",
    quorum: int = 0,
    nota: ChoiceId | None = None,
    strength: Strength = "winning-votes",
    choices: Iterable[ChoiceId] | None = None,
) -> Count:
    """Count ballots by one rule of `registry.RULES`.

    profile: a Profile, or a mapping (a Counter, say) of ballots or rankings to how many voters cast each.
    seed: the published seed of the lot. quorum: so many ballots, or nobody is elected. nota: the choice that stands for
    "none of the above". strength: how ranked pairs, Schulze and minimax measure a defeat. choices: for a mapping, all
    choices in order, the unmarked too. Raises CountingError with one sentence where the rule cannot count this.
    """
    tidy = profile if isinstance(profile, Profile) else Profile.of(profile, choices=choices)
    return _counted(_election(tidy, seats, unranked, strength, seed), rule, quorum=quorum, nota=nota)


def compare(
    profile: Ballots,
    *,
    rule: str,
    others: Iterable[str] = tuple(RULES),
    seats: int = 1,
    unranked: Unranked = "last",
    seed: str = "",
    quorum: int = 0,
    nota: ChoiceId | None = None,
    strength: Strength = "winning-votes",
    choices: Iterable[ChoiceId] | None = None,
) -> Comparison:
    """Count by the deciding rule and by the others; duels are counted once for all. Arguments as for `count`.

    Other rules that cannot count these ballots (scores missing, several seats) are left out.
    """
    tidy = profile if isinstance(profile, Profile) else Profile.of(profile, choices=choices)
    election = _election(tidy, seats, unranked, strength, seed)
    deciding = _counted(election, rule, quorum=quorum, nota=nota)
    counts: dict[str, Count] = {}
    for other in others:
        if other == rule:
            continue
        try:
            counts[other] = _counted(election, other, quorum=quorum, nota=nota)
        except CountingError:
            continue
    return Comparison(deciding, counts)


def _election(profile: Profile, seats: int, unranked: Unranked, strength: Strength, seed: str) -> Election:
    if seats < 1:
        raise CountingError(f"There must be at least one seat, not {seats}.")
    if unranked not in ("last", "no-opinion"):
        raise CountingError(f"Unranked choices are 'last' or 'no-opinion', not {unranked!r}.")
    if strength not in ("winning-votes", "margins"):
        raise CountingError(f"The strength of a defeat is 'winning-votes' or 'margins', not {strength!r}.")
    return Election(profile, seats, unranked, strength, seed, cache(partial(matrix_of, profile, unranked=unranked)))


def _counted(election: Election, name: str, *, quorum: int, nota: ChoiceId | None) -> Count:
    rule, profile = rule_named(name), election.profile
    if nota is not None and nota not in profile.choices:
        raise CountingError(f"None of the above is {nota!r}, which is not among the choices.")
    outcome = rule.count(election) if profile.marked else _nothing_to_count(election)
    winners, ties = _seated(outcome, election, nota)
    standing, notes = _standing(winners, election, nota, quorum, empty_seat=rule.family == "stv")
    return Count(
        rule=name,
        seats=election.seats,
        winners=standing,
        ranking=outcome.ranking,
        rounds=_with_winners(outcome.rounds, winners),
        pairwise=outcome.pairwise,
        ties=outcome.ties + ties,
        ballots=profile.ballots,
        rules=stated(election, rule, quorum=quorum, nota=nota),
        notes=outcome.notes + notes,
        paths=outcome.paths,
    )


def _nothing_to_count(election: Election) -> Outcome:
    profile = election.profile
    said = "There are no ballots, so there is no winner." if not profile.ballots else "Every ballot is blank."
    ranking = (profile.choices,) if profile.choices else ()
    stage = Round(dict.fromkeys(profile.choices, 0), exhausted=profile.ballots)
    return Outcome(ranking, (stage,), winners=(), pairwise=election.matrix(), notes=(said,))


def _seated(outcome: Outcome, election: Election, nota: ChoiceId | None) -> tuple[Group, tuple[Tie, ...]]:
    """The seats filled from the top of the ranking; a tie that decides who sits is broken by lot."""
    if outcome.winners is not None:
        return outcome.winners, ()
    seated: list[ChoiceId] = []
    for group in outcome.ranking:
        free = election.seats - len(seated)
        eligible = tuple(c for c in group if outcome.seatable is None or c in outcome.seatable)
        if len(eligible) <= free and not (nota in eligible and len(eligible) > 1):
            seated += eligible
            continue
        if free:
            drawn = lot_order(eligible, seed=election.seed)
            tie = Tie(len(outcome.rounds), eligible, "seat", drawn[0], "lot", drawn, election.seed)
            return (*seated, *drawn[:free]), (tie,)
        break
    return tuple(seated), ()


def _standing(
    winners: Group, election: Election, nota: ChoiceId | None, quorum: int, *, empty_seat: bool
) -> tuple[Group, tuple[str, ...]]:
    """Who is elected once the quorum and "none of the above" have had their say."""
    ballots = election.profile.ballots
    if ballots < quorum:
        return (), (f"The quorum of {quorum} ballots is not reached with {ballots}, so nobody is elected.",)
    if nota is None or nota not in winners:
        return winners, ()
    if empty_seat:
        return tuple(choice for choice in winners if choice != nota), ("None of the above won a seat; it stays empty.",)
    before = winners[: winners.index(nota)]
    return before, ("None of the above won, and no choice behind it is elected.",)


def _with_winners(rounds: tuple[Round, ...], winners: Group) -> tuple[Round, ...]:
    """Rules that rank and do not elect leave the last round without its elected."""
    if not rounds or not winners or any(stage.elected for stage in rounds):
        return rounds
    return (*rounds[:-1], replace(rounds[-1], elected=winners))
