"""Invitations by mail: each address gets a letter of its own, and one that fails harms no other."""

import logging
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from smtplib import (
    SMTPAuthenticationError,
    SMTPConnectError,
    SMTPException,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPSenderRefused,
    SMTPServerDisconnected,
)

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage, mailers
from django.core.validators import validate_email
from django.db import connections, transaction
from django.db.models import Max
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from polls.invitations import LONGEST_LABEL, Issued, check_taken, issue, revoke, unreached
from polls.models import Invitation, Poll
from polls.terms import MailFailure

log = logging.getLogger(__name__)

# One thread: mail goes out in the order in which editors asked for it, and a slow server holds up nobody else.
_post = ThreadPoolExecutor(1, thread_name_prefix="invitations")
# Polls with mailings of this process, and how many.
_under_way: Counter[int] = Counter()
_SOON = timedelta(seconds=15)
# What a mail server answers: from here on no, but perhaps later; and from here on no.
FOR_NOW, FOR_EVER = 400, 500


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


def can_mail() -> bool:
    """Whether a mail server is set: without one, mail goes to the log, where codes have no business."""
    return "console" not in settings.MAILERS["default"]["BACKEND"]


def is_address(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return len(text) <= LONGEST_LABEL


def is_mailing(poll: Poll, *, at: datetime) -> bool:
    """Whether invitations are being mailed now. What another process does is known by its last mail alone."""
    if poll.pk in _under_way:
        return True
    left = unreached(poll).filter(label__contains="@")
    last = (
        Invitation.objects.order_by()
        .filter(poll=poll, told_at=None)
        .aggregate(made=Max("created_at"), mailed=Max("mailed_at"))
    )
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


@transaction.atomic
def _begin(poll: Poll, addresses: Iterable[str]) -> _Begun:
    """Sort the addresses, and make the invitations of those that have none, or one that never reached them."""
    check_taken(poll)
    Poll.objects.select_for_update().get(pk=poll.pk)
    lost = dict(unreached(poll).values_list("pk", "label"))
    labels = Invitation.objects.filter(poll=poll, revoked_at=None).exclude(label="").values_list("pk", "label")
    invited = {label.casefold() for key, label in labels if key not in lost}
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
    revoke(poll, [key for key, label in lost.items() if label.casefold() in new], at=timezone.now())
    issued = issue(poll, labels=list(new.values())) if new else []
    return _Begun(poll, tuple(issued), tuple(known), tuple(failed))


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
            Invitation.objects.filter(pk=issued.id).update(failure=_why(error))
            failed.append((issued.label, str(error) or type(error).__name__))
            _close(mailer.close)
        else:
            Invitation.objects.filter(pk=issued.id).update(mailed_at=timezone.now())
            sent.append(issued.label)
    _close(mailer.close)
    return Mailing(tuple(sent), begun.known, tuple(failed))


def _why(error: Exception) -> MailFailure:
    answers = error.recipients.values() if isinstance(error, SMTPRecipientsRefused) else ()
    codes = [error.smtp_code] if isinstance(error, SMTPResponseException) else [code for code, _said in answers]
    match error:
        case SMTPServerDisconnected() | SMTPConnectError():
            return MailFailure.AWAY
        case SMTPAuthenticationError():
            return MailFailure.LOGIN
        case _ if codes and all(FOR_NOW <= code < FOR_EVER for code in codes):
            return MailFailure.LATER
        case SMTPRecipientsRefused():
            return MailFailure.ADDRESS
        case SMTPSenderRefused():
            return MailFailure.SENDER
        case SMTPException():
            return MailFailure.REFUSED
        case OSError():
            return MailFailure.AWAY
    return MailFailure.UNFIT


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
