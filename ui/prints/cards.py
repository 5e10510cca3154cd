"""What every card says, and how it is printed."""

from collections.abc import Callable, Hashable
from dataclasses import replace
from datetime import datetime
from functools import lru_cache, wraps
from typing import Any, Concatenate

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.html import escape
from django.utils.safestring import mark_safe

from polls import policies
from polls.snapshots import PollSnapshot
from polls.terms import Phase, Policy
from ui import linked_data, portraits, themes
from ui.entries import Entry
from ui.faces import Face
from ui.linked_data import LinkedData
from ui.prints import patterns
from ui.prints.blanks import Print, hole


def in_its_language[**P](
    card: Callable[Concatenate[Entry, Face, P], bytes],
) -> Callable[Concatenate[Entry, Face, P], bytes]:
    """All that a card says is said in the language of its face."""

    def spoken(entry: Entry, face: Face, /, *args: P.args, **kwargs: P.kwargs) -> bytes:
        with translation.override(face.tongue.interface):
            return card(entry, face, *args, **kwargs)

    return wraps(card)(spoken)


# See `print_of`.
_DESCRIPTION, _JSON = hole("description"), hole("json")
_INSTANT = portraits.Instant(hole("instant"), hole("instant-iso"), hole("instant-shown"))


def context(entry: Entry, face: Face, at: datetime) -> dict[str, object]:
    phase = entry.poll.phase(at)
    portrait = portraits.poll(edition(entry, face), at=at)
    # Of the three a card shows the one that its phase asks for.
    portrait = replace(
        portrait,
        opens=portrait.opens and _INSTANT,
        closes=portrait.closes and _INSTANT,
        closed=portrait.closed and _INSTANT,
    )
    told = {"poll": portrait, "is_over": phase == Phase.CLOSED}
    # Of an open poll the results move; and when a poll opens or closes the card turns into another one.
    awaits = reverse("live-phase", args=[entry.poll.slug]) if phase in {Phase.SCHEDULED, Phase.OPEN} else ""
    return told | {"strength": policies.strength(entry.poll, over=phase == Phase.CLOSED), "awaits": awaits, "at": at}


def edition(entry: Entry, face: Face) -> PollSnapshot:
    """The poll in the language of the face."""
    return entry.poll.in_language(face.tongue.language)


def printed(entry: Entry, face: Face, context: dict[str, Any]) -> Print:
    """A card of this poll alone."""
    return print_of(entry, face, context["at"], written(entry, face, context))


def shared(
    entry: Entry, face: Face, at: datetime, key: Hashable, write: Callable[[Entry], str], *, order: int | None = None
) -> Print:
    """A card that `write` writes for a poll of the same pattern, if it has not done so yet, with this poll's texts.

    `key` is all that it says besides; `order` is that in which a form shuffles choices.
    """
    poll = edition(entry, face)
    pattern = patterns.of(poll if order is None else portraits.settled(poll, order), poll.phase(at))
    return print_of(entry, face, at, patterns.written(pattern, key, write))


def written(entry: Entry, face: Face, context: dict[str, Any]) -> str:
    """A card with holes."""
    slug = entry.poll.slug
    # Somebody else at this browser may have an invitation of their own.
    ballot_url = face.again_url(slug) if entry.poll.policy == Policy.INVITATION else face.form_url(slug)
    base = hole("base") if face.away else ""
    paths = {
        "form_url": face.form_url(slug),
        "vote_url": face.vote_url(slug),
        "results_url": face.results_url(slug),
        "again_url": face.again_url(slug),
        "withdraw_url": face.withdraw_url(slug),
        "ballot_url": ballot_url,
        "page_url": face.page_url(slug),
        "ballots_url": face.url("ballots", slug),
        "changes_url": face.url("changes", slug),
    }
    # What they are put into is HTML.
    place: dict[str, object] = {name: mark_safe(base + escape(path)) for name, path in paths.items()}  # noqa: S308 -- our paths
    place |= {"base": base, "framed": face.framed, "in_place": face.in_place}
    here = str(context.get("here", face.form_url(slug)))
    links = portraits.tongues(entry.poll, face.tongue.language, base + here)
    place |= {"tongues": links, "tongue": face.tongue.language, "along": hole("along")}
    if not (face.framed or face.fragment):
        told = replace(_linked_data(entry, face, context["at"]), description=_DESCRIPTION, json=_JSON)
        place |= {"origin": hole("origin"), "told": told}
    dressed = {"fragment": face.fragment, "worn": themes.worn(entry.poll.theme)}
    return render_to_string(face.template, context | place | dressed)


def where(face: Face) -> dict[str, bytes]:
    """What goes into the holes of every card: where it stands."""
    return _placed(face.base, face.origin)


def print_of(entry: Entry, face: Face, at: datetime, text: str) -> Print:
    """What was written, with that in it which is made of more than one text, or of an instant."""
    if _JSON in text:
        told = _linked_data(entry, face, at)
        text = text.replace(_DESCRIPTION, escape(told.description)).replace(_JSON, told.json)
    if turn := portraits.Instant.of(_turn(entry.poll, at)):
        text = text.replace(_INSTANT.machine, turn.machine).replace(_INSTANT.iso, turn.iso)
        text = text.replace(_INSTANT.shown, escape(str(turn.shown)))
    return Print.of(text)


def _turn(poll: PollSnapshot, at: datetime) -> datetime | None:
    """The instant that a card shows in this phase."""
    match poll.phase(at):
        case Phase.SCHEDULED:
            return poll.opens_at
        case Phase.CLOSED:
            return poll.closed_at or poll.closes_at
    return poll.closes_at


def _linked_data(entry: Entry, face: Face, at: datetime) -> LinkedData:
    poll, languages = edition(entry, face), entry.poll.languages
    return linked_data.of(poll, at=at, origin=hole("origin"), languages=languages, query=face.tongue.query)


@lru_cache(maxsize=256)
def _placed(base: str, origin: str) -> dict[str, bytes]:
    return {"base": escape(base).encode(), "origin": escape(origin).encode()}
