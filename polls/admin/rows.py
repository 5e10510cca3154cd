"""Rows that an editor adds, removes and orders without leaving the page: questions, and choices inside them.

Each row posts its `position`; rows are saved in that order, then in the order of the page. A removed row posts
DELETE, whether it was saved before or not, so that no index is ever given twice.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.forms import BaseInlineFormSet, ModelForm
from django.forms.formsets import DELETION_FIELD_NAME
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

LAST = 10**6


class Blank(NamedTuple):
    """A new row as it was drawn once."""

    html: SafeString
    prefix: str
    parent: str


_blanks: "dict[tuple[type[RowForm], str], Blank]" = {}
"""By kind of row and language."""


class RowForm(ModelForm):  # type: ignore[type-arg]  # one class for rows of every model
    template: str
    parent: str
    """The name of the field that says whose row this is."""

    def has_changed(self) -> bool:
        """A new row that was only numbered, left as it came, or not drawn at all is an empty row."""
        if self.instance.pk is None and self.is_bound and self.add_prefix("text") not in self.data:
            return False
        untold = {"position"} if self.instance.pk is None else set()
        return bool(set(self.changed_data) - untold)

    @property
    def is_removed(self) -> bool:
        """Whether the editor has struck this row out; True too on a page that comes back with something to mend."""
        return (
            self.is_bound and bool(self[DELETION_FIELD_NAME].value()) if DELETION_FIELD_NAME in self.fields else False
        )

    def drawn(self) -> SafeString:
        """The row on its page. New rows differ by their prefix and parent alone, and are half of all that are drawn."""
        if self.is_bound or self.instance.pk:
            return self._draw()
        key = (type(self), get_language() or "")
        if key not in _blanks:
            _blanks[key] = Blank(self._draw(), str(self.prefix), str(self[self.parent]))
        blank = _blanks[key]
        ours = blank.html.replace(blank.parent, str(self[self.parent])).replace(blank.prefix, str(self.prefix))
        return mark_safe(ours)  # noqa: S308 -- a template made it, and prefixes are ours

    def _draw(self) -> SafeString:
        return render_to_string(self.template, {"form": self})

    @property
    def has_hidden_problem(self) -> bool:
        """Something that no field shows: somebody else has removed the row in the meantime."""
        return any(self.errors.get(field.name) for field in self.hidden_fields() if field.name != "position")


class RowFormSet(BaseInlineFormSet):  # type: ignore[type-arg]  # one class for rows of every model
    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        # Django takes the id of any row of the table; ours must be a row of this page.
        form.fields["id"].queryset = self.queryset

    def kept(self) -> list[Any]:
        """The rows that stay, in the editor's order."""
        rows = [form for form in self.forms if not self._is_gone(form) and (form.instance.pk or form.has_changed())]
        return sorted(rows, key=_position)

    def as_left(self) -> list[Any]:
        """All rows, to be shown: a page that comes back with something to mend keeps the editor's order."""
        if not self.is_bound:
            return list(self.forms)
        return sorted(self.forms, key=_position)

    def save(self, commit: bool = True) -> list[Any]:  # noqa: FBT002 -- Django's signature
        assert commit, "rows are saved at once"
        self.new_objects, self.changed_objects, self.deleted_objects = [], [], []
        self._delete_gone()
        rows = self.kept()
        self._make_way(rows)
        for place, form in enumerate(rows):
            self._save_row(form, place)
        return [form.instance for form in rows]

    def _is_gone(self, form: Any) -> bool:
        return bool(self.can_delete and self._should_delete_form(form))  # type: ignore[attr-defined]  # not in the stubs

    def _delete_gone(self) -> None:
        for form in self.initial_forms:
            if self._is_gone(form) and form.instance.pk:
                self.deleted_objects.append(form.instance)
                self.delete_existing(form.instance)

    def _make_way(self, rows: Iterable[RowForm]) -> None:
        """Called before rows are saved one by one."""

    def _save_row(self, form: RowForm, place: int) -> None:
        row, is_new = form.instance, form.instance.pk is None
        moved = row.position != place or "position" in form.changed_data
        row.position = place
        setattr(row, self.fk.name, self.instance)
        if is_new:
            row.save(force_insert=True)
            self.new_objects.append(row)
        elif form.has_changed() or moved:
            row.save()
            self.changed_objects.append((row, form.changed_data))


def _position(form: RowForm) -> tuple[int, int]:
    position = form.cleaned_data.get("position") if hasattr(form, "cleaned_data") else None
    index = int(str(form.prefix).rpartition("-")[2])
    return (LAST if position is None else position, index)
