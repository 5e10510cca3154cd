"""Instants as people say them: a date and a time of day in a named zone, and back. Stored is always the instant."""

from datetime import UTC, datetime
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from django.utils.formats import date_format, get_format
from django.utils.translation import gettext as _

from polls import figures


class NoSuchTime(ValueError):  # noqa: N818 -- what is wrong with a time, for a form to say
    """A time of day that a clock there does not show, or shows twice; the message says so in one sentence."""


@cache
def known() -> frozenset[str]:
    """Every name in the zone tables. Reading these takes a tenth of a second: once in a process."""
    return frozenset(available_timezones())


@cache
def zones() -> tuple[str, ...]:
    """The zones to choose from: places, and UTC. Not the old names and bare offsets that the tables also hold."""
    places = (name for name in known() if "/" in name)
    return ("UTC", *sorted(name for name in places if not name.startswith(("Etc/", "SystemV/", "posix/", "right/"))))


def named(typed: str) -> str:
    """The zone that is meant by its name in small letters, with spaces, or by its last part alone, as “new york”.

    What is no zone, or could be two, comes back as it was typed.
    """
    if typed in known():
        return typed
    wanted = "_".join(typed.casefold().split())
    found = [zone for zone in zones() if wanted in {zone.casefold(), zone.casefold().rpartition("/")[2]}]
    return found[0] if len(found) == 1 else typed


def instant(local: datetime, *, zone: str) -> datetime:
    """The instant, in UTC, at which clocks in the zone show this naive time. Raises NoSuchTime."""
    first, second = (local.replace(tzinfo=ZoneInfo(zone), fold=fold) for fold in (0, 1))
    told = {"time": written(local), "zone": zone}
    if first.utcoffset() == second.utcoffset():
        return first.astimezone(UTC)
    if first.astimezone(UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None) != local:
        raise NoSuchTime(
            _("%(time)s does not exist in %(zone)s: the clocks are put forward over it. Choose an hour later.") % told
        )
    raise NoSuchTime(
        _("%(time)s comes twice in %(zone)s: the clocks are put back. Choose an hour earlier or later.") % told
    )


def local(moment: datetime, *, zone: str) -> datetime:
    """What clocks in the zone show at an instant, naive."""
    return moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def written(moment: datetime, words: str = "DATETIME_FORMAT") -> str:
    """What clocks show at an instant, in the zone that it is in, as the reader's language writes it."""
    return figures.digits(date_format(moment, words))


def to_the_second(moment: datetime, *, zone: str) -> str:
    """The time of day as the reader's language writes it, with its seconds and the zone's short name."""
    words = get_format("TIME_FORMAT").replace("P", "g:i a").replace("i", "i:s")
    return told(moment, zone=zone, words=words)


def told(moment: datetime, *, zone: str, words: str = "DATETIME_FORMAT") -> str:
    """An instant as the reader's language writes it, with the zone's short name: the same words as on public pages."""
    there = moment.astimezone(ZoneInfo(zone))
    return f"{written(there, words)} {there.tzname()}"
