from datetime import UTC, datetime

import pytest
from django.utils import translation

from polls import clocks

BERLIN = "Europe/Berlin"


@pytest.mark.parametrize(("month", "hour"), [(1, 11), (7, 10)])
def test_noon_is_the_instant_at_which_clocks_there_show_noon(month: int, hour: int) -> None:
    assert clocks.instant(datetime(2026, month, 5, 12), zone=BERLIN) == datetime(2026, month, 5, hour, tzinfo=UTC)
    assert clocks.local(datetime(2026, month, 5, hour, tzinfo=UTC), zone=BERLIN) == datetime(2026, month, 5, 12)


def test_a_time_that_clocks_skip_is_explained() -> None:
    with pytest.raises(clocks.NoSuchTime, match="does not exist in Europe/Berlin"):
        clocks.instant(datetime(2026, 3, 29, 2, 30), zone=BERLIN)


def test_a_time_that_comes_twice_is_explained() -> None:
    with pytest.raises(clocks.NoSuchTime, match="comes twice in Europe/Berlin"):
        clocks.instant(datetime(2026, 10, 25, 2, 30), zone=BERLIN)


@pytest.mark.parametrize(
    ("language", "said"), [("en", "2:03:09 p.m. CET"), ("de", "14:03:09 CET"), ("ar", "٢:٠٣:٠٩ م CET")]
)
def test_a_time_is_told_to_the_second_as_a_language_writes_it(language: str, said: str) -> None:
    with translation.override(language):
        assert clocks.to_the_second(datetime(2026, 11, 5, 13, 3, 9, tzinfo=UTC), zone=BERLIN) == said


def test_the_hours_beside_a_change_of_the_clocks_are_taken() -> None:
    assert clocks.instant(datetime(2026, 3, 29, 3), zone=BERLIN) == datetime(2026, 3, 29, 1, tzinfo=UTC)
    assert clocks.instant(datetime(2026, 10, 25, 3), zone=BERLIN) == datetime(2026, 10, 25, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "July 5, 2026, 12:30 p.m. CEST"),
        ("de", "5. Juli 2026 12:30 CEST"),
        ("zh-hans", "2026年7月5日 12:30 CEST"),
        ("ar", "٥ يوليو ٢٠٢٦، ١٢:٣٠ م CEST"),
    ],
)
def test_an_instant_is_told_as_the_language_writes_it_with_the_zone(language: str, words: str) -> None:
    with translation.override(language):
        assert clocks.told(datetime(2026, 7, 5, 10, 30, tzinfo=UTC), zone=BERLIN) == words


@pytest.mark.parametrize(
    ("typed", "zone"),
    [("europe/berlin", BERLIN), (" new  york", "America/New_York"), ("utc", "UTC"), ("Etc/GMT+1", "Etc/GMT+1")],
)
def test_a_zone_is_known_by_its_name_and_by_its_place(typed: str, zone: str) -> None:
    assert clocks.named(typed) == zone


@pytest.mark.parametrize("typed", ["", "Europe", "Gotham", "Louisville"])
def test_what_is_no_zone_or_could_be_two_stays_as_it_was_typed(typed: str) -> None:
    assert clocks.named(typed) == typed


def test_places_are_offered_and_bare_offsets_are_not() -> None:
    assert {"UTC", BERLIN, "Asia/Kathmandu"} <= set(clocks.zones())
    assert not [zone for zone in clocks.zones() if zone.startswith("Etc/")]
