"""What stands where on the picture of a poll. In pixels from the side where reading begins; a pen mirrors it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils import translation
from django.utils.translation import ngettext

from polls import figures
from ui.drawings import letters
from ui.drawings.letters import BOLD, PLAIN_TITLE, TEXT, TITLE
from ui.drawings.styles import BUILT_IN, Style
from ui.portraits import Field, Outcome, Portrait, Row

WIDTH = 1200
CARD = (WIDTH, 630)
"""What chats and feeds show: wide, and of one size."""
TALLEST = 4000
MARGIN = 56
PADDING = 26
FIGURE = 190
SLACK = 0.96


@dataclass(frozen=True, slots=True)
class Line:
    text: str
    x: int
    y: int
    """The baseline."""
    size: int
    face: str
    quiet: bool = False
    ends: bool = False
    """It ends at x instead of beginning there."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A choice's box. `percent` of it is filled, from zero; None where no result is shown."""

    x: int
    y: int
    width: int
    height: int
    percent: int | None
    leads: bool


@dataclass(slots=True)
class Sheet:
    title: str
    language: str
    mirrored: bool
    style: Style = BUILT_IN["light"]
    width: int = WIDTH
    height: int = 0
    lines: list[Line] = field(default_factory=list)
    bars: list[Bar] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    """The same in words."""

    @property
    def title_face(self) -> str:
        return TITLE if self.style.serif_titles else PLAIN_TITLE

    @property
    def slack(self) -> float:
        """Viewers draw SVG with fonts of their own, which may be a little wider."""
        return SLACK / self.style.wide


@dataclass(frozen=True, slots=True)
class _Size:
    """How large the letters are, and how much may be written."""

    tallest: int
    lines_of_heading: int
    lines_of_choice: int
    row: int
    """The least height of a choice."""
    gap: int


FULL = _Size(TALLEST, 12, 8, row=78, gap=14)
OF_CARD = _Size(CARD[1], 3, 2, row=66, gap=10)


def sheet(
    poll: Portrait,
    asked: Sequence[Field | Outcome],
    *,
    foot: str,
    style: Style,
    card: bool = False,
    lacking: str = "",
) -> Sheet:
    """A poll as a picture: its results, or where `asked` holds fields, its questions alone.

    `lacking` is said beside the foot where our fonts have not all letters.
    """
    drawn, size = Sheet(poll.title, poll.language, poll.direction == "rtl", style), OF_CARD if card else FULL
    with translation.override(poll.language):
        room = size.tallest - MARGIN - 24
        y = MARGIN - 12 if card else MARGIN
        if not poll.alone or not asked:
            y = _write(drawn, poll.title, y, face=drawn.title_face, height=48, most=size.lines_of_heading) + 20
        for number, each in enumerate(asked):
            left = len(asked) - number
            # Beside the last question there has to be room for the words that more is asked.
            ends = _question(drawn, poll, each, y, size, room=room - (60 if left > 1 else 0))
            if ends is None:
                y = _write(drawn, _more_questions(left), y, face=TEXT, height=26, most=1, quiet=True)
                break
            y = ends + 30
    return _footed(drawn, foot, y, card=card, lacking=lacking)


def _footed(drawn: Sheet, foot: str, y: int, *, card: bool, lacking: str) -> Sheet:
    drawn.height = CARD[1] if card else y + MARGIN + 10
    if card:
        # What is there stands in the middle of what is free.
        down = max(0, (CARD[1] - MARGIN - 40 - y) // 2)
        drawn.lines = [_moved(line, down) for line in drawn.lines]
        drawn.bars = [_lowered(bar, down) for bar in drawn.bars]
    at = drawn.height - MARGIN + 12
    if lacking and any(letters.lacks(line.text, line.face) for line in drawn.lines):
        free = WIDTH - 3 * MARGIN - letters.width(foot, TEXT, 26)
        (said,) = letters.wrapped(lacking, TEXT, 22, into=free, most=1)
        drawn.lines.append(Line(said, WIDTH - MARGIN, at, 22, TEXT, ends=True))
    drawn.lines.append(Line(foot, MARGIN, at, 26, TEXT, quiet=True))
    drawn.said.append(foot)
    return drawn


def _question(drawn: Sheet, poll: Portrait, asked: Field | Outcome, y: int, size: _Size, *, room: int) -> int | None:
    """Where the question ends; None, and nothing drawn, when not even a choice of it fits."""
    field, rows = (asked.field, asked.rows) if isinstance(asked, Outcome) else (asked, ())
    height = 46 if poll.alone else 36
    begun = len(drawn.lines), len(drawn.bars), len(drawn.said)
    y = _write(drawn, field.text, y, face=drawn.title_face, height=height, most=size.lines_of_heading) + 14
    if isinstance(asked, Outcome) and asked.trail:
        y = _write(drawn, asked.trail.sentence, y, face=TEXT, height=28, most=2) + 14
    shown: Sequence[Row | str] = rows or tuple(option.text for option in field.options)
    for number, row in enumerate(shown):
        left = len(shown) - number
        lines = letters.wrapped(_text(row), TEXT, 30, into=_inside(row) * drawn.slack, most=size.lines_of_choice)
        high = max(size.row, 38 * len(lines) + size.row - 42)
        if y + high + (44 if left > 1 else 0) > room:
            if number == 0:
                del drawn.lines[begun[0] :], drawn.bars[begun[1] :], drawn.said[begun[2] :]
                return None
            return _write(drawn, _more(left), y + 4, face=TEXT, height=26, most=1, quiet=True)
        _row(drawn, row, lines, y, high)
        y += high + size.gap
    return y - size.gap if shown else y


def _row(drawn: Sheet, row: Row | str, lines: Sequence[str], y: int, high: int) -> None:
    box = Bar(MARGIN, y, WIDTH - 2 * MARGIN, high, None, leads=False)
    top = y + (high - 38 * len(lines)) // 2 + 29
    leads = not isinstance(row, str) and bool(row.leads)
    for number, line in enumerate(lines):
        drawn.lines.append(Line(line, MARGIN + PADDING, top + 38 * number, 30, BOLD if leads else TEXT))
    if isinstance(row, str):
        drawn.said.append(row)
    else:
        box = Bar(box.x, y, box.width, high, row.percent, leads)
        end, middle = WIDTH - MARGIN - PADDING, y + high // 2
        drawn.lines.append(Line(row.figure, end, middle + 1, 32, BOLD, ends=True))
        drawn.lines.append(Line(row.votes, end, middle + 27, 21, TEXT, quiet=True, ends=True))
        drawn.said.append(f"{row.text}: {row.figure} ({row.votes})")
    drawn.bars.append(box)


def _write(drawn: Sheet, text: str, y: int, *, face: str, height: int, most: int, quiet: bool = False) -> int:
    """Write a paragraph from y on; gives where it ends."""
    step = round(height * 1.3)
    for line in letters.wrapped(text, face, height, into=(WIDTH - 2 * MARGIN) * drawn.slack, most=most):
        drawn.lines.append(Line(line, MARGIN, y + height, height, face, quiet=quiet))
        y += step
    drawn.said.append(text)
    return y


def _text(row: Row | str) -> str:
    if isinstance(row, str):
        return row
    if row.alone:
        # It says what the question says.
        return ""
    return f"{row.text} ({row.tag})" if row.tag else row.text


def _inside(row: Row | str) -> float:
    free = WIDTH - 2 * (MARGIN + PADDING)
    return (free if isinstance(row, str) else free - FIGURE) * 0.97


def _more(number: int) -> str:
    said = ngettext("and %(number)s more choice", "and %(number)s more choices", number)
    return said % {"number": figures.count(number)}


def _more_questions(number: int) -> str:
    said = ngettext("and %(number)s more question", "and %(number)s more questions", number)
    return said % {"number": figures.count(number)}


def _moved(line: Line, down: int) -> Line:
    return Line(line.text, line.x, line.y + down, line.size, line.face, quiet=line.quiet, ends=line.ends)


def _lowered(bar: Bar, down: int) -> Bar:
    return Bar(bar.x, bar.y + down, bar.width, bar.height, bar.percent, bar.leads)
