from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils import dateformat
from django.utils.functional import lazy

from polls import clocks, languages
from polls.models import Poll
from polls.snapshots import PollSnapshot
from polls.terms import Kind, Phase, Reveal

# A page is printed once for all its readers; its script tells each of them their own time.
ZONE = ZoneInfo("UTC")


_said = lazy(clocks.written, str)


@dataclass(frozen=True, slots=True)
class Instant:
    """When a poll opens, closes or has closed."""

    machine: str
    iso: str
    shown: str
    """In the language that is active when it is printed."""

    @classmethod
    def of(cls, at: datetime | None) -> "Instant | None":
        if at is None:
            return None
        at = at.astimezone(ZONE)
        return cls(dateformat.format(at, r"Y-m-d\TH:i:s\Z"), at.isoformat(), _said(at))


@dataclass(frozen=True, slots=True)
class Portrait:
    id: int
    slug: str
    title: str
    heading: str
    """What stands above a card that asks nothing. A question is not told before its poll opens."""
    kicker: str
    """The title, small above the one question that is the heading, where this says something else."""
    intro: str
    language: str
    """Of the words around its texts; a text in another language says so itself."""
    direction: str
    original: str
    """What the original's language calls itself, where a text had to be shown in it; else nothing."""
    original_code: str
    phase: str
    policy: str
    reveal: str
    opens: Instant | None
    closes: Instant | None
    closed: Instant | None
    alone: bool
    """The poll asks one question, which then is its heading."""
    zone: ZoneInfo
    ranks: bool
    """A question asks for a ranking, which has a script of its own."""
    publishes: bool
    """Its ballots can be read after the close."""
    changed: bool
    """Something was changed after somebody had voted."""
    batched: bool
    """It is secret: what may be seen of its results while it is open comes in batches."""


@dataclass(frozen=True, slots=True)
class Line:
    """A poll in the public list."""

    slug: str
    title: str
    language: str
    phase: str
    opens_at: datetime | None
    closes_at: datetime | None
    zone: ZoneInfo

    @property
    def opens(self) -> Instant | None:
        return Instant.of(self.opens_at)

    @property
    def closes(self) -> Instant | None:
        return Instant.of(self.closes_at)


def line(poll: Poll, titles: Mapping[str, str], wanted: tuple[str, ...], *, at: datetime) -> Line:
    """`titles` are those in all its languages; which one stands here follows from the languages `wanted`."""
    language = languages.best(wanted, tuple(titles)) or poll.language
    phase = poll.phase(at).value
    return Line(poll.slug, titles[language], language, phase, poll.opens_at, poll.closes_at, ZONE)


@dataclass(frozen=True, slots=True)
class TongueLink:
    """A language that a poll can be read in, and where."""

    code: str
    name: str
    """What it calls itself."""
    direction: str
    url: str
    current: bool


def tongues(poll: PollSnapshot, language: str, here: str) -> tuple[TongueLink, ...]:
    """The languages of a poll; none where it has only one. `here` is the address of the card that links to them."""
    if len(poll.languages) < 2:
        return ()
    path, _, query = here.partition("?")
    others = "".join(f"&{part}" for part in query.split("&") if part and not part.startswith("lang="))
    return tuple(
        TongueLink(
            code,
            languages.name_of(code),
            languages.direction_of(code),
            f"{path}?lang={code}{others}",
            code == language,
        )
        for code in poll.languages
    )


def poll(poll: PollSnapshot, *, at: datetime) -> Portrait:
    phase, alone = poll.phase(at), len(poll.questions) == 1
    asked = poll.questions[0].text if alone and phase != Phase.SCHEDULED else poll.title
    return Portrait(
        id=poll.id,
        slug=poll.slug,
        title=poll.title,
        heading=asked,
        kicker=poll.title if asked != poll.title else "",
        intro=poll.intro,
        language=poll.interface,
        direction=languages.direction_of(poll.interface),
        original="" if poll.is_whole else languages.name_of(poll.original),
        original_code=poll.original,
        phase=phase.value,
        policy=poll.policy.value,
        reveal=poll.reveal.value,
        opens=Instant.of(poll.opens_at),
        closes=Instant.of(poll.closes_at),
        closed=Instant.of(poll.closed_at or poll.closes_at),
        alone=alone,
        zone=ZONE,
        ranks=any(question.kind == Kind.RANKED for question in poll.questions),
        publishes=poll.ballots_published,
        changed=bool(poll.changes),
        batched=poll.anonymous and phase == Phase.OPEN and poll.reveal in {Reveal.ALWAYS, Reveal.AFTER_VOTING},
    )
