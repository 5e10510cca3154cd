"""How a poll stands, for its page on the desk: phase, results as far as they were promised, and what to share."""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from polls import edits, refusals, snapshots, tallies
from polls.admin import sharing
from polls.kinds.base import QuestionResult
from polls.models import Poll
from polls.snapshots import PollSnapshot, QuestionSnapshot
from polls.terms import Phase


@dataclass(frozen=True, slots=True)
class Standing:
    poll: PollSnapshot
    phase: Phase
    schedule: str
    ballots: int
    questions_fixed: bool
    results: tuple[tuple[QuestionSnapshot, QuestionResult], ...]
    why_no_results: str
    holds_back: bool
    """There are ballots, and a promise keeps what they say from the desk."""
    page: str
    snippets: list[sharing.Snippet]
    public: bool
    """There is a page that voters can open."""


def standing(poll: Poll, request: HttpRequest, *, at: datetime) -> Standing:
    snapshot = snapshots.of(poll)
    tally = tallies.load(snapshot)
    results, why = _results(snapshot, tally, at)
    phase = poll.phase(at)
    return Standing(
        poll=snapshot,
        phase=phase,
        schedule=when(poll, at=at),
        ballots=tally.ballots,
        questions_fixed=edits.QUESTIONS in edits.fixed(poll, at=at),
        results=results,
        why_no_results=why,
        holds_back=bool(why and tally.ballots),
        page=poll.get_absolute_url(),
        snippets=sharing.snippets(poll, sharing.origin(request)),
        public=phase not in {Phase.DRAFT, Phase.ARCHIVED},
    )


def when(poll: Poll, *, at: datetime) -> str:
    """The schedule in a few words: what comes next, or what came last."""
    match poll.phase(at):
        case Phase.DRAFT if not poll.opens_at and not poll.closes_at:
            return ""
        case Phase.DRAFT | Phase.SCHEDULED if poll.opens_at:
            return _("Opens %(instant)s") % {"instant": _instant(poll.opens_at)}
        case Phase.DRAFT | Phase.OPEN if poll.closes_at:
            return _("Closes %(instant)s") % {"instant": _instant(poll.closes_at)}
        case Phase.CLOSED | Phase.ARCHIVED if ended := poll.closed_at or poll.closes_at:
            return _("Closed %(instant)s") % {"instant": _instant(ended)}
    return _("Until you close it")


def _instant(moment: datetime) -> str:
    # The month in letters: 4/5 is another day in another country.
    return f"{date_format(timezone.localtime(moment), 'j M Y, H:i')} {timezone.get_current_timezone_name()}"


def _results(
    poll: PollSnapshot, tally: tallies.TallySnapshot, at: datetime
) -> tuple[tuple[tuple[QuestionSnapshot, QuestionResult], ...], str]:
    try:
        tallies.check_seen_by_editor(poll, at=at)
    except refusals.Refusal as refusal:
        return (), refusal.sentence
    return tuple(zip(poll.questions, tallies.results(poll, tally), strict=True)), ""
