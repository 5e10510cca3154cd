"""A poll and its results as a picture: one sheet, laid out once, drawn as SVG or PNG."""

from ui.drawings.png import png
from ui.drawings.sheets import CARD, Sheet, sheet
from ui.drawings.svg import svg

__all__ = ["CARD", "Sheet", "png", "sheet", "svg"]
