"""Which language a visitor gets: by name (`?lang=`), by what the browser asks for, else that of the poll. No cookie.

Only languages that the poll has its texts in are given; the words around them are in the same one.
"""

from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest

from polls import languages
from polls.snapshots import PollSnapshot
from ui import visitors


@dataclass(frozen=True, slots=True)
class Tongue:
    """The language of a card."""

    language: str = ""
    """Of the poll's texts: see `PollSnapshot.in_language`. Empty for a card of no poll."""
    interface: str = settings.LANGUAGE_CODE
    """Of the words around them."""
    by_name: bool = False
    """It stands in the address, and in each address that the card leads to."""

    @property
    def query(self) -> str:
        return f"lang={self.language}" if self.by_name else ""


NONE = Tongue()


def of(request: HttpRequest, poll: PollSnapshot) -> Tongue:
    """The language in which this visitor gets this poll."""
    return chosen(poll, visitors.said(request).get("lang", ""), request.META.get("HTTP_ACCEPT_LANGUAGE", ""))


def chosen(poll: PollSnapshot, name: str, accepted: str) -> Tongue:
    """The same, from the two things that decide it: `lang` and the Accept-Language header."""
    if len(poll.languages) < 2:
        return _only(poll.language, poll.interface)
    language = languages.best(_named(name), poll.languages)
    by_name = language is not None
    language = language or languages.best(languages.accepted(accepted.lower()), poll.languages) or poll.language
    return Tongue(language, poll.in_language(language).interface, by_name)


@lru_cache(maxsize=256)
def _only(language: str, interface: str) -> Tongue:
    # Each visitor of a poll in one language asks for it.
    return Tongue(language, interface)


def around(request: HttpRequest) -> str:
    """The language for what belongs to no poll."""
    return languages.best(wanted(request), tuple(dict(settings.LANGUAGES))) or settings.LANGUAGE_CODE


def wanted(request: HttpRequest) -> tuple[str, ...]:
    """All languages that the visitor named, the most wanted first."""
    accepted = request.META.get("HTTP_ACCEPT_LANGUAGE", "").lower()
    return _named(request.GET.get("lang", "")) + languages.accepted(accepted)


def _named(name: str) -> tuple[str, ...]:
    code = languages.normalised(name)
    return (code,) if code else ()
