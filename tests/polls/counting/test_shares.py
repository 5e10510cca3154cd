import pytest
from hypothesis import given
from hypothesis import strategies as st

from polls.counting import shares


@given(counts=st.lists(st.integers(0, 10**12), min_size=1, max_size=30), digits=st.integers(0, 3))
def test_shares_add_up_and_are_never_a_whole_unit_off(counts: list[int], digits: int) -> None:
    found, whole = shares(counts, digits=digits), 100 * 10**digits
    assert sum(found) == (whole if sum(counts) else 0)
    assert all(
        abs(share * sum(counts) - count * whole) < sum(counts) or not sum(counts)
        for share, count in zip(found, counts, strict=True)
    )


def test_thirds_go_to_the_first() -> None:
    assert shares([1, 1, 1]) == [34, 33, 33]
    assert shares([1, 1, 1], digits=1) == [334, 333, 333]


def test_nothing_counted_is_nothing_everywhere() -> None:
    assert shares([0, 0]) == [0, 0]
    assert shares([]) == []


def test_a_choice_without_votes_gets_no_share() -> None:
    assert shares([0, 1, 1, 1, 0]) == [0, 34, 33, 33, 0]


def test_negative_counts_are_refused() -> None:
    with pytest.raises(ValueError, match="at least 0"):
        shares([1, -1])
