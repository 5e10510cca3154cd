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

from polls.snapshots import PollSnapshot, QuestionSnapshot
from polls.terms import Kind

SANDBOX = (
    "allow-scripts allow-forms allow-same-origin allow-popups allow-popups-to-escape-sandbox "
    "allow-top-navigation-by-user-activation"
)
LETTER = 8
"""Pixels that a letter takes on average, generously."""
MOST_BUTTONS = 11


@dataclass(frozen=True, slots=True)
class Snippet:
    name: str
    label: str | Promise
    words: str | Promise
    text: str
    """Plain text, to be escaped where it is shown."""
    preview: str = "card"
    """What its preview shows: the card, the form as it is pasted, or the picture."""
    needs_sites: bool = False
    """It works on the poll's allowed sites alone."""


def origin(request: HttpRequest) -> str:
    """Where the public reaches us: `PUBLIC_URL`, or the address that this request came to."""
    return str(settings.PUBLIC_URL or f"{request.scheme}://{request.get_host()}")


def snippets(poll: PollSnapshot, origin: str) -> list[Snippet]:
    page = f"{origin}{reverse('poll', args=[poll.slug])}"
    script = f'<script async src="{origin}/embed.js"'
    element = format_html('<pollstead-poll slug="{}" data-title="{}"></pollstead-poll>', poll.slug, poll.title)
    return [
        Snippet(
            "script",
            _("Script"),
            _("One line. The height follows the content."),
            f'{script} data-poll="{poll.slug}"></script>',
        ),
        Snippet(
            "element",
            _("Element"),
            _("Where texts may hold elements but no scripts: the first line once in the page."),
            f"{script}></script>\n{element}",
        ),
        Snippet(
            "frame",
            _("Frame"),
            _("Where scripts are not allowed. The height is yours to set."),
            frame(poll, origin, width="100%", height=reserved(poll, width=480)),
        ),
        Snippet("link", _("Link"), _("To the poll’s own page. WordPress, Ghost and others make a frame of it."), page),
        Snippet(
            "form",
            _("Form"),
            _("Plain HTML in your own look, without scripts. The vote is confirmed here with one click."),
            form(poll, page),
            preview="form",
            needs_sites=True,
        ),
        Snippet(
            "htmx",
            _("htmx"),
            _("For pages that use htmx themselves."),
            format_html(
                '<link rel="stylesheet" href="{}/embed.css">\n<div data-hx-get="{}" data-hx-trigger="load"></div>',
                origin,
                page,
            ),
            needs_sites=True,
        ),
        Snippet(
            "picture",
            _("Picture"),
            _("The results for mails and feeds, as far as everyone may see them."),
            format_html(
                '<a href="{}"><img src="{}{}" alt="{}" width="600"></a>',
                page,
                origin,
                reverse("results-png", args=[poll.slug]),
                poll.title,
            ),
            preview="picture",
        ),
    ]


def frame(poll: PollSnapshot, origin: str, *, width: str, height: int) -> str:
    """The frame as a page of another site takes it in.

    No style attribute, which a strict policy refuses; a sandbox that lets votes through, and nothing that disturbs.
    """
    return format_html(
        '<iframe src="{}{}" title="{}" width="{}" height="{}" frameborder="0" loading="lazy" sandbox="{}"></iframe>',
        origin,
        reverse("embed", args=[poll.slug]),
        poll.title,
        width,
        height,
        SANDBOX,
    )


def form(poll: PollSnapshot, page: str) -> str:
    """A form of plain HTML. It has no paper: a page cache would give one to many, so that our page asks once more."""
    with translation.override(poll.language):
        return render_to_string("admin/polls/poll/pasted_form.html", {"poll": poll, "page": page}).strip()


def reserved(poll: PollSnapshot, *, width: int) -> int:
    """The height in pixels that a poll needs at this width, rather more than less."""
    asked = sum(_height(question, width) for question in poll.questions)
    head = 0 if len(poll.questions) == 1 else 70 + 30 * _lines(poll.title, width, letter=12)
    return 210 + head + 24 * _lines(poll.intro, width) + asked


def _height(question: QuestionSnapshot, width: int) -> int:
    head = 66 + 28 * _lines(question.text, width, letter=12) + 24 * _lines(question.hint, width)
    rows = [_row(question, choice.text, bool(choice.picture), width) for choice in question.standing]
    return head + sum(rows) + (64 if question.write_in else 0) + (150 if question.kind == Kind.TEXT else 0)


def _row(question: QuestionSnapshot, text: str, pictured: bool, width: int) -> int:
    high = max(56, 16 + 24 * _lines(text, width - 120))
    if pictured:
        high = max(high, 90) if width >= 480 else high + 110
    if question.kind in {Kind.RATING, Kind.SCORE}:
        grades = min(question.highest - question.lowest + 1, MOST_BUTTONS)
        high += 34 + 50 * -(-grades * 42 // width)
    return high + 8


def _lines(text: str, width: int, *, letter: int = LETTER) -> int:
    in_a_line = max(1, (width - 64) // letter)
    return sum(-(-len(line) // in_a_line) for line in text.splitlines())
