"""Results that move are told of seldom, and never where somebody could not see them anyway."""

from datetime import datetime, timedelta

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from polls import lifecycle
from polls.ballots import moderation
from polls.ballots.counts import RELEASED_AT_ONCE
from polls.models import Delivery, Mark, Tally, Told, Webhook
from polls.terms import DeliveryFailure, Reveal
from polls.webhooks import clock, deliveries, receivers
from polls.webhooks.sending import Answer
from tests.builders import a_poll, now
from tests.desk import an_editor
from tests.receivers import a_webhook
from tests.votes import a_ballot, a_writing

pytestmark = pytest.mark.usefixtures("house")


@pytest.fixture
def webhook(olive: User) -> Webhook:
    return a_webhook(olive, events="results.changed")


class Looks:
    """One look after the other, each when the pause after the one before is over."""

    def __init__(self) -> None:
        self.at = now()

    def again(self, *, after: timedelta = clock.PAUSE) -> list[str]:
        self.at += after
        clock.look_at_results(self.at)
        told = [line.slug for line in Delivery.objects.filter(event="results.changed").order_by("pk")]
        Delivery.objects.all().delete()
        return told


@pytest.fixture
def looks() -> Looks:
    return Looks()


def test_results_that_everyone_sees_are_told_of_when_they_have_changed(
    olive: User, webhook: Webhook, looks: Looks
) -> None:
    poll = a_poll(organiser=olive)
    a_ballot(poll)
    assert looks.again() == [poll.slug]
    assert looks.again() == []
    for _ in range(3):
        a_ballot(poll)
    assert looks.again() == [poll.slug]
    assert looks.again() == []


def test_a_poll_without_votes_is_looked_at_when_the_first_has_come(olive: User, webhook: Webhook, looks: Looks) -> None:
    poll = a_poll(organiser=olive)
    looks.again()
    a_ballot(poll)
    assert looks.again() == [poll.slug]


def test_there_is_a_pause_between_two_messages(olive: User, webhook: Webhook, looks: Looks) -> None:
    poll = a_poll(organiser=olive)
    a_ballot(poll)
    looks.again()
    a_ballot(poll)
    assert looks.again() == [poll.slug]
    a_ballot(poll)
    assert looks.again(after=clock.PAUSE - timedelta(seconds=1)) == []
    assert looks.again(after=timedelta(seconds=1)) == [poll.slug]


@pytest.mark.parametrize("reveal", [Reveal.AFTER_VOTING, Reveal.AFTER_CLOSE, Reveal.NEVER])
def test_of_hidden_results_nothing_is_told(reveal: Reveal, olive: User, webhook: Webhook, looks: Looks) -> None:
    poll = a_poll(organiser=olive, reveal=reveal)
    looks.again()
    for _ in range(2):
        a_ballot(poll)
        assert looks.again() == []
    # With the close they can be seen, which is another message; or not at all.
    lifecycle.close(poll, at=looks.at)
    assert looks.again() == []
    assert looks.again() == []


def test_results_hidden_again_are_no_change_when_they_are_seen(olive: User, webhook: Webhook, looks: Looks) -> None:
    poll = a_poll(organiser=olive, reveal=Reveal.AFTER_VOTING)
    a_ballot(poll)
    poll = lifecycle.close(poll, at=looks.at)
    looks.again()
    poll = lifecycle.reopen(poll, at=looks.at)
    a_ballot(poll)
    assert looks.again() == []
    lifecycle.close(poll, at=looks.at)
    assert looks.again() == []


def test_a_secret_poll_is_told_of_with_its_batches(olive: User, webhook: Webhook, looks: Looks) -> None:
    """Nobody learns from a message when somebody voted: it comes when the numbers that all can see have moved."""
    poll = a_poll(organiser=olive, anonymous=True)
    a_ballot(poll)
    looks.again()
    for _ in range(RELEASED_AT_ONCE - 2):
        a_ballot(poll)
        assert looks.again() == []
    a_ballot(poll)
    assert looks.again() == [poll.slug]
    a_ballot(poll)
    assert looks.again() == []
    lifecycle.close(poll, at=looks.at)
    assert looks.again() == [poll.slug], "with the close all of them are seen"


def test_a_receiver_that_is_away_for_a_day_finds_one_message_and_not_thousands(
    olive: User, webhook: Webhook, looks: Looks
) -> None:
    poll = a_poll(organiser=olive)
    for _ in range(3):
        a_ballot(poll)
        looks.at += clock.PAUSE
        clock.look_at_results(looks.at)
        letter = deliveries.take(looks.at)
        assert letter
        deliveries.note(letter, Answer(failure=DeliveryFailure.AWAY), looks.at)
    assert Delivery.objects.count() == 1


def test_the_close_of_a_secret_poll_is_a_change_whatever_its_numbers_are(
    olive: User, webhook: Webhook, looks: Looks
) -> None:
    poll = a_poll(organiser=olive, anonymous=True)
    for _ in range(RELEASED_AT_ONCE + 3):
        a_ballot(poll)
    assert looks.again() == [poll.slug]
    # As if its ballots had come in as few batches as the ballots of the last release.
    Tally.objects.update(version=RELEASED_AT_ONCE)
    lifecycle.close(poll, at=looks.at)
    assert looks.again() == [poll.slug]
    assert looks.again() == []


def test_many_polls_are_read_some_at_a_time(olive: User, looks: Looks, monkeypatch: pytest.MonkeyPatch) -> None:
    polls = [a_poll(organiser=olive) for _ in range(5)]
    for poll in polls:
        a_ballot(poll)
    a_webhook(olive, events="results.changed")
    monkeypatch.setattr(clock, "AT_ONCE", 2)
    for _ in range(3):
        assert looks.again() == []
    assert not Told.objects.filter(results=None).exists()
    for poll in polls:
        a_ballot(poll)
    assert sorted(looks.again() + looks.again() + looks.again()) == sorted(poll.slug for poll in polls)


def test_of_drafts_scheduled_and_archived_polls_nothing_is_told(olive: User, webhook: Webhook, looks: Looks) -> None:
    poll = a_poll(organiser=olive)
    a_ballot(poll)
    poll = lifecycle.close(poll, at=looks.at)
    looks.again()
    lifecycle.archive(poll, at=looks.at)
    Tally.objects.update(version=99)
    assert looks.again() == []


def test_only_polls_are_told_of_that_the_maker_may_see(olive: User, webhook: Webhook, looks: Looks) -> None:
    mine, ottos = a_poll(organiser=olive), a_poll(organiser=an_editor("otto"))
    for poll in (mine, ottos):
        a_ballot(poll)
    looks.again()
    for poll in (mine, ottos):
        a_ballot(poll)
    assert looks.again() == [mine.slug]


@pytest.mark.parametrize("by", ["superuser", "permission"])
def test_who_may_see_every_poll_is_told_of_every_poll(by: str, house: None, looks: Looks) -> None:
    chief = an_editor("chief", is_superuser=by == "superuser")
    chief.user_permissions.add(Permission.objects.get(codename="see_every_poll"))
    a_webhook(chief, events="results.changed")
    ottos = a_poll(organiser=an_editor("otto"))
    a_ballot(ottos)
    looks.again()
    a_ballot(ottos)
    assert looks.again() == [ottos.slug]


def test_a_new_webhook_hears_nothing_of_what_was_before(olive: User, webhook: Webhook, looks: Looks) -> None:
    poll, ottos = a_poll(organiser=olive), a_poll(organiser=(otto := an_editor("otto")))
    for one in (poll, ottos):
        a_ballot(one)
    looks.again()
    receivers.pause(webhook)
    for one in (poll, ottos):
        a_ballot(one)
    assert looks.again() == []
    receivers.resume(webhook)
    a_webhook(otto, events="results.changed")
    assert looks.again() == []
    a_ballot(ottos)
    assert looks.again() == [ottos.slug]


def test_a_new_webhook_takes_no_news_from_another(olive: User, webhook: Webhook, looks: Looks) -> None:
    poll = a_poll(organiser=olive)
    a_ballot(poll)
    looks.again()
    a_ballot(poll)
    a_webhook(olive, events="results.changed", name="Second")
    assert looks.again() == [poll.slug] * 2


def test_two_who_look_at_the_same_time_tell_once(olive: User, webhook: Webhook) -> None:
    poll = a_poll(organiser=olive)
    a_ballot(poll)
    at = now()
    clock.look_at_results(at)
    Delivery.objects.all().delete()
    a_ballot(poll)
    clock._tell(poll, 1, 2, at=at + clock.PAUSE)
    assert deliveries.take(at + clock.PAUSE), "it is under way, and stands for no other"
    clock._tell(poll, 1, 2, at=at + clock.PAUSE)
    clock._tell(poll, 2, 3, at=at + clock.PAUSE)
    assert Delivery.objects.count() == 1, "nor is there a second within the pause"


def asked_at(at: datetime) -> int:
    with CaptureQueriesContext(connection) as asked:
        clock.turn(at)
        clock.look_at_results(at)
    return len(asked)


def test_a_look_costs_next_to_nothing_while_nobody_wants_to_know(olive: User) -> None:
    for _ in range(3):
        a_ballot(a_poll(organiser=olive))
    assert asked_at(now()) == 2


@pytest.mark.parametrize("number", [1, 3])
def test_a_look_at_polls_that_rest_asks_as_much_for_many(
    number: int, olive: User, webhook: Webhook, looks: Looks
) -> None:
    for _ in range(number):
        a_ballot(a_poll(organiser=olive))
    looks.again()
    assert asked_at(looks.at + clock.PAUSE) <= 8


def test_a_text_that_is_shown_is_a_change_of_results_where_they_can_be_seen(
    olive: User, webhook: Webhook, looks: Looks
) -> None:
    everything = a_webhook(olive, name="Everything")
    seen, hidden = (
        a_poll(organiser=olive, question={"kind": "text"}, choices=(), reveal=reveal)
        for reveal in ("always", "after_close")
    )
    for poll in (seen, hidden):
        a_writing(poll, "Because")
    looks.again()
    for poll in (seen, hidden):
        moderation.show(poll, Mark.objects.filter(ballot__poll=poll).values_list("pk", flat=True), at=looks.at)
    assert not Delivery.objects.filter(webhook=everything).exists(), "nothing was edited"
    assert looks.again() == [seen.slug] * 2
    assert looks.again() == []


@pytest.mark.parametrize("reveal", Reveal)
def test_what_is_compared_is_what_everyone_may_see(reveal: Reveal, olive: User) -> None:
    """Whatever the database was asked for."""
    poll = a_poll(organiser=olive, reveal=reveal)
    secret = a_poll(organiser=olive, reveal=reveal, anonymous=True)
    for _ in range(RELEASED_AT_ONCE + 1):
        for one in (poll, secret):
            a_ballot(one)
    number = RELEASED_AT_ONCE + 1
    open_ = {poll.pk: number, secret.pk: RELEASED_AT_ONCE} if reveal == Reveal.ALWAYS else {}
    assert clock._shown([poll, secret], at=now()) == open_
    poll, secret = (lifecycle.close(one, at=now()) for one in (poll, secret))
    closed = {} if reveal == Reveal.NEVER else {poll.pk: number, secret.pk: number}
    assert clock._shown([poll, secret], at=now()) == closed
