"""Themes as stylesheets, which `ui.wardrobe` answers with, and what a page that wears one needs of it.

A stylesheet is made of a theme's snapshot alone, and its address tells its content: another theme, or another
Pollstead that writes it otherwise, has another address.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from django.urls import reverse

from polls import own_css, themes
from polls.palettes import Palette
from polls.snapshots import ThemeSnapshot
from polls.terms import Density, Font, Scheme

FONTS: Mapping[str, str] = {
    Font.SYSTEM: 'system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif',
    Font.BOOK: 'ui-serif,"Iowan Old Style",Charter,"Noto Serif",Georgia,serif',
    Font.CLASSIC: '"Hoefler Text",Garamond,"EB Garamond","Palatino Linotype",Palatino,"Noto Serif",serif',
    Font.NEWSPAPER: 'Charter,"Bitstream Charter","Sitka Text",Cambria,Georgia,"Noto Serif",serif',
    Font.SLAB: 'Rockwell,"Rockwell Nova","Roboto Slab","DejaVu Serif","Sitka Small",serif',
    Font.HUMANIST: 'Seravek,"Gill Sans Nova",Ubuntu,Calibri,"DejaVu Sans","Noto Sans",source-sans-pro,sans-serif',
    Font.GEOMETRIC: 'Avenir,Montserrat,Corbel,"URW Gothic",source-sans-pro,"Noto Sans",sans-serif',
    Font.GROTESQUE: '"Helvetica Neue",Inter,Roboto,"Arial Nova","Nimbus Sans",Arial,"Noto Sans",sans-serif',
    Font.ROUNDED: 'ui-rounded,"Hiragino Maru Gothic ProN",Quicksand,Comfortaa,Nunito,"Noto Sans",sans-serif',
    Font.MONO: 'ui-monospace,"Cascadia Code",Menlo,Consolas,"DejaVu Sans Mono","Noto Sans Mono",monospace',
}
"""A stack of what devices have already, for each family; the last are for every script."""
ROOM: Mapping[str, tuple[str, str]] = {
    Density.COMPACT: ("2.75rem", ".375rem"),
    Density.NORMAL: ("3.5rem", ".5rem"),
    Density.ROOMY: ("4.25rem", ".75rem"),
}
"""The height of a row, and the gap between two."""
COLOURS = tuple(name for name in Palette.__dataclass_fields__)
KEPT_IN = "contain:layout paint;position:relative;inset:auto;z-index:auto;transform:none;translate:none"
KEPT_IN += ";scale:none;rotate:none;offset:none;margin-block:0;display:block;clip-path:inset(-2rem)"
"""What an editor's own CSS can't undo: nothing of a card shows outside of it but a shadow.

Containment holds boxes alone: a card without one of its own, as with `display: contents`, would let all out.
"""


@dataclass(frozen=True, slots=True)
class Worn:
    """A theme as a page needs it."""

    name: str
    """The class of the card, and of the page around it."""
    stylesheet: str
    """Its address."""
    scheme: str
    """For the browser's own colours: “light dark”, “light” or “dark”."""


PLAIN = Worn("", "", "light dark")
"""The built-in look, which is in poll.css."""


def worn(theme: ThemeSnapshot | None) -> Worn:
    if theme is None:
        return PLAIN
    return Worn(name_of(theme), reverse("theme", args=[theme.id, digest(theme)]), _scheme(theme))


def name_of(theme: ThemeSnapshot) -> str:
    return f"theme-{theme.id}"


@lru_cache(maxsize=512)
def sheet(theme: ThemeSnapshot) -> str:
    """The stylesheet of a theme."""
    name = name_of(theme)
    tokens = ";".join(f"--{token}:{value}" for token, value in _tokens(theme).items())
    # Where it is as the reader's device, the page that frames a card may say so too: ui/poll.js.
    scheme = "" if theme.scheme == Scheme.AUTO else f"color-scheme:{theme.scheme};"
    rules = [f".{name}{{{scheme}{tokens}}}"]
    if theme.css.strip():
        card = f".poll.{name}"
        rules += [own_css.scoped(theme.css, card), f"{card}{{{KEPT_IN.replace(';', '!important;')}!important}}"]
    return "\n".join(rules)


@lru_cache(maxsize=512)
def digest(theme: ThemeSnapshot) -> str:
    return hashlib.sha256(sheet(theme).encode()).hexdigest()[:12]


def _scheme(theme: ThemeSnapshot) -> str:
    return "light dark" if theme.scheme == Scheme.AUTO else str(theme.scheme)


def _tokens(theme: ThemeSnapshot) -> dict[str, str]:
    row, gap = ROOM[theme.density]
    return _colours(theme) | {
        "font": FONTS[theme.font],
        "font-question": FONTS[theme.question_font],
        "radius": f"{theme.radius / 16:g}rem",
        "row": row,
        "gap": gap,
        "focus": "3px solid var(--accent)",
    }


def _colours(theme: ThemeSnapshot) -> dict[str, str]:
    made = [themes.palette(theme, dark=dark) for dark in themes.sides(theme)]
    values = {name: [str(getattr(palette, name)) for palette in made] for name in COLOURS}
    return {
        name.replace("_", "-"): f"light-dark({','.join(pair)})" if len(pair) == 2 else pair[0]
        for name, pair in values.items()
    }
