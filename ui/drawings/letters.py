"""Letters and how wide they are. The fonts lie beside this module, so that a picture looks the same on every machine.

One font has not all alphabets: a text is cut into runs, each in the first font that has its letters. What none has,
such as emoji, is left out.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from PIL import ImageFont
from PIL.ImageFont import FreeTypeFont

FOLDER = Path(__file__).resolve().parents[1] / "fonts"
TEXT, BOLD, TITLE, PLAIN_TITLE = "text", "bold", "title", "plain title"
FONTS = {
    TEXT: ("NotoSans-Regular.ttf", "NotoNaskhArabic-Regular.ttf", "NotoSansHebrew-Regular.ttf"),
    BOLD: ("NotoSans-Bold.ttf", "NotoNaskhArabic-Bold.ttf", "NotoSansHebrew-Regular.ttf"),
    PLAIN_TITLE: ("NotoSans-Bold.ttf", "NotoNaskhArabic-Bold.ttf", "NotoSansHebrew-Regular.ttf"),
    TITLE: ("NotoSerif-Bold.ttf", "NotoNaskhArabic-Bold.ttf", "NotoSansHebrew-Regular.ttf"),
}
EAST_ASIAN = "NotoSansCJK-Regular.otf"
RIGHT_TO_LEFT = {"R", "AL"}
STRONG = {"L", *RIGHT_TO_LEFT}
MISSING = "\U0010fffe"
# Between any two of these a line may break; elsewhere only after a space.
PIECES = re.compile(
    r"[\u2e80-\u9fff\uac00-\ud7a3\uf900-\ufaff\uff00-\uffef]|[^\s\u2e80-\u9fff\uac00-\ud7a3\uff00-\uffef]+\s*|\s+"
)


@dataclass(frozen=True, slots=True)
class Run:
    text: str
    font: str
    weight: bool
    """To be drawn a little fatter: there is no bold cut of this font."""
    direction: str
    """"ltr" or "rtl"; brackets and the like follow what is before them, and turn round with it."""


@lru_cache(maxsize=200)
def font(name: str, size: int) -> FreeTypeFont:
    return ImageFont.truetype(FOLDER / name, size)


@lru_cache(maxsize=4000)
def runs(text: str, face: str) -> tuple[Run, ...]:
    """The text in runs of one font each, in the order of reading."""
    found: list[tuple[str, str]] = []
    for letter in text:
        current = found[-1][0] if found else ""
        chosen = _font_of(letter, face, current)
        if chosen and chosen == current:
            found[-1] = current, found[-1][1] + letter
        elif chosen:
            found.append((chosen, letter))
    cut, direction = [], _direction(text) or "ltr"
    for name, said in found:
        direction = _direction(said) or direction
        cut.append(Run(said, name, face != TEXT and "Regular" in name, direction))
    return tuple(cut)


@lru_cache(maxsize=8000)
def width(text: str, face: str, size: int) -> float:
    return sum(font(run.font, size).getlength(run.text, direction=run.direction) for run in runs(text, face))


def wrapped(text: str, face: str, size: int, *, into: float, most: int) -> list[str]:
    """The lines of a text that is to be `into` pixels wide; what `most` lines do not hold ends in an ellipsis."""
    lines = [""]
    for piece in _pieces(" ".join(text.split()), face, size, into):
        if width((lines[-1] + piece).rstrip(), face, size) <= into:
            lines[-1] += piece
        else:
            lines.append(piece)
    if len(lines) > most:
        last = lines[most - 1].rstrip()
        while last and width(f"{last}…", face, size) > into:
            last = last[:-1].rstrip()
        lines = [*lines[: most - 1], f"{last}…"]
    return [line.strip() for line in lines]


def _pieces(text: str, face: str, size: int, into: float) -> list[str]:
    """What stays together in a line. A word that is wider than a line is cut wherever it has to be."""
    found: list[str] = []
    for piece in PIECES.findall(text):
        rest = piece
        while width(rest.rstrip(), face, size) > into and len(rest) > 1:
            fits = next(n for n in range(len(rest) - 1, 0, -1) if n == 1 or width(rest[:n], face, size) <= into)
            found.append(rest[:fits])
            rest = rest[fits:]
        found.append(rest)
    return found


def _direction(text: str) -> str:
    """Of its first letter that has one; nothing where none has."""
    strong = next((kind for letter in text if (kind := unicodedata.bidirectional(letter)) in STRONG), "")
    return strong and ("rtl" if strong in RIGHT_TO_LEFT else "ltr")


def _font_of(letter: str, face: str, current: str) -> str:
    """The font for a letter. Spaces, marks and signs without a direction of their own stay with what is before them."""
    if current and (letter.isspace() or unicodedata.category(letter) in {"Mn", "Me", "Cf"}):
        return current
    if unicodedata.category(letter) in {"Cc", "Cf", "Cs", "Co"}:
        return ""
    strong = unicodedata.bidirectional(letter) in STRONG
    names = (*FONTS[face], EAST_ASIAN)
    if current and not strong and _has(current, letter):
        return current
    return next((name for name in names if _has(name, letter)), "")


@lru_cache(maxsize=20_000)
def _has(name: str, letter: str) -> bool:
    drawn, nothing = (font(name, 20).getmask(each, direction="ltr") for each in (letter, MISSING))
    return drawn.size != nothing.size or bytes(drawn) != bytes(nothing)
