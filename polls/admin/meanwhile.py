"""Two who have the same page open: neither overwrites unknowingly what the other has saved.

A page carries a digest of each value that it was drawn with. At the save, a field that was left as it came keeps what
is stored by then. One that was typed in and has changed since comes back once, and says what is stored. A page always
carries what was stored when it was drawn, also one that comes back: saved once more, it overwrites.
"""

import json
import zlib
from collections import ChainMap
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django import forms
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model
from django.forms import BoundField
from django.utils.translation import gettext as _

from polls.admin import history

SEEN = "seen"
LOOKED_THROUGH = 50
"""Entries of the log."""

type Sent = Mapping[str, str]
"""What a browser sends of one field, by name."""


class SeenField(forms.CharField):
    """Holds what is stored now, also on a page that comes back: by then the editor has been told of it."""

    widget = forms.HiddenInput

    def __init__(self) -> None:
        super().__init__(required=False, initial="")

    def bound_data(self, data: Any, initial: Any) -> Any:
        return initial

    def has_changed(self, initial: Any, data: Any) -> bool:
        return False


class Attentive:
    """For a form, before Django's class. It calls `notice` as soon as its fields are there."""

    goes_together: tuple[str, ...] = ()
    """Fields that make sense only together. Where two have changed some of them, it is said at the first."""
    sent: Sent
    """What came, before anything that is stored was laid over it."""
    elsewhere: set[str]
    """What somebody else has changed since the page was drawn."""
    disputed: dict[str, Sent]
    """Of that, what was changed here too, and into something else; with what is stored."""

    def notice(self: Any, *, besides: Iterable[str] = ()) -> None:
        """Look what has changed since the page was drawn. `besides` are fields that nobody types in."""
        self.sent, self.elsewhere, self.disputed = self.data, set(), {}
        names = [name for name in self.fields if name not in besides]
        self.fields[SEEN] = SeenField()
        if not _is_stored(self):
            return
        if not self.is_bound:
            self.fields[SEEN].initial = lambda: _digests(dict(self._stored_in(names)))
            return
        # Before anything that was sent decides how a field is shown.
        stored = dict(self._stored_in(names))
        self.fields[SEEN].initial = _digests(stored)
        if seen := self.data.get(self.add_prefix(SEEN)):
            self._compare(stored, dict(part.partition(":")[::2] for part in seen.split()))

    def clean(self: Any) -> Any:
        cleaned = super().clean()  # type: ignore[misc]  # Django's form comes after this
        for name, now in self.disputed.items():
            if name not in self.errors:
                self.add_error(name, self._dispute(name, now))
        if self.is_torn() and self.goes_together[0] not in self.errors:
            words = _("This, or what goes with it, has changed since you opened the page. If all fits, save again.")
            self.add_error(self.goes_together[0], words)
        return cleaned

    def has_moved_on(self) -> bool:
        """Whether somebody else has changed anything here since the page was drawn."""
        return bool(self.elsewhere)

    def was_left_alone(self: Any) -> bool:
        """Whether nobody has typed here since the page was drawn, whether or not it is still stored."""
        seen = dict(part.partition(":")[::2] for part in self.data.get(self.add_prefix(SEEN), "").split())
        sent = dict(self._stored_in(seen.keys() & self.fields.keys()))
        return bool(seen) and all(self._was_left(self[name], names, seen[name]) for name, names in sent.items())

    def is_torn(self: Any) -> bool:
        """Whether what goes together was changed on two pages."""
        group = set(self.goes_together)
        return bool(group & self.elsewhere and group & set(self.changed_data))

    def _stored_in(self: Any, names: Iterable[str]) -> Iterator[tuple[str, Sent]]:
        for name in names:
            bound = self[name]
            yield name, dict(_sent(bound.html_name, bound.field.widget, bound.field.prepare_value(bound.initial)))

    def _compare(self: Any, stored: Mapping[str, Sent], seen: Mapping[str, str]) -> None:
        kept: dict[str, str] = {}
        for name, now in stored.items():
            if seen.get(name) == _digest(now):
                continue
            if name in seen:
                self.elsewhere.add(name)
            if self._was_left(self[name], now, seen.get(name)):
                kept |= now
            elif name in seen and _digest(self._typed(now)) != _digest(now):
                self.disputed[name] = now
        if kept:
            lay_over(self, kept)

    def _was_left(self: Any, bound: BoundField, names: Iterable[str], seen: str | None) -> bool:
        """Whether nobody has typed here, or the page did not have this field at all."""
        if seen is None:
            return not any(name in self.data for name in names)
        if bound.field.widget.value_omitted_from_data(self.data, self.files, bound.html_name):
            return True
        # A file is sent by who has chosen one; what is stored of it is never sent.
        return not isinstance(bound.field.widget, forms.FileInput) and _digest(self._typed(names)) == seen

    def _typed(self: Any, names: Iterable[str]) -> Sent:
        return {name: str(self.data.get(name, "")) for name in names}

    def _dispute(self: Any, name: str, now: Sent) -> str:
        if not any(now.values()):
            return _("This has been emptied since you opened the page. Save again to put yours in its place.")
        if isinstance(self.fields[name].widget, forms.FileInput):
            return _("This picture has changed since you opened the page. Save again to put yours in its place.")
        words = _(
            "This has changed since you opened the page, and says now: “%(now)s”. Save again to put yours in its place."
        )
        return words % {"now": _shown(getattr(self, "instance", None), name, now)}


def lay_over(form: Any, values: Sent) -> None:
    """As if these had been sent in place of what was."""
    form.data = ChainMap(dict(values), form.data)


def last_saved(form: Any, *, rows_moved: bool = False) -> LogEntry | None:
    """Who has last changed, on this page, what is another since it was drawn, and when: in the form's own fields, or in
    rows of it. None where the log does not tell: a deed, another page or a program has changed it.
    """
    about = ContentType.objects.get_for_model(form.instance)
    entries = LogEntry.objects.filter(content_type=about, object_id=str(form.instance.pk)).select_related("user")
    labels = {*history.named(form.instance, form.elsewhere)}
    latest = entries.order_by("-action_time", "-pk")[:LOOKED_THROUGH]
    return next((entry for entry in latest if _tells_of(entry, labels, rows_moved=rows_moved)), None)


def _tells_of(entry: LogEntry, labels: set[str], *, rows_moved: bool) -> bool:
    if not entry.change_message.startswith("["):
        return False  # a deed, in words
    for part in json.loads(entry.change_message):
        for what in part.values():
            if rows_moved if "name" in what else labels & set(what.get("fields", ())):
                return True
    return False


def _is_stored(form: Any) -> bool:
    """Whether it shows something that others can change: what is not saved yet is on this page alone."""
    return not hasattr(form, "instance") or form.instance.pk is not None


def _sent(name: str, widget: Any, value: Any) -> Iterator[tuple[str, str]]:
    """What a browser sends of a field in which nobody has typed; of a file, which one is stored."""
    if hasattr(widget, "widgets_names"):
        for ending, part, worth in zip(widget.widgets_names, widget.widgets, widget.decompress(value), strict=True):
            yield from _sent(name + ending, part, worth)
    elif isinstance(widget, forms.CheckboxInput):
        yield name, "on" if widget.check_test(value) else ""
    elif isinstance(widget, forms.FileInput):
        yield name, str(value or "")
    else:
        shown = widget.format_value(value)
        yield name, str((shown[0] if isinstance(shown, list) else shown) or "")


def _digest(sent: Sent) -> str:
    """The same for equal texts, whatever ends their lines; nothing for what is empty."""
    text = "\0".join(sent.values()).replace("\r\n", "\n")
    return f"{zlib.crc32(text.encode()):x}" if text.strip("\0") else ""


def _digests(stored: Mapping[str, Sent]) -> str:
    return " ".join(f"{name}:{_digest(now)}" for name, now in stored.items())


def _shown(instance: Model | None, name: str, now: Sent) -> str:
    """What is stored, as the page would show it."""
    label = getattr(instance, f"get_{name}_display", None)
    if label:
        return str(label())
    value = getattr(instance, name, None)
    return str(value) if isinstance(value, Model) else " ".join(filter(None, now.values()))
