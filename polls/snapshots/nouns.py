"""What a poll is made of, as plain, frozen values."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Self

from django.conf import settings

from polls import languages
from polls.models.poll import phase_of
from polls.terms import Kind, Part, Phase, Policy, Reveal, Scale, Status, Unranked


class Text(str):
    """A text of a poll in several languages: it knows its own, which is the original's where a translation misses."""

    __slots__ = ("language",)
    language: str

    def __new__(cls, text: str, language: str) -> Self:
        made = super().__new__(cls, text)
        made.language = language
        return made


@dataclass(frozen=True, slots=True)
class ChoiceSnapshot:
    id: int
    text: str
    withdrawn: bool
    picture: str = ""
    """The address of a picture, or nothing."""
    picture_alt: str = ""
    right: bool = False
    none_of_the_above: bool = False


@dataclass(frozen=True, slots=True)
class QuestionSnapshot:
    id: int
    kind: Kind
    text: str
    hint: str
    required: bool
    minimum: int
    maximum: int | None
    choices: tuple[ChoiceSnapshot, ...]
    scale: Scale = Scale.STARS
    lowest: int = 1
    highest: int = 5
    low_label: str = ""
    high_label: str = ""
    equal_ranks: bool = False
    longest: int = 500
    write_in: bool = False
    shuffled: bool = False
    rule: str = ""
    unranked: Unranked = Unranked.LAST
    seats: int = 1
    quorum: int = 0
    seed: str = ""
    explanation: str = ""

    @property
    def is_quiz(self) -> bool:
        return any(choice.right for choice in self.choices)

    @property
    def standing(self) -> tuple[ChoiceSnapshot, ...]:
        """The choices that can be chosen."""
        return tuple(choice for choice in self.choices if not choice.withdrawn)


@dataclass(frozen=True, slots=True)
class ChangeSnapshot:
    """A change of a poll that people had voted in already."""

    what: str
    before: str
    after: str
    reason: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class ThemeSnapshot:
    id: int
    scheme: str
    accent: str
    background: str
    dark_accent: str
    dark_background: str
    font: str
    question_font: str
    radius: int
    density: str
    css: str


@lru_cache(maxsize=1000)
def _interface(*wanted: str) -> str:
    return next((code for code in wanted if languages.speaks(code)), settings.LANGUAGE_CODE)


@dataclass(frozen=True, slots=True)
class PollSnapshot:
    id: int
    slug: str
    version: int
    title: str
    intro: str
    language: str
    status: Status
    opens_at: datetime | None
    closes_at: datetime | None
    closed_at: datetime | None
    time_zone: str
    changes_allowed: bool
    anonymous: bool
    edits_forbidden: bool
    earliest_close: datetime | None
    ballots_published: bool
    retention_days: int | None
    erased_at: datetime | None
    policy: Policy
    network_allowance: int | None
    reveal: Reveal
    allowed_sites: tuple[str, ...]
    key: bytes
    questions: tuple[QuestionSnapshot, ...]
    changes: tuple[ChangeSnapshot, ...] = ()
    theme: ThemeSnapshot | None = None
    """What the poll wears: its own, or the site's; None is the built-in look."""
    original: str = ""
    """Of an edition in another language: the language that the poll is written in."""
    languages: tuple[str, ...] = ()
    """The original's, and each that there is an edition in."""
    editions: tuple["PollSnapshot", ...] = field(default=(), repr=False)
    """The poll with its texts in each of its other languages: the same ids, and where a text misses, the original's."""

    @property
    def is_shuffled(self) -> bool:
        """Not everybody sees the choices in one order."""
        return any(question.shuffled for question in self.questions)

    @property
    def interface(self) -> str:
        """The language of the words around its texts: its own, as far as the interface speaks it."""
        return _interface(self.language, self.original)

    def in_language(self, language: str) -> "PollSnapshot":
        """The edition in a language; the poll as it is written for one that it isn't in."""
        return next((edition for edition in self.editions if edition.language == language), self)

    @property
    def is_whole(self) -> bool:
        """No text is shown in the original because its translation misses."""
        choices = [choice for question in self.questions for choice in question.choices]
        nouns: list[PollSnapshot | QuestionSnapshot | ChoiceSnapshot] = [self, *self.questions, *choices]
        return not any(untranslated(noun, self.language) for noun in nouns)

    def phase(self, at: datetime) -> Phase:
        return phase_of(self.status, self.opens_at, self.closes_at, at)

    def next_phase_at(self, at: datetime) -> datetime | None:
        """When the clock alone will move the poll to its next phase; None when it won't."""
        match self.phase(at):
            case Phase.SCHEDULED:
                return self.opens_at
            case Phase.OPEN:
                return self.closes_at
        return None


def untranslated(noun: PollSnapshot | QuestionSnapshot | ChoiceSnapshot, language: str) -> tuple[str, ...]:
    """The names of those texts that stand in the original, in an edition in this language."""
    texts = ((name, getattr(noun, name)) for name in (part.value for part in Part) if hasattr(noun, name))
    return tuple(name for name, text in texts if text and isinstance(text, Text) and text.language != language)
