"""What may still be changed of a poll. What it asks and what it promises is fixed by its first ballot."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from polls import corrections, promises, refusals, snapshots
from polls.models import Poll
from polls.terms import Phase, Status

QUESTIONS = "questions"
"""Stands among the field names for all that a poll asks: questions and choices, their words and their order."""

PROMISES = frozenset({QUESTIONS, *promises.LOCKED})
"""What is fixed by the first ballot. `edits_forbidden`, `earliest_close` and `retention_days` may promise more then."""

_SENTENCES: Mapping[str, str | Promise] = {
    QUESTIONS: _("Votes have been counted: questions and choices stay as the voters saw them. Make a copy instead."),
    "policy": _("Votes have been counted: who may vote can’t be changed any more."),
    "network_allowance": _("Votes have been counted: the votes per network can’t be changed any more."),
    "reveal": _("Votes have been counted: what was promised about the results holds."),
    "anonymous": _("Votes have been counted: whether they are secret can’t be changed any more."),
    "changes_allowed": _("Votes have been counted: whether a vote can be changed stays as it was promised."),
    "ballots_published": _("Votes have been counted: whether the ballots are published stays as it was promised."),
    "edits_forbidden": _("Votes have been counted: the promise of no edits holds."),
    "earliest_close": _("Votes have been counted: the poll can’t promise an earlier close than before."),
    "retention_days": _("Votes have been counted: voters’ data can be erased sooner than promised, not later."),
    "title": _("Votes have been counted, and no edits were promised: the title stays."),
    "intro": _("Votes have been counted, and no edits were promised: the introduction stays."),
    "slug": _("The address can’t be changed after publishing: links and frames rely on it."),
    "opens_at": _("The poll has opened already."),
    "closes_at": _("The poll is closed. Reopen it first."),
}
_OVER = _("The poll is over: this promise has been kept.")
_NOT_LATER = _("The closing time must be later than now. To end the poll now, close it.")


def fixed(poll: Poll, *, at: datetime) -> frozenset[str]:
    """The names of the fields that can't change any more."""
    names: set[str] = set()
    if poll.status != Status.DRAFT:
        names.add("slug")
    if poll.phase(at) not in {Phase.DRAFT, Phase.SCHEDULED}:
        names.add("opens_at")
    if poll.phase(at) in {Phase.CLOSED, Phase.ARCHIVED}:
        names |= {"closes_at", "earliest_close"}
    if poll.erased_at:
        names.add("retention_days")
    if poll.has_ballots():
        names |= PROMISES | ({"title", "intro"} if poll.edits_forbidden else set())
    return frozenset(names)


def problems(poll: Poll, changes: Mapping[str, Any], *, at: datetime) -> dict[str, str]:
    """Which changes can't be made, by field, and why. `poll` is as stored; `changes` maps names to new values."""
    found = {name: str(_SENTENCES[name]) for name in sorted(fixed(poll, at=at) & changes.keys())}
    found |= {name: str(_OVER) for name in found.keys() & {"earliest_close", "retention_days"}}
    found |= {name: str(_SENTENCES[name]) for name in _loosened(poll, changes) if name not in found}
    closes_at = changes.get("closes_at")
    if "closes_at" not in found and poll.status != Status.DRAFT and closes_at and closes_at <= at:
        found["closes_at"] = str(_NOT_LATER)
    return found


def _loosened(poll: Poll, changes: Mapping[str, Any]) -> list[str]:
    """The promises that would hold less than before; `polls.promises` says the same in the database."""
    if not poll.has_ballots():
        return []
    days, close = changes.get("retention_days"), changes.get("earliest_close")
    weaker = {
        "edits_forbidden": poll.edits_forbidden and not changes.get("edits_forbidden"),
        "earliest_close": poll.earliest_close and (close is None or close < poll.earliest_close),
        "retention_days": poll.retention_days is not None and (days is None or days > poll.retention_days),
    }
    return [name for name, is_weaker in weaker.items() if name in changes and is_weaker]


@contextmanager
def within_promises(poll_id: int, *, at: datetime, editor: User | None = None) -> Iterator[None]:
    """Around every change that an editor makes of a poll: one transaction, in which no ballot comes in.

    Another title or introduction than people have voted by is listed for everyone, with its editor.

    Raises Forbidden, and nothing is changed, when a fixed field is another one at the end.
    """
    try:
        with transaction.atomic():
            poll = Poll.objects.select_for_update().get(pk=poll_id)
            before = _contents(poll)
            yield
            after = _contents(Poll.objects.get(pk=poll_id))
            changes = {name: value for name, value in after.items() if value != before[name]}
            for sentence in problems(poll, changes, at=at).values():
                raise refusals.Forbidden(sentence)
            if poll.has_ballots():
                corrections.note_reworded(poll, before, changes, editor=editor)
    except IntegrityError as error:
        # The database says no first, and in its own words.
        if promises.NAME not in str(error):
            raise
        raise refusals.Forbidden(_("Votes have been counted: what the poll promised its voters holds.")) from error


def _contents(poll: Poll) -> dict[str, Any]:
    snapshot = snapshots.of(poll)
    return {name: getattr(snapshot, name) for name in _SENTENCES}
