"""How a poll stands, for its pages on the desk: phase, what is fixed, and what to share."""

from dataclasses import dataclass, fields
from datetime import datetime

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from polls import clocks, edits, exports, figures, refusals, retention, snapshots
from polls.admin import sharing
from polls.ballots import moderation
from polls.models import Change, Poll
from polls.snapshots import PollSnapshot, QuestionSnapshot
from polls.terms import Phase, Policy


@dataclass(frozen=True, slots=True)
class Heading:
    """What every page about a poll begins with, and which tabs it has."""

    poll: PollSnapshot
    phase: Phase
    schedule: str
    ballots: int
    page: str
    public: bool
    """There is a page that voters can open."""
    erasure: str
    """When voters' data was or will be erased; empty where that is not promised."""
    has_texts: bool
    waiting: int
    """Texts that wait to be read."""
    invites: bool
    doubts: int
    """Ballots that were set aside."""


@dataclass(frozen=True, slots=True)
class Standing(Heading):
    questions_fixed: bool
    address: str
    """Of its page, as the public reaches it."""
    snippets: list[sharing.Snippet]
    changes: tuple[Change, ...]


def heading(poll: Poll, *, at: datetime) -> Heading:
    snapshot = snapshots.of(poll)
    phase = poll.phase(at)
    has_texts = moderation.takes_texts(snapshot)
    return Heading(
        poll=snapshot,
        phase=phase,
        schedule=when(poll, at=at),
        ballots=ballots_shown(poll, at=at),
        page=poll.get_absolute_url(),
        public=phase not in {Phase.DRAFT, Phase.ARCHIVED},
        erasure=erasure(poll),
        has_texts=has_texts,
        waiting=moderation.waiting([poll], at=at).get(poll.pk, 0) if has_texts else 0,
        invites=poll.policy == Policy.INVITATION,
        doubts=doubts_shown(poll, at=at),
    )


def standing(poll: Poll, request: HttpRequest, *, at: datetime) -> Standing:
    top = heading(poll, at=at)
    origin = sharing.origin(request)
    return Standing(
        **{field.name: getattr(top, field.name) for field in fields(Heading)},
        questions_fixed=edits.QUESTIONS in edits.fixed(poll, at=at),
        address=sharing.page(top.poll.slug, origin),
        snippets=sharing.snippets(top.poll, origin),
        changes=tuple(poll.changes.select_related("editor")),
    )


def doubts_shown(poll: Poll, *, at: datetime) -> int:
    """How many ballots are set aside, where that may be known: in a secret poll it would move with single ballots."""
    if not hasattr(poll, "tally") or (poll.anonymous and poll.phase(at) == Phase.OPEN):
        return 0
    return poll.tally.set_aside


def ballots_shown(poll: Poll, *, at: datetime) -> int:
    """How many ballots the desk tells of: those of a secret poll that is open come in batches here too."""
    if not hasattr(poll, "tally"):
        return 0
    return poll.tally.released if poll.anonymous and poll.phase(at) == Phase.OPEN else poll.tally.ballots


def downloads(poll: PollSnapshot, *, at: datetime) -> tuple[tuple[QuestionSnapshot, tuple[str, ...]], ...]:
    """Each question with the formats in which its ballots can be had now."""
    try:
        exports.check_exported(poll, at=at)
    except refusals.Refusal:
        return ()
    return tuple((question, found) for question in poll.questions if (found := exports.formats(question)))


def when(poll: Poll, *, at: datetime) -> str:
    """The schedule in a few words: what comes next, or what came last."""
    match poll.phase(at):
        case Phase.DRAFT if not poll.opens_at and not poll.closes_at:
            return ""
        case Phase.DRAFT | Phase.SCHEDULED if poll.opens_at:
            return _("Opens %(instant)s") % {"instant": clocks.told(poll.opens_at, zone=poll.time_zone)}
        case Phase.DRAFT | Phase.OPEN if poll.closes_at:
            return _("Closes %(instant)s") % {"instant": clocks.told(poll.closes_at, zone=poll.time_zone)}
        case Phase.CLOSED | Phase.ARCHIVED if ended := poll.closed_at or poll.closes_at:
            return _("Closed %(instant)s") % {"instant": clocks.told(ended, zone=poll.time_zone)}
    return _("Until you close it")


def erasure(poll: Poll) -> str:
    """What became, or will become, of what could name a voter."""
    if poll.erased_at:
        return _("Voter keys, network keys and texts were erased on %(instant)s; the counts stay.") % {
            "instant": _day(poll.erased_at, poll)
        }
    if moment := retention.erase_at(poll):
        return _("Voter keys, network keys and texts will be erased on %(instant)s; the counts stay.") % {
            "instant": _day(moment, poll)
        }
    if poll.retention_days is not None:
        return ngettext(
            "Voter keys, network keys and texts will be erased %(days)s day after the close.",
            "Voter keys, network keys and texts will be erased %(days)s days after the close.",
            poll.retention_days,
        ) % {"days": figures.count(poll.retention_days)}
    return ""


def _day(moment: datetime, poll: Poll) -> str:
    return clocks.told(moment, zone=poll.time_zone, words="DATE_FORMAT")
