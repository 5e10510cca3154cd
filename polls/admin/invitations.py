"""The page of invitations: to make them, to tell or mail their codes once, to see where they stand, to revoke them."""

import base64
import secrets
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminTextareaWidget

from polls import figures, invitations, mailings, refusals
from polls.admin import pages, qr, sharing
from polls.invitations import Issued
from polls.models import Invitation, Poll
from polls.terms import MailFailure, Phase

MOST_TOLD = 2_000
"""So many codes are told on one page; `manage.py invite` tells more."""
PAPERS = "invitation_papers"
KEPT_PAPERS = 50

STATES: dict[str, tuple[str | Promise, Q]] = {
    "used": (gettext_lazy("used"), Q(used_at__isnull=False)),
    "revoked": (gettext_lazy("revoked"), Q(used_at=None, revoked_at__isnull=False)),
    "mailed": (gettext_lazy("mailed"), Q(used_at=None, revoked_at=None, mailed_at__isnull=False)),
    "told": (gettext_lazy("handed out"), Q(used_at=None, revoked_at=None, mailed_at=None, told_at__isnull=False)),
    "unreached": (gettext_lazy("with nobody"), Q(used_at=None, revoked_at=None, mailed_at=None, told_at=None)),
}
"""Where an invitation stands; each is in one of these."""
_UNUSED = Q(used_at__isnull=True)


class MakeForm(forms.Form):
    """How many, or for whom. The codes are told by the answer, or by mail, and by nothing else ever."""

    paper = forms.CharField(widget=forms.HiddenInput)
    number = forms.IntegerField(
        label=gettext_lazy("How many"),
        required=False,
        min_value=1,
        max_value=MOST_TOLD,
        widget=UnfoldAdminIntegerFieldWidget(attrs={"placeholder": "50"}),
    )
    names = forms.CharField(
        label=gettext_lazy("Or for whom"),
        required=False,
        help_text=gettext_lazy("Names or e-mail addresses, one in a line."),
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 5}),
    )

    def labels(self) -> list[str]:
        """A line each: two people may have one name. An address written twice is one."""
        labels: dict[str | int, str] = {}
        for place, line in enumerate(str(self.cleaned_data.get("names", "")).splitlines()):
            if label := line.strip():
                labels.setdefault(label.casefold() if mailings.is_address(label) else place, label)
        return list(labels.values())

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.errors:
            return cleaned
        if cleaned.get("number") and self.labels():
            raise forms.ValidationError(_("You said how many and for whom: clear one of them."))
        if not cleaned.get("number") and not self.labels():
            raise forms.ValidationError(_("Say how many, or write for whom."))
        if self.data.get("deed") == "mail":
            self._check_addresses()
        elif len(self.labels()) > MOST_TOLD:
            self.add_error("names", _("2,000 codes can be shown at once. Mail them, or make them in parts."))
        return cleaned

    def _check_addresses(self) -> None:
        strange = [label for label in self.labels() if not mailings.is_address(label)]
        if not self.labels():
            self.add_error("names", _("Write the addresses that the invitations go to."))
        elif strange:
            words = _("Not an e-mail address: %(lines)s") % {"lines": ", ".join(strange[:5])}
            self.add_error("names", words + (" …" if len(strange) > 5 else ""))


@dataclass(frozen=True, slots=True)
class Line:
    id: int
    label: str
    state: str
    words: str | Promise
    revocable: bool
    why: str | Promise
    """What kept its mail back."""


class Invitations:
    """The page, for `PollDesk` to carry."""

    def get_urls(self) -> list[URLPattern]:
        desk: Any = self
        view = desk.admin_site.admin_view(self.invitations)
        return [path("<int:poll>/invitations/", view, name="polls_poll_invitations"), *super().get_urls()]  # type: ignore[misc]

    def invitations(self, request: HttpRequest, poll: int) -> HttpResponse:
        row = pages.found(self, request, poll)
        if request.method != "POST":
            return self._see(request, row, MakeForm(initial={"paper": secrets.token_hex(8)}))
        try:
            return self._act(request, row)
        except refusals.Refusal as refusal:
            pages.refused(request, refusal)
            return pages.back(request, row, "invitations")

    def _act(self, request: HttpRequest, poll: Poll) -> HttpResponse:
        match request.POST.get("deed"):
            case "revoke" | "revoke-all":
                return self._revoke(request, poll)
            case "again" | "mail-again":
                return self._again(request, poll)
        form = MakeForm(request.POST)
        if not form.is_valid():
            return self._see(request, poll, form)
        if request.POST.get("deed") == "mail":
            return self._mail(request, poll, form.labels())
        _spend(request)
        return self._tell(request, poll, invitations.issue(poll, form.cleaned_data["number"], labels=form.labels()))

    def _tell(self, request: HttpRequest, poll: Poll, issued: list[Issued]) -> HttpResponse:
        """The only page that ever shows these codes."""
        site = sharing.origin(request)
        table = invitations.as_csv(poll, issued, site=site)
        slips = list(invitations.slips(poll, issued, site=site))
        codes = qr.svgs(slip["link"] for slip in slips)
        shown = {
            "slips": [slip | {"qr": code} for slip, code in zip(slips, codes, strict=True)],
            "table": base64.b64encode(b"\xef\xbb\xbf" + table.encode()).decode(),
        }
        page = pages.answer(self, request, poll, "slips", **shown)
        invitations.hand_out(issued, at=timezone.now())
        self._note(request, poll, len(issued))
        return page

    def _mail(self, request: HttpRequest, poll: Poll, addresses: list[str]) -> HttpResponse:
        _require_mail()
        posted = mailings.mail_later(poll, addresses, site=sharing.origin(request))
        if posted.number:
            self._note(request, poll, posted.number)
        words = ngettext("%(number)s mail is on its way.", "%(number)s mails are on their way.", posted.number)
        messages.success(request, words % {"number": figures.count(posted.number)})
        if known := len(posted.known):
            words = ngettext(
                "%(number)s address was invited before.", "%(number)s addresses were invited before.", known
            )
            messages.info(request, words % {"number": figures.count(known)})
        return pages.back(request, poll, "invitations")

    def _again(self, request: HttpRequest, poll: Poll) -> HttpResponse:
        """New codes for those whose codes nobody has."""
        if mailings.is_mailing(poll, at=timezone.now()):
            raise refusals.Forbidden(_("Invitations are being mailed. Wait until that is done."))
        lost = invitations.unreached(poll)
        if request.POST.get("deed") == "mail-again":
            labels = [label for label in lost.values_list("label", flat=True) if mailings.is_address(label)]
            return self._mail(request, poll, labels)
        if lost.count() > MOST_TOLD:
            raise refusals.Forbidden(_("2,000 codes can be shown at once. Mail them, or make them in parts."))
        return self._tell(request, poll, invitations.reissue(poll, at=timezone.now()))

    def _revoke(self, request: HttpRequest, poll: Poll) -> HttpResponse:
        revocable = _revocable(poll)
        if request.POST.get("deed") == "revoke":
            revocable = revocable.filter(pk__in=pages.chosen(request))
        keys = list(revocable.values_list("pk", flat=True))
        if not keys:
            messages.warning(request, pages.NOTHING_CHOSEN)
            return pages.back(request, poll, "invitations")
        if not pages.is_sure(request):
            return _ask(len(keys), request)
        number = invitations.revoke(poll, keys, at=timezone.now())
        words = ngettext("%(number)s invitation is revoked.", "%(number)s invitations are revoked.", number)
        pages.told(self, request, poll, words % {"number": figures.count(number)})
        return pages.back(request, poll, "invitations")

    def _note(self, request: HttpRequest, poll: Poll, number: int) -> None:
        words = ngettext("%(number)s invitation was made.", "%(number)s invitations were made.", number)
        desk: Any = self
        desk.log_change(request, poll, words % {"number": figures.count(number)})

    def _see(self, request: HttpRequest, poll: Poll, form: MakeForm) -> HttpResponse:
        at = timezone.now()
        page = pages.paged(request, _listed(request, poll))
        shown = {
            "form": form,
            "page": page,
            "lines": [_line(poll, invitation) for invitation in page],
            "numbers": _numbers(request, poll),
            "made": Invitation.objects.filter(poll=poll).count(),
            "lost": 0 if mailings.is_mailing(poll, at=at) else invitations.unreached(poll).count(),
            "failures": _failures(poll),
            "lost_addresses": sum(map(mailings.is_address, _labels(poll))),
            "mailing": _progress(poll) if mailings.is_mailing(poll, at=at) else None,
            "can_mail": mailings.can_mail(),
            "takes": invitations.is_taken(poll),
            "veiled": _veiled(poll),
        }
        return pages.answer(self, request, poll, "invitations", **shown)


def _spend(request: HttpRequest) -> None:
    """A page that is loaded again must not make the same invitations twice."""
    papers, paper = request.session.get(PAPERS, []), request.POST.get("paper", "")
    if paper in papers:
        raise refusals.Forbidden(_("These invitations were made already. Their codes were shown, and are not kept."))
    request.session[PAPERS] = [*papers[-KEPT_PAPERS:], paper]


def _require_mail() -> None:
    if not mailings.can_mail():
        raise refusals.Forbidden(_("No mail server is set: see EMAIL_URL in the settings."))


def _ask(number: int, request: HttpRequest) -> HttpResponse:
    title = ngettext("Revoke %(number)s invitation?", "Revoke %(number)s invitations?", number)
    words = _("Nobody can vote with a revoked code, and it can’t be brought back. Votes that were cast stay.")
    return pages.ask(request, title=title % {"number": figures.count(number)}, words=words, label=_("Revoke"))


def _veiled(poll: Poll) -> bool:
    """Who has voted is told at the close alone: in a secret poll, ballot by ballot, it would say whose is whose."""
    return poll.anonymous and poll.phase(timezone.now()) == Phase.OPEN


def _revocable(poll: Poll) -> QuerySet[Invitation]:
    """In a secret poll that is open also what was used, else it would tell: revoking changes nothing about a ballot."""
    standing = Invitation.objects.filter(poll=poll, revoked_at=None)
    return standing if _veiled(poll) else standing.filter(_UNUSED)


def _states(poll: Poll) -> dict[str, tuple[str | Promise, Q]]:
    if not _veiled(poll):
        return STATES
    ways = {
        "revoked": Q(revoked_at__isnull=False),
        "mailed": Q(revoked_at=None, mailed_at__isnull=False),
        "told": Q(revoked_at=None, mailed_at=None, told_at__isnull=False),
        "unreached": Q(revoked_at=None, mailed_at=None, told_at=None),
    }
    return {state: (STATES[state][0], way) for state, way in ways.items()}


def _numbers(request: HttpRequest, poll: Poll) -> list[tuple[str, str | Promise, int, bool]]:
    there, asked = Invitation.objects.filter(poll=poll), request.GET.get("state", "")
    return [
        (state, words, there.filter(condition).count(), state == asked)
        for state, (words, condition) in _states(poll).items()
    ]


def _listed(request: HttpRequest, poll: Poll) -> QuerySet[Invitation]:
    there, states = Invitation.objects.filter(poll=poll).order_by("label", "id"), _states(poll)
    asked = request.GET.get("state", "")
    return there.filter(states[asked][1]) if asked in states else there


def _line(poll: Poll, invitation: Invitation) -> Line:
    veiled = _veiled(poll)
    state = _state(invitation, veiled=veiled)
    revocable = invitation.revoked_at is None and (veiled or invitation.used_at is None)
    why = MailFailure(invitation.failure).label if state == "unreached" and invitation.failure else ""
    return Line(invitation.pk, str(invitation), state, STATES[state][0], revocable, why)


def _state(invitation: Invitation, *, veiled: bool) -> str:
    if invitation.used_at and not veiled:
        return "used"
    if invitation.revoked_at:
        return "revoked"
    if invitation.mailed_at:
        return "mailed"
    return "told" if invitation.told_at else "unreached"


def _labels(poll: Poll) -> list[str]:
    return list(invitations.unreached(poll).values_list("label", flat=True))


def _failures(poll: Poll) -> list[str | Promise]:
    """Why mails did not go out, each reason once."""
    found = invitations.unreached(poll).exclude(failure="").order_by("failure").values_list("failure", flat=True)
    return [MailFailure(failure).label for failure in found.distinct()]


def _progress(poll: Poll) -> dict[str, int]:
    """Of the addresses of this poll: how many are mailed, of how many."""
    mailed = Invitation.objects.filter(poll=poll, mailed_at__isnull=False).count()
    left = sum(map(mailings.is_address, _labels(poll)))
    return {"done": mailed, "all": mailed + left}
