"""Polls that differ in their texts, ids and address alone have one pattern: a card is written once for all of these.

The templates are given a poll whose texts and ids are places, and in what they write each poll's own are put there. So
they may show a text, and ask whether there is one; what they would make of its letters (a part of it, its length) is to
be made for each poll by itself, as `ui.linked_data` is.
"""

import re
import secrets
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from django.template.defaultfilters import linebreaksbr
from django.utils.html import escape

from polls.kinds.base import QuestionResult
from polls.snapshots import ChangeSnapshot, ChoiceSnapshot, PollSnapshot, QuestionSnapshot, Text
from polls.tallies import TallySnapshot
from polls.terms import Phase, Status
from ui.entries import Entry

MOST_WRITTEN = 500
"""So many cards are kept, some 10 KB each."""

# A place is a number, since ids are, and stands in an address as it is. Its beginning is drawn at each start.
_TOKEN = 10**14 + secrets.randbelow(9 * 10**14)
_PLACES = 10**6
_PLACE = re.compile(rf"{_TOKEN}(\d{{6}})")

# When is put in like linked data; that there is such an instant, a template may ask.
_SOME_DAY = datetime(9999, 1, 1, tzinfo=UTC)
_CHANGED = (ChangeSnapshot("", "", "", "", _SOME_DAY),)

kept: dict[Hashable, str] = {}


@dataclass(frozen=True, slots=True)
class Pattern:
    poll: PollSnapshot
    """With places for its texts and ids."""
    spoken: tuple[str, ...]
    """The languages of its texts, by which these are not compared."""
    said: tuple[str, ...]
    """What stands at each place, as HTML."""

    def filled(self, text: str) -> str:
        """What was written for the pattern, with what the poll says."""
        return _PLACE.sub(lambda place: self.said[int(place[1])], text)


class _Places:
    """Gives places to what a poll says."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.spoken: list[str] = []

    def number(self, number: int) -> int:
        self.said.append(str(number))
        return _TOKEN * _PLACES + len(self.said) - 1

    def text(self, text: str, to_html: Callable[[str], str] = escape) -> str:
        if not text:
            return text
        self.said.append(to_html(text))
        return self.like(text, str(_TOKEN * _PLACES + len(self.said) - 1))

    def like(self, text: str, place: str) -> str:
        """The place as a text in the same language."""
        if not isinstance(text, Text):
            return place
        self.spoken.append(text.language)
        return Text(place, text.language)


def of(poll: PollSnapshot, phase: Phase) -> Pattern:
    """The pattern of a poll, or of its edition in another language, for cards that it shows in this phase."""
    places = _Places()
    number, slug, title = places.number(poll.id), places.text(poll.slug), places.text(poll.title)
    pattern = replace(
        poll,
        id=number,
        slug=slug,
        title=title,
        intro=places.text(poll.intro, linebreaksbr),
        questions=tuple(_question(question, poll.title, title, places) for question in poll.questions),
        changes=_CHANGED if poll.changes else (),
        version=0,
        status=Status.CLOSED if phase == Phase.CLOSED else poll.status,
        opens_at=_SOME_DAY if poll.opens_at and phase == Phase.SCHEDULED else None,
        closes_at=_SOME_DAY if poll.closes_at and phase == Phase.OPEN else None,
        closed_at=_SOME_DAY if (poll.closed_at or poll.closes_at) and phase == Phase.CLOSED else None,
        time_zone="",
        earliest_close=None,
        retention_days=None,
        erased_at=None,
        allowed_sites=(),
        key=b"",
        editions=(),
    )
    return Pattern(pattern, tuple(places.spoken), tuple(places.said))


def written(pattern: Pattern, key: Hashable, write: Callable[[Entry], str]) -> str:
    """What `write` writes for a poll, for this one: it is asked once for all that have this pattern."""
    whole = (pattern.poll, pattern.spoken, key)
    text = kept.get(whole)
    if text is None:
        text = write(Entry(pattern.poll, TallySnapshot(), 0.0))
        if len(kept) >= MOST_WRITTEN:
            kept.pop(next(iter(kept)), None)
        kept[whole] = text
    return pattern.filled(text)


def results(poll: PollSnapshot, results: Sequence[QuestionResult]) -> list[QuestionResult]:
    """The results of a poll with the ids of its pattern, where choices are not compared."""
    return [
        replace(
            result,
            question=question.id,
            choices=tuple(
                replace(there, choice=choice.id, text=choice.text)
                for choice, there in zip(question.choices, result.choices, strict=True)
            ),
        )
        for question, result in zip(poll.questions, results, strict=True)
    ]


def _question(question: QuestionSnapshot, title: str, titled: str, places: _Places) -> QuestionSnapshot:
    # A question that says what the title says stands without it.
    text = places.like(question.text, titled) if question.text == title else places.text(question.text)
    return replace(
        question,
        id=places.number(question.id),
        text=text,
        hint=places.text(question.hint),
        low_label=places.text(question.low_label),
        high_label=places.text(question.high_label),
        explanation=places.text(question.explanation, linebreaksbr),
        choices=tuple(_choice(choice, question, text, places) for choice in question.choices),
        seed="",
    )


def _choice(choice: ChoiceSnapshot, question: QuestionSnapshot, asked: str, places: _Places) -> ChoiceSnapshot:
    return replace(
        choice,
        id=places.number(choice.id),
        # A choice that says what its question says is shown otherwise.
        text=places.like(choice.text, asked) if choice.text == question.text else places.text(choice.text),
        picture=places.text(choice.picture),
        picture_alt=places.text(choice.picture_alt),
    )
