"""Single transferable vote for several seats, as Scotland counts its councils.

Source: The Scottish Local Government Elections Order 2007 (SSI 2007/42), schedule 1, rules 45 to 52; numbers in
brackets below are its rules. Weighted inclusive Gregory: a surplus leaves with all papers of the elected choice, each
at surplus x value / votes, cut off after five decimals [48(3)]. All values here are whole hundred-thousandths.
"""

from dataclasses import dataclass, field, replace
from fractions import Fraction

from polls.counting.ballots import ChoiceId, Group, Number, Ranking, plain, ranked_by
from polls.counting.election import Election
from polls.counting.lots import earlier_rounds, pick
from polls.counting.results import Outcome, Round, Tie, Transfer
from polls.counting.runoff import first_piles, next_choice

UNIT = 100_000


@dataclass(frozen=True, slots=True)
class _Parcel:
    """Equal papers lying with one choice; `value` of each paper in hundred-thousandths of a vote."""

    ranking: Ranking
    weight: int
    at: int
    value: int


@dataclass(slots=True)
class _Count:
    """The table the papers lie on. It changes from stage to stage, so it is the one mutable thing here."""

    seats: int
    quota: int
    votes: dict[ChoiceId, int]
    parcels: dict[ChoiceId, list[_Parcel]]
    continuing: set[ChoiceId]
    exhausted: int
    seed: str
    lost: int = 0
    surpluses: list[ChoiceId] = field(default_factory=list)
    elected: list[Group] = field(default_factory=list)
    excluded: list[ChoiceId] = field(default_factory=list)
    rounds: list[Round] = field(default_factory=list)
    ties: list[Tie] = field(default_factory=list)

    @property
    def vacancies(self) -> int:
        return self.seats - sum(len(group) for group in self.elected)


def stv(election: Election) -> Outcome:
    """Elects `seats` choices where there are as many. Winners in order of election."""
    count = _opened(election)
    if not any(count.votes.values()):
        return Outcome((election.profile.choices,), (_stage(count),), winners=())
    while True:
        stage = _stage(count)
        stage = replace(stage, elected=_elect(count))
        if count.vacancies == 0 or not count.continuing:
            count.rounds.append(stage)
            return _outcome(count)
        count.rounds.append(_surplus_moved(count, stage) if count.surpluses else _last_excluded(count, stage))


def _opened(election: Election) -> _Count:
    profile = election.profile
    parcels = {
        choice: [_Parcel(pile.ranking, pile.weight, pile.at, UNIT) for pile in piles]
        for choice, piles in first_piles(profile).items()
    }
    votes = {choice: sum(parcel.weight for parcel in held) * UNIT for choice, held in parcels.items()}
    valid = sum(votes.values()) // UNIT
    quota = (valid // (election.seats + 1) + 1) * UNIT  # [46]
    exhausted = (profile.ballots - valid) * UNIT
    return _Count(election.seats, quota, votes, parcels, set(profile.choices), exhausted, election.seed)


def _elect(count: _Count) -> Group:
    """Everybody at the quota [47]; everybody left once they are no more than the vacancies [52]."""
    standing = {choice: votes for choice, votes in count.votes.items() if choice in count.continuing}
    if len(standing) > count.vacancies:
        standing = {choice: votes for choice, votes in standing.items() if votes >= count.quota}
    fresh = ranked_by(standing)
    count.elected += fresh
    chosen = tuple(choice for group in fresh for choice in group)
    count.continuing.difference_update(chosen)
    count.surpluses += [choice for choice in chosen if count.votes[choice] > count.quota]
    return chosen


def _surplus_moved(count: _Count, stage: Round) -> Round:
    most = max(count.votes[choice] for choice in count.surpluses)
    tied = [choice for choice in count.surpluses if count.votes[choice] == most]
    choice = tied[0] if len(tied) == 1 else _broken(count, tied, over="order of surpluses")  # [49]
    surplus, votes = count.votes[choice] - count.quota, count.votes[choice]
    worth = [replace(parcel, value=surplus * parcel.value // votes) for parcel in count.parcels.pop(choice)]
    moved = _move(count, worth)
    count.surpluses.remove(choice)
    count.votes[choice] = count.quota
    count.lost += surplus - sum(moved.values())
    return replace(stage, transfers=_transfers(choice, moved), says="surplus")


def _last_excluded(count: _Count, stage: Round) -> Round:
    fewest = min(count.votes[choice] for choice in count.continuing)
    tied = [choice for choice in count.votes if choice in count.continuing and count.votes[choice] == fewest]
    choice = tied[0] if len(tied) == 1 else _broken(count, tied, over="elimination", worst=True)  # [50, 51]
    count.continuing.remove(choice)
    count.excluded.append(choice)
    moved = _move(count, count.parcels.pop(choice))
    del count.votes[choice]
    return replace(stage, eliminated=(choice,), transfers=_transfers(choice, moved), says="elimination")


def _broken(count: _Count, tied: list[ChoiceId], *, over: str, worst: bool = False) -> ChoiceId:
    steps = earlier_rounds([stage.tally for stage in count.rounds])
    chosen, tie = pick(tied, over=over, turn=len(count.rounds) + 1, steps=steps, seed=count.seed, worst=worst)
    count.ties.append(tie)
    return chosen


def _move(count: _Count, parcels: list[_Parcel]) -> dict[ChoiceId | None, int]:
    """Lay papers with their next continuing choice at the value they carry; returns the votes that each received."""
    moved: dict[ChoiceId | None, int] = {}
    for parcel in parcels:
        at, choice = next_choice(parcel.ranking, count.continuing, parcel.at)
        votes = parcel.weight * parcel.value
        moved[choice] = moved.get(choice, 0) + votes
        if choice is None:
            count.exhausted += votes
        else:
            count.votes[choice] += votes
            count.parcels[choice].append(replace(parcel, at=at))
    return moved


def _transfers(source: ChoiceId, moved: dict[ChoiceId | None, int]) -> tuple[Transfer, ...]:
    return tuple(Transfer(source, choice, _votes(units)) for choice, units in moved.items())


def _votes(units: int) -> Number:
    return plain(Fraction(units, UNIT))


def _stage(count: _Count) -> Round:
    """Where the votes lie now; the elected stay in the tally with what they keep."""
    tally = {choice: _votes(units) for choice, units in count.votes.items()}
    return Round(tally, exhausted=_votes(count.exhausted), lost=_votes(count.lost))


def _outcome(count: _Count) -> Outcome:
    winners = tuple(choice for group in count.elected for choice in group)
    rest = ranked_by({choice: votes for choice, votes in count.votes.items() if choice in count.continuing})
    ranking = (*count.elected, *rest, *((choice,) for choice in reversed(count.excluded)))
    quota = f"The quota is {count.quota // UNIT} votes."
    return Outcome(ranking, tuple(count.rounds), tuple(count.ties), winners=winners, notes=(quota,))
