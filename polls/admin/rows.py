"""Rows that an editor adds, removes and orders without leaving the page: questions, and choices inside them.

Each row posts its `position`; rows are saved in that order, then in the order of the page. A removed row posts
DELETE, whether it was saved before or not, so that no index is ever given twice.
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.forms import BaseInlineFormSet, ModelForm
from django.forms.formsets import DELETION_FIELD_NAME
from django.template.loader import render_to_string
from django.utils.functional import cached_property
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from polls.admin.meanwhile import SEEN, Attentive, SeenField, lay_over

LAST = 10**6


class Blank(NamedTuple):
    """A new row as it was drawn once."""

    html: SafeString
    prefix: str
    parent: str


_blanks: "dict[tuple[type[RowForm], str], Blank]" = {}
"""By kind of row and language."""


class RowForm(Attentive, ModelForm):  # type: ignore[type-arg]  # one class for rows of every model
    template: str
    parent: str
    """The name of the field that says whose row this is."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The order of rows is looked at as a whole, by their formset.
        self.notice(besides=["position"])

    def has_changed(self) -> bool:
        """A new row that was only numbered, left as it came, or not drawn at all is an empty row."""
        if self.instance.pk is None and self.is_bound and self.add_prefix("text") not in self.data:
            return False
        untold = {"position"} if self.instance.pk is None else set()
        return bool(set(self.changed_data) - untold)

    def noted(self, *, moved: bool) -> list[str]:
        """What has changed, for the history."""
        return [*(name for name in self.changed_data if name != "position"), *(["position"] if moved else [])]

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
    def is_lost(self) -> bool:
        """Whether it was removed on another page since this one was drawn."""
        return self.is_bound and self.instance.pk is None and bool(self.data.get(self.add_prefix("id")))

    @property
    def has_hidden_problem(self) -> bool:
        """Something that no field shows: the row was removed on another page in the meantime."""
        return any(self.errors.get(field.name) for field in self.hidden_fields() if field.name != "position")


class RowFormSet(BaseInlineFormSet):  # type: ignore[type-arg]  # one class for rows of every model
    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        # Django takes the id of any row of the table; ours must be a row of this page.
        form.fields["id"].queryset = self.queryset

    def _construct_form(self, i: int, **kwargs: Any) -> Any:
        form = super()._construct_form(i, **kwargs)  # type: ignore[misc]  # not in the stubs
        if form.is_lost and form.was_left_alone():
            # As if it had been removed here too.
            lay_over(form, {form.add_prefix(DELETION_FIELD_NAME): "on"})
        return form

    @cached_property
    def management_form(self) -> Any:
        """With the rows as they are stored now, in their order, for a page to carry."""
        form = super().management_form
        form.fields[SEEN] = SeenField()
        form.fields[SEEN].initial = lambda: " ".join(self.stored)
        return form

    @cached_property
    def stored(self) -> list[str]:
        """The rows as they are stored now."""
        return [str(row.pk) for row in self.get_queryset()]

    @cached_property
    def seen(self) -> list[str]:
        """The rows as they were stored when the page was drawn."""
        sent = self.data.get(f"{self.prefix}-{SEEN}") if self.is_bound else None
        return self.stored if sent is None else sent.split()

    def clean(self) -> None:
        super().clean()
        words = _("You remove “%(row)s”, which has changed since you opened the page. Save again to remove it.")
        struck = [row for row in self._saved() if self._is_gone(row) and row.has_moved_on()]
        problems = [words % {"row": row.instance} for row in struck]
        if self._is_torn():
            rows = " · ".join(str(row) for row in self.get_queryset())
            words = _(
                "The order has changed since you opened the page: %(rows)s. Save again to put yours in its place."
            )
            problems.append(words % {"rows": rows})
        if problems:
            raise ValidationError(problems)

    def has_moved_on(self) -> bool:
        """Whether somebody else has changed any of these rows, added some, removed some or moved them."""
        return self.seen != self.stored or any(row.has_moved_on() for row in self._saved())

    def kept(self) -> list[Any]:
        """The rows that stay, in the editor's order."""
        return self._in_order(form for form in self.forms if self._stays(form))

    def as_left(self) -> list[Any]:
        """All rows, to be shown: a page that comes back with something to mend keeps the editor's order."""
        rows = self._in_order(self.forms) if self.is_bound else list(self.forms)
        if self.is_bound and self.seen != self.stored and not self._was_moved():
            for place, row in enumerate(rows):
                lay_over(row, {row.add_prefix("position"): str(place)})
        return rows

    def save(self, commit: bool = True) -> list[Any]:  # noqa: FBT002 -- Django's signature
        assert commit, "rows are saved at once"
        self.new_objects, self.changed_objects, self.deleted_objects = [], [], []
        self._delete_gone()
        rows = self.kept()
        self._make_way(rows)
        own = {_key(form): form for form in rows}
        for place, key in enumerate(self._woven(rows)):
            if key in own:
                self._save_row(own[key], place)
            else:
                self.get_queryset().filter(pk=key).update(position=place)
        return [form.instance for form in rows]

    def _stays(self, form: Any) -> bool:
        return not self._is_gone(form) and bool(form.instance.pk or form.has_changed())

    def _in_order(self, forms: Iterable[Any]) -> list[Any]:
        """As this page has moved them; where it has not, as somebody else may have."""
        rows = sorted(forms, key=_position)
        if self._was_moved():
            return rows
        by_key = {_key(form): form for form in rows}
        return [by_key[key] for key in self._woven(rows) if key in by_key]

    def _woven(self, rows: Iterable[Any]) -> list[str]:
        """Rows of this page in this order, together with what others have added while it was open."""
        ours = [_key(form) for form in rows]
        struck = {*self._ours()} - {*ours}
        stored = [key for key in self.stored if key not in struck]
        return _weave(ours, stored) if self._was_moved() else _weave(stored, ours)

    def _saved(self) -> list[Any]:
        """The rows of this page that are in the database, in no order."""
        return [form for form in self.initial_forms if form.instance.pk]

    def _ours(self) -> list[str]:
        """The stored rows in this page's order, struck out or not."""
        return [_key(row) for row in sorted(self._saved(), key=_position)]

    def _was_moved(self) -> bool:
        ours = self._ours()
        known = set(ours)
        return ours != [key for key in self.seen if key in known]

    def _is_torn(self) -> bool:
        """Whether rows were moved on two pages, and not alike."""
        ours = self._ours()
        shared = set(ours) & set(self.seen) & set(self.stored)
        mine, seen, now = ([key for key in keys if key in shared] for keys in (ours, self.seen, self.stored))
        return seen not in (mine, now) and mine != now

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
            self.changed_objects.append((row, form.noted(moved=moved)))


def _key(form: RowForm) -> str:
    return str(form.instance.pk or form.prefix)


def _weave(order: Sequence[str], others: Sequence[str]) -> list[str]:
    """All of both: what only the others have stands before what it precedes there, or at the end."""
    woven, there = list(order), set(order)
    for key, after in reversed(list(pairwise([*others, ""]))):
        if key not in there:
            woven.insert(woven.index(after) if after else len(woven), key)
    return woven


def _position(form: RowForm) -> tuple[int, int]:
    position = form.cleaned_data.get("position") if hasattr(form, "cleaned_data") else None
    index = int(str(form.prefix).rpartition("-")[2])
    return (LAST if position is None else position, index)
