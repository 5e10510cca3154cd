"""The themes that every Pollstead has from the start. A test holds each of them against WCAG, light and dark."""

from collections.abc import Mapping
from typing import Any

from polls.terms import Density, Font, Scheme

SHIPPED: Mapping[str, Mapping[str, Any]] = {
    "Harbour": {"accent": "#0b5fa5", "background": "#ffffff", "question_font": Font.HUMANIST, "font": Font.HUMANIST},
    "Moss": {"accent": "#3b6b2a", "background": "#fbfcf7", "dark_background": "#141a11", "radius": 10},
    "Terracotta": {
        "accent": "#a6401f",
        "background": "#fffaf5",
        "dark_accent": "#f2a07f",
        "dark_background": "#211713",
        "question_font": Font.CLASSIC,
        "radius": 6,
    },
    "Plum": {"accent": "#7a2d7f", "background": "#fffbff", "question_font": Font.CLASSIC, "radius": 16},
    "Newsprint": {
        "accent": "#1f1f1f",
        "background": "#fdfcf8",
        "dark_accent": "#e9e6dd",
        "dark_background": "#191816",
        "font": Font.NEWSPAPER,
        "question_font": Font.NEWSPAPER,
        "radius": 0,
        "density": Density.COMPACT,
    },
    "Town hall": {
        "accent": "#1b3a6b",
        "background": "#ffffff",
        "dark_accent": "#9db8e8",
        "font": Font.GROTESQUE,
        "question_font": Font.GROTESQUE,
        "radius": 4,
    },
    "Lagoon": {"accent": "#00707a", "background": "#f7fdfd", "question_font": Font.GEOMETRIC, "font": Font.GEOMETRIC},
    "Blossom": {
        "accent": "#b02a5b",
        "background": "#fffafc",
        "font": Font.ROUNDED,
        "question_font": Font.ROUNDED,
        "radius": 24,
        "density": Density.ROOMY,
    },
    "Dune": {
        "accent": "#7a5200",
        "background": "#fbf5e9",
        "dark_accent": "#e3bb6c",
        "dark_background": "#1f1a11",
        "question_font": Font.BOOK,
    },
    "Typewriter": {
        "accent": "#8c2f12",
        "background": "#fcfbf9",
        "font": Font.MONO,
        "question_font": Font.MONO,
        "radius": 2,
        "density": Density.COMPACT,
    },
    "Blackboard": {
        "accent": "#f3d27a",
        "background": "#1d3129",
        "scheme": Scheme.DARK,
        "question_font": Font.SLAB,
        "radius": 8,
    },
    "Midnight": {
        "accent": "#7cc4ff",
        "background": "#0e1526",
        "scheme": Scheme.DARK,
        "font": Font.GEOMETRIC,
        "question_font": Font.GEOMETRIC,
        "radius": 14,
    },
    "High contrast": {
        "accent": "#00239c",
        "background": "#ffffff",
        "dark_accent": "#ffe14d",
        "dark_background": "#000000",
        "question_font": Font.SYSTEM,
        "radius": 4,
        "density": Density.ROOMY,
    },
}
