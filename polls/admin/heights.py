"""How high a poll is, before a browser has laid it out: a frame without a script keeps its height for ever."""

from polls.snapshots import PollSnapshot, QuestionSnapshot
from polls.terms import Kind

LETTER = 8
"""Pixels that a letter takes on average, generously."""
LETTER_OF_HEADING = 12
MOST_BUTTONS = 11


def reserved(poll: PollSnapshot, *, width: int) -> int:
    """The height in pixels that a poll needs at this width, rather more than less."""
    asked = sum(_height(question, width) for question in poll.questions)
    head = 0 if len(poll.questions) == 1 else 70 + 30 * _lines(poll.title, width, letter=LETTER_OF_HEADING)
    return 210 + head + 24 * _lines(poll.intro, width) + asked


def _height(question: QuestionSnapshot, width: int) -> int:
    head = 66 + 28 * _lines(question.text, width, letter=LETTER_OF_HEADING) + 24 * _lines(question.hint, width)
    rows = [_row(question, choice.text, bool(choice.picture), width) for choice in question.standing]
    return head + sum(rows) + (64 if question.write_in else 0) + (150 if question.kind == Kind.TEXT else 0)


def _row(question: QuestionSnapshot, text: str, pictured: bool, width: int) -> int:
    high = max(56, 16 + 24 * _lines(text, width - 120))
    if pictured:
        high = max(high, 90) if width >= 480 else high + 110
    if question.kind in {Kind.RATING, Kind.SCORE}:
        grades = min(question.highest - question.lowest + 1, MOST_BUTTONS)
        high += 34 + 50 * -(-grades * 42 // width)
    return high + 8


def _lines(text: str, width: int, *, letter: int = LETTER) -> int:
    in_a_line = max(1, (width - 64) // letter)
    return sum(-(-len(line) // in_a_line) for line in text.splitlines())
