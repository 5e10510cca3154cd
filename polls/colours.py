"""Colours: how they look (OKLCH, https://bottosson.github.io/posts/oklab/) and how well they read on each other.

Pure arithmetic on what a screen can show: a colour is three whole numbers from 0 to 255.
"""

import math
from collections.abc import Callable, Iterator
from typing import NamedTuple, Self

READABLE = 4.5
"""What WCAG 2.2 AA asks of text (1.4.3)."""
VISIBLE = 3.0
"""What it asks of edges and signs (1.4.11)."""

STEP = 0.004
"""Of lightness: finer than anyone sees."""


class Colour(NamedTuple):
    red: int
    green: int
    blue: int

    def __str__(self) -> str:
        return f"#{self.red:02x}{self.green:02x}{self.blue:02x}"

    @classmethod
    def of(cls, text: str) -> Self:
        """From “#1a2b3c”. Raises ValueError for anything else."""
        if len(text) != 7 or not text.startswith("#"):
            raise ValueError(text)
        return cls(*bytes.fromhex(text[1:]))

    @classmethod
    def seen(cls, lightness: float, chroma: float, hue: float) -> Self:
        """From OKLCH, the hue in degrees. As colourful as a screen can show it where it can't show all of it."""
        lightness = min(1.0, max(0.0, lightness))
        least, most = 0.0, chroma
        if not _shown(_linear(lightness, most, hue)):
            for _ in range(12):
                middle = (least + most) / 2
                least, most = (middle, most) if _shown(_linear(lightness, middle, hue)) else (least, middle)
            most = least
        return cls(*(round(255 * _encoded(part)) for part in _linear(lightness, most, hue)))

    @property
    def oklab(self) -> tuple[float, float, float]:
        red, green, blue = (_decoded(part / 255) for part in self)
        long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
        middle = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
        short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
        return (
            0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short,
            1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short,
            0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short,
        )

    @property
    def oklch(self) -> tuple[float, float, float]:
        """Lightness from 0 to 1, chroma, and hue in degrees."""
        lightness, a, b = self.oklab
        return lightness, math.hypot(a, b), math.degrees(math.atan2(b, a)) % 360

    @property
    def luminance(self) -> float:
        red, green, blue = (_decoded(part / 255) for part in self)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue


WHITE, BLACK = Colour(255, 255, 255), Colour(0, 0, 0)


def contrast(one: Colour, other: Colour) -> float:
    """From 1, the same, to 21, black on white (WCAG 2)."""
    darker, lighter = sorted((one.luminance, other.luminance))
    return (lighter + 0.05) / (darker + 0.05)


def mixed(ground: Colour, other: Colour, share: float) -> Colour:
    """`ground` with a share of `other` in it, from 0 to 1."""
    lightness, a, b = (mine + share * (its - mine) for mine, its in zip(ground.oklab, other.oklab, strict=True))
    return Colour.seen(lightness, math.hypot(a, b), math.degrees(math.atan2(b, a)))


def nearest(colour: Colour, passes: Callable[[Colour], bool]) -> Colour | None:
    """The colour of the same hue, as little lighter or darker as can be, that passes; None where none does."""
    return next(filter(passes, _around(colour)), None)


def _around(colour: Colour) -> Iterator[Colour]:
    lightness, chroma, hue = colour.oklch
    yield colour
    for step in range(1, round(1 / STEP) + 1):
        for other in (lightness - step * STEP, lightness + step * STEP):
            if -STEP < other < 1 + STEP:
                yield Colour.seen(other, chroma, hue)


def _linear(lightness: float, chroma: float, hue: float) -> tuple[float, float, float]:
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
    )


def _shown(linear: tuple[float, float, float]) -> bool:
    return all(-1e-4 <= part <= 1 + 1e-4 for part in linear)


def _decoded(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else math.pow((part + 0.055) / 1.055, 2.4)


def _encoded(part: float) -> float:
    part = min(1.0, max(0.0, part))
    return part * 12.92 if part <= 0.0031308 else 1.055 * math.pow(part, 1 / 2.4) - 0.055
