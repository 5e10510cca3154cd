"""What the history says of a change: the fields by the names that they have in the catalogues."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model
from django.http import HttpRequest
from django.utils import translation


class Remembering:
    """For a desk, before Unfold's class. Django notes what a field's label says, which is capitalised and unknown."""

    def construct_change_message(self, request: HttpRequest, form: Any, formsets: Any, add: bool = False) -> Any:  # noqa: FBT002 -- Django's signature
        said = super().construct_change_message(request, form, formsets, add)  # type: ignore[misc]  # Unfold's class comes after this
        rows = [] if add or not form.changed_data else [(form.instance, form.changed_data)]
        for formset in formsets or ():
            rows += formset.changed_objects
        changed = [entry["changed"] for entry in said if "changed" in entry]
        for told, (row, names) in zip(changed, rows, strict=True):
            told["fields"] = list(named(row, names)) or told["fields"]
        return said


def named(row: Model, names: Iterable[str]) -> Iterator[str]:
    """As they are kept: in English, to be translated for whoever reads."""
    with translation.override(None):
        for name in names:
            try:
                field: Any = row._meta.get_field(name)
            except FieldDoesNotExist:
                continue
            yield str(getattr(field, "verbose_name", "") or field.related_model._meta.verbose_name_plural)
