"""The colours of static/ui/poll.css, as a picture can have them: it cannot follow the reader's scheme by itself."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Palette:
    paper: str
    ink: str
    quiet: str
    line: str
    bar: str
    lead: str


PALETTES = {
    "light": Palette("#fafcff", "#181f2e", "#545b69", "#d4d7e0", "#dee6f8", "#b3cafc"),
    "dark": Palette("#10141c", "#eceef4", "#a5abb7", "#303540", "#232b3d", "#2d457d"),
}
