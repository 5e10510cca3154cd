"""What a message says of a poll, whatever was done with it."""

import json
from datetime import timedelta

import pytest
from django.contrib.auth.models import User

from polls import lifecycle
from polls.models import Delivery, Webhook
from polls.terms import Kind
from polls.webhooks import clock, deliveries
from tests.builders import a_draft, a_question, now
from tests.votes import a_ballot

pytestmark = pytest.mark.usefixtures("house")


def test_a_message_says_where_to_look_and_nothing_else(olive: User, webhook: Webhook) -> None:
    """Whatever is done: no result, no text of the poll, and nothing that voters wrote."""
    secrets = {"title": "Pineapple?", "intro": "Pineapple!"}
    poll = a_draft(organiser=olive, slug="lunch", **secrets)
    question = a_question(poll, "Pineapple", ["Pineapple 1", "Pineapple 2"], kind=Kind.MULTIPLE, write_in=True)
    poll = lifecycle.publish(poll, at=now())
    clock.look_at_results(now())
    a_ballot(poll)
    lifecycle.edited(poll)
    clock.look_at_results(now())
    a_ballot(poll)
    clock.look_at_results(now() + timedelta(minutes=1))
    for deed in (lifecycle.close, lifecycle.reopen, lifecycle.close, lifecycle.archive, lifecycle.restore):
        poll = deed(poll, at=now())
    assert question.text == "Pineapple"
    lines = list(Delivery.objects.all())
    assert {line.event for line in lines} >= {"poll.published", "poll.changed", "results.changed", "poll.archived"}
    for line in lines:
        said = json.loads(deliveries.message(line, site="https://polls.test"))
        assert said.keys() == {"type", "timestamp", "data"}
        assert said["data"] == {
            "poll": "lunch",
            "url": "https://polls.test/p/lunch/",
            "api": "https://polls.test/api/v1/polls/lunch",
        }
        assert said["timestamp"].endswith("Z")
    assert {field.name for field in Delivery._meta.get_fields()} == {
        *(
            "id",
            "webhook",
            "message",
            "event",
            "slug",
            "happened_at",
            "state",
            "tries",
            "due_at",
            "tried_at",
            "under_way",
        ),
        *("status", "failure", "said"),
    }, "what is kept of a message is looked at here"


def test_the_timestamp_is_in_utc(olive: User, webhook: Webhook) -> None:
    line = Delivery(event="poll.closed", slug="lunch", happened_at=now().replace(2026, 7, 1, 12, 30, 15, 250_000))
    assert json.loads(deliveries.message(line, site=""))["timestamp"] == "2026-07-01T12:30:15.250Z"
