"""Letters and how wide they are. The fonts lie beside this module, so that a picture looks the same on every machine.

One font has not all alphabets: a text is cut into runs, each in the first font that has its letters. A sign that none
has is told by its name; letters that none has are left out.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
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
EMOJI = "NotoEmoji-Regular.ttf"
SIGNS = (EMOJI, "NotoSansSymbols-Regular.ttf", "NotoSansSymbols2-Regular.ttf")
RIGHT_TO_LEFT = {"R", "AL"}
STRONG = {"L", *RIGHT_TO_LEFT}
MISSING = "\U0010fffe"
# What is one sign to those who read it: a key, a flag, somebody of some colour with something.
_WORN = "[\ufe0f\u20e3\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]{0,8}"
SIGNS_AND_LETTERS = re.compile(rf"[\U0001f1e6-\U0001f1ff]{{2}}|.{_WORN}(?:\u200d.{_WORN}){{0,5}}", re.DOTALL)
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
    for sign in SIGNS_AND_LETTERS.findall(text):
        current = found[-1][0] if found else ""
        chosen, said = _font_of(sign, face, current), sign
        if not chosen:
            # In English, as there is no other name; letters without a font have none that would help.
            said = unicodedata.name(sign[0], "").lower() if unicodedata.category(sign[0]) == "So" else ""
            chosen = FONTS[face][0]
        if said and chosen == current:
            found[-1] = current, found[-1][1] + said
        elif said:
            found.append((chosen, said))
    cut, direction = [], direction_of(text) or "ltr"
    for name, said in found:
        direction = direction_of(said) or direction
        weight = face != TEXT and "Regular" in name and name != EMOJI
        cut.append(Run(said, name, weight, direction))
    return tuple(cut)


@lru_cache(maxsize=4000)
def lacks(text: str, face: str) -> bool:
    """Whether no font has some of its letters."""
    drawn = "".join(run.text for run in runs(text, face))
    return any(letter not in drawn and unicodedata.category(letter)[0] == "L" for letter in text)


def placed(text: str, face: str, *, begins: str) -> Iterator[Run]:
    """The runs as they stand side by side on a page that `begins` "ltr" or "rtl", from where its lines begin.

    What is read the other way is turned round as a whole, as those who read it expect it.
    """
    for direction, group in groupby(runs(text, face), lambda run: run.direction):
        together = list(group)
        yield from together if direction == begins else reversed(together)


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
            last = "".join(SIGNS_AND_LETTERS.findall(last)[:-1]).rstrip()
        lines = [*lines[: most - 1], f"{last}…"]
    return [line.strip() for line in lines]


def _pieces(text: str, face: str, size: int, into: float) -> list[str]:
    """What stays together in a line. A word that is wider than a line is cut wherever it has to be."""
    found: list[str] = []
    for piece in PIECES.findall(text):
        rest = SIGNS_AND_LETTERS.findall(piece)
        while len(rest) > 1 and width("".join(rest).rstrip(), face, size) > into:
            fits = _fitting(rest, face, size, into)
            found.append("".join(rest[:fits]))
            rest = rest[fits:]
        found.append("".join(rest))
    return found


def _fitting(signs: list[str], face: str, size: int, into: float) -> int:
    """How many of the signs fit, of which not all do; one at least."""
    wide = bisect_right(range(1, len(signs)), into, key=lambda number: width("".join(signs[:number]), face, size))
    return max(1, wide)


def direction_of(text: str) -> str:
    """ "ltr" or "rtl", as its first letter that has one; empty where none has."""
    strong = next((kind for letter in text if (kind := unicodedata.bidirectional(letter)) in STRONG), "")
    return strong and ("rtl" if strong in RIGHT_TO_LEFT else "ltr")


def _font_of(sign: str, face: str, current: str) -> str:
    """The font for a sign. Spaces, marks and signs without a direction of their own stay with what is before them."""
    letter = sign[0]
    if unicodedata.category(letter) in {"Mn", "Mc", "Me"}:
        # Without its letter a mark would be a box, or stand on a circle of dots.
        return current if current and _has(current, letter) else ""
    if unicodedata.category(letter) == "Cf" and current:
        return current
    if unicodedata.category(letter) in {"Cc", "Cf", "Cs", "Co"}:
        return ""
    names = (*FONTS[face], EAST_ASIAN, *SIGNS)
    if len(sign) > 1 and _has(EMOJI, letter):
        return EMOJI
    # After an emoji the text goes on as if it were not there.
    stays = current not in {"", *SIGNS} and unicodedata.bidirectional(letter) not in STRONG
    if stays and (letter.isspace() or _has(current, letter)):
        return current
    return next((name for name in names if _has(name, letter)), "")


@lru_cache
def _plain(name: str) -> FreeTypeFont:
    """Letter by letter: a mark that a font lacks is otherwise drawn together with something that it has."""
    return ImageFont.truetype(FOLDER / name, 20, layout_engine=ImageFont.Layout.BASIC)


@lru_cache(maxsize=20_000)
def _has(name: str, letter: str) -> bool:
    drawn, nothing = (_plain(name).getmask(each) for each in (letter, MISSING))
    return drawn.size != nothing.size or bytes(drawn) != bytes(nothing)
