"""JSON that anybody may have written, read as what a field takes. Whatever is wrong is noted at its place."""

import json
from collections import Counter
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Any

from django.db import models
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from polls import figures
from polls.definitions.faults import DefinitionError, Fault, Place

LARGEST = 2_000_000
"""Characters of a file."""

HIGHEST: Mapping[str, int] = {"PositiveSmallIntegerField": 2**15 - 1, "PositiveIntegerField": 2**31 - 1}

UNSET = object()
"""Stands for what is not in the file, or can't be read."""


def parsed(text: str) -> Any:
    """Raises DefinitionError for what is no JSON."""
    if len(text) > LARGEST:
        raise _unreadable(_("The file has more than %(most)s characters.") % {"most": figures.count(LARGEST)})
    try:
        return json.loads(text, object_pairs_hook=_without_twins, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        words = {"line": figures.count(error.lineno), "problem": error.msg}
        raise _unreadable(_("This is not JSON, in line %(line)s: %(problem)s.") % words) from error
    except RecursionError as error:
        raise _unreadable(_("The JSON is nested too deeply.")) from error
    except DefinitionError:
        raise
    except ValueError as error:
        raise _unreadable(_("The JSON has a number with too many digits.")) from error


def members(given: Any, known: Collection[str], place: Place, *, needed: Collection[str] = ()) -> dict[str, Any]:
    """The members of an object that are known; what is no object has none."""
    if not isinstance(given, dict):
        place.note(_("This must be an object, in braces."))
        return {}
    for key in given:
        if key == "votes":
            place.note(_("Counts are not ballots and can’t be loaded. Tell them in the introduction."))
        elif key not in known:
            place.note(_("The key “%(key)s” is not known here.") % {"key": shown(key)})
    for key in needed:
        if key not in given:
            place.key(key).note(_("This is missing."))
    return {key: value for key, value in given.items() if key in known}


def elements(given: Any, place: Place, *, most: int) -> list[Any]:
    """The elements of a list, as long as it isn't too long."""
    if not isinstance(given, list):
        place.note(_("This must be a list, in brackets."))
        return []
    if len(given) > most:
        place.note(too_many(len(given), most=most))
        return []
    return given


def too_many(number: int, *, most: int) -> str:
    return _("%(most)s at most; here are %(number)s.") % _figures(most=most, number=number)


def value(field: "models.Field[Any, Any]", given: Any, place: Place) -> Any:
    """What a field takes, or UNSET. That it is one of the choices, short enough and so on is for the field to say."""
    if given is None and field.null:
        return None
    match field:
        case models.BooleanField():
            return given if isinstance(given, bool) else _not(place, _("This must be true or false."))
        case models.IntegerField():
            highest = HIGHEST[field.get_internal_type()]
            if type(given) is int and 0 <= given <= highest:
                return given
            return _not(place, _("This must be a whole number from 0 to %(most)s.") % _figures(most=highest))
        case models.DateTimeField():
            return _instant(given, place)
    return text(given, place)


def text(given: Any, place: Place) -> Any:
    """Text without line ends of other systems or space around it, or UNSET."""
    if not isinstance(given, str):
        return _not(place, _("This must be text, in quotes."))
    if "\0" in given or any("\ud800" <= letter <= "\udfff" for letter in given):
        return _not(place, _("This has a character that no text can have."))
    return given.replace("\r\n", "\n").strip()


def shown(key: str) -> str:
    """A key of the file in a sentence: it may be long, or nothing that can be written."""
    return key[:40].encode(errors="replace").decode().replace("\0", "?")


def _instant(given: Any, place: Place) -> Any:
    told = _("This must be an instant with its offset, like 2026-12-01T18:00:00+01:00.")
    try:
        instant: datetime | None = parse_datetime(given) if isinstance(given, str) else None
        # In UTC it may be in another year, and PostgreSQL knows no offset of 16 hours and more.
        if instant and instant.utcoffset() is not None and 1970 <= (utc := instant.astimezone(UTC)).year <= 9000:
            return utc
    except (ValueError, OverflowError):
        pass
    return _not(place, told)


def _not(place: Place, sentence: str) -> Any:
    place.note(sentence)
    return UNSET


def _figures(**numbers: int) -> dict[str, str]:
    return {name: figures.count(number) for name, number in numbers.items()}


def _without_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen = Counter(key for key, _value in pairs)
        twin = next(key for key, times in seen.items() if times > 1)
        raise _unreadable(_("The key “%(key)s” stands twice in one object.") % {"key": shown(twin)})
    return found


def _refuse_constant(name: str) -> None:
    raise _unreadable(_("%(name)s is no number.") % {"name": name})


def _unreadable(sentence: str) -> DefinitionError:
    return DefinitionError([Fault("", sentence)])
