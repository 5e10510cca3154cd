"""A poll as plain, frozen values: what the front doors keep in memory and the rules are checked against.

A snapshot has the poll's version. A ballot that was read against an old version is not counted but read again.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch, QuerySet

from polls.models import Choice, Poll, Question, Theme
from polls.models.poll import phase_of
from polls.terms import Kind, Phase, Policy, Reveal, Scale, Status, Unranked


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

    @property
    def is_shuffled(self) -> bool:
        """Not everybody sees the choices in one order."""
        return any(question.shuffled for question in self.questions)

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
    """The poll at an address, in four or five queries; None when there is none."""
    poll = complete(Poll.objects.filter(slug=slug)).first()
    return of(poll) if poll else None


def complete(polls: QuerySet[Poll]) -> QuerySet[Poll]:
    """The same polls, with all that `of` reads: however many there are, in as many queries."""
    choices = Prefetch("questions__choices", Choice.objects.order_by("position", "id"))
    return polls.select_related("theme").prefetch_related("questions", choices, "changes")


def versions(poll_ids: Iterable[int]) -> dict[int, tuple[int, int]]:
    """The version of each poll that still exists, and of its tally, in one query."""
    rows = Poll.objects.filter(id__in=poll_ids).values_list("id", "version", "tally__version")
    return {poll: (version, tally or 0) for poll, version, tally in rows}


def of(poll: Poll) -> PollSnapshot:
    return _snapshot(poll, site_theme() if poll.theme is None else None)


def of_many(polls: Iterable[Poll]) -> list[PollSnapshot]:
    """Of polls that are `complete`, with one query more for all of them."""
    site = site_theme()
    return [_snapshot(poll, site) for poll in polls]


def _snapshot(poll: Poll, site: ThemeSnapshot | None) -> PollSnapshot:
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
        questions=tuple(map(_question, poll.questions.all())),
        changes=tuple(
            ChangeSnapshot(change.what, change.before, change.after, change.reason, change.made_at)
            for change in poll.changes.all()
        ),
        theme=theme(poll.theme) if poll.theme else site,
    )


def site_theme() -> ThemeSnapshot | None:
    chosen = Theme.objects.filter(is_default=True).first()
    return theme(chosen) if chosen else None


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


def _question(question: Question) -> QuestionSnapshot:
    return QuestionSnapshot(
        id=question.pk,
        kind=Kind(question.kind),
        text=question.text,
        hint=question.hint,
        required=question.required,
        minimum=question.minimum,
        maximum=question.maximum,
        choices=tuple(map(_choice, question.choices.all())),
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
