"""Each deed is told of with its own transaction, once, and what is taken back is not."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from polls import corrections, edits, lifecycle, translations
from polls.models import Delivery, Poll, Told, Webhook
from polls.terms import DeliveryFailure, Phase, Reveal
from polls.webhooks import clock, deliveries
from polls.webhooks.sending import Answer
from tests.builders import a_draft, a_poll, a_ready_draft, now
from tests.receivers import a_webhook, told
from tests.votes import a_ballot

pytestmark = pytest.mark.usefixtures("house")


def test_each_deed_is_told_of(olive: User, webhook: Webhook) -> None:
    poll = a_ready_draft(organiser=olive)
    lifecycle.edited(poll)
    assert told() == [], "a draft is nobody's business"
    poll = lifecycle.publish(poll, at=now())
    assert told() == ["poll.published", "poll.opened"]
    poll = lifecycle.close(poll, at=now())
    assert told() == ["poll.closed"]
    poll = lifecycle.reopen(poll, at=now())
    assert told() == ["poll.reopened"]
    poll = lifecycle.close(poll, at=now())
    lifecycle.archive(poll, at=now())
    assert told() == ["poll.closed", "poll.archived"]
    poll = lifecycle.restore(poll, at=now())
    assert told() == ["poll.restored"]
    lifecycle.remove(poll)
    assert told() == ["poll.deleted"]


def test_a_poll_that_waits_for_its_opening_is_opened_once(olive: User, webhook: Webhook) -> None:
    poll = lifecycle.publish(a_ready_draft(organiser=olive, opens_at=now() + timedelta(days=1)), at=now())
    assert told() == ["poll.published"]
    lifecycle.open_now(poll, at=now())
    clock.turn(now() + timedelta(days=2))
    assert told() == ["poll.opened"]


def test_the_clock_opens_and_closes_and_tells_when_it_did(olive: User, webhook: Webhook) -> None:
    opens_at, closes_at = now() + timedelta(hours=1), now() + timedelta(hours=2)
    lifecycle.publish(a_ready_draft(organiser=olive, opens_at=opens_at, closes_at=closes_at), at=now())
    told()
    clock.turn(opens_at - timedelta(seconds=1))
    assert told() == []
    clock.turn(opens_at + timedelta(minutes=1))
    assert Delivery.objects.get().happened_at == opens_at
    assert told() == ["poll.opened"]
    clock.turn(opens_at + timedelta(minutes=2))
    assert told() == []
    clock.turn(closes_at + timedelta(minutes=1))
    assert Delivery.objects.get().happened_at == closes_at
    assert told() == ["poll.closed"]
    clock.turn(closes_at + timedelta(days=1))
    assert told() == []


def test_a_service_that_was_away_tells_of_both_ends(olive: User, webhook: Webhook) -> None:
    opens_at, closes_at = now() + timedelta(hours=1), now() + timedelta(hours=2)
    lifecycle.publish(a_ready_draft(organiser=olive, opens_at=opens_at, closes_at=closes_at), at=now())
    told()
    clock.turn(closes_at + timedelta(days=1))
    ends = list(Delivery.objects.order_by("pk").values_list("event", "happened_at"))
    assert ends == [("poll.opened", opens_at), ("poll.closed", closes_at)]


def test_a_poll_that_is_closed_before_its_opening_was_never_open(olive: User, webhook: Webhook) -> None:
    poll = lifecycle.publish(a_ready_draft(organiser=olive, opens_at=now() + timedelta(hours=1)), at=now())
    told()
    poll = lifecycle.close(poll, at=now())
    assert told() == ["poll.closed"]
    lifecycle.reopen(poll, at=now())
    assert told() == ["poll.reopened"]
    clock.turn(now() + timedelta(hours=2))
    assert told() == ["poll.opened"]


def test_a_schedule_that_is_changed_is_kept(olive: User, webhook: Webhook) -> None:
    poll = lifecycle.publish(a_ready_draft(organiser=olive, closes_at=now() + timedelta(hours=1)), at=now())
    later = now() + timedelta(days=1)
    with edits.within_promises(poll.pk, at=now()):
        Poll.objects.filter(pk=poll.pk).update(closes_at=later)
        lifecycle.edited(poll)
    told()
    clock.turn(now() + timedelta(hours=2))
    assert told() == []
    clock.turn(later)
    assert told() == ["poll.closed"]


def test_what_the_clock_did_unseen_is_told_before_the_deed(olive: User, webhook: Webhook) -> None:
    closed_at = now() - timedelta(minutes=1)
    poll = lifecycle.publish(a_ready_draft(organiser=olive, closes_at=closed_at), at=now() - timedelta(hours=1))
    told()
    lifecycle.reopen(poll, at=now())
    assert Delivery.objects.get(event="poll.closed").happened_at == closed_at
    assert told() == ["poll.closed", "poll.reopened"]


def test_an_archived_poll_was_closed_before(olive: User, webhook: Webhook) -> None:
    poll = lifecycle.publish(a_ready_draft(organiser=olive, closes_at=now()), at=now() - timedelta(hours=1))
    told()
    lifecycle.archive(poll, at=now())
    assert told() == ["poll.closed", "poll.archived"]


@pytest.mark.parametrize("reveal", Reveal)
def test_results_that_can_be_seen_with_the_close_are_told_of(reveal: Reveal, olive: User, webhook: Webhook) -> None:
    poll = lifecycle.publish(a_ready_draft(organiser=olive, reveal=reveal), at=now())
    a_ballot(poll)
    told()
    lifecycle.close(poll, at=now())
    revealed = ["results.revealed"] if reveal in {Reveal.AFTER_VOTING, Reveal.AFTER_CLOSE} else []
    assert told() == ["poll.closed", *revealed]


def _retitle(poll: Poll) -> None:
    with edits.within_promises(poll.pk, at=now()):
        Poll.objects.filter(pk=poll.pk).update(title="Another one?")
        lifecycle.edited(poll)


def _correct(poll: Poll) -> None:
    corrections.correct(poll.questions.get(), "Which  one?", reason="A slip", editor=None)


def _translate(poll: Poll) -> None:
    translations.translate(poll, "de", {"title": "Welche?"}, reason="Asked for", editor=None)


@pytest.mark.parametrize("change", [_retitle, _correct, _translate])
def test_a_change_of_what_a_poll_says_is_told_of_once(
    change: Callable[[Poll], None], olive: User, webhook: Webhook
) -> None:
    poll = lifecycle.publish(a_ready_draft(organiser=olive), at=now())
    a_ballot(poll)
    told()
    with transaction.atomic():
        change(poll)
    assert told() == ["poll.changed"]


def test_a_change_stands_for_the_next_until_it_is_being_sent(olive: User, webhook: Webhook) -> None:
    poll = lifecycle.publish(a_ready_draft(organiser=olive), at=now())
    told()
    lifecycle.edited(poll)
    first = Delivery.objects.get()
    lifecycle.edited(poll)
    assert Delivery.objects.get().happened_at > first.happened_at
    assert deliveries.take(now())
    lifecycle.edited(poll)
    assert told() == ["poll.changed"] * 2


def test_a_change_makes_one_that_did_not_arrive_due_at_once_under_another_name(olive: User, webhook: Webhook) -> None:
    poll = lifecycle.publish(a_ready_draft(organiser=olive), at=now())
    told()
    lifecycle.edited(poll)
    first = deliveries.take(now())
    assert first
    deliveries.note(first, Answer(failure=DeliveryFailure.AWAY), now())
    assert deliveries.take(now()) is None
    lifecycle.edited(poll)
    again = deliveries.take(now())
    assert again
    assert again.headers["webhook-id"] != first.headers["webhook-id"]
    kept = Delivery.objects.get()
    assert (kept.tries, kept.failure) == (1, "away"), "it is tried for a day from now on"


def test_what_is_taken_back_is_not_told(olive: User, webhook: Webhook) -> None:
    poll = a_ready_draft(organiser=olive)
    with transaction.atomic():
        lifecycle.publish(poll, at=now())
        assert Delivery.objects.count() == 2
        transaction.set_rollback(True)
    assert told() == []
    assert not Told.objects.exists()


def test_a_refused_deed_tells_nothing(olive: User, webhook: Webhook) -> None:
    with pytest.raises(Exception, match="no question"):
        lifecycle.publish(a_draft(organiser=olive), at=now())
    assert told() == []


def test_a_vote_asks_nothing_more_for_webhooks(olive: User) -> None:
    poll = a_poll(organiser=olive)
    a_ballot(poll)
    with CaptureQueriesContext(connection) as without:
        a_ballot(poll)
    a_webhook(olive)
    with CaptureQueriesContext(connection) as with_one:
        a_ballot(poll)
    assert len(with_one) == len(without)
    assert not [query for query in with_one.captured_queries if "webhook" in query["sql"] or "told" in query["sql"]]
    assert told() == []


def test_a_deed_asks_as_much_for_several_webhooks(olive: User) -> None:
    poll, number = lifecycle.publish(a_ready_draft(organiser=olive), at=now()), []
    for several in range(3):
        a_webhook(olive, events="poll.closed poll.reopened", name=str(several))
        with CaptureQueriesContext(connection) as asked:
            poll = lifecycle.reopen(lifecycle.close(poll, at=now()), at=now())
        number.append(len(asked))
    assert len(set(number)) == 1


def test_a_deed_of_which_nobody_wants_to_hear_asks_next_to_nothing(olive: User) -> None:
    a_webhook(olive, events="poll.closed")
    poll = lifecycle.publish(a_ready_draft(organiser=olive), at=now())
    with CaptureQueriesContext(connection) as asked:
        lifecycle.edited(poll)
    ours = [query["sql"] for query in asked.captured_queries if "_told" in query["sql"] or "_webhook" in query["sql"]]
    assert len(ours) == 3


def test_the_phase_that_was_told_is_kept(olive: User) -> None:
    poll = lifecycle.publish(a_ready_draft(organiser=olive, closes_at=now() + timedelta(days=1)), at=now())
    kept = Told.objects.get()
    assert (kept.phase, kept.turns_at) == (Phase.OPEN, poll.closes_at)
    lifecycle.close(poll, at=now())
    kept.refresh_from_db()
    assert (kept.phase, kept.turns_at) == (Phase.CLOSED, None)


def test_a_removed_poll_takes_its_own_webhook_along_and_leaves_the_rest(olive: User, webhook: Webhook) -> None:
    poll = lifecycle.publish(a_ready_draft(organiser=olive), at=now())
    a_webhook(olive, poll=poll)
    lifecycle.remove(poll)
    assert Webhook.objects.get() == webhook
    assert told() == ["poll.published", "poll.opened", "poll.deleted"]
    assert not Told.objects.exists()


def test_a_draft_that_is_removed_is_no_news(olive: User, webhook: Webhook) -> None:
    lifecycle.remove(a_ready_draft(organiser=olive))
    assert told() == []
