from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from polls.models import Poll
from polls.snapshots import PollSnapshot
from polls.terms import Kind, Phase

# A page is printed once for all its readers; its script tells each of them their own time.
ZONE = ZoneInfo("UTC")
RIGHT_TO_LEFT = {"ar", "fa", "he", "ur"}


@dataclass(frozen=True, slots=True)
class Portrait:
    id: int
    slug: str
    title: str
    heading: str
    """What stands above a card that asks nothing. A question is not told before its poll opens."""
    intro: str
    language: str
    direction: str
    phase: str
    policy: str
    reveal: str
    opens_at: datetime | None
    closes_at: datetime | None
    closed_at: datetime | None
    alone: bool
    """The poll asks one question, which then is its heading."""
    zone: ZoneInfo
    ranks: bool
    """A question asks for a ranking, which has a script of its own."""
    publishes: bool
    """Its ballots can be read after the close."""
    changed: bool
    """Something was changed after somebody had voted."""


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


def line(poll: Poll, *, at: datetime) -> Line:
    phase = poll.phase(at).value
    return Line(poll.slug, poll.title, poll.language, phase, poll.opens_at, poll.closes_at, ZONE)


def poll(poll: PollSnapshot, *, at: datetime) -> Portrait:
    phase, alone = poll.phase(at), len(poll.questions) == 1
    return Portrait(
        id=poll.id,
        slug=poll.slug,
        title=poll.title,
        heading=poll.questions[0].text if alone and phase != Phase.SCHEDULED else poll.title,
        intro=poll.intro,
        language=poll.language,
        direction="rtl" if poll.language in RIGHT_TO_LEFT else "ltr",
        phase=phase.value,
        policy=poll.policy.value,
        reveal=poll.reveal.value,
        opens_at=poll.opens_at,
        closes_at=poll.closes_at,
        closed_at=poll.closed_at or poll.closes_at,
        alone=alone,
        zone=ZONE,
        ranks=any(question.kind == Kind.RANKED for question in poll.questions),
        publishes=poll.ballots_published,
        changed=bool(poll.changes),
    )
