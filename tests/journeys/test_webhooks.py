"""A webhook at the desk, with a mouse."""

from collections.abc import Callable

from django.contrib.auth.models import Permission, User
from playwright.sync_api import Page, expect

from polls.admin.webhook_form import EVENTS
from polls.models import Webhook
from tests.journeys.writing import save


def test_a_secret_is_seen_once_and_the_webhook_is_paused_in_a_dialog(olive: Callable[..., Page]) -> None:
    User.objects.get().user_permissions.add(*Permission.objects.filter(content_type__model="webhook"))
    page = olive("/admin/polls/webhook/add/")
    page.get_by_label("Name").fill("Website")
    page.get_by_label("Address").fill("https://93.184.215.14/hook")
    page.get_by_label("Results change, while everyone may see them").uncheck()
    save(page)
    first = page.get_by_label("Secret").input_value()
    assert first.startswith("whsec_")
    page.get_by_role("link", name="Done").click()
    expect(page.get_by_text("Nothing has been sent yet")).to_be_visible()
    page.get_by_role("link", name="New secret").click()
    with page.expect_navigation():
        page.locator("#dialog").get_by_role("button", name="New secret").click()
    assert page.get_by_label("Secret").input_value() not in {"", first}
    page.reload()
    expect(page.get_by_label("Secret")).to_have_count(0)
    page.get_by_role("link", name="Pause").click()
    with page.expect_navigation():
        page.locator("#dialog").get_by_role("button", name="Pause").click()
    expect(page.get_by_text("This webhook is paused: nothing is sent.")).to_be_visible()
    assert Webhook.objects.get().events.split() == [event for event in EVENTS if event != "results.changed"]
