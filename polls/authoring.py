"""What a program does with polls by an API token, as its maker could at the desk: each told in the poll's history.

All raise TokenForbidden where the maker has not the right, and UnknownPoll for a poll that the maker doesn't see.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.contrib.admin.models import ADDITION, CHANGE, LogEntry
from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _

from polls import definitions, lifecycle, refusals, rights
from polls.models import ApiToken, Poll
from polls.rights import Deed
from polls.terms import Phase, Status

type IsKnown = Callable[[str], bool]
"""Whether a program has read a poll as it is in this file."""


@dataclass(frozen=True, slots=True)
class Authored:
    """A poll after a deed, and the file that it is now."""

    poll: Poll
    file: str


def create(body: bytes, *, token: ApiToken) -> Authored:
    """The poll of a file, as a draft of the maker's. Raises DefinitionFaulty."""
    maker = _allowed(token, "add")
    try:
        draft = definitions.one(definitions.decoded(body))
        with transaction.atomic():
            poll = definitions.store(draft, organiser=maker)
            return _noted(poll, maker, token, _("Written by the API token “%(token)s”."), deed=ADDITION)
    except definitions.DefinitionError as error:
        raise _faulty(error) from error


def read(slug: str, *, token: ApiToken) -> str:
    """The poll as a file, whatever its status."""
    maker = _allowed(token, "view")
    return definitions.alone(_found(slug, maker))


def replace(slug: str, body: bytes, *, token: ApiToken, is_known: IsKnown | None = None) -> Authored:
    """A draft as a whole. Raises DefinitionFaulty, AlreadyPublished, and ChangedMeanwhile for what is not known."""
    maker = _allowed(token, "change")
    try:
        # Before the poll is locked, since it takes its time: who has read a file holds up nobody.
        draft = definitions.one(definitions.decoded(body))
        with transaction.atomic():
            poll = _found(slug, maker, locked=True)
            if poll.status != Status.DRAFT:
                raise refusals.AlreadyPublished
            before = definitions.alone(poll)
            if is_known and not is_known(before):
                raise refusals.ChangedMeanwhile
            definitions.replace(poll, draft)
            # Beside the words: a page of the desk that is open says by it who has changed what is in dispute.
            poll.refresh_from_db()
            if changes := definitions.between(before, definitions.alone(poll)):
                LogEntry.objects.log_actions(maker.pk, [poll], CHANGE, change_message=changes)
            return _noted(poll, maker, token, _("Written anew by the API token “%(token)s”."))
    except definitions.DefinitionError as error:
        raise _faulty(error) from error


@transaction.atomic
def publish(slug: str, *, token: ApiToken, at: datetime) -> Authored:
    """Done once, however often it is asked for. Raises Forbidden as `lifecycle.publish` does."""
    maker = _allowed(token, "change")
    poll = _found(slug, maker, locked=True)
    if poll.status == Status.PUBLISHED:
        return Authored(poll, definitions.alone(poll))
    return _noted(lifecycle.publish(poll, at=at), maker, token, _("Published by the API token “%(token)s”."))


@transaction.atomic
def close(slug: str, *, token: ApiToken, at: datetime) -> Authored:
    """Done once, however often it is asked for. Raises Forbidden as `lifecycle.close` does."""
    maker = _allowed(token, "change")
    poll = _found(slug, maker, locked=True)
    if poll.phase(at) == Phase.CLOSED:
        return Authored(poll, definitions.alone(poll))
    return _noted(lifecycle.close(poll, at=at), maker, token, _("Closed by the API token “%(token)s”."))


def _allowed(token: ApiToken, deed: Deed) -> User:
    """The token's maker, as one who may do this at the desk now."""
    maker = token.maker
    if maker is None or not rights.may(maker, deed):
        raise refusals.TokenForbidden(casting=False)
    return maker


def _found(slug: str, maker: User, *, locked: bool = False) -> Poll:
    """As at every address of the desk, somebody else's poll is not there."""
    polls = Poll.objects.select_for_update() if locked else Poll.objects.all()
    poll = polls.visible_to(maker).filter(slug=slug).first()
    if poll is None:
        raise refusals.UnknownPoll
    return poll


def _noted(poll: Poll, maker: User, token: ApiToken, words: str, *, deed: int = CHANGE) -> Authored:
    """The poll as it is stored now. What was done stands in its history, as what is done at the desk."""
    LogEntry.objects.log_actions(maker.pk, [poll], deed, change_message=words % {"token": token.name})
    poll.refresh_from_db()
    return Authored(poll, definitions.alone(poll))


def _faulty(error: definitions.DefinitionError) -> refusals.DefinitionFaulty:
    return refusals.DefinitionFaulty([(fault.at, fault.sentence) for fault in error.faults])
