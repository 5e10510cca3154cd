"""Files of polls, and what becomes of them."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from polls import definitions, translations
from polls.models import Poll
from polls.terms import Kind, Reveal, Rule, Scale
from tests.builders import a_draft, a_question

CHOICES = ["Soup", "Salad"]
LUNCH: dict[str, Any] = {"title": "Lunch", "questions": [{"text": "What do we eat?", "choices": CHOICES}]}


def load(*polls: Any, **more: Any) -> list[Poll]:
    return definitions.load(json.dumps({"polls": polls}), organiser=None, **more)


def faults(*polls: Any, **more: Any) -> dict[str, str]:
    """What is wrong, by place. Nothing is loaded then."""
    return faults_in(json.dumps({"polls": polls}), **more)


def faults_in(text: str, **more: Any) -> dict[str, str]:
    before = Poll.objects.count()
    with pytest.raises(definitions.DefinitionError) as refused:
        definitions.load(text, organiser=None, **more)
    assert Poll.objects.count() == before
    return {fault.at: fault.sentence for fault in refused.value.faults}


def asking(**question: Any) -> dict[str, Any]:
    return LUNCH | {"questions": [{"text": "What do we eat?", "choices": CHOICES} | question]}


def with_choices(*choices: Any, **question: Any) -> dict[str, Any]:
    return asking(choices=choices, **question)


def a_rich_poll() -> Poll:
    poll = a_draft(
        "Lunch",
        intro="Two\nlines",
        reveal=Reveal.AFTER_CLOSE,
        closes_at=datetime(2031, 5, 1, 16, tzinfo=UTC),
        time_zone="Europe/Berlin",
        network_allowance=20,
        anonymous=True,
        listed=False,
        retention_days=30,
        allowed_sites="https://a.example\nhttps://*.b.example",
    )
    ranked = a_question(poll, "Which?", ["A", "B", "C"], kind=Kind.RANKED, rule=Rule.STV, seats=2, quorum=5)
    a_question(poll, "How likely?", ["We"], kind=Kind.RATING, scale=Scale.NPS, lowest=0, highest=10, required=False)
    a_question(poll, "Why?", [], kind=Kind.TEXT, longest=90)
    first = ranked.choices.order_by("position")[0]
    words = {"title": "Mittag", f"question-{ranked.pk}-text": "Welche?", f"choice-{first.pk}-text": "Ah"}
    translations.translate(poll, "de", words, editor=None)
    poll.refresh_from_db()
    return poll
