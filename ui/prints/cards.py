"""What every card says, and how it is printed."""

from collections.abc import Callable
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
from ui.cache import Entry
from ui.faces import Face
from ui.prints.blanks import Print, hole


def in_its_language[**P](
    card: Callable[Concatenate[Entry, Face, P], bytes],
) -> Callable[Concatenate[Entry, Face, P], bytes]:
    """All that a card says is said in the language of its face."""

    def spoken(entry: Entry, face: Face, /, *args: P.args, **kwargs: P.kwargs) -> bytes:
        with translation.override(face.tongue.interface):
            return card(entry, face, *args, **kwargs)

    return wraps(card)(spoken)


def context(entry: Entry, face: Face, at: datetime) -> dict[str, object]:
    phase = entry.poll.phase(at)
    told = {"poll": portraits.poll(edition(entry, face), at=at), "is_over": phase == Phase.CLOSED}
    # Of an open poll the results move; and when a poll opens or closes the card turns into another one.
    awaits = reverse("live-phase", args=[entry.poll.slug]) if phase in {Phase.SCHEDULED, Phase.OPEN} else ""
    return told | {"strength": policies.strength(entry.poll), "awaits": awaits, "at": at}


def edition(entry: Entry, face: Face) -> PollSnapshot:
    """The poll in the language of the face."""
    return entry.poll.in_language(face.tongue.language)


def printed(entry: Entry, face: Face, context: dict[str, Any]) -> Print:
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
        told = linked_data.of(
            edition(entry, face),
            at=context["at"],
            origin=hole("origin"),
            languages=entry.poll.languages,
            query=face.tongue.query,
        )
        place |= {"origin": hole("origin"), "told": told}
    dressed = {"fragment": face.fragment, "worn": themes.worn(entry.poll.theme)}
    return Print.of(render_to_string(face.template, context | place | dressed))


def where(face: Face) -> dict[str, bytes]:
    """What goes into the holes of every card: where it stands."""
    return _placed(face.base, face.origin)


@lru_cache(maxsize=256)
def _placed(base: str, origin: str) -> dict[str, bytes]:
    return {"base": escape(base).encode(), "origin": escape(origin).encode()}
