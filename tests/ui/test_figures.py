from fractions import Fraction

import pytest
from django.utils import translation

from ui import figures


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
        ("en", 1234, 0, "1,234"),
        ("de", Fraction(25, 6), 2, "4,17"),
        ("ar", Fraction(25, 6), 2, "٤٫١٧"),
    ],
)
def test_a_number_is_written_as_its_readers_write_it(
    language: str, number: int | Fraction, places: int, written: str
) -> None:
    with translation.override(language):
        assert figures.decimal(number, places=places) == written
