from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter

from polls.models import Poll
from polls.terms import Phase, Status


class PhaseFilter(DropdownFilter):
    """By where a poll stands now, which is what its badge says."""

    title = _("status")
    parameter_name = "phase"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, Any]]:
        return Phase.choices

    def queryset(self, request: HttpRequest, queryset: QuerySet[Poll]) -> QuerySet[Poll]:
        at = timezone.now()
        published = Q(status=Status.PUBLISHED)
        waiting = published & Q(opens_at__gt=at)
        over = published & Q(closes_at__lte=at) & ~Q(opens_at__gt=at)
        match self.value():
            case Phase.SCHEDULED:
                return queryset.filter(waiting)
            case Phase.OPEN:
                return queryset.filter(published).exclude(opens_at__gt=at).exclude(closes_at__lte=at)
            case Phase.CLOSED:
                return queryset.filter(Q(status=Status.CLOSED) | over)
            case Phase.DRAFT | Phase.ARCHIVED as status:
                return queryset.filter(status=status)
        return queryset
