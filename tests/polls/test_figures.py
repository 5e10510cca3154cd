from fractions import Fraction

import pytest
from django.utils import translation

from polls import figures


@pytest.mark.parametrize(
    ("language", "number", "places", "written"),
    [
        ("en", Fraction(25, 6), 2, "4.17"),
        ("en", 4, 2, "4"),
        ("en", Fraction(7, 2), 1, "3.5"),
        ("en", Fraction(1, 4), 1, "0.3"),
        ("en", Fraction(-1, 4), 1, "−0.3"),
        ("en", Fraction(999, 1000), 2, "1"),
        ("en", -33, 0, "−33"),
        ("en", Fraction(-1, 100), 1, "0"),
        ("en", 1234, 0, "1,234"),
        ("ar", 1234, 0, "١٬٢٣٤"),
        ("de", Fraction(25, 6), 2, "4,17"),
        ("ar", Fraction(25, 6), 2, "٤٫١٧"),
    ],
)
def test_a_number_is_written_as_its_readers_write_it(
    language: str, number: int | Fraction, places: int, written: str
) -> None:
    with translation.override(language):
        assert figures.decimal(number, places=places) == written


@pytest.mark.parametrize(
    ("language", "number", "places", "written"),
    [
        ("en", 4, 1, "4.0"),
        ("en", Fraction(1234), 2, "1,234.00"),
        ("de", 4, 1, "4,0"),
        ("ar", 4, 1, "٤٫٠"),
        ("en", 8, 0, "8"),
    ],
)
def test_numbers_of_a_list_have_as_many_places_as_each_other(
    language: str, number: int | Fraction, places: int, written: str
) -> None:
    with translation.override(language):
        assert figures.decimal(number, places=places, noughts=True) == written
