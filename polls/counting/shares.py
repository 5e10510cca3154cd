from collections.abc import Sequence


def shares(counts: Sequence[int], *, digits: int = 0) -> list[int]:
    """Percentages of non-negative counts that add up to 100 (with `digits` decimals: to 100 * 10 ** digits).

    Largest remainder (Hamilton): each gets its whole part, the rest go to the largest remainders, the first of
    equal ones first. All zero when nothing was counted.
    """
    total, whole = sum(counts), 100 * 10**digits
    if not total:
        return [0] * len(counts)
    parts = [divmod(count * whole, total) for count in counts]
    missing = whole - sum(part for part, _ in parts)
    lucky = sorted(range(len(parts)), key=lambda place: (-parts[place][1], place))[:missing]
    return [part + (place in lucky) for place, (part, _) in enumerate(parts)]
