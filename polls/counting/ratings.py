"""What voters think of one thing at a time: mean, median, distribution and NPS of a rating question."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from polls.counting.ballots import ChoiceId, Number, Profile, plain


@dataclass(frozen=True, slots=True)
class Rating:
    """`distribution` pairs each score of the scale with its answers, lowest first. Mean and median need answers.

    `nps` runs from -100 to 100: the percentage of answers 9 and 10 less that of 0 to 6 (Reichheld 2003).
    It is None on any other scale than 0 to 10.
    """

    answers: int
    mean: Number | None
    median: Number | None
    distribution: tuple[tuple[int, int], ...]
    nps: Number | None


def rate(answers: Mapping[int, int], *, lowest: int, highest: int) -> Rating:
    """`answers` maps a score to how many gave it. Raises ValueError for scores outside the scale, negative counts."""
    if any(not lowest <= score <= highest or count < 0 for score, count in answers.items()):
        raise ValueError(f"a rating takes scores from {lowest} to {highest} and counts of at least 0")
    distribution = tuple((score, answers.get(score, 0)) for score in range(lowest, highest + 1))
    total = sum(count for _, count in distribution)
    if total == 0:
        return Rating(0, None, None, distribution, None)
    mean = plain(Fraction(sum(score * count for score, count in distribution), total))
    nps = _net_promoters(distribution, total) if (lowest, highest) == (0, 10) else None
    return Rating(total, mean, _median(distribution, total), distribution, nps)


def rate_choices(profile: Profile, *, lowest: int, highest: int) -> dict[ChoiceId, Rating]:
    """The rating of every choice by the ballots that score it; ballots that do not are no answers."""
    answers: dict[ChoiceId, dict[int, int]] = {choice: {} for choice in profile.choices}
    for ballot, weight in profile.weights.items():
        for choice, score in ballot.scores:
            answers[choice][score] = answers[choice].get(score, 0) + weight
    return {choice: rate(given, lowest=lowest, highest=highest) for choice, given in answers.items()}


def _median(distribution: tuple[tuple[int, int], ...], total: int) -> Number:
    """The middle answer; between two middle answers, half way."""
    low, high = _answer_at(distribution, (total - 1) // 2), _answer_at(distribution, total // 2)
    return plain(Fraction(low + high, 2))


def _answer_at(distribution: tuple[tuple[int, int], ...], place: int) -> int:
    seen = 0
    for score, count in distribution:
        seen += count
        if seen > place:
            return score
    raise IndexError(place)


def _net_promoters(distribution: tuple[tuple[int, int], ...], total: int) -> Number:
    promoters = sum(count for score, count in distribution if score >= 9)
    detractors = sum(count for score, count in distribution if score <= 6)
    return plain(Fraction(100 * (promoters - detractors), total))
