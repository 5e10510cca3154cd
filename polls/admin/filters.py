from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter

from polls.models import Poll
from polls.terms import Phase

NOBODY = "nobody"


class PhaseFilter(DropdownFilter):
    """By where a poll stands now, which is what its badge says."""

    title = _("status")
    parameter_name = "phase"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, Any]]:
        return Phase.choices

    def queryset(self, request: HttpRequest, queryset: QuerySet[Poll]) -> QuerySet[Poll]:
        asked = self.value()
        known = asked in Phase.values
        return queryset.in_phase(Phase(asked), timezone.now()) if known else queryset  # type: ignore[attr-defined]


class OrganiserFilter(DropdownFilter):
    """By whose they are. To name everybody would be a question of its own to the database: names are in the list."""

    title = _("organiser")
    parameter_name = "organiser"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, Any]]:
        offered = [(str(request.user.pk), request.user.get_username()), (NOBODY, _("Nobody"))]
        asked = self.value() or ""
        if asked.isdecimal() and asked not in dict(offered):
            others = User.objects.filter(pk=int(asked)).values_list("username", flat=True)
            offered += [(asked, name) for name in others]
        return offered

    def queryset(self, request: HttpRequest, queryset: QuerySet[Poll]) -> QuerySet[Poll]:
        asked = self.value()
        if asked == NOBODY:
            return queryset.filter(organiser=None)
        return queryset.filter(organiser=asked) if asked in dict(self.lookup_choices) else queryset
