"""Votes that are to be changed or withdrawn, and what is counted then."""

from typing import Any

from django.contrib.auth.models import User
from django.test import Client

from polls import snapshots, tallies
from polls.models import Poll
from tests.browser import Browser
from tests.builders import choices_of, now
from tests.doors import Answers, ApiDoor, FormDoor
from ui import papers

type Door = FormDoor | ApiDoor


def answers_of(poll: Poll, place: int = 0) -> Answers:
    choice = choices_of(poll)[place]
    return [(choice.question_id, [choice.pk])]


def counts_of(poll: Poll) -> list[int]:
    snapshot = snapshots.of(poll)
    return [choice.count for choice in tallies.results(snapshot, tallies.load(snapshot))[0].choices]


def paper_of(poll: Poll) -> str:
    return papers.issue(poll.pk, at=now())


def votes(browser: Browser, poll: Poll, door: Door | None = None, place: int = 0, **kwargs: Any) -> None:
    assert (door or ApiDoor()).vote(browser, poll.slug, answers_of(poll, place), paper_of(poll), **kwargs).counted


def session_of(account: User) -> str:
    client = Client()
    client.force_login(account)
    return client.cookies["sessionid"].value
