"""Numbers as the readers of a language write them."""

from collections.abc import Iterable
from fractions import Fraction
from functools import lru_cache

from django.utils import formats, translation
from django.utils.translation import gettext as _

# Django's Arabic formats keep European digits and group nothing.
_ARABIC = str.maketrans("0123456789,.", "٠١٢٣٤٥٦٧٨٩٬٫")
_ARABIC_DIGITS = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


def count(number: int, language: str | None = None) -> str:
    """1204 is “1,204”, in a language, or in the active one. Who has many asks for that once."""
    return _counted(number, language or translation.get_language())


@lru_cache(maxsize=4096)
def _counted(number: int, language: str | None) -> str:
    # Cards have many, and after the next vote most are the same.
    if language == "ar":
        return f"{number:,}".translate(_ARABIC)
    return formats.number_format(number, force_grouping=True)


def beside(words: Iterable[str]) -> str:
    """Side by side, with a sign between that is no digit: a middle dot behind an Arabic 2 makes it a 20."""
    return (" | " if translation.get_language() == "ar" else " · ").join(words)


def digits(text: str) -> str:
    """A text with numbers in it, like a date, in the digits of the active language. Its other signs stay."""
    return text.translate(_ARABIC_DIGITS) if translation.get_language() == "ar" else text


def decimal(number: int | Fraction, *, places: int, noughts: bool = False) -> str:
    """With at most so many places, half up; what ends in noughts is cut: 25/6 is “4.17”, 4 is “4”.

    With `noughts` they stay, for numbers that stand below each other: 4 is “4.0”.
    """
    units = (2 * number * 10**places + (1 if number >= 0 else -1)) / 2
    whole, rest = divmod(abs(int(units)), 10**places)
    digits = f"{rest:0{places}}" if places else ""
    digits = digits if noughts else digits.rstrip("0")
    sign = "−" if int(units) < 0 else ""
    if not digits:
        return sign + count(whole)
    if translation.get_language() == "ar":
        return sign + count(whole) + f".{digits}".translate(_ARABIC)
    return sign + count(whole) + str(formats.get_format("DECIMAL_SEPARATOR")) + digits


def percent(number: int, language: str | None = None) -> str:
    """A whole percentage, the same way."""
    return _share(number, language or translation.get_language())


@lru_cache(maxsize=4096)
def _share(number: int, language: str | None) -> str:
    if language == "ar":
        return f"{_counted(number, language)}٪"
    return _("%(number)s %%") % {"number": _counted(number, language)}
