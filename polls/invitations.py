"""Invitations: made in bulk, told once, mailed, revoked. Only the hashes of their codes are kept.

A code has 16 letters of Crockford's base32, 80 bits: nobody guesses one, and nobody mistakes an I for a 1.
"""

import csv
import logging
import secrets
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import StringIO

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage, mailers
from django.core.validators import validate_email
from django.db import connections, transaction
from django.db.models import Max, QuerySet
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
# Polls with mailings of this process, and how many.
_under_way: Counter[int] = Counter()
_SOON = timedelta(seconds=15)


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


@dataclass(frozen=True, slots=True)
class Posted:
    """A mailing that has begun: how many mails are to go out, and who gets none."""

    number: int
    known: tuple[str, ...]
    failed: tuple[tuple[str, str], ...]
    mailing: "Future[Mailing]"


@dataclass(frozen=True, slots=True)
class _Begun:
    poll: Poll
    issued: tuple[Issued, ...]
    known: tuple[str, ...]
    failed: tuple[tuple[str, str], ...]


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


def hand_out(issued: Iterable[Issued], *, at: datetime) -> None:
    """Note that codes were shown to an editor. To be called when they stand on the page, in the file."""
    _base().filter(pk__in=[one.id for one in issued]).update(told_at=at)


@transaction.atomic
def reissue(poll: Poll, *, at: datetime) -> list[Issued]:
    """Revoke the invitations that reached nobody, and make new ones for the same people."""
    Poll.objects.select_for_update().get(pk=poll.pk)
    lost = dict(unreached(poll).order_by("id").values_list("pk", "label"))
    revoke(poll, lost, at=at)
    return issue(poll, labels=list(lost.values()))


def revoke(poll: Poll, invitations: Iterable[int], *, at: datetime) -> int:
    """Take invitations back; gives how many. A ballot that was cast with one stays: nobody knows which it is."""
    return _base().filter(poll=poll, pk__in=list(invitations), revoked_at=None).update(revoked_at=at)


def unreached(poll: Poll) -> "QuerySet[Invitation]":
    """Invitations whose codes nobody has: neither mailed nor handed out. Those being mailed are among them."""
    return _base().filter(poll=poll, mailed_at=None, told_at=None, used_at=None, revoked_at=None)


def can_mail() -> bool:
    """Whether a mail server is set: without one, mail goes to the log, where codes have no business."""
    return "console" not in settings.MAILERS["default"]["BACKEND"]


def is_mailing(poll: Poll, *, at: datetime) -> bool:
    """Whether invitations are being mailed now. What another process does is known by its last mail alone."""
    if poll.pk in _under_way:
        return True
    left = unreached(poll).filter(label__contains="@")
    last = _base().filter(poll=poll, told_at=None).aggregate(made=Max("created_at"), mailed=Max("mailed_at"))
    instants = [instant for instant in last.values() if instant]
    return bool(instants) and at - max(instants) < _SOON and left.exists()


def mail(poll: Poll, addresses: Iterable[str], *, site: str) -> Mailing:
    """Invite each address by a mail of its own. Who has an invitation already gets no second one.

    An address that fails harms no other. Nobody knows the code of its invitation, which is revoked when the address is
    invited again.
    """
    return _mail(_begin(poll, addresses), site)


def mail_later(poll: Poll, addresses: Iterable[str], *, site: str) -> Posted:
    """The same in a thread of its own: a request need not wait for a mail server. The invitations are made at once."""
    begun = _begin(poll, addresses)
    _under_way[poll.pk] += 1
    try:
        return Posted(len(begun.issued), begun.known, begun.failed, _post.submit(_mail_and_hang_up, begun, site))
    except RuntimeError:
        _finished(poll)
        raise


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
        _require_invitations(poll)
    except refusals.Forbidden:
        return False
    return True


def _require_invitations(poll: Poll) -> None:
    if poll.policy != Policy.INVITATION:
        raise refusals.Forbidden(_("This poll does not ask for invitations: change who may vote first."))
    if poll.status == Status.ARCHIVED or poll.erased_at is not None:
        raise refusals.Forbidden(_("Nobody can be invited to this poll any more."))


def _base() -> "QuerySet[Invitation]":
    return Invitation.objects.order_by()


@transaction.atomic
def _begin(poll: Poll, addresses: Iterable[str]) -> _Begun:
    """Sort the addresses, and make the invitations of those that have none, or one that never reached them."""
    _require_invitations(poll)
    Poll.objects.select_for_update().get(pk=poll.pk)
    lost = {label.casefold(): key for key, label in unreached(poll).values_list("pk", "label")}
    labels = _base().filter(poll=poll, revoked_at=None).exclude(label="").values_list("pk", "label")
    invited = {label.casefold() for key, label in labels if lost.get(label.casefold()) != key}
    known: list[str] = []
    new: dict[str, str] = {}
    failed: list[tuple[str, str]] = []
    for address in dict.fromkeys(address.strip() for address in addresses):
        if address.casefold() in invited or address.casefold() in new:
            known.append(address)
        elif is_address(address):
            new[address.casefold()] = address
        else:
            failed.append((address, _("This is not an e-mail address.")))
    revoke(poll, [lost[name] for name in new if name in lost], at=timezone.now())
    issued = issue(poll, labels=list(new.values())) if new else []
    return _Begun(poll, tuple(issued), tuple(known), tuple(failed))


def is_address(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return len(text) <= LONGEST_LABEL


def _mail(begun: _Begun, site: str) -> Mailing:
    sent, failed = [], list(begun.failed)
    mailer = mailers.default
    for issued in begun.issued:
        if not unreached(begun.poll).filter(pk=issued.id).exists():
            continue  # an editor has revoked it in the meantime
        try:
            mailer.open()
            mailer.send_messages([_letter(begun.poll, issued, site=site)])
        except (OSError, ValueError) as error:
            # SMTPException is an OSError, a header that can't be written a ValueError. The next address gets a fresh
            # connection.
            log.warning("An invitation of poll %s could not be mailed: %s", begun.poll.slug, type(error).__name__)
            failed.append((issued.label, str(error) or type(error).__name__))
            _close(mailer.close)
        else:
            _base().filter(pk=issued.id).update(mailed_at=timezone.now())
            sent.append(issued.label)
    _close(mailer.close)
    return Mailing(tuple(sent), begun.known, tuple(failed))


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


def _mail_and_hang_up(begun: _Begun, site: str) -> Mailing:
    try:
        return _mail(begun, site)
    except Exception:
        log.exception("Invitations of poll %s could not be mailed", begun.poll.slug)
        raise
    finally:
        _finished(begun.poll)
        connections.close_all()


def _finished(poll: Poll) -> None:
    _under_way.subtract([poll.pk])
    if _under_way[poll.pk] <= 0:
        del _under_way[poll.pk]
