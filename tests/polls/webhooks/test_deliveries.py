"""Every message is sent at least once, by one at a time, with growing pauses, and given up after a day."""

import base64
import hashlib
import hmac
import threading
from collections import Counter
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connections
from django.test import override_settings

from polls import lifecycle, refusals
from polls.models import Delivery, Webhook
from polls.terms import DeliveryFailure, DeliveryState, WebhookState
from polls.webhooks import deliveries, receivers, signatures
from polls.webhooks.deliveries import Letter
from polls.webhooks.sending import Answer
from tests.builders import a_poll, now
from tests.receivers import a_webhook

pytestmark = pytest.mark.usefixtures("house")

TAKEN = Answer(200)
AWAY = Answer(failure=DeliveryFailure.AWAY)


@pytest.fixture
def webhook(olive: User) -> Webhook:
    return a_webhook(olive, events="poll.closed")


def a_delivery(olive: User) -> Delivery:
    """One that waits."""
    lifecycle.close(a_poll(organiser=olive), at=now())
    return Delivery.objects.latest("pk")


def taken(at: object = None) -> Letter:
    letter = deliveries.take(at or now())  # type: ignore[arg-type]
    assert letter
    return letter


def test_what_is_due_is_taken_once(olive: User, webhook: Webhook) -> None:
    delivery = a_delivery(olive)
    letter = taken()
    assert (letter.delivery, letter.webhook, letter.url) == (delivery.pk, webhook.pk, webhook.url)
    assert deliveries.take(now()) is None
    deliveries.note(letter, TAKEN, now())
    delivery.refresh_from_db()
    assert (delivery.state, delivery.tries, delivery.status) == (DeliveryState.DELIVERED, 1, 200)
    assert deliveries.take(now() + timedelta(days=2)) is None


def test_a_try_that_fails_is_followed_by_another_after_a_longer_pause_for_a_day(olive: User, webhook: Webhook) -> None:
    delivery, at = a_delivery(olive), now()
    begun, pauses, names, stamps = at, [], set(), set()
    while letter := deliveries.take(at):
        names.add(letter.headers["webhook-id"])
        stamps.add(letter.headers["webhook-timestamp"])
        deliveries.note(letter, AWAY, at)
        delivery.refresh_from_db()
        if delivery.due_at:
            pauses.append(delivery.due_at - at)
            assert deliveries.take(delivery.due_at - timedelta(seconds=1)) is None
            at = delivery.due_at
    assert delivery.state == DeliveryState.GIVEN_UP
    assert (delivery.tries, delivery.failure) == (8, DeliveryFailure.AWAY)
    assert pauses == sorted(pauses) == list(deliveries.PAUSES)
    assert timedelta(hours=20) < at - begun < timedelta(hours=30)
    assert (len(names), len(stamps)) == (1, 8), "the message keeps its name; each try is signed with its own time"


def spend_all_tries(delivery: Delivery, failing: Answer = AWAY, *, meanwhile: Answer | None = None) -> None:
    """Until it is given up; `meanwhile` is what is answered to another message, long after the first try."""
    at = now()
    while delivery.state == DeliveryState.WAITING:
        letter = taken(at)
        deliveries.note(letter, failing if letter.delivery == delivery.pk else meanwhile or failing, at)
        delivery.refresh_from_db()
        at = delivery.due_at or at


def test_a_webhook_that_was_told_nothing_for_a_day_is_paused(olive: User, webhook: Webhook) -> None:
    deliveries.note(deliveries.test(webhook, now()), AWAY, now())
    arrived = a_delivery(olive)
    deliveries.note(taken(), TAKEN, now() - timedelta(days=2))
    first = a_delivery(olive)
    spend_all_tries(first)
    webhook.refresh_from_db()
    assert webhook.state == WebhookState.FAILED
    assert deliveries.undelivered(webhook) == 1
    lifecycle.close(a_poll(organiser=olive), at=now())
    assert Delivery.objects.latest("pk") == first, "what happens meanwhile is not told"
    receivers.resume(webhook)
    second = a_delivery(olive)
    deliveries.note(taken(), TAKEN, now())
    assert deliveries.undelivered(webhook) == 0
    second.refresh_from_db()
    arrived.refresh_from_db()
    assert [arrived.state, second.state] == [DeliveryState.DELIVERED] * 2


def test_what_waits_for_a_webhook_that_is_paused_by_itself_is_counted_and_says_why(
    olive: User, webhook: Webhook
) -> None:
    first, second = a_delivery(olive), a_delivery(olive)
    Delivery.objects.filter(pk=second.pk).update(due_at=now() + timedelta(days=3))
    spend_all_tries(first, Answer(403, DeliveryFailure.REFUSED))
    assert set(Delivery.objects.values_list("state", "failure", "due_at")) == {("given_up", "refused", None)}
    assert deliveries.undelivered(webhook) == 2


def test_a_webhook_that_takes_other_messages_stays_on(olive: User, webhook: Webhook) -> None:
    first, second = a_delivery(olive), a_delivery(olive)
    Delivery.objects.filter(pk=second.pk).update(due_at=now() + timedelta(hours=1))
    spend_all_tries(first, meanwhile=TAKEN)
    webhook.refresh_from_db()
    second.refresh_from_db()
    assert (webhook.state, second.state) == (WebhookState.ON, DeliveryState.DELIVERED)


def test_a_receiver_is_left_alone_as_long_as_it_asks_and_no_less_than_our_pause(olive: User, webhook: Webhook) -> None:
    delivery, at, pauses = a_delivery(olive), now(), []
    for rest in (timedelta(), timedelta(hours=2), timedelta(seconds=1)):
        deliveries.note(taken(at), Answer(503, DeliveryFailure.REFUSED, rest=rest), at)
        delivery.refresh_from_db()
        assert delivery.due_at
        pauses.append(delivery.due_at - at)
        at = delivery.due_at
    assert pauses == [timedelta(seconds=10), timedelta(hours=2), timedelta(minutes=10)]


def test_whoever_dies_on_the_way_loses_the_message_to_the_next(olive: User, webhook: Webhook) -> None:
    a_delivery(olive)
    at = now()
    lost = taken(at)
    assert deliveries.take(at + deliveries.LEASE - timedelta(seconds=1)) is None
    later = at + deliveries.LEASE
    found = taken(later)
    assert (found.delivery, found.headers["webhook-id"]) == (lost.delivery, lost.headers["webhook-id"])
    assert deliveries.note(lost, TAKEN, later) is None, "it came back after all, but it is not its business any more"
    assert deliveries.note(found, TAKEN, later)
    assert Delivery.objects.get().tries == 2


def test_of_many_who_ask_at_once_each_message_goes_to_one(olive: User) -> None:
    for number in range(4):
        a_webhook(olive, events="poll.closed", name=str(number))
    for _ in range(3):
        a_delivery(olive)
    got: list[int] = []
    ready = threading.Barrier(4)

    def ask() -> None:
        ready.wait()
        while letter := deliveries.take(now()):
            got.append(letter.delivery)
        connections.close_all()

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Counter(got) == dict.fromkeys(Delivery.objects.values_list("pk", flat=True), 1)
    assert len(got) == 12


def test_a_webhook_with_something_under_way_is_passed_over(olive: User, webhook: Webhook) -> None:
    other = a_webhook(olive, events="poll.closed", name="Other")
    a_delivery(olive)
    a_delivery(olive)
    first = taken()
    second = deliveries.take(now(), but={first.webhook})
    assert second
    assert {first.webhook, second.webhook} == {webhook.pk, other.pk}
    assert deliveries.take(now(), but={webhook.pk, other.pk}) is None


def test_a_receiver_that_wants_no_more_gets_no_more(olive: User, webhook: Webhook) -> None:
    a_delivery(olive)
    waiting = a_delivery(olive)
    deliveries.note(taken(), Answer(410, DeliveryFailure.GONE), now())
    webhook.refresh_from_db()
    waiting.refresh_from_db()
    assert webhook.state == WebhookState.GONE
    assert set(Delivery.objects.values_list("state", "failure")) == {("given_up", "gone")}
    lifecycle.close(a_poll(organiser=olive), at=now())
    assert Delivery.objects.count() == 2
    with pytest.raises(refusals.Forbidden, match="switch it on"):
        deliveries.again(waiting, now())
    receivers.resume(webhook)
    waiting.refresh_from_db()
    deliveries.again(waiting, now())
    assert taken().delivery == waiting.pk


def test_what_was_given_up_is_sent_again_under_its_name(olive: User, webhook: Webhook) -> None:
    delivery = a_delivery(olive)
    first = taken()
    Delivery.objects.update(state=DeliveryState.GIVEN_UP, due_at=None, tries=8, failure="away")
    delivery.refresh_from_db()
    deliveries.again(delivery, now())
    letter = taken()
    assert letter.headers["webhook-id"] == first.headers["webhook-id"]
    deliveries.note(letter, AWAY, now())
    delivery.refresh_from_db()
    assert (delivery.state, delivery.tries) == (DeliveryState.WAITING, 1)


def test_a_pause_ends_what_waits(olive: User, webhook: Webhook) -> None:
    a_delivery(olive)
    under_way = taken()
    a_delivery(olive)
    receivers.pause(webhook)
    assert deliveries.note(under_way, AWAY, now()) is None
    receivers.resume(webhook)
    assert deliveries.take(now() + timedelta(days=1)) is None


@pytest.mark.parametrize("state", [state for state in WebhookState if state != WebhookState.ON])
def test_a_pause_does_not_forget_why_a_webhook_is_off(state: WebhookState, webhook: Webhook) -> None:
    Webhook.objects.update(state=state)
    receivers.pause(webhook)
    assert Webhook.objects.get().state == state


@pytest.mark.parametrize("state", [state for state in WebhookState if state != WebhookState.ON])
def test_nothing_is_taken_for_a_webhook_that_is_not_on(state: WebhookState, olive: User, webhook: Webhook) -> None:
    """Whatever was written while it was switched off."""
    a_delivery(olive)
    Webhook.objects.update(state=state)
    assert deliveries.take(now()) is None


def test_a_test_is_sent_by_who_asks_for_it_and_once(olive: User, webhook: Webhook) -> None:
    letter = deliveries.test(webhook, now())
    assert deliveries.take(now()) is None
    assert letter.body.startswith(b'{"type": "webhook.test", "timestamp": "')
    assert letter.body.endswith(b', "data": {}}')
    noted = deliveries.note(letter, AWAY, now())
    assert noted
    assert noted.state == DeliveryState.GIVEN_UP


def is_signed(letter: Letter, secret: str) -> bool:
    """As a receiver would look."""
    name, stamp, signed = (letter.headers[f"webhook-{part}"] for part in ("id", "timestamp", "signature"))
    key = base64.b64decode(secret.removeprefix("whsec_"))
    digest = hmac.digest(key, f"{name}.{stamp}.".encode() + letter.body, hashlib.sha256)
    return f"v1,{base64.b64encode(digest).decode()}" in signed.split()


def test_a_new_secret_leaves_the_old_one_good_for_a_day(olive: User) -> None:
    webhook = Webhook(name="Website", maker=olive, url="https://hooks.example/", events="poll.closed", site="")
    old = receivers.make(webhook)
    new = receivers.renew_secret(webhook, at=now())
    webhook.refresh_from_db()
    at_once, later = deliveries.test(webhook, now()), deliveries.test(webhook, now() + receivers.BOTH_GOOD)
    assert old != new
    assert (is_signed(at_once, new), is_signed(at_once, old)) == (True, True)
    assert (is_signed(later, new), is_signed(later, old)) == (True, False)
    assert not is_signed(later, signatures.new_secret())


def test_addresses_in_a_message_are_those_of_the_public(olive: User, webhook: Webhook) -> None:
    delivery = a_delivery(olive)
    assert f'"https://polls.test/p/{delivery.slug}/"'.encode() in taken().body
    a_delivery(olive)
    with override_settings(PUBLIC_URL="https://public.example"):
        assert b'"https://public.example/p/' in taken().body


def test_old_lines_are_deleted_some_at_a_time(olive: User, webhook: Webhook, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deliveries, "AT_ONCE", 2)
    for _ in range(5):
        a_delivery(olive)
    assert deliveries.clear(now() + deliveries.KEPT - timedelta(hours=1)) == 0
    assert deliveries.clear(now() + deliveries.KEPT, go_on=iter([True, False]).__next__) == 2
    assert deliveries.clear(now() + deliveries.KEPT) == 3


def test_what_has_waited_longest_is_sent_first(olive: User, webhook: Webhook) -> None:
    first, second, third = (a_delivery(olive) for _ in range(3))
    at = now()
    for delivery, due_at in ((first, at), (second, at - timedelta(minutes=1)), (third, at)):
        Delivery.objects.filter(pk=delivery.pk).update(due_at=due_at)
    assert [taken(at).delivery for _ in range(3)] == [second.pk, first.pk, third.pk]
