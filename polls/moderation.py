"""Texts and write-ins are shown when an editor has read them."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from polls import lifecycle
from polls.models import Mark, Poll


@transaction.atomic
def show(poll: Poll, marks: Iterable[int], *, at: datetime) -> int:
    """Let texts be seen with the results; gives how many were not shown before."""
    return _turn(poll, marks, hidden=True, at=at)


@transaction.atomic
def hide(poll: Poll, marks: Iterable[int]) -> int:
    """Take texts out of sight again; gives how many were shown before. They stay on their ballots, and counted."""
    return _turn(poll, marks, hidden=False, at=None)


def _turn(poll: Poll, marks: Iterable[int], *, hidden: bool, at: datetime | None) -> int:
    texts = Mark.objects.filter(ballot__poll=poll, pk__in=list(marks), text__isnull=False)
    turned = texts.filter(shown_at__isnull=hidden).update(shown_at=at)
    if turned:
        lifecycle.edited(poll)
    return turned
