from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter

from polls.models import Poll
from polls.terms import Phase


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
