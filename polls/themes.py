"""Themes: what may be stored, which polls wear one, and the deeds. The only writer of themes.

The theme that a poll wears is part of its snapshot: each deed here makes the snapshots of those polls old.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import count

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from polls import lifecycle, own_css, palettes
from polls.colours import READABLE, Colour
from polls.models import Poll, Theme
from polls.palettes import Palette, Shortcoming
from polls.snapshots import ThemeSnapshot
from polls.terms import Scheme

_TAKEN_OVER = (
    "scheme",
    "accent",
    "background",
    "dark_accent",
    "dark_background",
    "font",
    "question_font",
    "radius",
    "density",
    "css",
)


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a theme can't be stored: the field that is to be changed, and a colour that would do."""

    field: str
    sentence: str
    suggestion: str = ""


def palette(theme: Theme | ThemeSnapshot, *, dark: bool) -> Palette:
    """The colours of a theme on one side. Its colours must be ones: see `problems`."""
    accent_on, background = _chosen(theme, dark=dark)
    return palettes.palette(accent_on(background), background)


def problems(theme: Theme) -> list[Problem]:
    """What keeps a theme whose fields are valid each by itself from being stored."""
    found: dict[str, Problem] = {}
    for dark in sides(theme):
        for short in palettes.shortcomings(*_chosen(theme, dark=dark)):
            field = f"dark_{short.name}" if dark and getattr(theme, f"dark_{short.name}") else short.name
            found.setdefault(field, _problem(field, short))
    try:
        own_css.scoped(theme.css, ".poll")
    except own_css.Unfit as unfit:
        found["css"] = Problem("css", str(unfit))
    return list(found.values())


def worn_by(theme: Theme) -> QuerySet[Poll]:
    """The polls that look like this: because they say so, or because the site does."""
    return Poll.objects.filter(Q(theme=theme) | Q(theme=None) if theme.is_default else Q(theme=theme))


@transaction.atomic
def save(theme: Theme) -> None:
    """Store a theme. Ask `problems` first."""
    theme.save()
    lifecycle.restyled(worn_by(theme))


@transaction.atomic
def remove(theme: Theme) -> None:
    """Delete a theme; the polls that wore it wear the site's."""
    lifecycle.restyled(worn_by(theme))
    theme.delete()


@transaction.atomic
def make_default(theme: Theme | None) -> None:
    """Let the site wear a theme, or the built-in look."""
    Theme.objects.filter(is_default=True).update(is_default=False)
    if theme is not None:
        Theme.objects.filter(pk=theme.pk).update(is_default=True)
    lifecycle.restyled(Poll.objects.filter(theme=None))


@transaction.atomic
def copy(theme: Theme, *, maker: User | None) -> Theme:
    taken = set(Theme.objects.values_list("name", flat=True))
    words = (_("%(name)s, copy %(number)s") % {"name": theme.name[:60], "number": number} for number in count(1))
    name = next(word for word in words if word not in taken)
    return Theme.objects.create(name=name, maker=maker, **{field: getattr(theme, field) for field in _TAKEN_OVER})


def sides(theme: Theme | ThemeSnapshot) -> tuple[bool, ...]:
    """Light alone, or light and dark: a card that is always the same needs two colours, not four."""
    return (False, True) if theme.scheme == Scheme.AUTO else (False,)


def _chosen(theme: Theme | ThemeSnapshot, *, dark: bool) -> tuple[Callable[[Colour], Colour], Colour]:
    """The accent, which may depend on what it stands on, and the background of a side."""
    accent, background = Colour.of(theme.accent), Colour.of(theme.background)
    if not dark:
        return lambda _background: accent, background
    ground = palettes.dark_background(accent, background)
    if theme.dark_background:
        ground = Colour.of(theme.dark_background)
    if theme.dark_accent:
        chosen = Colour.of(theme.dark_accent)
        return lambda _background: chosen, ground
    return lambda background: palettes.dark_accent(accent, background), ground


def _problem(field: str, short: Shortcoming) -> Problem:
    # Cut, not rounded: 4.46 is not 4.5.
    told = {"ratio": f"{int(short.ratio * 10) / 10:.1f}", "least": f"{READABLE:.1f}"}
    if short.name == "accent":
        sentence = _("Too faint on its background: the contrast is %(ratio)s to 1, and %(least)s is needed.") % told
    else:
        sentence = _("Text is hard to read on this: the contrast is %(ratio)s to 1, and %(least)s is needed.") % told
    return Problem(field, sentence, str(short.suggestion) if short.suggestion else "")
