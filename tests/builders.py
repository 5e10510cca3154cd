"""Builders: what a test needs, reached through the domain as an editor or a voter would."""

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import count
from typing import Any

from polls import lifecycle, rows
from polls.models import Choice, Poll, Question
from polls.terms import Policy, Reveal

_number = count(1)


def a_question(
    poll: Poll,
    text: str = "Which one?",
    choices: Sequence[str] = ("A", "B", "C"),
    *,
    position: int | None = None,
    **fields: Any,
) -> Question:
    """The next question of a poll, unless its position is told."""
    place = poll.questions.count() if position is None else position
    question = poll.questions.create(text=text, position=place, **fields)
    Choice.objects.bulk_create(
        Choice(question=question, text=text, position=place) for place, text in enumerate(choices)
    )
    return question


def a_draft(title: str = "Which one?", **fields: Any) -> Poll:
    fields.setdefault("slug", f"poll-{next(_number)}")
    fields.setdefault("policy", Policy.BROWSER)
    fields.setdefault("reveal", Reveal.ALWAYS)
    return Poll.objects.create(title=title, **fields)


def a_ready_draft(
    *, choices: Sequence[str] = ("A", "B", "C"), question: dict[str, Any] | None = None, **fields: Any
) -> Poll:
    """A draft with one question, which can be published."""
    poll = a_draft(**fields)
    a_question(poll, choices=choices, position=0, **(question or {}))
    return poll


def a_poll(**fields: Any) -> Poll:
    """The same, published."""
    return lifecycle.publish(a_ready_draft(**fields), at=now())


def choices_of(poll: Poll) -> list[Choice]:
    """The choices of the poll's first question."""
    first = rows.having(Question, "poll_id", [poll.pk], order_by="position")[:1]
    return rows.having(Choice, "question_id", [question.pk for question in first], order_by="position, id")


def now() -> datetime:
    return datetime.now(UTC)
