"""How high a poll is, before a browser has laid it out: a frame without a script keeps its height for ever."""

from polls.snapshots import PollSnapshot, QuestionSnapshot
from polls.terms import Kind

LETTER = 8
"""Pixels that a letter takes on average, generously."""
LETTER_OF_HEADING = 12
MOST_GRADES = 11
WIDE = 480
"""From here on a picture stands beside its choice."""
NARROW = 280
"""Up to here the figures of a result stand below its choice."""


def reserved(poll: PollSnapshot, *, width: int) -> int:
    """The height in pixels that a poll needs at this width, form and results, rather more than less."""
    several = len(poll.questions) > 1
    head = 70 + 30 * _lines(poll.title, width, letter=LETTER_OF_HEADING) if several else 0
    return 220 + head + 24 * _lines(poll.intro, width) + sum(_height(question, width) for question in poll.questions)


def _height(question: QuestionSnapshot, width: int) -> int:
    head = 66 + 28 * _lines(question.text, width, letter=LETTER_OF_HEADING) + 24 * _lines(question.hint, width)
    rows = [_row(choice.text, bool(choice.picture), width) for choice in question.standing]
    written = (72 if question.write_in else 0) + (150 if question.kind == Kind.TEXT else 0)
    form = sum(rows) + written + _grades(question, width) * len(rows)
    return head + max(form, sum(rows) + written + _shown(question, len(rows)))


def _row(text: str, pictured: bool, width: int) -> int:
    high = max(56, 16 + 24 * (_lines(text, width - 120) + (width <= NARROW)))
    if pictured:
        high = max(high, 90) if width >= WIDE else high + 110
    return high + 8


def _grades(question: QuestionSnapshot, width: int) -> int:
    """What the buttons of a scale add to a row of the form."""
    if question.kind not in {Kind.RATING, Kind.SCORE}:
        return 0
    buttons = min(question.highest - question.lowest + 1, MOST_GRADES)
    return 34 + 50 * -(-buttons * 42 // width)


def _shown(question: QuestionSnapshot, rows: int) -> int:
    """What the results add: how rankings and scores were counted, how often each grade was given."""
    match question.kind:
        case Kind.RANKED | Kind.SCORE:
            return 460
        case Kind.RATING if rows == 1:
            return 70 + 40 * (question.highest - question.lowest + 1)
        case Kind.RATING:
            return 46 * rows
    return 80 if question.write_in else 0


def _lines(text: str, width: int, *, letter: int = LETTER) -> int:
    in_a_line = max(1, (width - 64) // letter)
    return sum(-(-len(line) // in_a_line) for line in text.splitlines())
