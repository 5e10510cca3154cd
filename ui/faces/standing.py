"""Where a card stands: on our page, in a frame, on a page of another site. The addresses in it follow from that."""

from dataclasses import dataclass, field

from django.http import HttpRequest
from django.urls import reverse

from polls.snapshots import PollSnapshot
from polls.terms import Door
from ui import origins, tongues
from ui.tongues import Tongue


@dataclass(frozen=True, slots=True)
class Face:
    """Where a card stands: on our page or in a frame; `fragment` when htmx asks for the card alone."""

    framed: bool
    fragment: bool
    tongue: Tongue = tongues.NONE
    away: bool = False
    """The fragment stands on a page of another site, which the poll allows: its addresses are absolute."""
    origin: str = field(default="", compare=False)
    """Ours, as this visitor's browser writes it."""
    guest: str = field(default="", compare=False)
    """The other site's origin."""

    @property
    def base(self) -> str:
        """What stands before the path of each address in the card."""
        return self.origin if self.away else ""

    @property
    def in_place(self) -> bool:
        """The page around the card is not ours: links exchange the card and leave the page alone."""
        return self.framed or self.away

    @property
    def template(self) -> str:
        if self.fragment:
            return "ui/poll.html#ballot"
        return "ui/frame.html" if self.framed else "ui/poll.html"

    @property
    def door(self) -> Door:
        if self.framed:
            return Door.FRAME
        return Door.FRAGMENT if self.fragment else Door.PAGE

    def form_url(self, slug: str) -> str:
        return self.url("embed" if self.framed else "poll", slug)

    def vote_url(self, slug: str) -> str:
        return self.url("embed-vote" if self.framed else "vote", slug)

    def withdraw_url(self, slug: str) -> str:
        return self.url("embed-withdraw" if self.framed else "withdraw", slug)

    def page_url(self, slug: str) -> str:
        """The poll on its own page."""
        return self.url("poll", slug)

    def again_url(self, slug: str) -> str:
        """The ballot for somebody who has voted already."""
        return with_query(self.form_url(slug), "show=ballot")

    def results_url(self, slug: str) -> str:
        return with_query(self.form_url(slug), "show=results") if self.framed else self.url("results", slug)

    def url(self, name: str, slug: str) -> str:
        """Of one of the poll's pages, in the same language."""
        return with_query(reverse(name, args=[slug]), self.tongue.query)


def with_query(address: str, query: str) -> str:
    """The address with one more part of its query, as it goes into a header; in HTML it is to be escaped."""
    return f"{address}{'&' if '?' in address else '?'}{query}" if query else address


def face(request: HttpRequest, *, framed: bool, poll: PollSnapshot | None = None) -> Face:
    # A restored history entry needs the whole page, though htmx asks for it.
    restoring = request.META.get("HTTP_HX_HISTORY_RESTORE_REQUEST") == "true"
    fragment = request.META.get("HTTP_HX_REQUEST") == "true" and not restoring
    guest = origins.guest(request, poll) if poll and fragment and not framed else ""
    tongue = tongues.of(request, poll) if poll else Tongue(interface=tongues.around(request))
    return Face(framed, fragment, tongue, away=bool(guest), origin=origins.own(request), guest=guest)
