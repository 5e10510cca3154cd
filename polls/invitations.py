"""Invitations: made in bulk, told once, revoked. Only the hashes of their codes are kept.

A code has 16 letters of Crockford's base32, 80 bits: nobody guesses one, and nobody mistakes an I for a 1.
"""

import csv
import secrets
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import StringIO
from itertools import batched

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from polls import figures, refusals, snapshots
from polls.counting.files import safe_cell
from polls.models import Invitation, Poll
from polls.terms import Policy, Status
from polls.voters import invitation_hash

LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 16
MOST_AT_ONCE = 50_000
LONGEST_LABEL = 200

_MISTAKEN = str.maketrans(
    {"I": "1", "L": "1", "O": "0", **dict.fromkeys(" -\u2010\u2011\u2012\u2013\u2014\u00a0\t\r\n")}
)


@dataclass(frozen=True, slots=True)
class Issued:
    """An invitation and its code, which exists here alone: tell it, or it is gone."""

    id: int
    label: str
    code: str
    """As it is printed: XXXX-XXXX-XXXX-XXXX."""

    def link(self, poll: Poll, *, site: str) -> str:
        """The address that brings the code along. `site` is our own origin, like https://polls.example."""
        return f"{site.rstrip('/')}{poll.get_absolute_url()}?invitation={self.code}"


def normalised(text: str) -> str | None:
    """The 16 letters of a code as somebody typed it; None for what can be no code."""
    code = text.upper().translate(_MISTAKEN)
    return code if len(code) == LENGTH and all(letter in LETTERS for letter in code) else None


def grouped(code: str) -> str:
    """In groups of four, as people can copy it."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


@transaction.atomic
def issue(poll: Poll, number: int | None = None, *, labels: Sequence[str] = ()) -> list[Issued]:
    """Make an invitation for each label, or `number` without any. Their codes are told here and never again.

    Raises Forbidden where the poll takes no invitations.
    """
    poll = Poll.objects.select_for_update().get(pk=poll.pk)
    check_taken(poll)
    many = len(labels) or number or 0
    if not 1 <= many <= MOST_AT_ONCE:
        raise refusals.Forbidden(
            _("Between 1 and %(most)s invitations can be made at once.") % {"most": figures.count(MOST_AT_ONCE)}
        )
    wanted = list(labels) or [""] * many
    codes = ["".join(secrets.choice(LETTERS) for _letter in range(LENGTH)) for _label in wanted]
    snapshot = snapshots.of(poll)
    rows = [
        Invitation(poll=poll, code_hash=invitation_hash(snapshot, code), label=label[:LONGEST_LABEL])
        for code, label in zip(codes, wanted, strict=True)
    ]
    made = Invitation.objects.bulk_create(rows, batch_size=500)
    return [Issued(row.pk, row.label, grouped(code)) for row, code in zip(made, codes, strict=True)]


def hand_out(issued: Iterable[Issued], *, at: datetime) -> None:
    """Note that codes were shown to an editor. To be called when they stand on the page, in the file."""
    for some in batched(issued, 5000):
        _base().filter(pk__in=[one.id for one in some]).update(told_at=at)


@transaction.atomic
def reissue(poll: Poll, *, at: datetime) -> list[Issued]:
    """Revoke the invitations that reached nobody, and make new ones for the same people."""
    Poll.objects.select_for_update().get(pk=poll.pk)
    lost = dict(unreached(poll).order_by("id").values_list("pk", "label"))
    revoke(poll, lost, at=at)
    return issue(poll, labels=list(lost.values()))


def revoke(poll: Poll, invitations: Iterable[int], *, at: datetime) -> int:
    """Take invitations back; gives how many. A ballot that was cast with one stays: nobody knows which it is."""
    standing = _base().filter(poll=poll, revoked_at=None)
    return sum(standing.filter(pk__in=some).update(revoked_at=at) for some in batched(invitations, 5000))


def unreached(poll: Poll) -> "QuerySet[Invitation]":
    """Invitations whose codes nobody has: neither mailed nor handed out. Those being mailed are among them."""
    return _base().filter(poll=poll, mailed_at=None, told_at=None, used_at=None, revoked_at=None)


def slips(poll: Poll, issued: Iterable[Issued], *, site: str) -> Iterator[dict[str, str]]:
    """What a printed sheet shows, one slip for each invitation."""
    for one in issued:
        yield {"label": one.label, "code": one.code, "link": one.link(poll, site=site), "title": poll.title}


def as_csv(poll: Poll, issued: Iterable[Issued], *, site: str) -> str:
    """A table of what is told once: name, code, link. No cell is a formula."""
    text = StringIO()
    table = csv.writer(text)
    table.writerow(["label", "code", "link"])
    for one in issued:
        table.writerow([safe_cell(one.label), one.code, one.link(poll, site=site) if site else ""])
    return text.getvalue()


def is_taken(poll: Poll) -> bool:
    """Whether somebody can be invited to the poll."""
    try:
        check_taken(poll)
    except refusals.Forbidden:
        return False
    return True


def check_taken(poll: Poll) -> None:
    """Raises Forbidden where nobody can be invited."""
    if poll.policy != Policy.INVITATION:
        raise refusals.Forbidden(_("This poll does not ask for invitations: change who may vote first."))
    if poll.status == Status.ARCHIVED or poll.erased_at is not None:
        raise refusals.Forbidden(_("Nobody can be invited to this poll any more."))


def _base() -> "QuerySet[Invitation]":
    return Invitation.objects.order_by()
