"""A poll as plain, frozen values: what the front doors keep in memory and the rules are checked against.

A snapshot has the poll's version. A ballot that was read against an old version is not counted but read again.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch

from polls.models import Choice, Poll, Question
from polls.models.poll import phase_of
from polls.terms import Kind, Phase, Policy, Reveal, Status


@dataclass(frozen=True, slots=True)
class ChoiceSnapshot:
    id: int
    text: str
    withdrawn: bool


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

    @property
    def standing(self) -> tuple[ChoiceSnapshot, ...]:
        """The choices that can be chosen."""
        return tuple(choice for choice in self.choices if not choice.withdrawn)


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
    policy: Policy
    network_allowance: int | None
    reveal: Reveal
    allowed_sites: tuple[str, ...]
    key: bytes
    questions: tuple[QuestionSnapshot, ...]

    def phase(self, at: datetime) -> Phase:
        return phase_of(self.status, self.opens_at, self.closes_at, at)


def load(slug: str) -> PollSnapshot | None:
    """The poll at an address, in three queries; None when there is none."""
    choices = Prefetch("questions__choices", Choice.objects.order_by("position", "id"))
    poll = Poll.objects.filter(slug=slug).prefetch_related("questions", choices).first()
    return of(poll) if poll else None


def versions(poll_ids: Iterable[int]) -> dict[int, int]:
    """The version of each poll that still exists."""
    return dict(Poll.objects.filter(id__in=poll_ids).values_list("id", "version"))


def of(poll: Poll) -> PollSnapshot:
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
        policy=Policy(poll.policy),
        network_allowance=poll.network_allowance,
        reveal=Reveal(poll.reveal),
        allowed_sites=tuple(poll.allowed_sites.split()),
        key=bytes.fromhex(poll.key),
        questions=tuple(map(_question, poll.questions.all())),
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
        choices=tuple(
            ChoiceSnapshot(choice.pk, choice.text, choice.withdrawn_at is not None) for choice in question.choices.all()
        ),
    )
