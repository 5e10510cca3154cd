"""What happens without a deed: polls that open and close by their schedule, and results that move."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Case, F, PositiveBigIntegerField, Q, QuerySet, When
from django.db.models.functions import Coalesce

from polls import snapshots, tallies
from polls.models import Poll, Tally, Told, Webhook
from polls.tallies import TallySnapshot
from polls.terms import Event, Reveal, Status, WebhookState
from polls.webhooks import outbox

PAUSE = timedelta(seconds=10)
"""Between two messages about the results of one poll."""
AT_ONCE = 200
"""So many polls one look reads at most. Before a webhook hears of many polls, a few looks go by."""


def turn(at: datetime) -> None:
    """Tell of polls that have opened or closed by their schedule."""
    due = Told.objects.filter(turns_at__lte=at).order_by("turns_at")
    for poll_id in list(due.values_list("pk", flat=True)[:1000]):
        outbox.turned_by_the_clock(poll_id, at=at)


def look_at_results(at: datetime) -> None:
    """Tell of results that have changed since the last look, where everyone may see them. Votes know nothing of it.

    Of results that could not be seen at the last look nothing is told now: see Event.RESULTS_REVEALED.
    """
    scopes = [_scope(hook) for hook in _looking() if outbox.may_hear(hook.maker)]
    if not scopes:
        return
    polls = list(_moved(at).filter(_any(scopes))[:AT_ONCE])
    told = dict(Told.objects.filter(pk__in=polls).values_list("pk", "results"))
    shown = _shown(polls, at=at)
    for poll in polls:
        if poll.pk in shown and shown[poll.pk] != told.get(poll.pk):
            _tell(poll, told.get(poll.pk), shown[poll.pk], at=at)


def begin_to_look(webhook: Webhook) -> None:
    """To be called when a webhook begins to hear of results: of what changed before, it is told nothing."""
    if webhook.state != WebhookState.ON or not webhook.wants(Event.RESULTS_CHANGED):
        return
    others = [hook for hook in _looking() if hook.pk != webhook.pk]
    looked_at = _any(_scope(hook) for hook in others if outbox.may_hear(hook.maker))
    fresh = Poll.objects.filter(_scope(webhook)).exclude(looked_at)
    Told.objects.filter(pk__in=fresh.values("pk")).update(results=None)


@transaction.atomic
def _tell(poll: Poll, before: int | None, now: int, *, at: datetime) -> None:
    # Of several processes that see it, one tells.
    same = Told.objects.filter(_rested("", at), pk=poll.pk, results=before)
    if same.update(results=now, results_at=at) and before is not None:
        outbox.tell(poll, [(Event.RESULTS_CHANGED, at)])


def _moved(at: datetime) -> QuerySet[Poll]:
    """Polls whose results may be others than was told, those first of which something was told. `_shown` says so."""
    over = Q(status=Status.CLOSED) | Q(status=Status.PUBLISHED, closes_at__lte=at)
    seen = (Q(status=Status.PUBLISHED, reveal=Reveal.ALWAYS) | over) & ~Q(reveal=Reveal.NEVER)
    batch = When(~over & Q(anonymous=True), then=Coalesce("tally__released", 0))
    number = Case(batch, default=Coalesce("tally__version", 0), output_field=PositiveBigIntegerField())
    polls = Poll.objects.filter(seen, _rested("told__", at), told__isnull=False).annotate(moved_to=number)
    return polls.exclude(told__results=F("moved_to")).order_by(F("told__results").asc(nulls_last=True), "pk")


def _rested(told: str, at: datetime) -> Q:
    return Q(**{f"{told}results_at": None}) | Q(**{f"{told}results_at__lte": at - PAUSE})


def _shown(polls: list[Poll], *, at: datetime) -> dict[int, int]:
    """The versions of the results that everyone may see, by poll. A secret poll that is open shows its last batch."""
    numbers = {tally.pk: tally for tally in Tally.objects.filter(pk__in=polls)}
    found = {}
    for poll in snapshots.of_many(polls):
        if tallies.may_see(poll, at=at, voted=False):
            tally = numbers.get(poll.id, Tally())
            kept = TallySnapshot(version=tally.version, ballots=tally.ballots, released=tally.released)
            found[poll.id] = kept.shown(poll, at=at).version
    return found


def _looking() -> list[Webhook]:
    """The webhooks that hear of results that move."""
    on = Webhook.objects.filter(state=WebhookState.ON).select_related("maker")
    return [webhook for webhook in on if webhook.wants(Event.RESULTS_CHANGED)]


def _scope(webhook: Webhook) -> Q:
    """Which polls it may be told of."""
    maker = webhook.maker
    if maker is None:
        return Q(pk__in=[])
    every = maker.is_superuser or maker.has_perm("polls.see_every_poll")
    # Not an empty Q: together with others it would mean nothing, instead of everything.
    seen = Q(pk__isnull=False) if every else Q(organiser=maker)
    return seen & Q(pk=webhook.poll_id) if webhook.poll_id else seen


def _any(scopes: Iterable[Q]) -> Q:
    found = Q(pk__in=[])
    for scope in scopes:
        found |= scope
    return found
