from ui.throttle import Buckets, Pressure

VERA, VICTOR = (1, "192.0.2.1"), (1, "198.51.100.7")


def test_a_burst_passes_and_the_next_one_waits() -> None:
    buckets = Buckets(burst=3, per_second=1)
    assert [buckets.take(VERA, now=0.0) for _ in range(4)] == [0, 0, 0, 1]


def test_tokens_come_back_with_time() -> None:
    buckets = Buckets(burst=1, per_second=0.1)
    assert buckets.take(VERA, now=100.0) == 0
    assert buckets.take(VERA, now=104.0) == 6
    assert buckets.take(VERA, now=110.0) == 0


def test_no_more_tokens_than_a_burst_are_saved_up() -> None:
    buckets = Buckets(burst=2, per_second=1)
    buckets.take(VERA, now=0.0)
    assert [buckets.take(VERA, now=1000.0) for _ in range(3)] == [0, 0, 1]


def test_a_token_that_was_taken_for_nothing_is_given_back_and_no_more_than_that() -> None:
    buckets = Buckets(burst=1, per_second=0.1)
    buckets.take(VERA, now=0.0)
    buckets.give(VERA, now=0.0)
    buckets.give(VERA, now=0.0)
    assert [buckets.take(VERA, now=0.0) for _ in range(2)] == [0, 10]


def test_keys_do_not_touch_each_other() -> None:
    buckets = Buckets(burst=1, per_second=1)
    assert [buckets.take(VERA, now=0.0), buckets.take(VICTOR, now=0.0), buckets.take((2, VERA[1]), now=0.0)] == [0] * 3


def test_a_look_takes_nothing() -> None:
    buckets = Buckets(burst=1, per_second=1)
    assert [buckets.wait(VERA, now=0.0) for _ in range(3)] == [0, 0, 0]
    buckets.take(VERA, now=0.0)
    assert buckets.wait(VERA, now=0.0) == 1


def test_a_refused_try_does_not_push_the_next_one_away() -> None:
    buckets = Buckets(burst=1, per_second=1)
    assert [buckets.take(VERA, now=at) for at in (0.0, 0.5, 1.0)] == [0, 1, 0]


def test_a_clock_that_stands_still_or_goes_back_gives_nothing() -> None:
    buckets = Buckets(burst=1, per_second=1)
    assert [buckets.take(VERA, now=at) for at in (10.0, 5.0, 7.0, 10.5)] == [0, 1, 1, 1]
    assert buckets.take(VERA, now=11.0) == 0


def test_memory_is_bounded_and_the_longest_unused_goes_first() -> None:
    buckets = Buckets(burst=1, per_second=0.001, most=3)
    for number in range(3):
        buckets.take((number, ""), now=0.0)
    buckets.take((0, ""), now=1.0)
    buckets.take((3, ""), now=1.0)
    assert len(buckets) == 3
    assert buckets.wait((0, ""), now=1.0) > 0
    assert buckets.wait((1, ""), now=1.0) == 0


def test_pressure_is_high_above_its_rate_alone() -> None:
    pressure = Pressure(per_second=2, seconds=10)
    assert [pressure.note(1, "", now=0.0).high for _ in range(21)] == [False] * 20 + [True]


def test_pressure_goes_with_time() -> None:
    pressure = Pressure(per_second=1, seconds=10)
    for _ in range(11):
        pressure.note(1, "", now=3.5)
    assert pressure.note(1, "", now=12.9).high
    assert not pressure.note(1, "", now=13.0).high


def test_pressure_tells_a_network_from_the_rest() -> None:
    pressure = Pressure()
    for at in (0.0, 0.5, 1.0):
        pressure.note(1, "192.0.2.1", now=at)
    reading = pressure.note(1, "192.0.2.1", now=1.5)
    assert (reading.votes, reading.of_network, reading.of_network_now) == (4, 4, 2)
    assert pressure.note(1, "198.51.100.7", now=1.5).of_network == 1
    assert pressure.note(2, "192.0.2.1", now=1.5).votes == 1
    assert pressure.note(1, "192.0.2.1", now=10.2).of_network == 3, "those of ten seconds ago are forgotten"


def test_pressure_forgets_the_polls_that_rest() -> None:
    pressure = Pressure(most=2)
    for poll in range(5):
        pressure.note(poll, "", now=0.0)
    assert len(pressure) == 2
