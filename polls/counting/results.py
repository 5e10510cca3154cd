"""What a count says: winners, ranking, and the full trail by which anyone can check it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from polls.counting.ballots import ChoiceId, Group, Number
from polls.counting.pairwise import Pairwise


@dataclass(frozen=True, slots=True)
class Transfer:
    """Votes that moved at the end of a round; `to` is None where the ballots named nobody who could take them."""

    source: ChoiceId
    to: ChoiceId | None
    votes: Number


@dataclass(frozen=True, slots=True)
class Round:
    """One step of a count. `exhausted` counts the ballots (in STV: votes) that stand for nobody any more, so far.

    `lost` is what STV has cut off so far behind the fifth decimal place. In a run-off or an STV count,
    tally + exhausted + lost add up to the ballots in every round.
    """

    tally: Mapping[ChoiceId, Number]
    elected: Group = ()
    eliminated: Group = ()
    exhausted: Number = 0
    lost: Number = 0
    transfers: tuple[Transfer, ...] = ()
    says: str = ""


@dataclass(frozen=True, slots=True)
class Tie:
    """A tie and how it was broken. `by` names what decided; `lot` is the drawn order (preferred first) where a lot did.

    `round` counts from 1. `pairs` is filled by ranked pairs only: equally strong pairs in the order they were taken.
    """

    round: int
    tied: Group
    over: str
    chosen: ChoiceId
    by: str
    lot: Group = ()
    seed: str = ""
    pairs: tuple[tuple[ChoiceId, ChoiceId], ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a rule hands back. Where `winners` is None, the seats are filled from the top of the ranking,

    with those in `seatable` only, if that is given.
    """

    ranking: tuple[Group, ...]
    rounds: tuple[Round, ...]
    ties: tuple[Tie, ...] = ()
    winners: Group | None = None
    seatable: frozenset[ChoiceId] | None = None
    pairwise: Pairwise | None = None
    paths: Pairwise | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Count:
    """The result of one rule on one profile. `rules` states every choice the rule made; `notes` are sentences to show.

    `ranking` holds ties together where the votes do not decide; `winners` holds as many as were elected,
    a tie at the last seat being broken and listed in `ties`.
    """

    rule: str
    seats: int
    winners: Group
    ranking: tuple[Group, ...]
    rounds: tuple[Round, ...]
    pairwise: Pairwise | None
    ties: tuple[Tie, ...]
    ballots: int
    rules: Mapping[str, str]
    notes: tuple[str, ...] = ()
    paths: Pairwise | None = field(default=None)
