"""Percentages that add up: 33, 33 and 33 are not a whole."""

from collections.abc import Sequence


def shares(counts: Sequence[int], *, digits: int = 0) -> list[int]:
    """The counts as percentages in units of 10**-digits percent, adding up to exactly 100 * 10**digits.

    Largest remainder (Hamilton 1792): everyone gets the whole part, what is left goes to the largest remainders,
    among equal remainders to the one that comes first. All zero stays all zero. Raises ValueError for negative counts.
    """
    if any(count < 0 for count in counts):
        raise ValueError("shares() takes counts of at least 0")
    total, whole = sum(counts), 100 * 10**digits
    if total == 0:
        return [0] * len(counts)
    parts = [divmod(count * whole, total) for count in counts]
    left = whole - sum(quotient for quotient, _ in parts)
    first = sorted(range(len(counts)), key=lambda place: -parts[place][1])[:left]
    return [quotient + (place in first) for place, (quotient, _) in enumerate(parts)]
