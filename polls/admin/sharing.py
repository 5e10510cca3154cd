"""What an editor pastes into other pages."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import escape
from django.utils.translation import gettext_lazy as _

from polls.models import Poll


@dataclass(frozen=True, slots=True)
class Snippet:
    name: str
    label: str | Promise
    words: str | Promise
    text: str
    """Plain text, to be escaped where it is shown."""


def origin(request: HttpRequest) -> str:
    """Where the public reaches us: `PUBLIC_URL`, or the address that this request came to."""
    return str(settings.PUBLIC_URL or f"{request.scheme}://{request.get_host()}")


def snippets(poll: Poll, origin: str) -> list[Snippet]:
    page, frame = reverse("poll", args=[poll.slug]), reverse("embed", args=[poll.slug])
    script = f'<script async src="{origin}/embed.js" data-poll="{poll.slug}"></script>'
    iframe = (
        f'<iframe src="{origin}{frame}" title="{escape(poll.title)}" '
        'width="100%" height="480" style="border:0" loading="lazy"></iframe>'
    )
    return [
        Snippet("script", _("Script"), _("One line. The height follows the content."), script),
        Snippet("frame", _("Frame"), _("Where scripts are not allowed. The height is yours to set."), iframe),
        Snippet("link", _("Link"), _("To the poll’s own page."), f"{origin}{page}"),
    ]
