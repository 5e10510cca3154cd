"""A poll as plain, frozen values: what the front doors keep in memory and the rules are checked against.

A snapshot has the poll's version. A ballot that was read against an old version is not counted but read again.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from typing import Any, Self

from django.conf import settings

from polls import languages, rows
from polls.models import Change, Choice, Poll, Question, Theme, Translation
from polls.models.poll import phase_of
from polls.models.translation import OF_CHOICE, OF_POLL, OF_QUESTION
from polls.terms import Kind, Part, Phase, Policy, Reveal, Scale, Status, Unranked

type Words = Mapping[tuple[int | None, int | None, str], str]
"""Translations of one poll into one language, by question, choice and part."""


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


def load(slug: str) -> PollSnapshot | None:
    """The poll at an address; None when there is none."""
    return next(iter(load_many([slug])), None)


def load_many(slugs: Iterable[str]) -> list[PollSnapshot]:
    """The polls at these addresses that exist, in seven queries at most, however many they are."""
    return of_many(rows.having(Poll, "slug", list(slugs)))


def versions(poll_ids: Iterable[int]) -> dict[int, tuple[int, int]]:
    """The version of each poll that still exists, and of its tally, in one query."""
    found = Poll.objects.filter(id__in=poll_ids).values_list("id", "version", "tally__version")
    return {poll: (version, tally or 0) for poll, version, tally in found}


def of(poll: Poll) -> PollSnapshot:
    return of_many([poll])[0]


def of_many(polls: Iterable[Poll]) -> list[PollSnapshot]:
    """In six queries at most for all of them."""
    polls = list(polls)
    ids = [poll.pk for poll in polls]
    questions = rows.grouped(Question, "poll_id", ids, order_by="position, id")
    asked = [question.pk for group in questions.values() for question in group]
    choices = rows.grouped(Choice, "question_id", asked, order_by="position, id")
    changes, translated = rows.grouped(Change, "poll_id", ids), rows.grouped(Translation, "poll_id", ids)
    worn = _worn(polls)
    return [
        _in_its_languages(
            replace(
                _plain(poll, worn.get(poll.theme_id) or worn.get(None)),
                questions=tuple(_question(question, choices[question.pk]) for question in questions[poll.pk]),
                changes=tuple(map(_change, changes[poll.pk])),
            ),
            _words(poll, translated[poll.pk]),
        )
        for poll in polls
    ]


def _worn(polls: Iterable[Poll]) -> dict[int | None, ThemeSnapshot]:
    """The themes that these polls wear; under None the site's, if it has one."""
    chosen = sorted({poll.theme_id for poll in polls if poll.theme_id})
    found: dict[int | None, ThemeSnapshot] = {row.pk: theme(row) for row in rows.having(Theme, "id", chosen)}
    site = site_theme()
    return found | {None: site} if site else found


def _in_its_languages(original: PollSnapshot, words: Mapping[str, Words]) -> PollSnapshot:
    if not words:
        return original
    known = (original.language, *words)
    editions = (_edition(original, language, said) for language, said in words.items())
    return replace(original, languages=known, editions=tuple(replace(edition, languages=known) for edition in editions))


def words_of(poll: Poll) -> dict[str, Words]:
    """The translations of a poll by language, in the order in which languages are listed."""
    return _words(poll, poll.translations.all())


def _words(poll: Poll, translated: Iterable[Translation]) -> dict[str, Words]:
    found: dict[str, dict[tuple[int | None, int | None, str], str]] = {}
    for row in translated:
        if row.language != poll.language:
            found.setdefault(row.language, {})[row.question_id, row.choice_id, row.part] = row.text
    return {language: found[language] for language in languages.in_order(found)}


def untranslated(noun: PollSnapshot | QuestionSnapshot | ChoiceSnapshot, language: str) -> tuple[str, ...]:
    """The names of those texts that stand in the original, in an edition in this language."""
    texts = ((name, getattr(noun, name)) for name in (part.value for part in Part) if hasattr(noun, name))
    return tuple(name for name, text in texts if text and isinstance(text, Text) and text.language != language)


def _plain(poll: Poll, worn: ThemeSnapshot | None) -> PollSnapshot:
    """The poll's own row, without what it asks."""
    return PollSnapshot(
        id=poll.pk,
        slug=poll.slug,
        version=poll.version,
        title=poll.title,
        intro=poll.intro,
        language=poll.language,
        status=Status(poll.status),
        opens_at=poll.opens_at,
        closes_at=poll.closes_at,
        closed_at=poll.closed_at,
        time_zone=poll.time_zone,
        changes_allowed=poll.changes_allowed,
        anonymous=poll.anonymous,
        edits_forbidden=poll.edits_forbidden,
        earliest_close=poll.earliest_close,
        ballots_published=poll.ballots_published,
        retention_days=poll.retention_days,
        erased_at=poll.erased_at,
        policy=Policy(poll.policy),
        network_allowance=poll.network_allowance,
        reveal=Reveal(poll.reveal),
        allowed_sites=tuple(poll.allowed_sites.split()),
        key=bytes.fromhex(poll.key),
        questions=(),
        theme=worn,
        languages=(poll.language,),
    )


def site_theme() -> ThemeSnapshot | None:
    chosen = rows.having(Theme, "is_default", [True])
    return theme(chosen[0]) if chosen else None


def theme(worn: Theme) -> ThemeSnapshot:
    return ThemeSnapshot(
        id=worn.pk or 0,
        scheme=worn.scheme,
        accent=worn.accent,
        background=worn.background,
        dark_accent=worn.dark_accent,
        dark_background=worn.dark_background,
        font=worn.font,
        question_font=worn.question_font,
        radius=worn.radius,
        density=worn.density,
        css=worn.css,
    )


def _edition(poll: PollSnapshot, language: str, words: Words) -> PollSnapshot:
    def said(
        noun: PollSnapshot | QuestionSnapshot | ChoiceSnapshot,
        parts: Iterable[Part],
        question: int | None = None,
        choice: int | None = None,
    ) -> dict[str, Any]:
        texts = {}
        for part in parts:
            original, translated = getattr(noun, part), words.get((question, choice, part), "")
            # What the original leaves empty is not there to be translated.
            known = bool(original and translated)
            texts[part.value] = Text(translated, language) if known else Text(original, poll.language)
        return texts

    def asked(question: QuestionSnapshot) -> QuestionSnapshot:
        choices = (replace(choice, **said(choice, OF_CHOICE, question.id, choice.id)) for choice in question.choices)
        return replace(question, choices=tuple(choices), **said(question, OF_QUESTION, question.id))

    questions = tuple(map(asked, poll.questions))
    return replace(poll, language=language, original=poll.language, questions=questions, **said(poll, OF_POLL))


def _change(change: Change) -> ChangeSnapshot:
    return ChangeSnapshot(change.what, change.before, change.after, change.reason, change.made_at)


def _question(question: Question, choices: Iterable[Choice]) -> QuestionSnapshot:
    return QuestionSnapshot(
        id=question.pk,
        kind=Kind(question.kind),
        text=question.text,
        hint=question.hint,
        required=question.required,
        minimum=question.minimum,
        maximum=question.maximum,
        choices=tuple(map(_choice, choices)),
        scale=Scale(question.scale),
        lowest=question.lowest,
        highest=question.highest,
        low_label=question.low_label,
        high_label=question.high_label,
        equal_ranks=question.equal_ranks,
        longest=question.longest,
        write_in=question.write_in,
        shuffled=question.shuffled,
        rule=question.rule,
        unranked=Unranked(question.unranked),
        seats=question.seats,
        quorum=question.quorum,
        seed=question.seed,
        explanation=question.explanation,
    )


def _choice(choice: Choice) -> ChoiceSnapshot:
    return ChoiceSnapshot(
        id=choice.pk,
        text=choice.text,
        withdrawn=choice.withdrawn_at is not None,
        picture=choice.picture.url if choice.picture else "",
        picture_alt=choice.picture_alt,
        right=choice.right,
        none_of_the_above=choice.none_of_the_above,
    )
