"""How a picture looks: as static/ui/poll.css has it, or a theme. It cannot follow the reader's scheme by itself."""

from collections.abc import Mapping
from dataclasses import dataclass

from polls import themes
from polls.snapshots import ThemeSnapshot
from polls.terms import Font, Scheme
from ui.themes import FONTS

SERIFS = frozenset({Font.BOOK, Font.CLASSIC, Font.NEWSPAPER, Font.SLAB})
WIDE: Mapping[str, float] = {Font.MONO: 1.2, Font.SLAB: 1.1, Font.GEOMETRIC: 1.06, Font.ROUNDED: 1.06}
"""How much wider than ours the letters of a family are, with which a reader's SVG is drawn."""


@dataclass(frozen=True, slots=True)
class Style:
    paper: str
    ink: str
    quiet: str
    line: str
    bar: str
    lead: str
    font: str = Font.SYSTEM
    title_font: str = Font.BOOK
    radius: int = 16

    @property
    def family(self) -> str:
        return FONTS[self.font]

    @property
    def title_family(self) -> str:
        return FONTS[self.title_font]

    @property
    def serif_titles(self) -> bool:
        """Of the fonts that a PNG is drawn with, titles have two."""
        return self.title_font in SERIFS

    @property
    def wide(self) -> float:
        return max(WIDE.get(self.font, 1.0), WIDE.get(self.title_font, 1.0))


BUILT_IN = {
    "light": Style("#fafcff", "#181f2e", "#545b69", "#d4d7e0", "#dee6f8", "#b3cafc"),
    "dark": Style("#10141c", "#eceef4", "#a5abb7", "#303540", "#232b3d", "#2d457d"),
}


def style(theme: ThemeSnapshot | None, scheme: str) -> Style:
    """The look of a poll in a picture: light, unless `scheme` asks for the dark. A theme of one side has but that."""
    if theme is None:
        return BUILT_IN[scheme]
    made = themes.palette(theme, dark=scheme == Scheme.DARK and len(themes.sides(theme)) > 1)
    return Style(
        paper=str(made.paper),
        ink=str(made.ink),
        quiet=str(made.ink_quiet),
        line=str(made.line),
        bar=str(made.bar),
        lead=str(made.bar_lead),
        font=theme.font,
        title_font=theme.question_font,
        # A picture is 1200 pixels wide where a card is 900 at most.
        radius=round(theme.radius * 4 / 3),
    )
