"""What is to be told, written in the transaction of the deed that it tells of."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from functools import partial
from uuid import uuid4

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q

from polls import rights
from polls.models import Delivery, Poll, Told, Webhook
from polls.terms import Event, Phase, Reveal, Status, WebhookState

type Listener = Callable[[], None]

_listeners: list[Listener] = []

_PASSAGES: Mapping[tuple[Phase, Phase], tuple[Event, ...]] = {
    (Phase.DRAFT, Phase.SCHEDULED): (Event.PUBLISHED,),
    (Phase.DRAFT, Phase.OPEN): (Event.PUBLISHED, Event.OPENED),
    (Phase.SCHEDULED, Phase.OPEN): (Event.OPENED,),
    (Phase.SCHEDULED, Phase.CLOSED): (Event.CLOSED,),
    (Phase.OPEN, Phase.CLOSED): (Event.CLOSED,),
    (Phase.CLOSED, Phase.SCHEDULED): (Event.REOPENED,),
    (Phase.CLOSED, Phase.OPEN): (Event.REOPENED,),
    (Phase.CLOSED, Phase.ARCHIVED): (Event.ARCHIVED,),
    (Phase.ARCHIVED, Phase.CLOSED): (Event.RESTORED,),
}
_ONCE = {Event.CHANGED, Event.RESULTS_CHANGED}
"""However often they happen, a webhook is told of the last time."""
_OTHERS = 0
"""In `Told.results`: whatever is seen at the next look, it is a change."""
_HIDDEN_UNTIL_THE_CLOSE = {Reveal.AFTER_VOTING, Reveal.AFTER_CLOSE}


def listen(listener: Listener) -> None:
    """Call `listener` after each commit of something to be told. It may be called from any thread."""
    _listeners.append(listener)


def unlisten(listener: Listener) -> None:
    _listeners.remove(listener)


def turned(poll: Poll, *, before: Phase, at: datetime) -> None:
    """To be called in the transaction of each deed that takes a poll from one phase to another."""
    told = _told(poll, before)
    # What the clock has done first, if nobody has looked at it since.
    missed = _missed(told, poll, to=before, at=at)
    tell(poll, [*missed, *((event, at) for event in _passed(told, poll, to=poll.phase(at)))])
    _keep(told, poll, at=at)


def changed(poll: Poll, *, at: datetime) -> None:
    """To be called in the transaction of each change of what a poll says, or of its schedule. A draft is no news."""
    if poll.status == Status.DRAFT:
        return
    told = _told(poll, poll.phase(at))
    tell(poll, [*((event, at) for event in _passed(told, poll, to=poll.phase(at))), (Event.CHANGED, at)])
    _keep(told, poll, at=at)


def moderated(poll: Poll) -> None:
    """To be called in the transaction of each change of which words of voters are shown.

    Where everyone may see results, the next look at them finds a change.
    """
    Told.objects.filter(pk=poll.pk, results__isnull=False).update(results=_OTHERS)


def turned_by_the_clock(poll_id: int, *, at: datetime) -> None:
    """Tell what a poll's schedule has done. In a transaction of its own; of several processes one does it."""
    with transaction.atomic():
        told = Told.objects.select_for_update().filter(pk=poll_id, turns_at__lte=at).first()
        if told is not None:
            # Read under the lock: a deed is either done, or waits for what is told here.
            poll = Poll.objects.get(pk=poll_id)
            tell(poll, _missed(told, poll, to=poll.phase(at), at=at))
            _keep(told, poll, at=at)


def removed(poll: Poll, *, at: datetime) -> None:
    """To be called before a poll is deleted, in the same transaction."""
    if poll.status != Status.DRAFT:
        tell(poll, [(Event.DELETED, at)])


def tell(poll: Poll, happened: Sequence[tuple[Event, datetime]]) -> None:
    """Write one line for each event, in this order, and each webhook that wants to hear of it."""
    if not happened:
        return
    lines = [
        Delivery(webhook=webhook, event=event, slug=poll.slug, happened_at=at, due_at=at)
        for webhook in listening(poll, [event for event, _at in happened])
        for event, at in happened
        if webhook.wants(event) and not (event in _ONCE and _is_to_be_told(webhook, event, poll, at))
    ]
    if lines:
        Delivery.objects.bulk_create(lines)
    wake()


def wake() -> None:
    """After the commit."""
    for listener in _listeners:
        transaction.on_commit(partial(listener))


def listening(poll: Poll, events: Collection[Event]) -> list[Webhook]:
    """The webhooks that are told of one of these events: those whose makers may see the poll now."""
    named = Webhook.objects.filter(Q(poll=poll) | Q(poll=None), state=WebhookState.ON).select_related("maker")
    wanting = [webhook for webhook in named if any(webhook.wants(event) for event in events)]
    makers = {webhook.maker_id: webhook.maker for webhook in wanting}
    seeing = {key for key, maker in makers.items() if maker and may_hear(maker) and rights.sees(maker, poll.pk)}
    return [webhook for webhook in wanting if webhook.maker_id in seeing]


def may_hear(maker: User | None) -> bool:
    """As at the desk, and as it is now: a webhook hears no more than its maker sees."""
    return rights.may(maker, "view")


def _told(poll: Poll, before: Phase) -> Told:
    """Locked until the commit. One that is new, as under the lock of its poll, stands where that stood before."""
    told = Told.objects.select_for_update().filter(pk=poll.pk).first()
    # Whoever could see the results of a draft would see none.
    return told or Told(poll=poll, phase=before, results=0 if before == Phase.DRAFT else None)


def _missed(told: Told, poll: Poll, *, to: Phase, at: datetime) -> list[tuple[Event, datetime]]:
    """What the clock has done since something was told, and when."""
    way = [Phase.OPEN, to] if told.phase == Phase.SCHEDULED and to == Phase.CLOSED else [to]
    turns = {Phase.OPEN: poll.opens_at, Phase.CLOSED: poll.closes_at}
    known = told.turns_at or at
    return [(event, min(turns.get(phase) or known, at)) for phase in way for event in _passed(told, poll, to=phase)]


def _passed(told: Told, poll: Poll, *, to: Phase) -> tuple[Event, ...]:
    """What happens on the way to this phase, in order; from now on it is told."""
    here, told.phase = Phase(told.phase), to
    events = _events(here, to, poll)
    if to == Phase.ARCHIVED and here in {Phase.SCHEDULED, Phase.OPEN}:
        events = *_events(here, Phase.CLOSED, poll), *_events(Phase.CLOSED, to, poll)
    if Event.CLOSED in events and poll.anonymous and told.results is not None:
        told.results = _OTHERS  # all of them are seen now, where it was the last batch
    return events


def _events(before: Phase, after: Phase, poll: Poll) -> tuple[Event, ...]:
    events = _PASSAGES.get((before, after), ())
    revealed = Event.CLOSED in events and poll.reveal in _HIDDEN_UNTIL_THE_CLOSE
    return (*events, Event.RESULTS_REVEALED) if revealed else events


def _keep(told: Told, poll: Poll, *, at: datetime) -> None:
    turns = {Phase.SCHEDULED: poll.opens_at, Phase.OPEN: poll.closes_at}
    told.turns_at = turns.get(poll.phase(at))
    if told.phase != Phase.CLOSED and poll.reveal != Reveal.ALWAYS:
        told.results = None  # hidden: when they are seen again, that is no change of them
    told.save(force_insert=told._state.adding)


def _is_to_be_told(webhook: Webhook, event: Event, poll: Poll, at: datetime) -> bool:
    """Whether such a line waits already, and is not under way: then it stands for this change too, and is due at once.

    It is locked until the commit, so that whoever hears of it finds the change. It has another name from now on:
    whoever got it, and could not say so, takes it for news.
    """
    same = Delivery.objects.filter(webhook=webhook, event=event, slug=poll.slug, due_at__isnull=False, under_way=False)
    return bool(same.update(message=uuid4(), happened_at=at, due_at=at, tries=0))
