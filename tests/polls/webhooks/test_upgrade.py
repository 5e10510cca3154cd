"""A database of before hears nothing of what opened and closed before, and everything from then on."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps

from polls import lifecycle
from polls.models import Delivery, Told
from polls.terms import Phase
from polls.webhooks import clock
from tests.builders import a_draft, a_poll, now
from tests.desk import an_editor
from tests.receivers import a_webhook

pytestmark = pytest.mark.usefixtures("house")


def test_polls_of_before_stand_as_they_do() -> None:
    olive = an_editor("olive")
    opening, closing = now() + timedelta(days=1), now() + timedelta(days=2)
    polls = {
        Phase.OPEN: a_poll(organiser=olive, closes_at=closing),
        Phase.SCHEDULED: a_poll(organiser=olive, opens_at=opening),
        Phase.CLOSED: lifecycle.close(a_poll(organiser=olive), at=now()),
        Phase.ARCHIVED: lifecycle.archive(lifecycle.close(a_poll(organiser=olive), at=now()), at=now()),
    }
    a_draft(organiser=olive)
    Told.objects.all().delete()
    import_module("polls.migrations.0005_webhooks").note_how_polls_stand(apps, None)
    assert {told.poll_id: told.phase for told in Told.objects.all()} == {
        poll.pk: phase for phase, poll in polls.items()
    }
    assert dict(Told.objects.exclude(turns_at=None).values_list("phase", "turns_at")) == {
        Phase.OPEN: closing,
        Phase.SCHEDULED: opening,
    }
    a_webhook(olive)
    clock.turn(now())
    assert not Delivery.objects.exists()
    clock.turn(closing)
    assert sorted(Delivery.objects.values_list("event", flat=True)) == ["poll.closed", "poll.opened"]


def test_a_poll_of_which_nothing_is_kept_is_told_of_from_its_next_deed_on() -> None:
    olive = an_editor("olive")
    poll = a_poll(organiser=olive)
    Told.objects.all().delete()
    a_webhook(olive)
    lifecycle.close(poll, at=now())
    assert list(Delivery.objects.values_list("event", flat=True)) == ["poll.closed"]
