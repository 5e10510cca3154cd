"""A poll and its results as a picture: one sheet, laid out once, drawn as SVG or PNG."""

from ui.drawings.png import png
from ui.drawings.sheets import CARD, Sheet, sheet
from ui.drawings.styles import BUILT_IN, Style, style
from ui.drawings.svg import svg

__all__ = ["BUILT_IN", "CARD", "Sheet", "Style", "png", "sheet", "style", "svg"]
