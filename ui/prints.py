"""Cards printed once and kept as bytes with holes: a fresh paper, or the voter's own mark, is put in per request.

A print hangs on a cache entry, so that it goes when the poll changes; results hang on the tally's version too.
"""

import re
import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.html import escape
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from polls import refusals
from polls.tallies import TallySnapshot
from polls.terms import Phase
from ui import figures, papers, portraits
from ui.cache import Entry
from ui.faces import Face
from ui.forms import Ballot

# Nobody outside can write a hole into a text: its name is drawn at each start.
_TOKEN = secrets.token_hex(8)
_HOLE = re.compile(rb"\[\[%s:([a-z0-9-]+)\]\]" % _TOKEN.encode())


@dataclass(frozen=True, slots=True)
class Print:
    """Bytes with holes: `pieces` has one more than `holes`, which hold the name of what goes between."""

    pieces: tuple[bytes, ...]
    holes: tuple[str, ...]

    def filled(self, contents: Mapping[str, bytes]) -> bytes:
        """The bytes with each hole filled; a hole that `contents` does not name stays empty."""
        if not self.holes:
            return self.pieces[0]
        parts = [self.pieces[0]]
        for hole, piece in zip(self.holes, self.pieces[1:], strict=True):
            parts += (contents.get(hole, b""), piece)
        return b"".join(parts)


def hole(name: str) -> str:
    return mark_safe(f"[[{_TOKEN}:{name}]]")  # noqa: S308 -- our own token, letters and digits


def form(entry: Entry, face: Face, *, at: datetime) -> bytes:
    """The empty form with a fresh paper."""
    key = ("form", face)
    if key not in entry.prints:
        entry.prints[key] = _printed(entry, face, _form_context(entry, at))
    fresh: bytes = entry.prints[key].filled({"paper": papers.issue(entry.poll.id, at=at).encode()})
    return fresh


def form_again(entry: Entry, face: Face, refusal: refusals.Refusal, kept: Ballot | None, *, at: datetime) -> bytes:
    """The form after a refusal: what to mend, the choice kept, and a fresh paper."""
    context = _form_context(entry, at) | {"fields": portraits.fields(entry.poll, kept), "refusal": refusal}
    return _printed(entry, face, context).filled({"paper": papers.issue(entry.poll.id, at=at).encode()})


def results(
    entry: Entry, face: Face, *, at: datetime, said: str = "", mine: Collection[int] = (), invites: bool = False
) -> bytes:
    """The results, with what is `said` above them and the voter's own choices marked. Ask `tallies.may_see` first.

    `invites` when this visitor may still vote: then there is a way to the ballot.
    """
    phase, version = entry.poll.phase(at), entry.tally.version
    key = ("results", face, said, phase, invites)
    known = entry.prints.get(key)
    if known is None or known[0] != version:
        context = _results_context(entry, at) | {"said": said, "invites": invites}
        known = entry.prints[key] = version, _printed(entry, face, context)
    blank: Print = known[1]
    return blank.filled(_marks(entry, mine))


def veiled(entry: Entry, face: Face, *, at: datetime, said: str, mine: Collection[int]) -> bytes:
    """A ballot was counted and no results are shown: the choices as they stood, the voter's own ones marked."""
    # From an empty tally: what must not be seen is not there.
    outcomes = portraits.outcomes(entry.poll, TallySnapshot(), hole)
    context = _context(entry, at) | {"said": said, "outcomes": outcomes, "veiled": True}
    return _printed(entry, face, context).filled(_marks(entry, mine))


def note(
    entry: Entry,
    face: Face,
    *,
    at: datetime,
    said: str = "",
    refusal: refusals.Refusal | None = None,
    why: refusals.Refusal | None = None,
    invites: bool = False,
) -> bytes:
    """A card without form or results. `refusal` answers a deed; `why` says calmly what is not there to be seen."""
    context = {"said": said, "refusal": refusal, "why": why, "invites": invites}
    return _printed(entry, face, _context(entry, at) | context).filled({})


def results_refused(entry: Entry, face: Face, refusal: refusals.Refusal, *, at: datetime) -> bytes:
    """The results under a refusal."""
    return _printed(entry, face, _results_context(entry, at) | {"refusal": refusal}).filled({})


def _results_context(entry: Entry, at: datetime) -> dict[str, object]:
    outcomes = portraits.outcomes(entry.poll, entry.tally, hole)
    with translation.override(entry.poll.language):
        votes = figures.count(entry.tally.ballots)
    return _context(entry, at) | {"outcomes": outcomes, "tally": entry.tally, "votes": votes}


def _form_context(entry: Entry, at: datetime) -> dict[str, object]:
    return _context(entry, at) | {"fields": portraits.fields(entry.poll), "paper": hole("paper")}


def _context(entry: Entry, at: datetime) -> dict[str, object]:
    return {"poll": portraits.poll(entry.poll, at=at), "is_over": entry.poll.phase(at) == Phase.CLOSED}


def _printed(entry: Entry, face: Face, context: dict[str, object]) -> Print:
    slug = entry.poll.slug
    addresses = {
        "form_url": face.form_url(slug),
        "vote_url": face.vote_url(slug),
        "results_url": face.results_url(slug),
    }
    with translation.override(entry.poll.language):
        text = render_to_string(face.template, context | addresses | {"framed": face.framed}).encode()
    pieces = _HOLE.split(text)
    return Print(tuple(pieces[::2]), tuple(name.decode() for name in pieces[1::2]))


def _marks(entry: Entry, mine: Collection[int]) -> dict[str, bytes]:
    with translation.override(entry.poll.language):
        name = escape(_("your choice"))
    mark = f'<span role="img" aria-label="{name}">✓</span>'.encode()
    return {f"mark-{choice}": mark for choice in mine}
