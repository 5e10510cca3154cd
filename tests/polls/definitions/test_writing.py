"""Polls as a file: written, and read again as they were."""

import json
from datetime import UTC, datetime

import pytest

from polls import corrections, definitions, samples
from polls.models import Poll, Translation
from polls.terms import Kind, Policy, Status
from tests.builders import a_poll, choices_of, now
from tests.polls.definitions.files import CHOICES, LUNCH, a_rich_poll, load
from tests.votes import a_ballot

pytestmark = pytest.mark.usefixtures("house")


def test_a_title_and_a_question_are_enough_for_a_draft() -> None:
    (poll,) = load(LUNCH)
    assert (poll.slug, poll.status, poll.language, poll.policy) == ("lunch", Status.DRAFT, "en", Policy.BROWSER)
    question = poll.questions.get()
    assert (question.text, question.kind) == ("What do we eat?", Kind.SINGLE)
    assert [choice.text for choice in question.choices.all()] == CHOICES


def test_a_poll_is_written_and_read_again_with_all_that_it_asks_and_promises() -> None:
    poll = a_rich_poll()
    file = definitions.written([poll])
    poll.delete()
    (again,) = definitions.load(file, organiser=None)
    assert definitions.written([again]) == file
    assert (again.closes_at, again.time_zone) == (datetime(2031, 5, 1, 16, tzinfo=UTC), "Europe/Berlin")
    assert again.allowed_sites.split() == ["https://a.example", "https://*.b.example"]
    assert [question.kind for question in again.questions.all()] == [Kind.RANKED, Kind.RATING, Kind.TEXT]
    assert Translation.objects.filter(poll=again).count() == 3


def test_every_sample_is_written_and_read_again() -> None:
    samples.load(at=now())
    polls = list(Poll.objects.order_by("pk"))
    file = json.loads(definitions.written(polls))
    for told in file["polls"]:
        told["slug"] += "-again"
    again = definitions.load(json.dumps(file), organiser=None)
    assert json.loads(definitions.written(again)) == file


def test_a_file_tells_no_vote_no_key_and_nothing_of_what_was_withdrawn() -> None:
    poll = a_poll(choices=["Soup", "Salad", "Stones"])
    a_ballot(poll)
    corrections.withdraw_choice(choices_of(poll)[2], reason="inedible", editor=None, at=now())
    told = json.loads(definitions.written([poll]))["polls"][0]
    assert told.keys() == {"title", "slug", "language", "reveal", "questions"}
    assert told["questions"] == [{"text": "Which one?", "kind": "single", "choices": ["Soup", "Salad"]}]
