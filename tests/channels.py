"""Every way by which results could reach somebody. A new one, be it a stream or a picture to share, is one more line:
`tests/ui/test_results_gate.py` then shows that it tells nothing that is hidden.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from io import StringIO
from itertools import count

from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client

from polls import tokens
from polls.models import ApiToken, Delivery, Poll, Webhook
from polls.webhooks import clock, deliveries
from tests.browser import Browser
from tests.builders import now
from tests.desk import an_editor, at_desk
from tests.doors import HTMX
from tests.receivers import a_webhook
from tests.watcher import Watcher

# What differs at each look and says nothing.
FRESH = re.compile(r'name="paper" value="[^"]*"|"paper": ?"[^"]*"|name="csrfmiddlewaretoken" value="[^"]*"')
FIGURES = re.compile(r'class="desk-figure">.*?</span>', re.DOTALL)


@dataclass(frozen=True)
class Channel:
    name: str
    look: Callable[[Browser, Poll], str]
    """Everything that it gives a stranger: status, headers and all."""
    tells: bool = True
    """It shows results where they may be seen."""
    as_voter: bool = False
    """It is for somebody who may see what a voter sees who has voted."""
    remembered: bool = True
    """Some of what it gives may be kept for a while, so that a change shows now or later."""


def at(address: str, headers: Mapping[str, str] | None = None) -> Callable[[Browser, Poll], str]:
    """What is answered at an address, in which {slug} and {question} stand for the poll's."""

    def look(stranger: Browser, poll: Poll) -> str:
        answer = stranger.get(_filled(address, poll), headers=dict(headers or {}))
        return FRESH.sub("", f"{answer.status_code} {sorted(answer.headers.items())} {answer.text}")

    return look


def _filled(address: str, poll: Poll) -> str:
    question = poll.questions.get(position=0).pk if "{question}" in address else None
    return address.format(slug=poll.slug, poll=poll.pk, question=question)


def _stream(stranger: Browser, poll: Poll) -> str:
    """The answer and its first event."""
    watcher = Watcher(stranger, f"/live/{poll.slug}")
    if watcher.status == 200:
        watcher.wait(1)
    watcher.leave()
    told = watcher.text.partition("\n\n")[2] if watcher.status == 200 else watcher.text
    return f"{watcher.status} {told}"


def at_the_desk(address: str) -> Callable[[Browser, Poll], str]:
    """The same at an address of the desk's polls."""

    def look(_stranger: Browser, poll: Poll) -> str:
        olive = User.objects.filter(username="olive").first() or an_editor("olive", is_superuser=True)
        answer = _logged_in(olive).get(f"/admin/polls/poll{_filled(address, poll)}", follow=True)
        body = b"".join(answer) if answer.streaming else answer.content  # type: ignore[attr-defined]
        # Of a page the figures alone: how many have voted is told to editors.
        policies = f"{answer.get('Content-Disposition')} {answer.get('X-Content-Type-Options')}"
        is_file = "html" not in answer.get("Content-Type", "")
        told = body.decode() if is_file else "".join(FIGURES.findall(body.decode()))
        return f"{answer.status_code} {policies} {told}"

    return look


@lru_cache(maxsize=1)
def _logged_in(editor: User) -> Client:
    return at_desk(editor)


def _command(_stranger: Browser, poll: Poll) -> str:
    out = StringIO()
    try:
        call_command("export_ballots", poll.slug, stdout=out, stderr=StringIO())
    except CommandError as refused:
        return str(refused)
    return out.getvalue()


def _definition(stranger: Browser, poll: Poll) -> str:
    """To a program of somebody's who may see every poll."""
    olive = User.objects.filter(username="olive").first() or an_editor("olive", is_superuser=True)
    token = tokens.issue(ApiToken(name="Script", maker=olive, may_author=True))
    return at("/api/v1/polls/{slug}/definition", {"Authorization": f"Bearer {token}"})(stranger, poll)


def _webhook(_stranger: Browser, poll: Poll) -> str:
    """All messages about the poll so far, of a webhook that is told everything and never has to wait."""
    olive = User.objects.filter(username="olive").first() or an_editor("olive", is_superuser=True)
    if not Webhook.objects.exists():
        a_webhook(olive)
    clock.turn(now())
    clock.look_at_results(now() + next(_looks) * clock.PAUSE)
    told = Delivery.objects.filter(slug=poll.slug).order_by("pk")
    return b"\n".join(deliveries.message(line, site="https://polls.test") for line in told).decode()


_looks = count(1)

CHANNELS = [
    Channel("page", at("/p/{slug}/"), tells=False),
    Channel("results page", at("/p/{slug}/results/")),
    Channel("results fragment", at("/p/{slug}/results/", HTMX)),
    Channel("results by a made up receipt", at("/p/{slug}/results/?receipt=1.x.y")),
    Channel("frame", at("/embed/{slug}/?show=results")),
    Channel("frame's fragment", at("/embed/{slug}/?show=results", HTMX)),
    Channel("picture for mails", at("/p/{slug}/results.svg")),
    Channel("picture for chats", at("/p/{slug}/results.png?shape=card")),
    Channel("oEmbed", at("/oembed?url=https://polls.test/p/{slug}/"), tells=False),
    Channel("withdrawal", at("/p/{slug}/withdraw/"), tells=False),
    Channel("list", at("/"), tells=False),
    Channel("JSON list", at("/api/v1/polls"), tells=False),
    Channel("JSON poll", at("/api/v1/polls/{slug}"), tells=False),
    Channel("JSON file of the poll", _definition, tells=False),
    Channel("JSON results", at("/api/v1/polls/{slug}/results")),
    Channel("results that move", at("/live/{slug}/now")),
    Channel("whether it is open", at("/live/{slug}/phase"), tells=False),
    Channel("stream", _stream),
    Channel("webhook", _webhook),
    Channel("published ballots", at("/p/{slug}/ballots/")),
    Channel("published file", at("/p/{slug}/ballots/{question}.csv")),
    Channel("JSON ballots", at("/api/v1/polls/{slug}/ballots")),
    Channel("changes", at("/p/{slug}/changes/"), tells=False),
    Channel("desk page", at_the_desk("/{poll}/results/"), as_voter=True, remembered=False),
    Channel("desk page that moves", at_the_desk("/{poll}/results/now/"), as_voter=True, remembered=False),
    Channel("desk table", at_the_desk("/{poll}/results.csv"), as_voter=True, remembered=False),
    Channel("desk export", at_the_desk("/{poll}/ballots/{question}.csv"), as_voter=True, remembered=False),
    Channel("desk's file of the poll", at_the_desk("/{poll}/poll.json"), tells=False),
    Channel("export command", _command, as_voter=True, remembered=False),
]
