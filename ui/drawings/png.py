from functools import lru_cache
from io import BytesIO

from PIL import Image, ImageDraw

from ui.drawings import letters
from ui.drawings.sheets import Bar, Line, Sheet

FINE = 4
"""A box is drawn so many times larger and then made small: round corners without steps."""


def png(sheet: Sheet) -> bytes:
    style = sheet.style
    image = Image.new("RGB", (sheet.width, sheet.height), style.paper)
    pen = ImageDraw.Draw(image)
    for bar in sheet.bars:
        _bar(image, bar, sheet)
    for line in sheet.lines:
        _line(pen, line, sheet, style.quiet if line.quiet else style.ink)
    drawn = BytesIO()
    image.save(drawn, "PNG", compress_level=6)
    return drawn.getvalue()


def _bar(image: Image.Image, bar: Bar, sheet: Sheet) -> None:
    style = sheet.style
    x = sheet.width - bar.x - bar.width if sheet.mirrored else bar.x
    inside = _box(bar.width - 4, bar.height - 4, max(0, style.radius - 2))
    image.paste(style.line, (x, bar.y), _box(bar.width, bar.height, style.radius))
    image.paste(style.paper, (x + 2, bar.y + 2), inside)
    long = round(inside.width * (bar.percent or 0) / 100)
    if long:
        begin = inside.width - long if sheet.mirrored else 0
        filled = inside.crop((begin, 0, begin + long, inside.height))
        image.paste(style.lead if bar.leads else style.bar, (x + 2 + begin, bar.y + 2), filled)


def _line(pen: ImageDraw.ImageDraw, line: Line, sheet: Sheet, ink: str) -> None:
    """Runs one after the other, from the side where the poll's language begins; read the way in which the line does."""
    ours = "rtl" if sheet.mirrored else "ltr"
    begins = letters.direction_of(line.text) or ours
    placed = list(letters.placed(line.text, line.face, begins=begins))
    x = float(line.x)
    if line.ends:
        x -= letters.width(line.text, line.face, line.size)
    for run in placed if begins == ours else reversed(placed):
        font = letters.font(run.font, line.size)
        long = font.getlength(run.text, direction=run.direction)
        left = sheet.width - x - long if sheet.mirrored else x
        fat = line.size / 40 if run.weight else 0
        at = (left, line.y)
        pen.text(at, run.text, fill=ink, font=font, anchor="ls", direction=run.direction, stroke_width=fat)
        x += long


@lru_cache(maxsize=64)
def _box(width: int, height: int, radius: int) -> Image.Image:
    """A mask of a box with round corners."""
    large = Image.new("L", (width * FINE, height * FINE), 0)
    ImageDraw.Draw(large).rounded_rectangle((0, 0, width * FINE - 1, height * FINE - 1), radius * FINE, fill=255)
    return large.reduce(FINE)
