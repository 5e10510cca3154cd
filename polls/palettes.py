"""All colours of a card, made from two: an accent and the background of the card. What is made reads well by itself.

Whether the two that were chosen do, `shortcomings` tells.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from polls.colours import BLACK, READABLE, VISIBLE, WHITE, Colour, contrast, mixed, nearest

BAR, BAR_LEAD = 0.1, 0.26
"""How much of the accent is in the bars behind the results."""
RED = 27
KEPT = 256
"""Palettes that need not be made again: those of all themes stand on each page that offers them."""
DARK_ACCENT, DARK_PAPER = 0.76, 0.2
"""The lightness of what is made for the dark from what was chosen for the light."""


@dataclass(frozen=True, slots=True)
class Palette:
    paper: Colour
    """The card."""
    page: Colour
    """What the card lies on, on our own pages."""
    ink: Colour
    ink_quiet: Colour
    line: Colour
    line_strong: Colour
    accent: Colour
    on_accent: Colour
    bar: Colour
    bar_lead: Colour
    mark: Colour
    """The sign at one's own choice, which stands on a bar."""
    alert: Colour


@dataclass(frozen=True, slots=True)
class Shortcoming:
    """A colour that was chosen and does not do."""

    name: str
    """accent or background"""
    ratio: float
    suggestion: Colour | None
    """The nearest that does."""


@lru_cache(maxsize=KEPT)
def palette(accent: Colour, background: Colour) -> Palette:
    hue = accent.oklch[2]
    is_light = contrast(background, BLACK) >= contrast(background, WHITE)
    ink = Colour.seen(0.24, 0.03, hue) if is_light else Colour.seen(0.95, 0.01, hue)
    if contrast(ink, background) < 7:
        ink = BLACK if is_light else WHITE
    bar, bar_lead = mixed(background, accent, BAR), mixed(background, accent, BAR_LEAD)
    page = _page(background, is_light=is_light)
    grounds = (background, page, bar, bar_lead)
    return Palette(
        paper=background,
        page=page,
        ink=ink,
        ink_quiet=_readable(mixed(ink, background, 0.3), grounds, ink),
        line=mixed(background, ink, 0.14),
        line_strong=_readable(mixed(background, ink, 0.5), (background, page), ink, VISIBLE),
        accent=accent,
        on_accent=_upon(accent),
        bar=bar,
        bar_lead=bar_lead,
        mark=_readable(accent, grounds, ink),
        alert=_readable(Colour.seen(0.48 if is_light else 0.78, 0.17, RED), (background,), ink),
    )


@lru_cache(maxsize=KEPT)
def dark_accent(accent: Colour, background: Colour) -> Colour:
    """An accent for a dark card, of the hue of one that was chosen for a light card."""
    _, chroma, hue = accent.oklch
    made = Colour.seen(DARK_ACCENT, min(chroma, 0.13), hue)
    return nearest(made, lambda colour: contrast(colour, background) >= READABLE) or made


@lru_cache(maxsize=KEPT)
def dark_background(accent: Colour, background: Colour) -> Colour:
    """A dark card: of the background's own hue where it has one, else with a breath of the accent."""
    _, chroma, hue = background.oklch
    if chroma < 0.01:
        chroma, hue = min(0.018, accent.oklch[1]), accent.oklch[2]
    return Colour.seen(DARK_PAPER, min(chroma, 0.03), hue)


def shortcomings(accent_on: Callable[[Colour], Colour], background: Colour) -> list[Shortcoming]:
    """What of the two does not do: the background first, for the accent is judged on it.

    `accent_on` a background: always the same where one was chosen.
    """
    accent = accent_on(background)
    if not _carries(accent, background):
        better = nearest(background, lambda colour: _carries(accent_on(colour), colour))
        return [Shortcoming("background", _weakest(palette(accent, background)), better)]
    if contrast(accent, background) < READABLE:
        better = nearest(
            accent, lambda colour: contrast(colour, background) >= READABLE and _carries(colour, background)
        )
        return [Shortcoming("accent", contrast(accent, background), better)]
    return []


def pairs(made: Palette) -> list[tuple[Colour, Colour, float]]:
    """Everything that is to be read: its colour, what it stands on, and the contrast that is asked for."""
    grounds = (made.paper, made.page, made.bar, made.bar_lead)
    text = [(made.ink, ground, READABLE) for ground in grounds]
    text += [(made.ink_quiet, ground, READABLE) for ground in grounds]
    text += [(made.mark, ground, READABLE) for ground in (made.paper, made.bar, made.bar_lead)]
    text += [(made.accent, made.paper, READABLE), (made.on_accent, made.accent, READABLE)]
    return [*text, (made.alert, made.paper, READABLE), (made.line_strong, made.paper, VISIBLE)]


def _carries(accent: Colour, background: Colour) -> bool:
    """Whether all that is made can be read on this background."""
    made = palette(accent, background)
    return all(contrast(on, ground) >= least for on, ground, least in pairs(made) if on != made.accent)


def _weakest(made: Palette) -> float:
    return min(contrast(on, ground) for on, ground, least in pairs(made) if on != made.accent and least == READABLE)


def _upon(accent: Colour) -> Colour:
    """What is written on a button."""
    hue = accent.oklch[2]
    soft = max(Colour.seen(0.99, 0.01, hue), Colour.seen(0.17, 0.03, hue), key=lambda on: contrast(on, accent))
    if contrast(soft, accent) >= READABLE:
        return soft
    return max(WHITE, BLACK, key=lambda on: contrast(on, accent))


def _page(background: Colour, *, is_light: bool) -> Colour:
    lightness, chroma, hue = background.oklch
    return Colour.seen(lightness - (0.025 if is_light else 0.045), chroma, hue)


def _readable(wanted: Colour, grounds: tuple[Colour, ...], ink: Colour, least: float = READABLE) -> Colour:
    """`wanted`, or as much of the ink in it as it needs to be read on all of these grounds."""
    for share in range(21):
        made = mixed(wanted, ink, share / 20)
        if all(contrast(made, ground) >= least for ground in grounds):
            return made
    return ink
