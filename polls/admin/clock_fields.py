"""Dates and times of day as clocks in the poll's own zone show them."""

from datetime import datetime
from functools import lru_cache
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from unfold.widgets import UnfoldAdminSelect2Widget

from polls import clocks


class ZoneSelect(UnfoldAdminSelect2Widget):
    """Hundreds of zones in one piece; Django's own select renders a template for each, half of a page's time."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        chosen = format_html('<option value="{}"', value)
        options = _options(tuple(self.choices)).replace(f"{chosen}>", f"{chosen} selected>")
        told = {**self.build_attrs(self.attrs, attrs), "name": name}
        return format_html("<select{}>{}</select>", flatatt(told), mark_safe(options))  # noqa: S308 -- made below


@lru_cache(maxsize=8)
def _options(zones: tuple[tuple[str, str], ...]) -> SafeString:
    return format_html_join("\n", '<option value="{}">{}</option>', zones)


class ZonedField(forms.SplitDateTimeField):
    """Gives the instant; asks for and shows the time of day in `zone`."""

    def __init__(self, *, zone: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.zone = zone
        # Two fields under one label: each has a name of its own.
        for part, words in zip(self.widget.widgets, (_("date"), _("time")), strict=True):
            part.attrs["aria-label"] = f"{self.label}: {words}"

    def prepare_value(self, value: Any) -> Any:
        # Naive: the widget would turn what is aware into the server's zone.
        return clocks.local(value, zone=self.zone) if isinstance(value, datetime) and value.tzinfo else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)

    def compress(self, data_list: Any) -> datetime | None:
        day, time = data_list or (None, None)
        if not day and time is None:
            return None
        if not day or time is None:
            name = "invalid_time" if day else "invalid_date"
            raise ValidationError(self.error_messages[name], code=name)
        try:
            return clocks.instant(datetime.combine(day, time), zone=self.zone)
        except clocks.NoSuchTime as problem:
            raise ValidationError(str(problem), code="no_such_time") from problem
