"""An editor at work without scripts."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from polls.models import Poll
from tests.desk import asked, change
from tests.journeys.writing import an_idea


def test_a_poll_is_written_and_published_without_scripts(olive: Callable[..., Page]) -> None:
    page = olive("/admin/polls/poll/add/", complains=r"404", java_script_enabled=False)  # a bare page has no icon
    page.get_by_label("Title").fill("Lunch on Friday?")
    page.get_by_label("Question").fill("Where?")
    for place, text in enumerate(("Noodles", "Pizza")):
        page.get_by_label("Choice").nth(place).fill(text)
    page.get_by_label("Place").nth(1).fill("2")
    page.get_by_label("Place").nth(2).fill("1")
    page.get_by_role("button", name="Save", exact=True).click()
    assert asked(Poll.objects.get()) == [("Where?", ["Pizza", "Noodles"])]
    page.get_by_role("link", name="Publish").click()
    page.get_by_role("link", name="Cancel").click()
    expect(page.get_by_label("Title")).to_have_value("Lunch on Friday?")
    page.get_by_role("link", name="Publish").click()
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("The poll is published.")).to_be_visible()


def test_without_scripts_the_menu_stands_beside_the_page_or_above_it_and_signs_out(olive: Callable[..., Page]) -> None:
    page = olive("/admin/polls/poll/add/", complains=r"404", java_script_enabled=False)
    menu, title = page.locator("#nav-sidebar"), page.get_by_label("Title")
    page.set_viewport_size({"width": 1280, "height": 900})
    beside, first = menu.bounding_box(), title.bounding_box()
    assert beside
    assert first
    assert first["x"] > beside["x"] + beside["width"]
    assert first["y"] < beside["height"] / 2
    page.set_viewport_size({"width": 360, "height": 900})
    above, first = menu.bounding_box(), title.bounding_box()
    assert above
    assert first
    assert above["width"] == 360
    assert first["y"] > above["y"] + above["height"]
    assert first["y"] < 900
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_text("Log in again")).to_be_visible()


def test_without_scripts_a_phone_shows_what_can_be_done_with_a_poll(olive: Callable[..., Page]) -> None:
    poll = an_idea()
    narrow = {"width": 360, "height": 800}
    page = olive(change(poll), complains=r"404", java_script_enabled=False, viewport=narrow)
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    page.get_by_role("link", name="Publish").click()
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("The poll is published.")).to_be_visible()
