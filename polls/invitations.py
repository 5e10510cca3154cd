"""Invitations: made in bulk, told once, mailed, revoked. Only the hashes of their codes are kept.

A code has 16 letters of Crockford's base32, 80 bits: nobody guesses one, and nobody mistakes an I for a 1.
"""

import csv
import logging
import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from io import StringIO

from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage, mailers
from django.core.validators import validate_email
from django.db import connections, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from polls import refusals, snapshots
from polls.counting.files import safe_cell
from polls.models import Invitation, Poll
from polls.terms import Policy, Status
from polls.voters import invitation_hash

log = logging.getLogger(__name__)

LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 16
MOST_AT_ONCE = 50_000
LONGEST_LABEL = 200

_MISTAKEN = str.maketrans(
    {"I": "1", "L": "1", "O": "0", **dict.fromkeys(" -\u2010\u2011\u2012\u2013\u2014\u00a0\t\r\n")}
)

# One thread: mail goes out in the order in which editors asked for it, and a slow server holds up nobody else.
_post = ThreadPoolExecutor(1, thread_name_prefix="invitations")


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


@dataclass(frozen=True, slots=True)
class Mailing:
    """What became of a mailing: addresses that were written to, that had an invitation already, and that failed."""

    sent: tuple[str, ...]
    known: tuple[str, ...]
    failed: tuple[tuple[str, str], ...]
    """Pairs of an address and why."""


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
    wanted = list(labels) or [""] * (number or 0)
    _require_invitations(poll)
    if not 1 <= len(wanted) <= MOST_AT_ONCE:
        raise refusals.Forbidden(_("Between 1 and %(most)d invitations can be made at once.") % {"most": MOST_AT_ONCE})
    codes = ["".join(secrets.choice(LETTERS) for _letter in range(LENGTH)) for _label in wanted]
    snapshot = snapshots.of(poll)
    rows = [
        Invitation(poll=poll, code_hash=invitation_hash(snapshot, code), label=label[:LONGEST_LABEL])
        for code, label in zip(codes, wanted, strict=True)
    ]
    made = Invitation.objects.bulk_create(rows, batch_size=500)
    return [Issued(row.pk, row.label, grouped(code)) for row, code in zip(made, codes, strict=True)]


def revoke(invitations: Iterable[int], *, at: datetime) -> int:
    """Take invitations back; gives how many. A ballot that was cast with one stays: nobody knows which it is."""
    return Invitation.objects.filter(pk__in=list(invitations), revoked_at=None).update(revoked_at=at)


def mail(poll: Poll, addresses: Iterable[str], *, site: str) -> Mailing:
    """Invite each address by a mail of its own. Who has an invitation already gets no second one.

    An address that fails harms no other. Its invitation is revoked, since nobody knows its code, and it can be invited
    again.
    """
    _require_invitations(poll)
    known, new, failed = _sorted(poll, addresses)
    sent: list[str] = []
    mailer = mailers.default
    for address in new:
        issued = issue(poll, labels=[address])[0]
        try:
            mailer.open()
            mailer.send_messages([_letter(poll, issued, site=site)])
        except (OSError, ValueError) as error:
            # SMTPException is an OSError, a header that can't be written a ValueError. The next address gets a fresh
            # connection.
            log.warning("An invitation of poll %s could not be mailed: %s", poll.slug, type(error).__name__)
            failed.append((address, str(error) or type(error).__name__))
            revoke([issued.id], at=timezone.now())
            _close(mailer.close)
        else:
            Invitation.objects.filter(pk=issued.id).update(mailed_at=timezone.now())
            sent.append(address)
    _close(mailer.close)
    return Mailing(tuple(sent), tuple(known), tuple(failed))


def mail_later(poll: Poll, addresses: Iterable[str], *, site: str) -> "Future[Mailing]":
    """The same in a thread of its own: a request need not wait for a mail server."""
    return _post.submit(_mail_and_hang_up, poll, list(addresses), site)


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


def _require_invitations(poll: Poll) -> None:
    if poll.policy != Policy.INVITATION:
        raise refusals.Forbidden(_("This poll does not ask for invitations: change who may vote first."))
    if poll.status == Status.ARCHIVED or poll.erased_at is not None:
        raise refusals.Forbidden(_("Nobody can be invited to this poll any more."))


def _sorted(poll: Poll, addresses: Iterable[str]) -> tuple[list[str], list[str], list[tuple[str, str]]]:
    """The addresses that are invited already, those that are not, and those that are none."""
    labels = Invitation.objects.filter(poll=poll, revoked_at=None).exclude(label="").values_list("label", flat=True)
    invited = {label.casefold() for label in labels}
    known, new, failed = [], [], []
    for address in dict.fromkeys(address.strip() for address in addresses):
        if address.casefold() in invited:
            known.append(address)
            continue
        try:
            validate_email(address)
        except ValidationError:
            failed.append((address, _("This is not an e-mail address.")))
            continue
        invited.add(address.casefold())
        new.append(address)
    return known, new, failed


def _letter(poll: Poll, issued: Issued, *, site: str) -> EmailMessage:
    with translation.override(poll.language):
        told = {"title": " ".join(poll.title.split()), "link": issued.link(poll, site=site), "code": issued.code}
        subject = _("Your invitation to vote: %(title)s") % told
        body = _(
            "You are invited to vote: %(title)s\n\n"
            "Open this link to vote. It is yours alone and is good for one vote.\n%(link)s\n\n"
            "Or write this code where the poll asks for it:\n%(code)s\n"
        )
        return EmailMessage(subject, body % told, to=[issued.label])


def _close(close: Callable[[], None]) -> None:
    try:
        close()
    except OSError:
        log.info("The mail server had hung up already")


def _mail_and_hang_up(poll: Poll, addresses: list[str], site: str) -> Mailing:
    try:
        return mail(poll, addresses, site=site)
    except Exception:
        log.exception("Invitations of poll %s could not be mailed", poll.slug)
        raise
    finally:
        connections.close_all()
