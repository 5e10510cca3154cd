"""Webhooks at the desk: made with a secret that is told once, tried, paused, and looked after; each editor's own."""

import re
import socket
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext

from polls import lifecycle
from polls.models import Delivery, Webhook
from polls.terms import DeliveryFailure, DeliveryState, Event, WebhookState
from polls.webhooks import deliveries
from polls.webhooks.sending import Answer
from tests.builders import a_poll, now
from tests.desk import an_editor, at_desk, form_of, said_at, told
from tests.receivers import a_receiver, a_webhook

EVERY = "/admin/polls/webhook/"
DEEDS = ("add_webhook", "change_webhook", "view_webhook", "delete_webhook", "view_poll", "change_poll")
SECRET = re.compile(r"whsec_[\w+/=]{44}")
YES = {"_form_submitted": "True"}
URL = "https://93.184.215.14/hook"
HOSTILE = "<script>alert(1)</script>“'\"{{ x }}"


@pytest.fixture
def olive(house: None) -> User:
    return an_editor("olive", deeds=DEEDS)


def make(desk: Client, **fields: Any) -> Any:
    return desk.post(f"{EVERY}add/", {"name": "Website", "url": URL, "poll": "", "events": ["poll.closed"]} | fields)


def page(webhook: Webhook, deed: str = "change") -> str:
    return f"{EVERY}{webhook.pk}/{deed}/"


def test_a_webhook_is_made_and_its_secret_told_once(desk: Client, olive: User) -> None:
    assert set(form_of(desk, f"{EVERY}add/", "webhook_form")) >= {"name", "url", "poll", "events"}
    answer = make(desk, events=["poll.closed", "results.changed"])
    webhook = Webhook.objects.get()
    assert (webhook.name, webhook.url, webhook.poll, webhook.maker) == ("Website", URL, None, olive)
    assert (webhook.events, webhook.site) == ("poll.closed results.changed", "http://testserver")
    shown = desk.get(answer.headers["Location"])
    (secret,) = set(SECRET.findall(shown.content.decode()))
    assert secret == webhook.secret
    assert f">{secret}</textarea>" in shown.content.decode()
    assert "no-store" in shown.headers["Cache-Control"]
    assert desk.get(answer.headers["Location"]).headers["Location"] == page(webhook)
    for address in (EVERY, page(webhook), f"{EVERY}{webhook.pk}/history/"):
        assert "whsec_" not in desk.get(address).content.decode(), address


def test_a_page_that_is_sent_again_makes_no_second_one(desk: Client) -> None:
    make(desk)
    assert said_at(make(desk).content.decode()) == {"name": "There is a webhook of this name already."}
    assert Webhook.objects.count() == 1


@pytest.mark.parametrize(
    ("fields", "at", "words"),
    [
        ({"url": "https://localhost/"}, "url", "not public"),
        ({"url": "https://2130706433/"}, "url", "not public"),
        ({"url": "https://[::ffff:169.254.169.254]/"}, "url", "not public"),
        ({"url": "http://93.184.215.14/"}, "url", "Only https"),
        ({"url": "https://olive:secret@93.184.215.14/"}, "url", "password"),
        ({"url": "javascript:alert(1)"}, "url", "Write an address"),
        ({"url": f"https://93.184.215.14/{'ü' * 200}"}, "url", "500"),
        ({"events": []}, "events", "required"),
        ({"events": ["webhook.test"]}, "events", "not one of"),
        ({"poll": "nosuch"}, "poll", "no such poll"),
        ({"name": ""}, "name", "required"),
    ],
)
def test_what_can_not_be_is_said_at_its_field(desk: Client, fields: Any, at: str, words: str) -> None:
    said = said_at(make(desk, **fields).content.decode())
    assert list(said) == [at]
    assert words in said[at]
    assert not Webhook.objects.exists()


def test_a_name_server_is_asked_before_anything_is_locked(desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """On SQLite voters would wait for it."""
    asked = []

    def getaddrinfo(*_: Any, **__: Any) -> Any:
        asked.append(connection.in_atomic_block)
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    assert "not known" in said_at(make(desk, url="https://nowhere.example/").content.decode())["url"]
    assert asked == [False]


def test_an_address_that_stays_may_be_away(desk: Client, olive: User, monkeypatch: pytest.MonkeyPatch) -> None:
    webhook = a_webhook(olive, url="https://away.example/")

    def getaddrinfo(*_: Any, **__: Any) -> Any:
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    sent = {"name": "Cache", "url": webhook.url, "poll": "", "events": ["poll.opened"]}
    assert desk.post(page(webhook), sent).status_code == 302
    webhook.refresh_from_db()
    assert (webhook.name, webhook.events) == ("Cache", "poll.opened")


def test_one_poll_is_chosen_by_its_address(desk: Client, olive: User) -> None:
    mine, ottos = a_poll(organiser=olive), a_poll(organiser=an_editor("otto"))
    shown = desk.get(f"{EVERY}add/").content.decode()
    assert f'<option value="{mine.slug}">' in shown
    assert ottos.slug not in shown
    make(desk, poll=f"https://polls.test/p/{mine.slug}/")
    assert Webhook.objects.get().poll == mine
    assert form_of(desk, page(Webhook.objects.get()), "webhook_form")["poll"] == mine.slug
    assert list(said_at(make(desk, name="Other", poll=ottos.slug).content.decode())) == ["poll"]


def test_a_test_tells_what_the_receiver_answers(desk: Client, olive: User) -> None:
    with a_receiver() as receiver:
        webhook = a_webhook(olive, url=receiver.url)
        assert "Send a test message?" in desk.get(page(webhook, "send_test")).content.decode()
        assert not receiver.got, "a look sends nothing"
        assert told(desk.post(page(webhook, "send_test"), YES)) == "The test arrived: the receiver answered 200."
        receiver.answer = 503
        why = "The test did not arrive. The receiver did not take it. (HTTP 503)"
        assert told(desk.post(page(webhook, "send_test"), YES)).endswith(why)
    with override_settings(WEBHOOK_PRIVATE_HOSTS=[]):
        assert "can’t be used any more" in told(desk.post(page(webhook, "send_test"), YES))
    assert receiver.types == ["webhook.test"] * 2
    assert not Delivery.objects.filter(state=DeliveryState.WAITING).exists()


def test_a_server_that_sends_nothing_says_so(desk: Client, olive: User) -> None:
    webhook = a_webhook(olive)
    assert "This server sends no messages" not in desk.get(page(webhook)).content.decode()
    with a_receiver() as receiver, override_settings(WEBHOOKS=False):
        Webhook.objects.update(url=receiver.url)
        assert "This server sends no messages" in desk.get(page(webhook)).content.decode()
        assert told(desk.post(page(webhook, "send_test"), YES)) == "This server sends no messages: see WEBHOOKS."
        assert not receiver.got


def test_it_is_paused_and_switched_on(desk: Client, olive: User) -> None:
    webhook = a_webhook(olive)
    assert told(desk.post(page(webhook, "pause"), YES)) == "The webhook is paused."
    webhook.refresh_from_db()
    assert webhook.state == WebhookState.PAUSED
    assert "is paused: nothing is sent" in desk.get(page(webhook)).content.decode()
    assert desk.post(page(webhook, "pause"), YES).status_code == 403
    assert told(desk.post(page(webhook, "resume"), YES)) == "The webhook is on."
    webhook.refresh_from_db()
    assert webhook.state == WebhookState.ON
    assert [entry.get_change_message() for entry in LogEntry.objects.order_by("pk")] == [
        "The webhook is paused.",
        "The webhook is on.",
    ]


def test_one_that_was_paused_by_itself_says_why_and_is_switched_on_with_one_press(desk: Client, olive: User) -> None:
    webhook = a_webhook(olive, events="poll.closed")
    for _ in range(2):
        lifecycle.close(a_poll(organiser=olive), at=now())
    Delivery.objects.update(tries=len(deliveries.PAUSES))
    letter = deliveries.take(now())
    assert letter
    deliveries.note(letter, Answer(403, DeliveryFailure.REFUSED, "Who are you?"), now())
    assert "Paused: nothing arrived" in desk.get(EVERY).content.decode()
    shown = desk.get(page(webhook)).content.decode()
    assert "No message arrived for a day" in shown
    assert "did not take it. (HTTP 403)" in shown.partition("messages-title")[0]
    assert "2 messages were not delivered." in shown
    assert f'action="{page(webhook, "on")}"' in shown
    assert desk.get(page(webhook, "on")).status_code == 405
    assert told(desk.post(page(webhook, "on"))) == "The webhook is on."
    webhook.refresh_from_db()
    assert webhook.state == WebhookState.ON
    assert "not delivered" not in desk.get(page(webhook)).content.decode()
    Webhook.objects.update(state=WebhookState.FAILED, maker=an_editor("otto", deeds=DEEDS))
    assert desk.post(page(webhook, "on")).status_code == 404


def test_a_new_secret_is_told_once_too(desk: Client, olive: User) -> None:
    webhook = a_webhook(olive)
    answer = desk.post(page(webhook, "renew_secret"), YES)
    (secret,) = set(SECRET.findall(desk.get(answer.headers["Location"]).content.decode()))
    before, webhook = webhook.secret, Webhook.objects.get()
    assert secret == webhook.secret != before == webhook.former_secret
    assert not SECRET.search(desk.get(page(webhook)).content.decode())


def test_what_became_of_messages_is_shown_and_one_is_sent_again(desk: Client, olive: User) -> None:
    webhook = a_webhook(olive, events="poll.closed")
    assert "Nothing has been sent yet" in desk.get(page(webhook)).content.decode()
    poll = lifecycle.close(a_poll(organiser=olive), at=now())
    letter = deliveries.take(now())
    assert letter
    deliveries.note(letter, Answer(500, "refused", "Out of order"), now())  # type: ignore[arg-type]  # as it is kept
    shown = desk.get(page(webhook)).content.decode()
    for words in ("A poll closes", poll.slug, "did not take it. (HTTP 500)", "Out of order", "Next try: "):
        assert words in shown
    Delivery.objects.update(state=DeliveryState.GIVEN_UP, due_at=None)
    assert "Does not arrive" in desk.get(EVERY).content.decode()
    delivery = Delivery.objects.get()
    assert desk.get(page(webhook, "again")).status_code == 405
    assert told(desk.post(page(webhook, "again"), {"delivery": delivery.pk})) == "It is on its way again."
    delivery.refresh_from_db()
    assert (delivery.state, delivery.tries) == (DeliveryState.WAITING, 0)
    for nothing in ("", "0", "x", "9" * 30):
        assert desk.post(page(webhook, "again"), {"delivery": nothing}).status_code == 404
    Webhook.objects.update(state=WebhookState.GONE)
    assert "switch it on first" in told(desk.post(page(webhook, "again"), {"delivery": delivery.pk}))


def test_a_webhook_of_somebody_else_is_not_there(desk: Client) -> None:
    webhook = a_webhook(an_editor("otto", deeds=DEEDS), name="Otto’s")
    delivery = Delivery.objects.create(webhook=webhook, event=Event.TEST, happened_at=now(), due_at=now())
    assert "Otto’s" not in desk.get(EVERY).content.decode()
    assert desk.get(page(webhook)).status_code == 302
    assert desk.post(page(webhook), {"name": "Mine", "url": URL, "events": ["poll.closed"]}).status_code == 302
    for deed in ("send_test", "pause", "resume", "renew_secret"):
        assert desk.post(page(webhook, deed), YES).status_code == 403, deed
    assert desk.post(page(webhook, "again"), {"delivery": delivery.pk}).status_code == 404
    assert desk.get(page(webhook, "secret")).status_code == 404
    assert desk.post(page(webhook, "delete"), {"post": "yes"}).status_code in {302, 403}
    after = Webhook.objects.get()
    assert (after.name, after.state, after.secret) == ("Otto’s", "on", webhook.secret)
    # And no message of it through one's own.
    own = a_webhook(User.objects.get(username="olive"))
    assert desk.post(page(own, "again"), {"delivery": delivery.pk}).status_code == 404


def test_whoever_may_see_every_poll_looks_after_every_webhook(desk: Client, olive: User) -> None:
    webhook = a_webhook(an_editor("otto"), name="Otto’s")
    olive.user_permissions.add(Permission.objects.get(codename="see_every_poll"))
    shown = desk.get(EVERY).content.decode()
    assert "Otto’s" in shown
    assert "otto" in shown
    desk.post(page(webhook, "pause"), YES)
    webhook.refresh_from_db()
    assert webhook.state == WebhookState.PAUSED
    User.objects.get(username="otto").delete()
    assert "Nobody’s" in desk.get(EVERY).content.decode()
    assert "no account any more" in desk.get(page(webhook)).content.decode()


@pytest.mark.parametrize("deeds", [(), ("add_poll", "change_poll", "delete_poll", "view_poll")])
def test_webhooks_are_for_those_who_were_given_the_right_to_them(house: None, deeds: tuple[str, ...]) -> None:
    editor = at_desk(an_editor("olive", deeds=deeds))
    assert editor.get(EVERY).status_code == 403
    assert make(editor).status_code == 403
    assert "Webhooks" not in editor.get("/admin/").content.decode()
    assert not Webhook.objects.exists()


def test_who_may_look_alone_sees_no_buttons(house: None) -> None:
    olive = an_editor("olive", deeds=("view_webhook",))
    webhook = a_webhook(olive)
    delivery = Delivery.objects.create(webhook=webhook, event=Event.TEST, happened_at=now(), due_at=now())
    shown = at_desk(olive).get(page(webhook)).content.decode()
    assert "A test" in shown
    for deed in ("send_test/", "pause/", "renew_secret/", 'name="delivery"', "whsec_"):
        assert deed not in shown, deed
    assert at_desk(olive).post(page(webhook, "send_test"), YES).status_code == 403
    assert at_desk(olive).post(page(webhook, "again"), {"delivery": delivery.pk}).status_code == 404
    assert at_desk(olive).get(page(webhook, "secret")).status_code == 404


def test_hostile_words_are_words(desk: Client, olive: User) -> None:
    webhook = a_webhook(olive, name=HOSTILE, url="https://93.184.215.14/%3Cscript%3E")
    Delivery.objects.create(
        webhook=webhook, event=Event.CLOSED, slug="x", happened_at=now(), due_at=now(), said=HOSTILE, failure="refused"
    )
    for address in (EVERY, page(webhook), page(webhook, "delete"), page(webhook, "pause")):
        assert "<script>alert(1)" not in desk.get(address).content.decode(), address
    make(desk, name=HOSTILE + "2")
    told_at = page(Webhook.objects.latest("pk"), "secret")
    assert "<script>alert(1)" not in desk.get(told_at).content.decode()


def test_a_webhook_is_deleted_with_its_messages(desk: Client, olive: User) -> None:
    webhook = a_webhook(olive)
    lifecycle.close(a_poll(organiser=olive), at=now())
    assert "Website" in desk.get(page(webhook, "delete")).content.decode()
    desk.post(page(webhook, "delete"), {"post": "yes"})
    assert not Webhook.objects.exists()
    assert not Delivery.objects.exists()


def test_the_empty_list_says_what_webhooks_are_for(desk: Client) -> None:
    shown = desk.get(EVERY).content.decode()
    assert "No webhooks yet" in shown
    assert f'href="{EVERY}add/"' in shown


def asked_for(desk: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        desk.get(address)
    return len(asked)


def test_pages_ask_as_much_for_many_rows(desk: Client, olive: User) -> None:
    webhook = a_webhook(olive, events="poll.closed")
    a_webhook(olive, name="Second", poll=a_poll(organiser=olive))
    lifecycle.close(a_poll(organiser=olive), at=now())
    before = [asked_for(desk, address) for address in (EVERY, page(webhook))]
    for number in range(3):
        a_webhook(olive, name=f"More {number}", poll=a_poll(organiser=olive))
        lifecycle.close(a_poll(organiser=olive), at=now())
    assert [asked_for(desk, address) for address in (EVERY, page(webhook))] == before
