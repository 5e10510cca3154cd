"""Which webhooks hear of a deed."""

import pytest
from django.contrib.auth.models import Permission, User

from polls import lifecycle
from polls.models import Webhook
from polls.webhooks import clock, receivers
from tests.builders import a_ready_draft, now
from tests.desk import an_editor
from tests.receivers import a_webhook, told

pytestmark = pytest.mark.usefixtures("house")


def test_a_webhook_hears_of_its_events_and_its_poll_alone(olive: User) -> None:
    mine, other = (lifecycle.publish(a_ready_draft(organiser=olive), at=now()) for _ in range(2))
    closing, of_one = a_webhook(olive, events="poll.closed"), a_webhook(olive, poll=mine)
    lifecycle.edited(mine)
    lifecycle.close(mine, at=now())
    lifecycle.close(other, at=now())
    assert told(closing) == ["poll.closed", "poll.closed"]
    assert told(of_one) == ["poll.changed", "poll.closed"]


def test_a_webhook_hears_of_what_its_maker_may_see(olive: User) -> None:
    otto, hook = an_editor("otto"), a_webhook(olive)
    lifecycle.publish(a_ready_draft(organiser=otto), at=now())
    assert told(hook) == []
    olive.user_permissions.add(Permission.objects.get(codename="see_every_poll"))
    poll = lifecycle.publish(a_ready_draft(organiser=otto), at=now())
    assert told(hook) == ["poll.published", "poll.opened"]
    named = a_webhook(otto, poll=poll)
    lifecycle.hand_over(poll, olive)
    lifecycle.edited(poll)
    assert told(named) == [], "it is not Otto's any more"
    assert told(hook) == ["poll.changed"]
    User.objects.filter(pk=olive.pk).update(is_active=False)
    lifecycle.edited(poll)
    assert told(hook) == []


@pytest.mark.parametrize("off", ["paused", "gone"])
def test_a_webhook_that_is_not_on_hears_nothing(off: str, olive: User, webhook: Webhook) -> None:
    Webhook.objects.update(state=off)
    lifecycle.publish(a_ready_draft(organiser=olive), at=now())
    assert told() == []
    receivers.resume(webhook)
    lifecycle.publish(a_ready_draft(organiser=olive), at=now())
    assert len(told()) == 2


def test_a_webhook_without_its_maker_hears_nothing(olive: User, webhook: Webhook) -> None:
    poll = lifecycle.publish(a_ready_draft(organiser=olive), at=now())
    told()
    olive.delete()
    lifecycle.close(poll, at=now())
    clock.look_at_results(now())
    assert told() == []
