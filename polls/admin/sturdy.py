"""What the desk's lists and pages make of an address, or a form, that they led nobody to."""

from itertools import islice
from typing import Any

from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import BadRequest, FieldDoesNotExist
from django.db.models import DateTimeField, QuerySet
from django.db.models.constants import LOOKUP_SEP
from django.http import HttpRequest, HttpResponse
from django.utils.text import smart_split

from polls.admin import pages

MOST_WORDS = 20
"""So many words are looked for at once; each is a search of its own."""


class Sturdy:
    """For a desk, before Unfold's class."""

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        """By its filters alone. Django lets an address narrow a list by any column: so what is shown to nobody could be
        guessed letter by letter, and SQLite holds up the whole process for as long as a pattern takes.
        """
        desk: Any = self
        name, _, how = lookup.partition(LOOKUP_SEP)
        return (
            (name in _filtered(desk, request) or not _is_column(desk, name))
            and not how.endswith("regex")
            and super().lookup_allowed(lookup, value, request)  # type: ignore[misc]  # of an admin class
        )

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Any], search_term: str) -> Any:
        words = " ".join(islice(smart_split(search_term), MOST_WORDS))
        return super().get_search_results(request, queryset, words)  # type: ignore[misc]  # of an admin class

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """Django asks for the column "" where an address says `_to_field=`."""
        return super().get_object(request, object_id, from_field or None)  # type: ignore[misc]  # of an admin class

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Django can't show an instant that an address says: it takes the letters for one."""
        desk: Any = self
        instants = {field.name for field in desk.opts.fields if isinstance(field, DateTimeField)}
        told = super().get_changeform_initial_data(request)  # type: ignore[misc]  # of an admin class
        return {name: said for name, said in told.items() if name not in instants}

    def response_action(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse | None:
        """Django asks the database for whatever was sent as a row's id."""
        if None in map(pages.as_key, request.POST.getlist(ACTION_CHECKBOX_NAME)):
            raise BadRequest
        found: HttpResponse | None = super().response_action(request, *args, **kwargs)  # type: ignore[misc]  # of an admin class
        return found


def _filtered(desk: Any, request: HttpRequest) -> set[str]:
    """What the list has filters for: columns, and names of our own."""
    filters = (one[0] if isinstance(one, tuple) else one for one in desk.get_list_filter(request))
    return {one if isinstance(one, str) else getattr(one, "parameter_name", "") for one in filters}


def _is_column(desk: Any, name: str) -> bool:
    try:
        desk.opts.get_field(name)
    except FieldDoesNotExist:
        return name == "pk"
    return True
