"""Ballots as values: what one voter marked, and a profile of how many marked the same."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

type ChoiceId = int | str
type Group = tuple[ChoiceId, ...]
type Ranking = tuple[Group, ...]
type Number = int | Fraction
type Scores = tuple[tuple[ChoiceId, int], ...]


class CountingError(ValueError):
    """A count that cannot be made; the message is one sentence for the person who asked for it."""


@dataclass(frozen=True, slots=True)
class Ballot:
    """`ranking`: groups of choices, best first, equals inside a group. `scores`: choices with whole numbers >= 0."""

    ranking: Ranking = ()
    scores: Scores = ()

    @classmethod
    def scoring(cls, scores: Mapping[ChoiceId, int]) -> "Ballot":
        """A score ballot; its ranking follows from the scores, equal scores being equal ranks."""
        return cls(ranking=ranked_by(scores), scores=tuple(scores.items()))


def plain(value: Number) -> Number:
    """A whole fraction as an int, so that equal numbers look equal."""
    return value.numerator if isinstance(value, Fraction) and value.denominator == 1 else value


def ranked_by(values: Mapping[ChoiceId, int] | Mapping[ChoiceId, Number]) -> Ranking:
    """The ranking that scores or tallies imply: the highest first, equals together, what has no value left out."""
    levels: dict[Number, list[ChoiceId]] = {}
    for choice, value in values.items():
        levels.setdefault(value, []).append(choice)
    return tuple(tuple(levels[value]) for value in sorted(levels, reverse=True))


@dataclass(frozen=True, slots=True)
class Profile:
    """All ballots of one question, the identical ones merged: `weights` maps a ballot to how many voters cast it.

    Build it with `Profile.of`, which checks and merges; the rules rely on that.
    """

    choices: tuple[ChoiceId, ...]
    weights: Mapping[Ballot, int]

    @classmethod
    def of(
        cls, weights: Mapping[Ballot, int] | Mapping[Ranking, int], *, choices: Iterable[ChoiceId] | None = None
    ) -> "Profile":
        """Ballots (or bare rankings) and their counts. Without `choices`, those that the ballots name, in sorted order.

        Raises CountingError for a negative count, an unknown choice, or a choice marked twice on a ballot.
        """
        ballots = [(_ballot(paper), weight) for paper, weight in weights.items()]
        known = tuple(choices) if choices is not None else _named(ballot for ballot, _ in ballots)
        place = {choice: position for position, choice in enumerate(known)}
        if len(place) < len(known):
            raise CountingError("A choice is listed twice.")
        merged: dict[Ballot, int] = {}
        for ballot, weight in ballots:
            if type(weight) is not int or weight < 0:
                raise CountingError(f"A ballot count must be a whole number of at least 0, not {weight!r}.")
            tidy = tidied(ballot, place)
            if weight:
                merged[tidy] = merged.get(tidy, 0) + weight
        return cls(known, merged)

    @property
    def ballots(self) -> int:
        return sum(self.weights.values())

    @property
    def marked(self) -> int:
        """Ballots that mark at least one choice."""
        return sum(weight for ballot, weight in self.weights.items() if ballot.ranking)

    @property
    def scored(self) -> bool:
        return any(ballot.scores for ballot in self.weights)

    def rankings(self) -> dict[Ranking, int]:
        """The rankings alone, merged once more: ballots may differ in their scores only."""
        merged: dict[Ranking, int] = {}
        for ballot, weight in self.weights.items():
            merged[ballot.ranking] = merged.get(ballot.ranking, 0) + weight
        return merged


def tidied(ballot: Ballot, place: Mapping[ChoiceId, int]) -> Ballot:
    """The same ballot in its one normal form: equals in choice order, skipped ranks closed up, so that equals merge."""
    _refuse_twice_or_unknown([choice for group in ballot.ranking for choice in group], place)
    ranking = tuple(
        group if len(group) == 1 else tuple(sorted(group, key=place.__getitem__)) for group in ballot.ranking if group
    )
    if not ballot.scores:
        return Ballot(ranking)
    scored = [choice for choice, _ in ballot.scores]
    _refuse_twice_or_unknown(scored, place)
    if bad := [score for _, score in ballot.scores if type(score) is not int or score < 0]:
        raise CountingError(f"A score must be a whole number of at least 0, not {bad[0]!r}.")
    if not ranking:
        ranking = tidied(Ballot(ranked_by(dict(ballot.scores))), place).ranking
    elif missing := set(scored).difference(*ranking):
        raise CountingError(f"A ballot gives a score to a choice that it does not rank: {min(map(str, missing))}.")
    return Ballot(ranking, tuple(sorted(ballot.scores, key=lambda mark: place[mark[0]])))


def _ballot(paper: Ballot | Ranking) -> Ballot:
    if isinstance(paper, Ballot):
        return paper
    if any(isinstance(group, str) for group in paper):
        raise CountingError(f"A ranking is made of groups: (('A',), ('B', 'C')), not {paper!r}.")
    return Ballot(tuple(tuple(group) for group in paper))


def _named(ballots: Iterable[Ballot]) -> tuple[ChoiceId, ...]:
    # Sorted, so that the order in which ballots arrive cannot show in a result.
    named: set[ChoiceId] = set()
    for ballot in ballots:
        named.update(*ballot.ranking, (choice for choice, _ in ballot.scores))
    return tuple(sorted(named, key=lambda choice: (isinstance(choice, str), choice)))


def _not_listed(choice: ChoiceId) -> CountingError:
    return CountingError(f"A ballot names a choice that is not on the list: {choice!r}.")


def _refuse_twice_or_unknown(marked: list[ChoiceId], place: Mapping[ChoiceId, int]) -> None:
    if len(set(marked)) < len(marked):
        twice = next(choice for choice in marked if marked.count(choice) > 1)
        raise CountingError(f"A ballot marks a choice twice: {twice!r}.")
    if not place.keys() >= set(marked):
        raise _not_listed(next(choice for choice in marked if choice not in place))
