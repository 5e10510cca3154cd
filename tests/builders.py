"""Builders: what a test needs, reached through the domain as an editor or a voter would."""

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import count
from typing import Any

from polls import lifecycle
from polls.models import Choice, Poll, Question
from polls.terms import Policy, Reveal

_number = count(1)


def a_question(
    poll: Poll, text: str = "Which one?", choices: Sequence[str] = ("A", "B", "C"), **fields: Any
) -> Question:
    question = poll.questions.create(text=text, position=poll.questions.count(), **fields)
    for position, choice in enumerate(choices):
        question.choices.create(text=choice, position=position)
    return question


def a_draft(title: str = "Which one?", **fields: Any) -> Poll:
    fields.setdefault("slug", f"poll-{next(_number)}")
    fields.setdefault("policy", Policy.BROWSER)
    fields.setdefault("reveal", Reveal.ALWAYS)
    return Poll.objects.create(title=title, **fields)


def a_poll(*, choices: Sequence[str] = ("A", "B", "C"), question: dict[str, Any] | None = None, **fields: Any) -> Poll:
    """A published poll with one question."""
    poll = a_draft(**fields)
    a_question(poll, choices=choices, **(question or {}))
    return lifecycle.publish(poll, at=now())


def choices_of(poll: Poll) -> list[Choice]:
    """The choices of the poll's first question."""
    return list(poll.questions.get(position=0).choices.all())


def now() -> datetime:
    return datetime.now(UTC)
