"""The page of ballots: those that count, to set some aside, and those that were set aside, to let them in again.

A row says when and where a ballot came in, never what it says.
"""

from collections.abc import Mapping
from datetime import datetime
from itertools import batched
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count, F, Min, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from polls import ballots, clocks, figures, refusals
from polls.admin import pages
from polls.models import Ballot, Poll, Tally
from polls.terms import Door, Phase, Suspicion

MOST_NETWORKS = 50
A_CROWD = 50_000
"""So many ballots are many."""
AT_ONCE = 5_000
"""So many ballots are moved in one transaction: a flood must not hold up the voters."""


class _Moment(UnfoldAdminTextInputWidget):
    input_type = "datetime-local"

    def format_value(self, value: Any) -> str | None:
        return value.strftime("%Y-%m-%dT%H:%M") if isinstance(value, datetime) else value


class WhichForm(forms.Form):
    """Which ballots: by what sets a flood apart from a crowd."""

    since = forms.DateTimeField(label=gettext_lazy("From"), required=False, widget=_Moment)
    until = forms.DateTimeField(label=gettext_lazy("Until"), required=False, widget=_Moment)
    door = forms.ChoiceField(label=gettext_lazy("Door"), required=False, widget=UnfoldAdminSelectWidget)
    network = forms.ChoiceField(label=gettext_lazy("Network"), required=False, widget=UnfoldAdminSelectWidget)
    reason = forms.ChoiceField(label=gettext_lazy("Set aside for"), required=False, widget=UnfoldAdminSelectWidget)

    def __init__(self, *args: Any, poll: Poll, aside: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.poll = poll
        self._offer("door", dict(Door.choices))
        self._offer("network", {str(first): words for first, words in _networks(poll, aside=aside).items()})
        self._offer("reason", _reasons(poll) if aside else {})

    def _offer(self, name: str, offered: Mapping[str, Any]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("Any")), *offered.items()]
        if not offered:
            del self.fields[name]

    def clean_since(self) -> datetime | None:
        return self._instant("since")

    def clean_until(self) -> datetime | None:
        return self._instant("until")

    @property
    def narrows(self) -> bool:
        """Whether some ballots are left out."""
        return not self.is_valid() or any(self.cleaned_data.values())

    def chosen(self, found: QuerySet[Ballot]) -> QuerySet[Ballot]:
        """Those of the ballots that fit; none while something can't be read."""
        if not self.is_valid():
            return found.none()
        told = {name: value for name, value in self.cleaned_data.items() if value}
        if "since" in told:
            found = found.filter(cast_at__gte=told["since"])
        if "until" in told:
            found = found.filter(cast_at__lte=told["until"])
        if "door" in told:
            found = found.filter(door=told["door"])
        if "network" in told:
            network = Ballot.objects.filter(poll=self.poll, pk=told["network"]).values("network_key")
            found = found.filter(network_key__in=network)
        return found.filter(set_aside_for=told["reason"]) if "reason" in told else found

    def _instant(self, name: str) -> datetime | None:
        """Read by the clock of the poll's zone, where Django took that of the server's."""
        moment = self.cleaned_data[name]
        try:
            return clocks.instant(timezone.make_naive(moment), zone=self.poll.time_zone) if moment else None
        except clocks.NoSuchTime as problem:
            raise forms.ValidationError(str(problem)) from problem


class Quarantine:
    """The page, for `PollDesk` to carry."""

    def get_urls(self) -> list[URLPattern]:
        desk: Any = self
        view = desk.admin_site.admin_view(self.quarantine)
        return [path("<int:poll>/quarantine/", view, name="polls_poll_quarantine"), *super().get_urls()]  # type: ignore[misc]

    def quarantine(self, request: HttpRequest, poll: int) -> HttpResponse:
        row = pages.found(self, request, poll)
        try:
            _check_looked_at(row)
            if request.method == "POST":
                return self._move(request, row)
        except refusals.Refusal as refusal:
            if request.method == "POST":
                pages.refused(request, refusal)
                return pages.back(request, row, "quarantine")
            return pages.answer(self, request, row, "quarantine", why=refusal.sentence)
        return pages.answer(self, request, row, "quarantine", **_shown(request, row))

    def _move(self, request: HttpRequest, poll: Poll) -> HttpResponse:
        keys = list(_found(request, poll).values_list("pk", flat=True))
        if not keys:
            messages.warning(request, pages.NOTHING_CHOSEN)
        elif poll.anonymous or _is_aside(request):
            number = sum(ballots.let_in(poll, some) for some in batched(keys, AT_ONCE))
            done = ngettext("%(number)s ballot is counted now.", "%(number)s ballots are counted now.", number)
            pages.told(self, request, poll, done % {"number": figures.count(number)})
        elif request.POST.get("deed") == "all" and not pages.is_sure(request):
            return _ask(len(keys), request)
        else:
            self._set_aside(request, poll, keys)
        return pages.back(request, poll, "quarantine")

    def _set_aside(self, request: HttpRequest, poll: Poll, keys: list[int]) -> None:
        reason = _reason(request)
        moved = (
            ballots.set_aside(poll, some, reason=reason.value, at=timezone.now()) for some in batched(keys, AT_ONCE)
        )
        number = sum(moved)
        done = ngettext("%(number)s ballot is set aside.", "%(number)s ballots are set aside.", number)
        pages.told(self, request, poll, f"{done % {'number': figures.count(number)}} {reason.label}.")
        messages.info(request, _("To undo it, let in again what stands under “Set aside”."))


def _ask(number: int, request: HttpRequest) -> HttpResponse:
    title = ngettext("Set aside %(number)s ballot?", "Set aside %(number)s ballots?", number)
    words = _("They are not counted until they are let in again, and the results tell everyone how many are set aside.")
    return pages.ask(request, title=title % {"number": figures.count(number)}, words=words, label=_("Set them aside"))


def _check_looked_at(poll: Poll) -> None:
    """In a secret poll each step of the counts would say what one ballot says."""
    if poll.anonymous and poll.phase(timezone.now()) == Phase.OPEN:
        raise refusals.Forbidden(_("The votes are secret: ballots that were set aside can be let in after the close."))


def _shown(request: HttpRequest, poll: Poll) -> dict[str, Any]:
    if poll.anonymous:
        return {"secret": True, "groups": _reasons(poll)}
    aside = _is_aside(request)
    which = _which(request, poll)
    numbers = _numbers(poll)
    number = None if which.narrows else numbers[aside]
    found = _crowd(poll) if not aside and (number or 0) >= A_CROWD else which.chosen(_ballots(poll, aside=aside))
    page = pages.paged(request, found.order_by("-id"), number=number)
    networks = _networks_of(poll, page)
    rows = [(ballot, networks.get(ballot.network_key or "", 0)) for ballot in page]
    counts = [(one, numbers[one], one == aside) for one in (False, True)]
    reasons = [(reason.value, reason.label) for reason in reversed(Suspicion)]
    named = dict(Suspicion.choices)
    told = [(ballot, number, named.get(ballot.set_aside_for, "")) for ballot, number in rows]
    return {"aside": aside, "which": which, "page": page, "rows": told, "states": counts, "reasons": reasons}


def _is_aside(request: HttpRequest) -> bool:
    return request.GET.get("state") == "aside"


def _which(request: HttpRequest, poll: Poll) -> WhichForm:
    return WhichForm(request.GET, poll=poll, aside=_is_aside(request))


def _found(request: HttpRequest, poll: Poll) -> QuerySet[Ballot]:
    """What was chosen: rows, or all that fit; in a secret poll all of one reason, to be let in, and nothing else."""
    if poll.anonymous:
        return _ballots(poll, aside=True).filter(set_aside_for=request.POST.get("reason", ""))
    found = _which(request, poll).chosen(_ballots(poll, aside=_is_aside(request)))
    return found if request.POST.get("deed") == "all" else found.filter(pk__in=pages.chosen(request))


def _ballots(poll: Poll, *, aside: bool) -> QuerySet[Ballot]:
    return Ballot.objects.filter(poll=poll, withdrawn_at=None, set_aside_at__isnull=not aside).order_by()


def _crowd(poll: Poll) -> QuerySet[Ballot]:
    """The counted ballots of a poll that has very many, to be found on the way back from the newest of all polls.

    A sum is no column: SQLite would take an index by the poll, and sort a million ballots for a page of them.
    """
    whose = Ballot.objects.annotate(whose=F("poll_id") + 0)
    return whose.filter(whose=poll.pk, withdrawn_at=None, set_aside_at=None)


def _numbers(poll: Poll) -> tuple[int, int]:
    """How many ballots count, and how many are set aside: from the tally, since to count them takes its time."""
    return Tally.objects.filter(poll=poll).values_list("ballots", "set_aside").first() or (0, 0)


def _reason(request: HttpRequest) -> Suspicion:
    asked = request.POST.get("reason", "")
    return Suspicion(asked) if asked in Suspicion.values else Suspicion.EDITOR


def _reasons(poll: Poll) -> dict[str, str]:
    counts = _ballots(poll, aside=True).values_list("set_aside_for").annotate(Count("id"))
    words = dict(Suspicion.choices)
    return {reason: f"{words.get(reason, reason)}: {number}" for reason, number in counts}


def _networks(poll: Poll, *, aside: bool) -> dict[int, str]:
    """Networks that sent more than one ballot, by the first ballot of each: their keys are nobody's business."""
    keyed = _ballots(poll, aside=aside).filter(network_key__isnull=False).values("network_key")
    crowds = keyed.annotate(number=Count("id"), first=Min("id")).filter(number__gt=1).order_by("-number", "first")
    return {
        row["first"]: ngettext("%(number)s ballot from one", "%(number)s ballots from one", row["number"])
        % {"number": figures.count(row["number"])}
        for row in crowds[:MOST_NETWORKS]
    }


def _networks_of(poll: Poll, page: Any) -> dict[str, int]:
    keys = {ballot.network_key for ballot in page if ballot.network_key}
    found = Ballot.objects.filter(poll=poll, network_key__in=keys, withdrawn_at=None).order_by()
    return dict(found.values_list("network_key").annotate(Count("id")))
