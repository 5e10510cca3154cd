"""Polls of each kind of question: answers to them, and what their results say."""

from html import unescape
from typing import Any

from polls.kinds import Answer
from polls.models import Poll, Question
from polls.terms import Kind
from tests.browser import Browser
from tests.builders import a_poll, choices_of
from tests.doors import ApiDoor

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"


def of_kind(kind: str, choices: tuple[str, ...] = ("A", "B", "C"), **fields: Any) -> Poll:
    return a_poll(choices=() if kind == "text" else choices, question={"kind": kind, "text": "Which?", **fields})


def asked(poll: Poll) -> Question:
    return poll.questions.get(position=0)


def ids(poll: Poll) -> list[int]:
    return [choice.pk for choice in choices_of(poll)]


def cast(browser: Browser, poll: Poll, answer: Answer) -> None:
    """A ballot of somebody new."""
    browser.client.cookies.clear()
    assert ApiDoor().vote(browser, poll.slug, [answer], browser.paper(poll.slug)).counted


def results(browser: Browser, poll: Poll) -> dict[str, Any]:
    told: dict[str, Any] = browser.get(f"/api/v1/polls/{poll.slug}/results").json()["questions"][0]
    return told


def page(browser: Browser, poll: Poll) -> str:
    return unescape(browser.get(f"/p/{poll.slug}/results/").text)


def answers_to(poll: Poll) -> dict[str, Answer]:
    """A good answer of each kind, by the kind."""
    question, choices = asked(poll).pk, ids(poll)
    first, second = choices[:2] if choices else (0, 0)
    return {
        Kind.SINGLE: Answer(question, choices=(first,)),
        Kind.MULTIPLE: Answer(question, choices=(first, second)),
        Kind.APPROVAL: Answer(question, choices=(first, second)),
        Kind.RATING: Answer(question, scores=((first, 5), (second, 1))),
        Kind.RANKED: Answer(question, ranking=((second,), (first,))),
        Kind.SCORE: Answer(question, scores=((first, 5), (second, 0))),
        Kind.TEXT: Answer(question, text="A word"),
    }
