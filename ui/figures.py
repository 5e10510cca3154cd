"""Numbers as the readers of a language write them."""

from django.utils import formats, translation
from django.utils.translation import gettext as _

# Django's Arabic formats keep European digits and group nothing.
_ARABIC = str.maketrans("0123456789,", "٠١٢٣٤٥٦٧٨٩٬")


def count(number: int) -> str:
    """1204 is “1,204”, in the active language."""
    if translation.get_language() == "ar":
        return f"{number:,}".translate(_ARABIC)
    return formats.number_format(number, force_grouping=True)


def percent(number: int) -> str:
    """A whole percentage, in the active language."""
    if translation.get_language() == "ar":
        return f"{count(number)}٪"
    return _("%(number)s %%") % {"number": count(number)}
