"""Hostile words in every field that somebody fills are words in every channel that tells them."""

from typing import Any

from polls import corrections, lifecycle
from polls.ballots import moderation
from polls.kinds import Answer
from polls.models import Choice, Mark, Poll
from tests.browser import Browser
from tests.builders import a_draft, a_question, now
from tests.channels import CHANNELS, at, at_the_desk
from tests.doors import HTMX, ApiDoor
from tests.kinds import HOSTILE

SCRIPT, PICTURE = "<script>alert", "<img src=x"
FORMS = [at("/p/{slug}/"), at("/p/{slug}/", HTMX), at("/embed/{slug}/"), at("/embed/{slug}/?show=ballot", HTMX)]


KINDS: list[dict[str, Any]] = [
    {"kind": "single", "write_in": True},
    {"kind": "ranked"},
    {"kind": "score"},
    {"kind": "rating", "scale": "likert"},
    {"kind": "text"},
]


def a_hostile_poll() -> Poll:
    """A question of each kind that has words of its own."""
    draft = a_draft(title=HOSTILE, intro=HOSTILE, ballots_published=True)
    words = {"hint": HOSTILE, "low_label": HOSTILE[:80], "high_label": HOSTILE[:80], "explanation": HOSTILE}
    for fields in KINDS:
        choices = () if fields["kind"] == "text" else (HOSTILE, "B", "C")
        a_question(draft, HOSTILE, choices=choices, **(words | fields))
    Choice.objects.filter(question__poll=draft).update(picture_alt=HOSTILE, picture="choices/2026/x.webp")
    return lifecycle.publish(draft, at=now())


def everything(browser: Browser, poll: Poll) -> list[str]:
    files = [
        look
        for question in poll.questions.exclude(position=0)
        for look in (at(f"/p/{{slug}}/ballots/{question.pk}.csv"), at_the_desk(f"/{{poll}}/ballots/{question.pk}.csv"))
    ]
    looks = [channel.look for channel in CHANNELS if channel.name != "export command"]
    return [look(browser, poll) for look in (*FORMS, *files, *looks)]


def hostile(told: str) -> bool:
    # JSON and files are no pages: their type says so, and no browser may guess another.
    plain = "application/json" in told or "attachment" in told
    return (SCRIPT in told or PICTURE in told) and not (plain and "nosniff" in told)


def test_hostile_words_are_words_everywhere(vera: Browser) -> None:
    poll = a_hostile_poll()
    single, ranked, score, rating, text = poll.questions.all()
    first = {question: question.choices.values_list("pk", flat=True)[0] for question in (ranked, score, rating)}
    answers = [
        Answer(single.pk, text=HOSTILE),
        Answer(ranked.pk, ranking=((first[ranked],),)),
        *(Answer(question.pk, scores=((first[question], 5),)) for question in (score, rating)),
        Answer(text.pk, text=HOSTILE),
    ]
    assert ApiDoor().vote(vera, poll.slug, answers, vera.paper(poll.slug)).counted
    moderation.show(poll, Mark.objects.filter(text__isnull=False).values_list("pk", flat=True), at=now())
    for question in (single, ranked, score, rating, text):
        corrections.correct(question, f"{HOSTILE} mended", reason=HOSTILE, editor=None)
    said = everything(vera, poll)
    lifecycle.close(poll, at=now())
    said += everything(vera, poll)
    assert not [told[:300] for told in said if hostile(told)]
    assert sum("&lt;script&gt;" in told for told in said) > len(said) / 4, "the words are told"
