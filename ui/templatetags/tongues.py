from datetime import datetime

from django import template
from django.utils.html import format_html
from django.utils.translation import get_language

from polls import clocks, figures, languages
from polls.snapshots import Text

register = template.Library()


@register.filter
def tongue(text: str) -> str:
    """` lang="fr" dir="ltr"` for the element of a text in another language than the words around it; else nothing."""
    if not isinstance(text, Text) or text.language == get_language():
        return ""
    return format_html(' lang="{}" dir="{}"', text.language, languages.direction_of(text.language))


@register.filter
def figure(number: int) -> str:
    """A number as the readers of the card write it: see `polls.figures`."""
    return figures.count(number)


@register.filter
def written(moment: datetime) -> str:
    """A date with a time of day, in the zone that it is in, as the readers write it: see `polls.clocks`."""
    return clocks.written(moment)
