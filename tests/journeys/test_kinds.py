"""Every kind of question in a real browser: by keyboard, by pointer, by touch, and without JavaScript."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from polls import lifecycle
from polls.ballots import moderation
from polls.models import Mark, Poll
from tests.builders import a_draft, a_poll, a_question, now
from tests.journeys.conftest import Visitor

LIBRARY = ("House of Pages", "Lantern", "The Commons")


def of_kind(kind: str, choices: tuple[str, ...] = LIBRARY, **fields: Any) -> Poll:
    return a_poll(choices=choices, question={"kind": kind, "text": "What do you say?", **fields})


def marks(poll: Poll) -> list[tuple[str, int | None]]:
    """What was ranked or graded, by rank or grade."""
    lines = Mark.objects.filter(question__poll=poll).select_related("choice")
    said = [(mark.choice.text if mark.choice else mark.text or "", mark.rank or mark.score) for mark in lines]
    return sorted(said, key=lambda line: line[1] or 0)


def vote(page: Page) -> None:
    page.get_by_role("button", name="Vote", exact=True).click()
    expect(page.locator(".said")).to_contain_text("Your vote is counted.")


def order(page: Page) -> list[str]:
    return page.locator(".ranking .ranked .label").all_inner_texts()


def row(page: Page, name: str) -> Locator:
    return page.locator(".ranking .choice", has_text=name)


def test_a_ranking_by_keyboard_is_announced_and_counted(vera: Visitor, polls: str) -> None:
    poll = of_kind("ranked")
    page = vera.open(f"{polls}/p/{poll.slug}/")
    page.get_by_role("button", name="Rank Lantern").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".announcement")).to_have_text("Lantern: rank 1")
    expect(page.get_by_role("button", name="Lantern, one place up")).to_be_focused()
    page.get_by_role("button", name="Rank The Commons").press("Space")
    expect(page.locator(".announcement")).to_have_text("The Commons: rank 2")
    page.keyboard.press("Enter")
    expect(page.locator(".announcement")).to_have_text("The Commons: rank 1")
    expect(page.get_by_role("button", name="The Commons, one place up")).to_be_focused()
    assert order(page) == ["The Commons", "Lantern"]
    page.get_by_role("button", name="Leave out Lantern").press("Enter")
    expect(page.locator(".announcement")).to_have_text("Lantern: left out")
    expect(page.get_by_role("button", name="Rank Lantern")).to_be_focused()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Vote", exact=True).press("Enter")
    expect(page.get_by_text("The Commons wins.")).to_be_visible()
    assert marks(poll) == [("The Commons", 1), ("Lantern", 2)]


def test_a_choice_of_a_ranking_may_be_called_anything(vera: Visitor, polls: str) -> None:
    poll = a_poll(choices=("$& {place}", "B"), question={"kind": "ranked", "rule": "irv"})
    page = vera.open(f"{polls}/p/{poll.slug}/")
    page.get_by_role("button", name="Rank $& {place}", exact=True).press("Enter")
    expect(page.locator(".announcement")).to_have_text("$& {place}: rank 1")
    expect(page.get_by_role("button", name="$& {place}, one place up", exact=True)).to_be_focused()


def test_a_ranking_by_presses_in_order_of_preference(vera: Visitor, polls: str) -> None:
    poll = of_kind("ranked", maximum=2)
    page = vera.open(f"{polls}/p/{poll.slug}/")
    for name in ("Lantern", "House of Pages", "The Commons"):
        row(page, name).locator(".label").click()
    expect(page.locator(".announcement")).to_have_text("No more ranks: take one out first.")
    assert order(page) == ["Lantern", "House of Pages"]
    page.get_by_role("link", name="All polls").click()
    page.go_back()  # to a page that is loaded anew
    expect(page.locator(".ranking .ranked .label")).to_have_text(["Lantern", "House of Pages"])
    vote(page)
    assert marks(poll) == [("Lantern", 1), ("House of Pages", 2)]


def test_a_ranking_by_drag(vera: Visitor, polls: str) -> None:
    poll = of_kind("ranked")
    page = vera.open(f"{polls}/p/{poll.slug}/")
    for name in LIBRARY:
        row(page, name).locator(".label").click()
    drag(page, row(page, "The Commons").locator("span.place"), row(page, "House of Pages"))
    assert order(page) == ["The Commons", "House of Pages", "Lantern"]
    expect(page.locator(".announcement")).to_have_text("The Commons: rank 1")
    drag(page, row(page, "House of Pages").locator("span.place"), page.locator(".unranked"), below=30)
    assert order(page) == ["The Commons", "Lantern"]
    vote(page)
    assert marks(poll) == [("The Commons", 1), ("Lantern", 2)]


def drag(page: Page, handle: Locator, onto: Locator, below: float = -20) -> None:
    begin, end = handle.bounding_box(), onto.bounding_box()
    assert begin
    assert end
    page.mouse.move(begin["x"] + 10, begin["y"] + 10)
    page.mouse.down()
    page.mouse.move(end["x"] + 20, end["y"] + end["height"] / 2 + below, steps=8)
    page.mouse.up()


def test_equal_ranks_where_they_are_allowed(vera: Visitor, polls: str) -> None:
    poll = of_kind("ranked", equal_ranks=True)
    page = vera.open(f"{polls}/p/{poll.slug}/")
    for name in LIBRARY:
        row(page, name).locator(".label").click()
    page.get_by_role("button", name="Same rank as the one above: Lantern").click()
    expect(page.locator(".announcement")).to_have_text("Lantern: rank 1")
    vote(page)
    assert marks(poll) == [("House of Pages", 1), ("Lantern", 1), ("The Commons", 2)]


def test_a_ranking_without_javascript(visit: Callable[..., Visitor], polls: str) -> None:
    poll = of_kind("ranked")
    page = visit(java_script_enabled=False).open(f"{polls}/p/{poll.slug}/")
    page.get_by_label("Rank of Lantern").fill("1")
    page.get_by_label("Rank of House of Pages").fill("2")
    vote(page)
    assert marks(poll) == [("Lantern", 1), ("House of Pages", 2)]


def test_a_ranking_comes_back_as_it_was_after_a_refusal(vera: Visitor, polls: str) -> None:
    vera.expects("status of 422")
    poll = of_kind("ranked", minimum=2)
    page = vera.open(f"{polls}/p/{poll.slug}/")
    row(page, "Lantern").locator(".label").click()
    page.get_by_role("button", name="Vote", exact=True).click()
    expect(page.locator(".refusal")).to_have_text("Please rank at least 2.")
    assert order(page) == ["Lantern"]
    row(page, "The Commons").locator(".label").click()
    vote(page)


def test_stars_by_keyboard(vera: Visitor, polls: str) -> None:
    poll = of_kind("rating", choices=("Soup", "Curry"))
    page = vera.open(f"{polls}/p/{poll.slug}/")
    soup = page.get_by_role("group", name="Soup")
    soup.get_by_role("radio", name="1 star").focus()
    page.keyboard.press("Space")
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    expect(soup.get_by_role("radio", name="4 stars")).to_be_checked()
    soup.get_by_role("radio", name="No grade").press("Space")
    expect(soup.get_by_role("radio", name="4 stars")).not_to_be_checked()
    page.keyboard.press("ArrowLeft")
    expect(soup.get_by_role("radio", name="5 stars")).to_be_checked()
    vote(page)
    assert marks(poll) == [("Soup", 5)]
    expect(page.get_by_text("you gave 5")).to_be_visible()


def test_grades_and_points_by_hand_without_javascript(visit: Callable[..., Visitor], polls: str) -> None:
    draft = a_draft(title="Both")
    a_question(draft, "Points?", kind="score", choices=("A", "B"), highest=20)
    a_question(draft, "Grades?", kind="rating", choices=("C",), scale="nps", lowest=0, highest=10)
    poll = lifecycle.publish(draft, at=now())
    page = visit(java_script_enabled=False).open(f"{polls}/p/{poll.slug}/")
    page.get_by_label("A", exact=True).fill("17")
    page.get_by_role("radio", name="8").check()
    vote(page)
    assert marks(poll) == [("C", 8), ("A", 17)]


def test_a_text_counts_its_letters_and_waits_for_an_editor(vera: Visitor, polls: str) -> None:
    poll = of_kind("text", choices=(), longest=30)
    page = vera.open(f"{polls}/p/{poll.slug}/")
    page.get_by_role("textbox", name="What do you say?").fill("Longer hours")
    expect(page.locator(".counter")).to_have_text("18 characters left")
    vote(page)
    expect(page.get_by_text("What was written is shown here when an editor has read it.")).to_be_visible()
    moderation.show(poll, Mark.objects.values_list("pk", flat=True), at=now())
    page.wait_for_timeout(1100)
    page.reload()
    expect(page.get_by_text("Longer hours")).to_be_visible()


def test_writing_something_else_picks_it(vera: Visitor, polls: str) -> None:
    poll = of_kind("single", write_in=True)
    page = vera.open(f"{polls}/p/{poll.slug}/")
    own = page.get_by_role("textbox", name="Something else, in your own words")
    page.get_by_label("Lantern").check()
    own.fill("The Nook")
    expect(page.get_by_role("radio", name="Something else")).to_be_checked()
    page.get_by_label("Lantern").check()
    expect(own).to_have_value("")
    page.get_by_role("radio", name="Something else").check()
    expect(own).to_have_value("The Nook")
    vote(page)
    assert marks(poll) == [("The Nook", None)]


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_a_quiz_tells_the_answer_after_the_vote(script: bool, visit: Callable[..., Visitor], polls: str) -> None:
    draft = a_draft(title="A quiz")
    question = a_question(draft, "What stood here?", LIBRARY, explanation="It burnt down.")
    question.choices.filter(text="Lantern").update(right=True)
    poll = lifecycle.publish(draft, at=now())
    page = visit(java_script_enabled=script).open(f"{polls}/p/{poll.slug}/")
    assert "It burnt down." not in page.content()
    page.get_by_label("The Commons").check()
    vote(page)
    expect(page.get_by_text("Your answer is not right.")).to_be_visible()
    expect(page.get_by_text("The right answer: Lantern")).to_be_visible()
    expect(page.get_by_text("It burnt down.")).to_be_visible()


@pytest.mark.wide
@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("kind", ["ranked", "rating", "score", "single", "text"])
def test_no_kind_is_wider_than_a_small_phone(
    kind: str, language: str, visit: Callable[..., Visitor], polls: str
) -> None:
    long = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
    poll = of_kind(kind, choices=() if kind == "text" else (long, "B", "C"), write_in=True)
    Poll.objects.filter(pk=poll.pk).update(language=language, version=9)
    page = visit(viewport={"width": 320, "height": 700}).open(f"{polls}/p/{poll.slug}/")
    for address in ("", "results/"):
        page.goto(f"{polls}/p/{poll.slug}/{address}")
        page.evaluate("document.querySelectorAll('details').forEach(part => (part.open = true))")
        assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_a_ranking_by_touch(visit: Callable[..., Visitor], polls: str) -> None:
    poll = of_kind("ranked")
    page = visit(has_touch=True, viewport={"width": 360, "height": 800}).open(f"{polls}/p/{poll.slug}/")
    for name in LIBRARY:
        row(page, name).locator(".label").tap()
    touch = page.context.new_cdp_session(page)
    begin, end = (
        row(page, "The Commons").locator("span.place").bounding_box(),
        row(page, "House of Pages").bounding_box(),
    )
    assert begin
    assert end
    x, y = begin["x"] + 10, begin["y"] + 10
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    for step in range(1, 9):
        at = y + (end["y"] + 4 - y) * step / 8
        touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [{"x": x, "y": at}]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    assert order(page) == ["The Commons", "House of Pages", "Lantern"]
    vote(page)
    assert marks(poll)[0] == ("The Commons", 1)
