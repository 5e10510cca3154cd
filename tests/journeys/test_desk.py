"""An editor at work: with a mouse, and with a keyboard alone."""

import os
from collections.abc import Callable
from pathlib import Path

from django.contrib.auth.models import User
from PIL import Image
from playwright.sync_api import FrameLocator, Locator, Page, expect

from polls.models import Choice, Poll
from polls.terms import Status
from tests.builders import a_draft, a_question
from tests.desk import asked, change
from tests.journeys.conftest import eventually
from tests.journeys.writing import FITS, ROWS, TEXTS, an_idea, question, save
from tests.votes import a_ballot

WIDTHS = """(way, widths) => widths.map((width) => {
    [...way.querySelectorAll("button")].find((button) => button.textContent.includes(width)).click();
    return way.querySelector("iframe").offsetWidth;
})"""
"""How wide a preview is after each of these buttons."""


def test_a_poll_is_written_tried_in_each_way_in_published_and_open(olive: Callable[..., Page]) -> None:
    page = olive("/admin/polls/poll/add/")
    page.get_by_label("Title").press_sequentially("Lunch?")
    expect(page.get_by_role("textbox", name="Address")).to_have_value("lunch")
    page.get_by_label("Question").first.fill("Where?")
    page.get_by_label("Choice").first.fill("Noodles")
    page.keyboard.press("Enter")
    page.keyboard.type("Pizza")
    page.get_by_role("button", name="Add a question").click()
    page.keyboard.type("When?")
    page.keyboard.press("Enter")
    page.keyboard.type("Noon")
    page.keyboard.press("Enter")
    page.keyboard.type("One")
    save(page)
    assert asked(Poll.objects.get()) == [("Where?", ["Noodles", "Pizza"]), ("When?", ["Noon", "One"])]
    _with_something_unsaved_the_browser_asks_first(page)
    _the_preview_takes_a_vote_and_says_that_it_was_not_counted(page)
    _a_snippet_is_copied(page)
    _each_way_in_shows_itself_before_it_is_pasted(page)
    assert not Poll.objects.get().has_ballots()
    page.get_by_role("link", name="Publish").click()
    expect(page.get_by_role("heading", name="Publish this poll?")).to_be_visible()
    assert Poll.objects.get().status == Status.DRAFT
    page.locator("#dialog").get_by_role("button", name="Publish").click()
    expect(page.get_by_text("The poll is published.", exact=True)).to_be_visible()
    assert Poll.objects.get().status == Status.PUBLISHED


def _with_something_unsaved_the_browser_asks_first(page: Page) -> None:
    page.get_by_label("Title").fill("Lunch on Monday?")
    asked_first = []
    page.once("dialog", lambda dialog: (asked_first.append(dialog.type), dialog.dismiss()))
    page.get_by_role("link", name="Publish").click()
    eventually(lambda: asked_first == ["beforeunload"])
    expect(page.get_by_label("Title")).to_have_value("Lunch on Monday?")
    expect(page.get_by_role("heading", name="Publish this poll?")).to_have_count(0)
    page.once("dialog", lambda dialog: dialog.accept())
    page.reload()


def _the_preview_takes_a_vote_and_says_that_it_was_not_counted(page: Page) -> None:
    page.get_by_role("link", name="Preview", exact=True).click()
    _vote_that_does_not_count(page.frame_locator("#preview-group iframe"))
    page.get_by_role("button", name="320").click()
    frame = page.locator("#preview-group iframe")
    eventually(lambda: (frame.bounding_box() or {}).get("width") in {320, 322})
    eventually(lambda: frame.evaluate(FITS))


def _vote_that_does_not_count(card: FrameLocator) -> None:
    card.get_by_label("Noodles").check()
    if (noon := card.get_by_label("Noon")).count():
        noon.check()
    card.get_by_role("button", name="Vote").click()
    expect(card.locator(".refusal")).to_contain_text("your vote was not counted")


def _a_snippet_is_copied(page: Page) -> None:
    page.get_by_role("link", name="Share", exact=True).click()
    page.get_by_role("button", name="Copy", exact=False).first.click()
    expect(page.get_by_text("Copied")).to_be_visible()
    page.context.grant_permissions(["clipboard-read"])
    address = page.evaluate("location.origin")
    assert page.evaluate("navigator.clipboard.readText()").startswith(f'<script async src="{address}/embed.js"')


def _each_way_in_shows_itself_before_it_is_pasted(page: Page) -> None:
    ways = page.locator("#share-group section", has=page.locator("textarea"))
    expect(ways).to_have_count(7)
    for way in ways.all():
        way.get_by_text("Preview", exact=True).click()
        assert way.evaluate(WIDTHS, ["320", "480", "720"]) == [320, 480, 720]
        expect(way.frame_locator("iframe").get_by_text("Where?").or_(picture_in(way)).first).to_be_visible()
        if "Plain HTML" in way.inner_text():
            _vote_that_does_not_count(way.frame_locator("iframe"))
        way.get_by_text("Preview", exact=True).click()


def picture_in(way: Locator) -> Locator:
    return way.frame_locator("iframe").get_by_role("img", name="Lunch")


def test_rows_are_dragged_moved_removed_and_come_back_with_what_was_typed_and_what_is_to_be_mended(
    olive: Callable[..., Page], tmp_path: Path
) -> None:
    poll = an_idea()
    page = olive(change(poll))
    _drag_the_last_choice_to_the_top(page)
    # Where? Soup, Noodles, Pizza. When? Noon, One.
    question(page, 0).locator(TEXTS).nth(2).focus()
    page.keyboard.press("Alt+ArrowUp")
    expect(page.locator(".desk-announcement")).to_have_text("Moved to place 2 of 3.")
    question(page, 1).get_by_role("button", name="Move up").first.press("Enter")
    expect(question(page, 0).get_by_label("Question")).to_have_value("When?")
    # When? Noon, One. Where? Soup, Pizza, Noodles.
    for _ in range(2):
        question(page, 1).get_by_role("button", name="Remove this choice").first.press("Enter")
    expect(question(page, 1).get_by_text("This choice will be removed when you save.").nth(1)).to_be_visible()
    page.keyboard.press("Enter")  # the way back has the focus: the second one stays
    question(page, 1).get_by_role("button", name="Add a choice").click()
    page.keyboard.type("Noodles")
    page.get_by_role("button", name="Add a question").click()
    page.keyboard.type("With whom?")
    save(page)
    expect(page.get_by_text("This question already has a choice with this text.")).to_be_visible()
    assert asked(poll) == [("Where?", ["Noodles", "Pizza", "Soup"]), ("When?", ["Noon", "One"])]
    expect(question(page, 2).get_by_label("Question")).to_have_value("With whom?")
    question(page, 1).locator(TEXTS).nth(2).fill("Salad")
    _give_a_picture(question(page, 1).locator(ROWS).nth(0), tmp_path / "bowl.png")
    save(page)
    assert asked(poll)[:2] == [("When?", ["Noon", "One"]), ("Where?", ["Pizza", "Noodles", "Salad"])]
    assert [text for text, _ in asked(poll)] == ["When?", "Where?", "With whom?"]
    pizza = Choice.objects.get(text="Pizza")
    assert pizza.picture
    assert pizza.picture_alt == "A red bowl"


def _drag_the_last_choice_to_the_top(page: Page) -> None:
    handles = question(page, 0).locator(".desk-choice .desk-handle")
    # Rows move while letters and icons come in.
    page.evaluate("document.fonts.ready.then(() => true)")
    handles.nth(1).evaluate("(handle) => handle.scrollIntoView({ block: 'center' })")
    handles.nth(2).hover()
    page.mouse.down()

    def pulled_to_the_top() -> bool:
        first = handles.nth(0).bounding_box()
        assert first
        page.mouse.move(first["x"] + 8, first["y"] + 3, steps=5)
        return question(page, 0).locator(TEXTS).first.input_value() == "Soup"

    # A hand follows what it sees: rows may still be on the move.
    eventually(pulled_to_the_top)
    page.mouse.up()


def _give_a_picture(row: Locator, file: Path, *, size: int = 0) -> None:
    Image.new("RGB", (40, 30), "red").save(file)
    os.truncate(file, max(size, file.stat().st_size))
    row.get_by_role("button", name="Picture").click()
    row.locator("input[type=file]").set_input_files(file)
    expect(row.locator(".desk-picture-new")).to_be_visible()
    row.get_by_label("Picture in words").fill("A red bowl")


def test_a_text_is_corrected_from_what_it_is_and_a_refused_one_stays(olive: Callable[..., Page]) -> None:
    poll = an_idea()
    Poll.objects.update(status=Status.PUBLISHED)
    a_ballot(poll)
    page = olive(change(poll))
    page.get_by_role("link", name="Correct a text").click()
    dialog = page.locator("#dialog")
    for chosen, begun in (("– Noodles", "Noodles"), ("Where?", "Where?"), ("– Pizza", "Pizza")):
        dialog.get_by_label("What").select_option(chosen)
        expect(dialog.get_by_label("Corrected text")).to_have_value(begun)
    dialog.get_by_label("Corrected text").fill("Pizzas")
    dialog.get_by_label("What").select_option("– Noodles")
    expect(dialog.get_by_label("Corrected text")).to_have_value("Pizzas")
    dialog.get_by_label("What").select_option("– Pizza")
    Choice.objects.filter(text="Noodles").update(text="Pizzas")
    dialog.get_by_label("Why").fill("A typing mistake.")
    dialog.get_by_role("button", name="Correct a text").click()
    expect(dialog.get_by_text("This question already has a choice with this text.")).to_be_visible()
    page.mouse.click(5, 5)
    expect(dialog.get_by_label("Corrected text")).to_have_value("Pizzas")
    dialog.get_by_role("link", name="Cancel").click()
    page.get_by_role("link", name="Correct a text").click()
    expect(dialog.get_by_label("Why")).to_have_value("")
    expect(dialog.get_by_label("Why")).to_be_visible()
    page.mouse.click(5, 5)
    expect(dialog).to_be_hidden()
    page.get_by_role("link", name="Correct a text").click()
    dialog.get_by_label("What").select_option("– Soup")
    dialog.get_by_label("Corrected text").fill("Soups")
    dialog.get_by_label("Why").fill("A typing mistake.")
    dialog.get_by_role("button", name="Correct a text").click()
    line = page.get_by_role("listitem").filter(has_text="A typing mistake.")
    before, after = line.locator("del").bounding_box(), line.locator("ins").bounding_box()
    assert before
    assert after
    assert before["x"] == after["x"], "the one stands under the other"


def test_pictures_that_are_too_large_together_are_told_at_the_field_and_nothing_typed_is_lost(
    olive: Callable[..., Page], tmp_path: Path
) -> None:
    poll = an_idea()
    page = olive(change(poll))
    rows = question(page, 0).locator(ROWS)
    for place in range(3):
        _give_a_picture(rows.nth(place), tmp_path / f"{place}.png", size=9 * 2**20)
    told = "These pictures have 27 MB together, and at most 24 MB are taken at once."
    expect(rows.nth(2).locator(".desk-heavy")).to_contain_text(told)
    rows.nth(2).locator("input[name$='-text']").fill("Salad")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(rows.nth(0).locator("input[type=file]")).to_be_focused()
    expect(page.locator(".desk-heavy")).to_have_count(1)
    rows.nth(0).get_by_role("button", name="Remove this choice").click()
    expect(page.locator(".desk-heavy")).to_have_count(0)
    save(page)
    assert asked(poll)[0] == ("Where?", ["Pizza", "Salad"])
    assert all(choice.picture for choice in Choice.objects.filter(text__in=["Pizza", "Salad"]))


def test_an_arabic_desk_has_its_icons_beside_dates_and_the_marks_of_english_titles_at_their_end(
    olive: Callable[..., Page],
) -> None:
    poll = an_idea()
    page = olive(change(poll), locale="ar")
    page.locator("[name=opens_at_0]").evaluate(
        "field => field.closest('[x-show]')?.style.setProperty('display', 'block')"
    )
    sides = page.locator("[name=opens_at_0]").evaluate(
        "(field) => [field, document.querySelector('.datetimeshortcuts')].map((one) => one.getBoundingClientRect())"
        ".map((box) => [box.left, box.right])"
    )
    (left, right), (icon, _) = sides
    assert icon - left < right - icon, "a date in Arabic begins at the right"
    for field in ("title", "intro", "questions-0-text"):
        assert page.locator(f"[name={field}]").evaluate("(one) => getComputedStyle(one).unicodeBidi") == "plaintext"
    page.goto(f"{page.url.partition('/admin/')[0]}/admin/polls/poll/")
    title = page.locator(".field-headline strong").first
    assert title.evaluate("(one) => getComputedStyle(one).unicodeBidi") == "plaintext"


def test_on_a_phone_the_way_to_a_poll_can_be_read(olive: Callable[..., Page]) -> None:
    page = olive(change(an_idea()), locale="de", viewport={"width": 360, "height": 800})
    shown = [part for part in page.locator("#header-inner h1 > *").all() if part.is_visible()]
    assert [part.inner_text() for part in shown] == ["Umfragen", "chevron_right", "Lunch"]
    assert shown[0].evaluate("(part) => part.scrollWidth <= part.clientWidth")


def test_lines_that_are_pasted_into_a_choice_are_a_choice_each(olive: Callable[..., Page]) -> None:
    poll = an_idea()
    page = olive(change(poll))
    question(page, 0).get_by_role("button", name="Add a choice").click()
    page.keyboard.type("My ")
    paste = """(field) => {
        const clipboardData = new DataTransfer();
        clipboardData.setData("text/plain", "Salad\\r\\n Curry \\n\\nStew\\n");
        field.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
    }"""
    question(page, 0).locator(TEXTS).nth(3).evaluate(paste)
    expect(question(page, 0).locator(TEXTS).nth(5)).to_be_focused()
    question(page, 0).get_by_role("button", name="Remove this choice").nth(4).press("Enter")
    save(page)
    assert asked(poll)[0] == ("Where?", ["Noodles", "Pizza", "Soup", "My Salad", "Stew"])


def test_back_leads_to_a_page_that_shows_what_its_form_says(olive: Callable[..., Page]) -> None:
    poll = an_idea()
    page = olive(change(poll))
    question(page, 0).get_by_role("button", name="Remove this choice").nth(1).click()
    question(page, 0).get_by_label("Kind").select_option("multiple")
    question(page, 0).get_by_role("button", name="Add a choice").click()
    page.once("dialog", lambda dialog: dialog.accept())
    page.goto(page.url.partition("/admin/")[0])
    page.go_back()
    where = question(page, 0)
    expect(where.locator(".is-removed .desk-removed-name")).to_have_text("Pizza")
    expect(where.locator(TEXTS)).to_have_count(2)
    expect(where.get_by_label("At most")).to_be_visible()
    save(page)
    assert asked(poll)[0] == ("Where?", ["Noodles", "Soup"])


def test_what_a_kind_of_question_has_is_set_as_it_is_chosen(olive: Callable[..., Page]) -> None:
    page = olive(change(an_idea()))

    def choose(**settings: str) -> None:
        for name, value in settings.items():
            page.locator(f'[name="questions-0-{name}"]').select_option(value)

    def has(**settings: str) -> None:
        for name, value in settings.items():
            expect(page.locator(f'[name="questions-0-{name}"]')).to_have_value(value)

    choose(kind="score")
    has(lowest="0", highest="5")
    choose(kind="rating", scale="nps")
    has(lowest="0", highest="10")
    choose(scale="stars")
    has(lowest="1", highest="5")
    choose(kind="ranked", rule="stv")
    has(seats="2")
    choose(rule="irv")
    has(seats="1")
    choose(kind="score")
    has(rule="")


def test_a_question_that_is_the_title_follows_it(olive: Callable[..., Page]) -> None:
    poll = a_draft(title="Lunch", organiser=User.objects.get())
    a_question(poll, "Lunch", ["Noodles", "Pizza"])
    page = olive(change(poll))
    title, text = page.get_by_label("Title"), page.get_by_role("textbox", name="Question", exact=True).first
    title.fill("Lunch on Monday?")
    expect(text).to_have_value("Lunch on Monday?")
    title.fill("")
    title.press_sequentially("Supper?")
    expect(text).to_have_value("Supper?")
    text.fill("Where?")
    title.fill("Breakfast")
    expect(text).to_have_value("Where?")
    text.fill("Breakfast")
    page.get_by_role("button", name="Add a question").click()
    page.keyboard.type("When?")
    title.fill("Our breakfast")
    expect(text).to_have_value("Breakfast")
    page.get_by_role("button", name="Remove this question").nth(1).click()
    text.fill("")
    title.fill("Brunch")
    expect(text).to_have_value("")
    save(page)
    assert asked(poll) == [("Brunch", ["Noodles", "Pizza"])]


def test_a_file_of_polls_is_loaded_by_keyboard_and_its_fault_is_found_at_its_field(
    olive: Callable[..., Page], tmp_path: Path
) -> None:
    (tmp_path / "broken.json").write_text('{"polls": [{"title": "Lunch?"}]}')
    page = olive("/admin/polls/poll/load/")
    expect(page.get_by_role("heading", name="Load polls from a file")).to_be_visible()
    file = page.get_by_label("File")
    file.set_input_files(tmp_path / "broken.json")
    file.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Nothing was loaded")
    expect(file).to_be_focused()
    expect(file).to_have_accessible_description("Nothing was loaded")
