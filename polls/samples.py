"""Sample polls that look like the real ones of a town, an office, a school, to see Pollstead with something in it.

They are written as an editor would write them and voted on as voters would: through `lifecycle` and `ballots`.
A sample is known by its address and title together: a poll of somebody's own at such an address is left alone.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from django.core.files.images import ImageFile
from django.db import transaction

from polls import (
    ballots,
    lifecycle,
    notices,
    sample_kinds,
    sample_pictures,
    sample_texts,
    sample_voters,
    snapshots,
)
from polls.ballots import moderation
from polls.models import Ballot, Choice, Mark, Poll
from polls.sample_texts import SamplePoll
from polls.snapshots import PollSnapshot
from polls.terms import Door
from polls.voters import Voter

SAMPLES = (*sample_texts.SAMPLES, *sample_kinds.SAMPLES)
SEED = 20_260_321
STEPS = 8
"""Ballots arrive in so many steps between the opening and now."""

DOORS = (Door.PAGE, Door.FRAGMENT, Door.FRAGMENT, Door.FRAME, Door.FRAME, Door.FRAME, Door.API)


@dataclass(frozen=True, slots=True)
class Loaded:
    polls: int
    ballots: int


def load(*, at: datetime) -> Loaded:
    """Add the samples whose address is free, as if they had been there for a while. What is there stays as it is."""
    taken = set(Poll.objects.filter(slug__in=[sample.slug for sample in SAMPLES]).values_list("slug", flat=True))
    missing = [sample for sample in SAMPLES if sample.slug not in taken]
    return Loaded(len(missing), sum(_add(sample, at=at) for sample in missing))


@transaction.atomic
def purge() -> Loaded:
    """Remove the samples with all that was ever cast in them."""
    polls = [poll for poll in Poll.objects.filter(slug__in=[s.slug for s in SAMPLES]) if _is_sample(poll)]
    # Ballots are for ever, and protect what they refer to; those of a sample go before the sample does. One poll after
    # the other: a statement on all of them at once can meet PostgreSQL's time limit on a slow machine.
    cast = 0
    for poll in polls:
        Mark.objects.filter(ballot__poll=poll).delete()
        cast += Ballot.objects.filter(poll=poll).delete()[0]
    for choice in Choice.objects.filter(question__poll__in=polls).exclude(picture=""):
        choice.picture.delete(save=False)
    for poll in polls:
        notices.poll_changed(poll.pk)
        poll.delete()
    return Loaded(len(polls), cast)


def _is_sample(poll: Poll) -> bool:
    return any(sample.slug == poll.slug and sample.title == poll.title for sample in SAMPLES)


def _add(sample: SamplePoll, *, at: datetime) -> int:
    """Write, publish and vote on a sample; gives the number of its ballots."""
    published_at = at - timedelta(days=sample.published_days_ago)
    poll = lifecycle.publish(_written(sample, at=at), at=published_at)
    until = at - timedelta(days=sample.closed_days_ago or 0)
    cast = _vote(snapshots.of(poll), sample, since=published_at, until=until)
    _moderate(poll, at=until)
    if sample.closed_days_ago is not None:
        lifecycle.close(poll, at=until)
    return cast


@transaction.atomic
def _written(sample: SamplePoll, *, at: datetime) -> Poll:
    poll = Poll.objects.create(
        slug=sample.slug,
        title=sample.title,
        intro=sample.intro,
        language=sample.language,
        reveal=sample.reveal,
        opens_at=_hence(at, sample.opens_in_days),
        closes_at=_hence(at, sample.closes_in_days),
    )
    for place, question in enumerate(sample.questions):
        written = poll.questions.create(
            text=question.text,
            hint=question.hint,
            kind=question.kind,
            required=question.required,
            minimum=question.minimum,
            maximum=question.maximum,
            position=place,
            **question.more,
        )
        for position, choice in enumerate(question.choices):
            picture = ImageFile(sample_pictures.drawn(choice.picture), "sample.png") if choice.picture else ""
            written.choices.create(
                text=choice.text,
                position=position,
                right=choice.right,
                none_of_the_above=choice.none_of_the_above,
                picture=picture,
                picture_alt=choice.picture_alt,
            )
    return poll


def _hence(at: datetime, days: int | None) -> datetime | None:
    """Six in the evening, so many days from now: editors don't choose 14:37:12."""
    return None if days is None else (at + timedelta(days=days)).replace(hour=18, minute=0, second=0, microsecond=0)


def _vote(poll: PollSnapshot, sample: SamplePoll, *, since: datetime, until: datetime) -> int:
    random = Random(f"{SEED}-{sample.slug}")  # noqa: S311 -- the same crowd at each load is the point
    voters, counted = iter(range(sample.ballots)), 0
    for step, share in enumerate(_rhythm(sample.ballots), start=1):
        castings = [_casting(poll, sample, next(voters), random) for _ in range(share)]
        batch = ballots.cast_many(castings, at=since + (until - since) * step / (STEPS + 1))
        counted += sum(isinstance(outcome, ballots.Counted) for outcome in batch.outcomes)
    return counted


def _rhythm(number: int) -> Iterator[int]:
    """How many come at each step: most of them early, as when a poll is new."""
    left = number
    for step in range(STEPS, 0, -1):
        coming = left if step == 1 else left * 2 // (step + 1)
        left -= coming
        yield coming


def _moderate(poll: Poll, *, at: datetime) -> None:
    """An editor has read what was written, but for the last two."""
    written = Mark.objects.filter(ballot__poll=poll, text__isnull=False).order_by("id").values_list("pk", flat=True)
    moderation.show(poll, list(written)[:-2], at=at)


def _casting(poll: PollSnapshot, sample: SamplePoll, number: int, random: Random) -> ballots.Casting:
    asked = zip(poll.questions, sample.questions, strict=True)
    given = [answer for question, told in asked if (answer := sample_voters.answer(question, told, number, random))]
    nonce = f"sample-{number}-{random.getrandbits(64):x}"
    return ballots.prepare(poll, given, voter=Voter(browser=f"sample-{number}"), nonce=nonce, door=random.choice(DOORS))
