"""Hostile words in every field that somebody fills are words in every channel that tells them."""

from typing import Any

import pytest

from polls import corrections, lifecycle
from polls.ballots import moderation
from polls.kinds import Answer
from polls.models import Choice, Mark, Poll
from tests.browser import Browser
from tests.builders import a_draft, a_question, now
from tests.channels import CHANNELS, at
from tests.doors import HTMX, ApiDoor
from tests.kinds import HOSTILE

SCRIPT, PICTURE = "<script>alert", "<img src=x"
FORMS = [at("/p/{slug}/"), at("/p/{slug}/", HTMX), at("/embed/{slug}/"), at("/embed/{slug}/?show=ballot", HTMX)]


def a_hostile_poll(number: int, **question: Any) -> Poll:
    draft = a_draft(title=HOSTILE, intro=HOSTILE, ballots_published=True, slug=f"hostile-{number}")
    words = {"hint": HOSTILE, "low_label": HOSTILE[:80], "high_label": HOSTILE[:80], "explanation": HOSTILE}
    choices = () if question["kind"] == "text" else (HOSTILE, "B", "C")
    a_question(draft, HOSTILE, choices=choices, **(words | question))
    Choice.objects.filter(question__poll=draft).update(picture_alt=HOSTILE, picture="choices/2026/x.webp")
    return lifecycle.publish(draft, at=now())


def everything(browser: Browser, poll: Poll) -> list[str]:
    return [look(browser, poll) for look in FORMS] + [
        channel.look(browser, poll) for channel in CHANNELS if channel.name != "export command"
    ]


def hostile(told: str) -> bool:
    # JSON and files are no pages: their type says so, and no browser may guess another.
    plain = "application/json" in told or "attachment" in told
    return (SCRIPT in told or PICTURE in told) and not (plain and "nosniff" in told)


@pytest.mark.parametrize("kind", ["single", "ranked", "score", "rating", "text"])
def test_hostile_words_are_words_everywhere(kind: str, vera: Browser) -> None:
    poll = a_hostile_poll(1, kind=kind, write_in=kind == "single", scale="likert" if kind == "rating" else "stars")
    question = poll.questions.get()
    ids = list(question.choices.values_list("pk", flat=True))
    answers = {
        "single": Answer(question.pk, text=HOSTILE),
        "ranked": Answer(question.pk, ranking=((ids[0],),)) if ids else None,
        "score": Answer(question.pk, scores=((ids[0], 5),)) if ids else None,
        "rating": Answer(question.pk, scores=((ids[0], 5),)) if ids else None,
        "text": Answer(question.pk, text=HOSTILE),
    }
    answer = answers[kind]
    assert answer
    assert ApiDoor().vote(vera, poll.slug, [answer], vera.paper(poll.slug)).counted
    moderation.show(poll, Mark.objects.filter(text__isnull=False).values_list("pk", flat=True), at=now())
    corrections.correct(question, f"{HOSTILE} mended", reason=HOSTILE, editor=None)
    said = everything(vera, poll)
    lifecycle.close(poll, at=now())
    said += everything(vera, poll)
    assert not [told[:300] for told in said if hostile(told)]
    assert sum("&lt;script&gt;" in told for told in said) > len(said) / 3, "the words are told"
