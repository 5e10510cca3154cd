"""Reading what was counted. `may_see` alone decides who sees results, at every door and in every channel."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.db.models import Max
from django.db.models.functions import Coalesce

from polls import refusals, rows
from polls.kinds import KINDS
from polls.kinds.base import QuestionResult
from polls.models import Counter, Mark, Tally
from polls.snapshots import PollSnapshot, QuestionSnapshot
from polls.terms import Kind, Phase, Reveal, Status

MOST_TEXTS = 50
"""So many texts of a question are shown, the newest."""


@dataclass(frozen=True, slots=True)
class TallySnapshot:
    """The counters of a poll at one version: by question, what was said and how often."""

    version: int = 0
    ballots: int = 0
    counters: Mapping[int, Mapping[str, int]] = field(default_factory=dict)
    set_aside: int = 0
    """Ballots in quarantine, which are not counted."""
    texts: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    """Texts and write-ins that an editor has let be shown, by question."""
    released: int = 0
    released_counters: Mapping[int, Mapping[str, int]] = field(default_factory=dict)
    """Of a secret poll: what may be seen while it is open."""

    def shown(self, poll: PollSnapshot, *, at: datetime) -> "TallySnapshot":
        """The numbers that may be seen now: a secret poll that is open shows those of the last release."""
        if poll.anonymous and poll.phase(at) == Phase.OPEN:
            # The version and what is set aside move with every ballot: who watches them would learn when each one came.
            seen = replace(self, version=self.released, ballots=self.released, counters=self.released_counters)
            return replace(seen, set_aside=0)
        return self


def load(poll: PollSnapshot) -> TallySnapshot:
    """The tally of a poll, in two queries, and one for each question whose texts may be shown."""
    return load_many([poll])[poll.id]


def load_many(polls: Sequence[PollSnapshot]) -> dict[int, TallySnapshot]:
    """The tallies of polls by their ids, in two queries, and one for each question whose texts may be shown."""
    ids = [poll.id for poll in polls]
    # The version first: counters that are newer than it are read again with the next version; older ones never show.
    found = {tally.pk: tally for tally in rows.having(Tally, "poll_id", ids, order_by="poll_id")}
    counters: dict[int, dict[int, dict[str, int]]] = {poll.id: _by_question(poll) for poll in polls}
    released: dict[int, dict[int, dict[str, int]]] = {poll.id: _by_question(poll) for poll in polls}
    asked = {question.id: poll.id for poll in polls for question in poll.questions}
    names = ("question_id", "said", "count", "released")
    for question, said, count, seen in rows.columns(Counter, names, "question_id", list(asked)):
        counters[asked[question]][question][said] = count
        released[asked[question]][question][said] = seen
    return {poll.id: _tally(poll, found.get(poll.id), counters[poll.id], released[poll.id]) for poll in polls}


def _by_question(poll: PollSnapshot) -> dict[int, dict[str, int]]:
    return {question.id: {} for question in poll.questions}


def _tally(
    poll: PollSnapshot,
    tally: Tally | None,
    counters: Mapping[int, Mapping[str, int]],
    released: Mapping[int, Mapping[str, int]],
) -> TallySnapshot:
    if tally is None:
        return TallySnapshot(counters=counters, released_counters=released)
    texts = _texts(poll)
    return TallySnapshot(tally.version, tally.ballots, counters, tally.set_aside, texts, tally.released, released)


def _texts(poll: PollSnapshot) -> dict[int, tuple[str, ...]]:
    """What was let be shown, the newest first."""
    written = [question for question in poll.questions if question.write_in or question.kind == Kind.TEXT]
    found = {question.id: tuple(_texts_of(question)) for question in written}
    # In a secret poll the order of texts must not tell the order of ballots.
    return {question: tuple(sorted(texts)) for question, texts in found.items()} if poll.anonymous else found


def _texts_of(question: QuestionSnapshot) -> Iterable[str]:
    counted = Mark.objects.filter(question=question.id, choice=None, ballot__set_aside_at=None)
    shown = counted.filter(shown_at__isnull=False).exclude(text="").annotate(words=Coalesce("read_as", "text"))
    if not question.write_in:
        return list(shown.order_by("-shown_at", "-id").values_list("words", flat=True)[:MOST_TEXTS])
    # Write-ins are names: the same one is told once, the newest first.
    newest = shown.order_by().values_list("words").annotate(at=Max("shown_at"), last=Max("id"))
    return [words for words, _at, _last in newest.order_by("-at", "-last")[:MOST_TEXTS]]


def results(poll: PollSnapshot, tally: TallySnapshot) -> list[QuestionResult]:
    """One result per question, in the poll's order. Ask `may_see` first, and give it what is `shown`."""
    return [_result(question, tally) for question in poll.questions]


def answered(question: QuestionSnapshot) -> int:
    """How many counted ballots answer a question."""
    return Counter.objects.filter(question=question.id, said="").values_list("count", flat=True).first() or 0


def is_slow(poll: PollSnapshot) -> bool:
    """Whether the results take long enough to be worked out off the event loop."""
    return any(KINDS[question.kind].slow for question in poll.questions)


def _result(question: QuestionSnapshot, tally: TallySnapshot) -> QuestionResult:
    result = KINDS[question.kind].result(question, tally.counters.get(question.id, {}))
    texts = tally.texts.get(question.id, ())
    return replace(result, texts=texts) if texts else result


def check_seen(poll: PollSnapshot, *, at: datetime, voted: bool) -> None:
    """Raises the Refusal that says why results are not shown to somebody who has `voted` or not."""
    phase = poll.phase(at)
    if phase == Phase.DRAFT:
        raise refusals.UnknownPoll
    if phase == Phase.ARCHIVED:
        raise refusals.PollArchived
    if phase == Phase.SCHEDULED:
        raise refusals.NotOpenYet
    match poll.reveal:
        case Reveal.NEVER:
            raise refusals.ResultsHidden
        case Reveal.AFTER_CLOSE if phase != Phase.CLOSED:
            raise refusals.ResultsAfterClose
        case Reveal.AFTER_VOTING if phase != Phase.CLOSED and not voted:
            raise refusals.ResultsAfterVoting


def why_hidden(poll: PollSnapshot, *, at: datetime, voted: bool) -> refusals.Refusal | None:
    """The same, said; None where they may be seen."""
    try:
        check_seen(poll, at=at, voted=voted)
    except refusals.Refusal as refusal:
        return refusal
    return None


def check_seen_by_editor(poll: PollSnapshot, *, at: datetime) -> None:
    """Raises the Refusal that says why the desk shows no results: what was promised to the voters binds it too.

    An editor sees what somebody sees who has voted, and of an archived poll what was seen when it was closed.
    """
    if poll.status == Status.DRAFT:
        raise refusals.NotOpenYet  # who writes it knows that it is there
    standing = replace(poll, status=Status.CLOSED) if poll.status == Status.ARCHIVED else poll
    check_seen(standing, at=at, voted=True)


def may_see(poll: PollSnapshot, *, at: datetime, voted: bool) -> bool:
    return why_hidden(poll, at=at, voted=voted) is None
