"""How high a poll is, before a browser has laid it out: a frame without a script keeps its height for ever.

The numbers are pixels of static/ui/poll.css; tests/journeys/test_heights.py measures what they leave out.
"""

from unicodedata import east_asian_width

from polls import policies
from polls.snapshots import PollSnapshot, QuestionSnapshot
from polls.terms import Kind

LETTER, SMALL = 8.4, 7.4
"""Pixels that a letter takes on average, generously, and one of what is written smaller."""
LETTER_OF_HEADING, LETTER_OF_TITLE = 12, 13.5
MOST_GRADES = 11
WIDEST = 768
NARROW = 282
"""Below, the figures of a result stand below its choice."""
BESIDE = 418
"""From here on a picture stands beside its choice, and what is said below beside the button."""
RULES = {Kind.SINGLE: 24, Kind.MULTIPLE: 60, Kind.APPROVAL: 60, Kind.RATING: 90, Kind.RANKED: 160, Kind.SCORE: 110}
"""So many letters has the rule below a question, in the longest of our languages."""
TEXTS = 150
"""Of what was written, which nobody knows before."""


def reserved(poll: PollSnapshot, *, width: int) -> int:
    """The height in pixels that a poll needs at this width, form and results, rather more than less."""
    inside = _inside(width)
    several = len(poll.questions) > 1
    head = 80 + 32 * _lines(poll.title, inside, LETTER_OF_TITLE) if several else 24 * _lines(poll.title, inside, SMALL)
    intro = 8 + 24 * _lines(poll.intro, inside) if poll.intro else 0
    below = 80 if width >= BESIDE else 144
    strength = 8 + 20 * _lines(policies.strength(poll), inside, SMALL)
    around = 2 * _padding(width) + 2 + (60 if len(poll.languages) > 1 else 0) + (56 if poll.ballots_published else 0)
    questions = sum(_height(question, inside, width) + 32 * several for question in poll.questions)
    return round(around + head + intro + questions + below + strength)


def _padding(width: int) -> float:
    return 12 if width < NARROW else min(max(16, width / 20), 32)


def _inside(width: int) -> float:
    """What the padding of the card leaves for its texts."""
    width = min(width, WIDEST)
    return width - 2 * _padding(width) - 2


def _height(question: QuestionSnapshot, inside: float, width: int) -> float:
    rule = (
        f"{question.hint} {'letter ' * (RULES.get(question.kind, 50) // 7)}{question.low_label} {question.high_label}"
    )
    head = 36 + 28 * _lines(question.text, inside, LETTER_OF_HEADING) + 23 * _lines(rule, inside, SMALL)
    results = sum(_row(question, place, _label(inside, width), width, low=24) for place in _places(question))
    form = sum(_asked(question, place, inside, width) for place in _places(question))
    written = (130 if width < NARROW else 100) if question.write_in else 0
    if question.kind == Kind.TEXT:
        return head + TEXTS
    return head + written + max(form, results + _told(question, inside) + (80 if question.write_in else 0))


def _places(question: QuestionSnapshot) -> range:
    return range(len(question.standing))


def _label(inside: float, width: int) -> float:
    """What a row of the results leaves for its choice: beside it are the mark and the figures."""
    return inside - 58 if width < NARROW else inside - 138


def _row(question: QuestionSnapshot, place: int, label: float, width: int, *, low: int) -> float:
    """`low` is what stands below the choice in a narrow column."""
    choice = question.standing[place]
    beside = bool(choice.picture) and width >= BESIDE
    # What says the same as its question is not written again.
    said = "" if choice.text == question.text else choice.text
    lines = _lines(said, label - 108 if beside else label)
    high = 18 + 24 * lines + (low if width < NARROW else 0)
    if choice.picture:
        high = max(high, 90) if beside else high + 102
    return max(56, high) + 8


def _asked(question: QuestionSnapshot, place: int, inside: float, width: int) -> float:
    """A choice in the form."""
    match question.kind:
        case Kind.RANKED:
            buttons = 156 if question.equal_ranks else 116
            label = inside - 70 if width < NARROW else inside - 90 - buttons
            note = 28 + 21 * _lines("letter " * 8, inside, SMALL) if place == 0 else 0
            return _row(question, place, label, width, low=40) + note
        case Kind.RATING | Kind.SCORE:
            skip = 88 if question.kind == Kind.RATING and width >= NARROW else 0
            return _row(question, place, inside - 34 - skip, width, low=32) + _grades(question, inside - 34)
    return _row(question, place, _label(inside, width), width, low=0)


def _grades(question: QuestionSnapshot, room: float) -> float:
    """What the buttons of a scale add to a row of the form."""
    buttons = question.highest - (0 if question.kind == Kind.SCORE else question.lowest) + 1
    if buttons > MOST_GRADES:
        return 40
    in_a_line = max(1, int(room + 4) // 40)
    labels = max(_lines(label, room / 2, SMALL) for label in (question.low_label, question.high_label))
    return 48 * -(-buttons // in_a_line) + (4 + 20 * labels if labels else 0) + 4


def _told(question: QuestionSnapshot, inside: float) -> float:
    """What the results add: how rankings and scores were counted, how often each grade was given."""
    facts = 24 + 23 * _lines("letter " * 8, inside - 20, SMALL)
    rows = len(question.standing)
    match question.kind:
        case Kind.RANKED | Kind.SCORE:
            said = 24 * _lines("it wins " * 25, inside) + 24 * _lines("would be " * 28, inside - 36)
            return said + 60 + 21 * _lines("letter " * 9, inside, SMALL) + 4 * 46
        case Kind.RATING if rows == 1:
            return facts + 40 * (question.highest - question.lowest + 1)
        case Kind.RATING:
            return facts * rows
    return 0


def _lines(text: str, room: float, letter: float = LETTER) -> int:
    return sum(_wrapped(line, max(1, int(room / letter))) for line in text.splitlines())


def _wrapped(line: str, most: int) -> int:
    """In how many lines of at most so many letters it stands; what is longer than a line is broken."""
    lines, used = 1, 0
    for word in line.split():
        long = sum(2 if east_asian_width(letter) in "WF" else 1 for letter in word)
        if used and used + 1 + long > most:
            lines, used = lines + 1, 0
        end = used + bool(used) + long
        lines, used = lines + (end - 1) // most, (end - 1) % most + 1
    return lines
