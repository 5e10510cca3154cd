import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from polls import lifecycle
from polls.models import Poll
from polls.terms import Kind, Reveal
from tests.builders import a_draft, a_poll, a_question, now
from tests.journeys.bridges import BRIDGES, cast, vote
from tests.journeys.conftest import Visitor

CARD = "document.querySelector('.poll').getBoundingClientRect().height"


def test_a_vote_is_counted_said_and_shown(vera: Visitor, polls: str, poll: Poll) -> None:
    page = vera.open(f"{polls}/p/{poll.slug}/")
    vote(page)
    expect(page.locator(".said")).to_have_text("Your vote is counted.")
    expect(page.locator(".announcement")).to_have_text("Your vote is counted.")
    expect(page.get_by_role("heading", name="Which bridge first?")).to_be_focused()
    assert cast(poll) == 1
    page.reload()
    expect(page.locator(".said")).to_have_text("You have voted in this poll.")


def test_a_vote_counts_without_javascript(visit: Callable[..., Visitor], polls: str, poll: Poll) -> None:
    page = visit(java_script_enabled=False).open(f"{polls}/p/{poll.slug}/")
    vote(page)
    expect(page.locator(".said")).to_contain_text("Your vote is counted.")
    assert "receipt=" in page.url
    page.reload()
    assert cast(poll) == 1


def test_a_keyboard_alone_is_enough(vera: Visitor, polls: str, poll: Poll) -> None:
    page = vera.open(f"{polls}/p/{poll.slug}/")
    keys = page.keyboard
    keys.press("Tab")
    expect(page.get_by_role("link", name="Skip to the poll")).to_be_focused()
    expect(page.get_by_role("link", name="Skip to the poll")).to_be_in_viewport()
    keys.press("Enter")
    keys.press("Tab")
    expect(page.get_by_label("Old Mill Bridge")).to_be_focused()
    keys.press("Space")
    keys.press("ArrowDown")
    keys.press("ArrowDown")
    keys.press("ArrowUp")
    expect(page.get_by_label("Harbour footbridge")).to_be_checked()
    outline = page.get_by_label("Harbour footbridge").evaluate("input => getComputedStyle(input.parentElement).outline")
    assert "3px" in outline
    assert "solid" in outline
    assert cast(poll) == 0
    keys.press("Tab")
    expect(page.get_by_role("button", name="Vote")).to_be_focused()
    keys.press("Enter")
    expect(page.get_by_role("heading", name="Which bridge first?")).to_be_focused()
    assert cast(poll) == 1


@pytest.mark.wide
@pytest.mark.parametrize("width", [320, 360, 1280])
@pytest.mark.parametrize("reveal", [Reveal.ALWAYS, Reveal.AFTER_VOTING, Reveal.AFTER_CLOSE, Reveal.NEVER])
def test_the_card_keeps_its_height(reveal: Reveal, width: int, visit: Callable[..., Visitor], polls: str) -> None:
    poll = a_poll(choices=BRIDGES, reveal=reveal, intro="A few words, long enough that a phone breaks them in two.")
    page = visit(viewport={"width": width, "height": 800}).open(f"{polls}/p/{poll.slug}/")
    before = page.evaluate(CARD)
    vote(page)
    expect(page.locator(".said")).to_be_visible()
    assert page.evaluate(CARD) == before
    assert page.evaluate("document.documentElement.scrollWidth") <= width


WORDS_IN_PIECES = """() => [...document.querySelectorAll('.label span:not(.given, :has(span))')].flatMap(label => {
  const text = label.firstChild;
  return [...text.data.matchAll(/\\S+/g)].filter(word => {
    const place = document.createRange();
    place.setStart(text, word.index);
    place.setEnd(text, word.index + word[0].length);
    return place.getClientRects().length > 1;
  }).map(word => word[0]);
})"""


def test_words_stay_whole_in_a_narrow_column_of_another_site(vera: Visitor, polls: str, poll: Poll) -> None:
    page = vera.open(f"{polls}/embed/{poll.slug}/")
    for address in ("", "?show=results"):
        page.goto(f"{polls}/embed/{poll.slug}/{address}")
        for width in (200, 240, 280):
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate(WORDS_IN_PIECES) == [], (address, width)
            assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_several_questions_keep_their_rows_in_place(vera: Visitor, polls: str) -> None:
    draft = a_draft(title="How was day one?")
    for text in ("Which talk?", "Which meal?"):
        a_question(draft, text, hint="The one that you will tell others about.")
    poll = lifecycle.publish(draft, at=now())
    page = vera.open(f"{polls}/p/{poll.slug}/")
    rows = "[...document.querySelectorAll('.choice')].map(row => row.getBoundingClientRect().top)"
    before = page.evaluate(rows)
    for label in page.get_by_label("B").all():
        label.check()
    page.get_by_role("button", name="Vote").click()
    expect(page.get_by_role("heading", name="How was day one?")).to_be_focused()
    assert page.evaluate(rows) == before


@pytest.mark.parametrize(("closes", "lines"), [(None, 1), (timedelta(days=3), 2)], ids=["for ever", "for three days"])
def test_below_a_narrow_card_there_is_room_for_what_is_said_and_no_more(
    closes: timedelta | None, lines: int, visit: Callable[..., Visitor], polls: str
) -> None:
    poll = a_poll(reveal="always", closes_at=closes and now() + closes)
    page = visit(viewport={"width": 360, "height": 800}).open(f"{polls}/p/{poll.slug}/")
    in_lines = "one => one.getBoundingClientRect().height / parseFloat(getComputedStyle(one).lineHeight)"
    assert page.locator(".facts").evaluate(in_lines) == pytest.approx(lines, abs=0.01)
    before = page.evaluate(CARD)
    page.get_by_label("B").check()
    page.get_by_role("button", name="Vote").click()
    expect(page.locator(".said")).to_have_text("Your vote is counted.")
    assert page.evaluate(CARD) == before


def test_too_many_choices_come_back_with_the_choice_kept(vera: Visitor, polls: str) -> None:
    vera.expects("status of 422")
    poll = a_poll(choices=BRIDGES, question={"kind": "multiple", "maximum": 1, "text": "Which ones?"})
    page = vera.open(f"{polls}/p/{poll.slug}/")
    page.get_by_label("Old Mill Bridge").check()
    vote(page)
    expect(page.locator(".refusal")).to_have_text("Please choose only one.")
    expect(page.locator(".announcement")).to_have_text("Please choose only one.")
    expect(page.get_by_role("heading", name="Which ones?")).to_be_focused()
    page.get_by_label("Old Mill Bridge").uncheck()
    page.get_by_role("button", name="Vote").click()
    expect(page.locator(".said")).to_have_text("Your vote is counted.")


@pytest.mark.parametrize("script", [True, False])
def test_what_is_left_out_is_said_in_our_words_or_without_scripts_by_the_browser(
    script: bool, visit: Callable[..., Visitor], polls: str, poll: Poll
) -> None:
    visitor = visit(java_script_enabled=script)
    visitor.expects("status of 422")
    page = visitor.open(f"{polls}/p/{poll.slug}/")
    page.get_by_role("button", name="Vote").click()
    if not script:
        assert page.evaluate("document.querySelectorAll(':invalid').length")
        expect(page.locator(".refusal")).to_have_count(0)
        return
    expect(page.locator(".refusal")).to_have_text("Please choose one.")
    expect(page.get_by_role("heading", name="Which bridge first?")).to_be_focused()
    vote(page)
    expect(page.locator(".said")).to_have_text("Your vote is counted.")


def test_a_number_that_the_browser_cannot_read_is_not_taken_for_none(vera: Visitor, polls: str) -> None:
    poll = a_poll(choices=BRIDGES, question={"kind": Kind.SCORE, "highest": 100, "text": "How many?"})
    page = vera.open(f"{polls}/p/{poll.slug}/")
    number = page.get_by_label("Old Mill Bridge")
    number.press_sequentially("1e")
    page.get_by_role("button", name="Vote").click()
    expect(number).to_be_focused()
    assert cast(poll) == 0
    number.fill("10")
    page.get_by_role("button", name="Vote").click()
    expect(page.locator(".said, .refusal")).to_be_visible()


def test_a_look_at_the_results_leads_back_to_the_ballot(vera: Visitor, polls: str, poll: Poll) -> None:
    page = vera.open(f"{polls}/p/{poll.slug}/")
    page.get_by_role("link", name="See results").click()
    expect(page.get_by_text("Result so far")).to_be_visible()
    assert page.url.endswith("/results/")
    page.go_back()
    expect(page.get_by_role("button", name="Vote")).to_be_visible()
    page.go_forward()
    expect(page.get_by_text("Result so far")).to_be_visible()
    page.get_by_role("link", name="Go to the ballot").click()
    page.get_by_label("Harbour footbridge").check()
    page.get_by_role("link", name="See results").click()
    page.get_by_role("link", name="Go to the ballot").click()
    expect(page.get_by_label("Harbour footbridge")).to_be_checked()
    vote(page, "Old Mill Bridge")
    expect(page.locator(".said")).to_have_text("Your vote is counted.")
    assert page.evaluate("sessionStorage.getItem('pollstead')") is None


def test_bars_stand_still_for_those_who_want_that(vera: Visitor, polls: str, poll: Poll) -> None:
    durations = {}
    page = vera.open(f"{polls}/p/{poll.slug}/results/")
    for motion in ("reduce", "no-preference"):
        page.emulate_media(reduced_motion=motion)
        durations[motion] = page.locator(".share rect").first.evaluate(
            "bar => getComputedStyle(bar).transitionDuration"
        )
    assert durations == {"reduce": "0s", "no-preference": "0.5s"}


def test_times_are_told_in_the_readers_own_zone(visit: Callable[..., Visitor], polls: str) -> None:
    poll = a_poll(closes_at=datetime(2099, 1, 5, 18, 0, tzinfo=UTC))
    page = visit(timezone_id="Asia/Tokyo", locale="en-GB").open(f"{polls}/p/{poll.slug}/")
    expect(page.locator("time")).to_have_text(re.compile("Tuesday,? 6 January 2099 at 0?3:00"))


def test_the_list_leads_to_a_poll(vera: Visitor, polls: str, poll: Poll) -> None:
    page = vera.open(f"{polls}/")
    page.get_by_role("link", name="Which bridge first?").click()
    expect(page.get_by_role("button", name="Vote")).to_be_visible()
    page.get_by_role("link", name="All polls").click()
    expect(page.get_by_role("heading", name="Polls")).to_be_visible()
