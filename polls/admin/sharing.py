"""What an editor pastes into other pages, and what `/oembed` gives to them."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from polls.admin import heights
from polls.snapshots import PollSnapshot

SANDBOX = (
    "allow-scripts allow-forms allow-same-origin allow-popups allow-popups-to-escape-sandbox "
    "allow-top-navigation-by-user-activation"
)
# Other sites may be asked; no style of its own, which a strict policy refuses; what is refused is shown too.
HTMX = (
    '{"selfRequestsOnly":false,"includeIndicatorStyles":false,'
    '"responseHandling":[{"code":"204","swap":false},{"code":"...","swap":true}]}'
)


@dataclass(frozen=True, slots=True)
class Snippet:
    name: str
    label: str | Promise
    words: str | Promise
    text: str
    """Plain text, to be escaped where it is shown."""
    preview: str
    """The address of its preview."""
    needs_sites: bool = False
    """It works on the poll's allowed sites alone."""


def origin(request: HttpRequest) -> str:
    """Where the public reaches us: `PUBLIC_URL`, or the address that this request came to."""
    return str(settings.PUBLIC_URL or f"{request.scheme}://{request.get_host()}")


def page(slug: str, origin: str) -> str:
    """The address of a poll's own page."""
    return f"{origin}{reverse('poll', args=[slug])}"


def snippets(poll: PollSnapshot, origin: str) -> list[Snippet]:
    """Each way into another page, the easiest first."""
    address, card = page(poll.slug, origin), reverse("preview", args=[poll.id])
    picture = reverse("preview-picture", args=[poll.id])
    in_frame = frame(poll, origin, width="100%", height=heights.reserved(poll, width=480))
    pasted = form(poll, vote_url=f"{address}vote/")
    return [
        Snippet("script", _("Script"), _("One line. The height follows the content."), _script(poll, origin), card),
        Snippet(
            "element",
            _("Element"),
            _("Where texts may hold elements but no scripts: the first line once in the page."),
            _element(poll, origin),
            card,
        ),
        Snippet("frame", _("Frame"), _("Where scripts are not allowed. The height is yours to set."), in_frame, card),
        Snippet(
            "link",
            _("Link"),
            _("To the poll’s own page. WordPress, Ghost and others make a frame of it, chats show a picture."),
            address,
            f"{picture}?shape=card",
        ),
        Snippet(
            "form",
            _("Form"),
            _("Plain HTML in your own look, without scripts. The vote is confirmed here with one click."),
            pasted,
            reverse("preview-form", args=[poll.id]),
            needs_sites=True,
        ),
        Snippet(
            "htmx", "htmx", _("For pages that use htmx themselves."), _htmx(address, origin), card, needs_sites=True
        ),
        Snippet(
            "picture",
            _("Picture"),
            _("For mails and feeds: the results, as far as everyone may see them."),
            _picture(poll, address, origin),
            picture,
        ),
    ]


def _script(poll: PollSnapshot, origin: str) -> str:
    return f'<script async src="{origin}/embed.js" data-poll="{poll.slug}"></script>'


def _element(poll: PollSnapshot, origin: str) -> str:
    element = format_html('<pollstead-poll slug="{}" data-title="{}"></pollstead-poll>', poll.slug, poll.title)
    return f'<script async src="{origin}/embed.js"></script>\n{element}'


def _htmx(page: str, origin: str) -> str:
    return (
        f"<meta name=\"htmx-config\" content='{HTMX}'>\n"
        f'<link rel="stylesheet" href="{origin}/embed.css">\n'
        f'<script async src="{origin}/live.js"></script>\n'
        f'<div data-hx-get="{page}" data-hx-trigger="load" data-hx-swap="outerHTML"></div>'
    )


def _picture(poll: PollSnapshot, page: str, origin: str) -> str:
    address = f"{origin}{reverse('results-png', args=[poll.slug])}"
    return format_html('<a href="{}"><img src="{}" alt="{}" width="600"></a>', page, address, poll.title)


def frame(poll: PollSnapshot, origin: str, *, width: str, height: int, query: str = "") -> str:
    """The frame as a page of another site takes it in; `query` may name a language.

    No style attribute, which a strict policy refuses; a sandbox that lets votes through, and nothing that disturbs.
    """
    return format_html(
        '<iframe src="{}{}{}" title="{}" width="{}" height="{}" frameborder="0" loading="lazy" sandbox="{}"></iframe>',
        origin,
        reverse("embed", args=[poll.slug]),
        f"?{query}" if query else "",
        poll.title,
        width,
        height,
        SANDBOX,
    )


def form(poll: PollSnapshot, *, vote_url: str) -> str:
    """A form of plain HTML. It has no paper: a page cache would give one to many, so that our page asks once more."""
    with translation.override(poll.language):
        return render_to_string("admin/polls/poll/pasted_form.html", {"poll": poll, "vote_url": vote_url})
