"""Dates and times of day as clocks in the poll's own zone show them."""

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from polls import clocks


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
        if time is None:
            raise ValidationError(_("The time is missing. Add one, or clear the date."), code="time_missing")
        if not day:
            raise ValidationError(_("The date is missing. Add one, or clear the time."), code="date_missing")
        try:
            return clocks.instant(datetime.combine(day, time), zone=self.zone)
        except clocks.NoSuchTime as problem:
            raise ValidationError(str(problem), code="no_such_time") from problem
