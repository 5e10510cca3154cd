"""The desk with a keyboard alone, on a phone, and in the few colours of a system."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from polls import lifecycle
from polls.models import Poll
from polls.terms import Status
from tests.builders import a_draft, a_question, now
from tests.desk import change
from tests.journeys.conftest import Visitor, another, eventually
from tests.journeys.writing import TEXTS, an_idea, question, save
from tests.votes import a_ballot

COVERS = """(bar) => {
    const { top, height } = document.activeElement.getBoundingClientRect();
    return top + Math.min(height, 38) > bar.getBoundingClientRect().top;
}"""
"""Whether the bar lies over what has the focus, or over its first line."""
RINGED = "(one) => getComputedStyle(one).outlineStyle !== 'none'"
"""Whether a line around it tells that it has the focus."""

HEARD = """
window.heard = [];
new MutationObserver((all) => {
    if (document.readyState !== 'complete') return;
    for (const { target } of all) if (target.matches('[role=status]')) heard.push(target.textContent.trim());
}).observe(document, { childList: true, subtree: true });
"""
"""What comes into a live region once the page is there."""


def test_the_desk_is_worked_with_a_keyboard_alone(olive: Callable[..., Page]) -> None:
    poll = an_idea()
    page = olive(change(poll))
    _the_content_the_menu_and_the_account_are_reached(page)
    _settings_are_reached_by_arrow_keys(page)
    _a_dialog_takes_the_focus_and_gives_it_back(page)
    _no_focus_hides_under_the_bar_to_save(page)
    _back_leads_from_tab_to_tab(page)
    _the_first_fault_has_the_focus(page)


def _no_focus_hides_under_the_bar_to_save(page: Page) -> None:
    bar = page.locator("#submit-row")
    page.get_by_label("Title").focus()
    while page.evaluate("document.activeElement.name") != "allowed_sites":
        page.keyboard.press("Tab")
        assert not bar.evaluate(COVERS), page.evaluate("document.activeElement.outerHTML")


def _back_leads_from_tab_to_tab(page: Page) -> None:
    for name in ("Preview", "Share"):
        page.get_by_role("link", name=name, exact=True).click()
    for leads, name in ((page.go_back, "Preview"), (page.go_back, "Poll"), (page.go_forward, "Preview")):
        leads()
        expect(page.get_by_role("link", name=name, exact=True)).to_have_attribute("aria-current", "true")
    page.get_by_role("link", name="Poll", exact=True).click()


def _the_first_fault_has_the_focus(page: Page) -> None:
    page.get_by_role("tab", name="Promises").click()
    page.get_by_label("Erase after days").fill("-5")
    page.get_by_role("tab", name="Schedule").click()
    save(page)
    expect(page.get_by_label("Erase after days")).to_be_focused()
    question(page, 1).locator(TEXTS).nth(1).fill("Noon")
    save(page)
    expect(question(page, 1).locator(TEXTS).nth(1)).to_be_focused()


def _a_dialog_takes_the_focus_and_gives_it_back(page: Page) -> None:
    publish = page.get_by_role("link", name="Publish")
    publish.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Publish this poll?")
    cancel = dialog.get_by_role("link", name="Cancel")
    for _ in range(2):
        expect(cancel).to_be_focused()
        page.keyboard.press("Tab")
        expect(dialog.get_by_role("button", name="Publish")).to_be_focused()
        page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(publish).to_be_focused()


def test_a_dialog_takes_the_focus_where_pictures_come_slowly_too(olive: Callable[..., Page]) -> None:
    page = olive(change(an_idea()))
    page.evaluate("requestAnimationFrame = (draw) => setTimeout(draw, 300)")
    page.get_by_role("link", name="Publish").press("Enter")
    expect(page.get_by_role("dialog").get_by_role("link", name="Cancel")).to_be_focused()


def _the_content_the_menu_and_the_account_are_reached(page: Page) -> None:
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="To the content")).to_be_focused()
    page.keyboard.press("Tab")
    menu = page.locator("#main").get_by_role("button", name="Menu")
    expect(menu).to_be_focused()
    expect(menu).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("Enter")
    expect(page.locator("#nav-sidebar").get_by_role("button", name="Menu", expanded=True)).to_be_focused()
    account = page.get_by_role("button", name="olive")
    account.focus()
    page.keyboard.press("Space")
    light = page.get_by_role("button", name="Light", pressed=False)
    expect(light).to_be_visible()
    page.keyboard.press("Tab")
    expect(light).to_be_focused()
    page.keyboard.press("Escape")
    expect(account).to_be_focused()
    expect(account).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("Escape")
    expect(menu).to_be_focused()
    expect(page.locator("#nav-sidebar")).to_be_hidden()
    page.get_by_role("link", name="To the content").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Poll", exact=True)).to_be_focused()


def _settings_are_reached_by_arrow_keys(page: Page) -> None:
    page.get_by_role("tab", name="Schedule").focus()
    for key, name in (("ArrowRight", "Who may vote"), ("End", "Where it appears"), ("ArrowRight", "Schedule")):
        page.keyboard.press(key)
        expect(page.get_by_role("tab", name=name, selected=True)).to_be_focused()
        expect(page.get_by_role("tabpanel", name=name)).to_be_visible()
        expect(page.get_by_role("tabpanel")).to_have_count(1)
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("tabpanel", name="Where it appears")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.locator("#id_listed")).to_be_focused()


def test_what_has_the_focus_is_seen_everywhere(olive: Callable[..., Page]) -> None:
    for number in range(30):
        a_draft(title=f"Idea {number}", organiser=User.objects.get())
    page = olive("/admin/polls/poll/", viewport={"width": 1280, "height": 700})
    bar = page.get_by_text("30 polls").locator("xpath=ancestor::*[contains(@class, 'lg:sticky')]")
    search = page.get_by_role("button", name="Search", exact=True)
    search.focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    assert search.evaluate(RINGED)
    last = page.get_by_role("link", name="Idea 0", exact=False).last
    while not last.evaluate("(one) => one === document.activeElement"):
        page.keyboard.press("Tab")
        assert not bar.evaluate(COVERS), page.evaluate("document.activeElement.outerHTML")


def test_where_a_system_gives_the_colours_switches_and_tabs_are_told(olive: Callable[..., Page]) -> None:
    page = olive(change(an_idea()), forced_colors="active")
    switch = page.get_by_label("Must be answered").first
    assert switch.evaluate("(one) => getComputedStyle(one).appearance") == "auto"
    switch.focus()
    page.keyboard.press("Space")
    assert switch.evaluate(RINGED)
    grounds = page.locator(".desk-tabs a").evaluate_all(
        "(all) => all.map((one) => getComputedStyle(one).backgroundColor)"
    )
    assert grounds[0] not in grounds[1:]


def test_on_a_phone_all_tabs_are_seen_and_what_has_an_icon_has_a_name(olive: Callable[..., Page]) -> None:
    poll = an_idea()
    Poll.objects.update(status=Status.PUBLISHED)
    a_ballot(poll)
    page = olive(change(poll), viewport={"width": 360, "height": 800})
    tabs = page.locator(".desk-tabs")
    assert tabs.evaluate("(tabs) => tabs.scrollWidth <= tabs.clientWidth")
    for tab in tabs.get_by_role("link").all():
        assert tab.evaluate("(tab) => tab.getBoundingClientRect().right <= innerWidth")
    more = page.get_by_role("button", name="More actions", exact=True, expanded=False)
    more.focus()
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Close", exact=True).press("Enter")
    expect(page.get_by_role("dialog", name="Close this poll?")).to_be_visible()
    page.goto(f"{page.url.partition('/admin/')[0]}/admin/polls/poll/")
    expect(page.get_by_role("button", name="Search", exact=True)).to_be_visible()


def test_an_editor_elsewhere_begins_with_the_clocks_there_and_is_not_told_of_the_servers(
    olive: Callable[..., Page],
) -> None:
    page = olive("/admin/polls/poll/add/", timezone_id="Europe/Berlin")
    expect(page.get_by_text("The times below are told by the clocks there")).to_be_visible()
    expect(page.locator(".datetimeshortcuts").first).to_be_visible()
    expect(page.get_by_text("in the server timezone").first).to_be_hidden()
    zone = page.get_by_label("Time zone")
    expect(zone).to_have_value("Europe/Berlin")
    a_draft(title="Earlier", organiser=User.objects.get(), time_zone="Asia/Tokyo")
    page.reload()
    expect(zone).to_have_value("Asia/Tokyo")


def test_a_long_word_hides_no_column_of_the_list_and_leaves_no_page(olive: Callable[..., Page]) -> None:
    word = ("Donaudampfschifffahrtselektrizitätenhauptbetriebswerk" * 4)[:200]
    poll = a_draft(title=word, organiser=User.objects.get())
    a_question(poll, word, choices=(word, "B"))
    lifecycle.publish(poll, at=now())
    a_ballot(poll)
    page = olive("/admin/polls/poll/", viewport={"width": 1280, "height": 700})
    votes = page.get_by_role("table", name="Polls").get_by_role("columnheader", name="Ballots")
    assert votes.evaluate("(one) => one.getBoundingClientRect().right <= innerWidth")
    page.set_viewport_size({"width": 360, "height": 800})
    for tab in ("change", "results", "texts", "languages"):
        page.goto(f"{page.url.partition('/admin/')[0]}/admin/polls/poll/{poll.pk}/{tab}/")
        assert page.evaluate("document.documentElement.scrollWidth") == 360, tab


def test_what_there_is_at_the_sign_in_has_a_name(vera: Visitor, polls: str) -> None:
    page = vera.open(f"{polls}/admin/login/")
    colours = page.get_by_role("button", name="Light or dark", expanded=False)
    colours.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Light or dark", expanded=True)).to_be_focused()
    light = page.get_by_role("button", name="Light", exact=True)
    expect(light).to_be_visible()
    page.keyboard.press("Tab")
    expect(light).to_be_focused()


def test_what_was_done_is_said_to_those_who_hear_the_page(olive: Callable[..., Page]) -> None:
    page = another(olive(change(an_idea())), HEARD)
    page.get_by_label("Title").fill("Dinner")
    save(page)
    eventually(lambda: bool(page.evaluate("heard.length")))
    (said,) = set(page.evaluate("heard"))
    assert said == page.get_by_role("status").filter(has_text="Dinner").inner_text()


@pytest.mark.parametrize("locale", ["en", "ar"])
def test_what_saves_stands_together_and_what_deletes_at_the_other_end(locale: str, olive: Callable[..., Page]) -> None:
    page = olive(change(an_idea()), locale=locale, viewport={"width": 1280, "height": 800})
    bar = page.locator("#submit-row")
    save, publish = bar.locator("[name=_save]").bounding_box(), bar.locator("[name=_publish]").bounding_box()
    delete = bar.get_by_role("link").bounding_box()
    assert save
    assert publish
    assert delete
    between = max(save["x"], publish["x"]) - min(save["x"] + save["width"], publish["x"] + publish["width"])
    assert between < 30
    assert (delete["x"] < 40) if locale == "en" else (delete["x"] + delete["width"] > 1240)
