import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from playwright.sync_api import Page, Route, expect

from polls import lifecycle, translations
from polls.models import Ballot, Poll
from polls.terms import Kind, Reveal
from tests.builders import a_draft, a_poll, a_question, now
from tests.journeys.conftest import Visitor, eventually

BRIDGES = ("Old Mill Bridge", "Harbour footbridge", "Railway viaduct on the north line, with the cycle path")
HEARD = """
window.heard = [];
new MutationObserver(() => heard.push(document.querySelector('.announcement').textContent))
  .observe(document.querySelector('.announcement'), { childList: true })
"""
CARD = "document.querySelector('.poll').getBoundingClientRect().height"


@pytest.fixture
def poll(house: None) -> Poll:
    return a_poll(title="Which bridge first?", choices=BRIDGES, question={"text": "Which bridge first?"})


def _vote(page: Page, choice: str = "Harbour footbridge") -> None:
    page.get_by_label(choice).check()
    page.get_by_role("button", name="Vote").click()


def _cast(poll: Poll) -> int:
    return Ballot.objects.filter(poll=poll).count()


def test_a_vote_is_counted_said_and_shown(vera: Visitor, polls: str, poll: Poll) -> None:
    page = vera.open(f"{polls}/p/{poll.slug}/")
    _vote(page)
    expect(page.locator(".said")).to_have_text("Your vote is counted.")
    expect(page.locator(".announcement")).to_have_text("Your vote is counted.")
    expect(page.get_by_role("heading", name="Which bridge first?")).to_be_focused()
    assert _cast(poll) == 1
    page.reload()
    expect(page.locator(".said")).to_have_text("You have voted in this poll.")


def test_a_vote_counts_without_javascript(visit: Callable[..., Visitor], polls: str, poll: Poll) -> None:
    page = visit(java_script_enabled=False).open(f"{polls}/p/{poll.slug}/")
    _vote(page)
    expect(page.locator(".said")).to_contain_text("Your vote is counted.")
    assert "receipt=" in page.url
    page.reload()
    assert _cast(poll) == 1


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
    assert _cast(poll) == 0
    keys.press("Tab")
    expect(page.get_by_role("button", name="Vote")).to_be_focused()
    keys.press("Enter")
    expect(page.get_by_role("heading", name="Which bridge first?")).to_be_focused()
    assert _cast(poll) == 1


@pytest.mark.wide
@pytest.mark.parametrize("width", [320, 360, 1280])
@pytest.mark.parametrize("reveal", [Reveal.ALWAYS, Reveal.AFTER_VOTING, Reveal.AFTER_CLOSE, Reveal.NEVER])
def test_the_card_keeps_its_height(reveal: Reveal, width: int, visit: Callable[..., Visitor], polls: str) -> None:
    poll = a_poll(choices=BRIDGES, reveal=reveal, intro="A few words, long enough that a phone breaks them in two.")
    page = visit(viewport={"width": width, "height": 800}).open(f"{polls}/p/{poll.slug}/")
    before = page.evaluate(CARD)
    _vote(page)
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


def test_two_clicks_are_one_vote(vera: Visitor, polls: str, poll: Poll) -> None:
    page = vera.open(f"{polls}/p/{poll.slug}/")
    page.get_by_label("Old Mill Bridge").check()
    page.get_by_role("button", name="Vote").dblclick()
    expect(page.locator(".said")).to_have_text("Your vote is counted.")
    assert _cast(poll) == 1


def test_a_vote_that_takes_its_time_says_so(vera: Visitor, polls: str, poll: Poll) -> None:
    page = vera.open(f"{polls}/p/{poll.slug}/")
    waiting: list[Route] = []
    page.route("**/vote/", lambda route: waiting.append(route))  # noqa: PLW0108 -- Playwright marks it
    _vote(page)
    expect(page.get_by_role("button", name="Sending …")).to_be_disabled()
    expect(page.locator(".announcement")).to_have_text("Sending …")
    vera.expects("ERR_FAILED|htmx:")
    waiting.pop().abort()
    expect(page.locator(".offline")).to_be_visible()
    expect(page.get_by_role("button", name="Vote")).to_be_focused()
    page.get_by_role("button", name="Vote").click()
    expect(page.get_by_role("button", name="Sending …")).to_be_visible()
    waiting.pop().continue_()
    expect(page.locator(".said")).to_have_text("Your vote is counted.")
    expect(page.locator(".announcement")).to_have_text("Your vote is counted.")


def test_a_lost_connection_or_a_page_of_something_in_between_does_not_take_the_choice(
    vera: Visitor, polls: str, poll: Poll
) -> None:
    vera.expects("ERR_INTERNET_DISCONNECTED|htmx:sendError|htmx:afterRequest|status of 502")
    page = vera.open(f"{polls}/p/{poll.slug}/")
    vera.context.set_offline(True)
    _vote(page)
    expect(page.locator(".offline")).to_contain_text("Your choice is kept")
    expect(page.locator(".announcement")).to_contain_text("Your choice is kept")
    expect(page.get_by_label("Harbour footbridge")).to_be_checked()
    expect(page.get_by_role("button", name="Vote")).to_be_focused()
    vera.context.set_offline(False)
    for status in (200, 502):
        page.route("**/vote/", partial(_something_in_between, status=status), times=1)
        with page.expect_response("**/vote/"):
            page.get_by_role("button", name="Vote").click()
        expect(page.locator(".offline")).to_contain_text("Your choice is kept")
        expect(page.get_by_label("Harbour footbridge")).to_be_checked()
        assert _cast(poll) == 0
    page.get_by_role("button", name="Vote").click()
    expect(page.locator(".said")).to_have_text("Your vote is counted.")
    assert _cast(poll) == 1


def test_a_connection_that_is_back_is_no_longer_said_to_be_gone(vera: Visitor, polls: str, poll: Poll) -> None:
    vera.expects("ERR_INTERNET_DISCONNECTED|htmx:sendError|htmx:afterRequest|ERR_FAILED|status of 50")
    page = vera.open(f"{polls}/p/{poll.slug}/")
    page.evaluate(HEARD)
    gone, said, voted = page.locator(".offline"), page.locator(".announcement"), page.get_by_role("button", name="Vote")
    vera.context.set_offline(True)
    _vote(page)
    expect(said).to_contain_text("Your choice is kept")
    vera.context.set_offline(False)
    expect(gone).to_have_count(0)
    expect(said).to_have_text("")
    expect(page.get_by_label("Harbour footbridge")).to_be_checked()
    expect(voted).to_be_focused()

    # The browser had a network all the time: that the server is back says its next answer.
    page.route("**/vote/", lambda route: route.abort(), times=1)
    voted.click()
    expect(said).to_contain_text("Your choice is kept")
    with page.expect_response("**/live/**"):
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(gone).to_have_count(0)
    expect(page.get_by_label("Harbour footbridge")).to_be_checked()
    sentence = "The connection is gone. Your choice is kept; please try again."
    assert page.evaluate("heard.filter(Boolean)") == [sentence, sentence]

    # What a full house says is no matter of the connection.
    full = '<section class="poll"><h1>Please wait a moment.</h1></section>'
    page.route("**/vote/", lambda route: route.fulfill(status=503, body=full), times=1)
    voted.click()
    expect(gone).to_have_text("Please wait a moment.")
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(gone).to_be_visible()
    voted.click()
    expect(page.locator(".said")).to_have_text("Your vote is counted.")


def _something_in_between(route: Route, *, status: int) -> None:
    route.fulfill(status=status, body="<h1>Bad Gateway</h1>")


def test_a_lost_answer_is_asked_for_again_and_counts_once(vera: Visitor, polls: str, poll: Poll) -> None:
    vera.expects("ERR_FAILED|htmx:sendError|htmx:afterRequest")

    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    page = vera.open(f"{polls}/p/{poll.slug}/")
    page.route("**/vote/", lose, times=1)
    _vote(page)
    expect(page.locator(".offline")).to_be_visible()
    assert _cast(poll) == 1
    page.get_by_role("button", name="Vote").click()
    expect(page.locator(".said")).to_have_text("Your vote is counted.")
    assert _cast(poll) == 1


def test_too_many_choices_come_back_with_the_choice_kept(vera: Visitor, polls: str) -> None:
    vera.expects("status of 422")
    poll = a_poll(choices=BRIDGES, question={"kind": "multiple", "maximum": 1, "text": "Which ones?"})
    page = vera.open(f"{polls}/p/{poll.slug}/")
    page.get_by_label("Old Mill Bridge").check()
    _vote(page)
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
    _vote(page)
    expect(page.locator(".said")).to_have_text("Your vote is counted.")


def test_a_number_that_the_browser_cannot_read_is_not_taken_for_none(vera: Visitor, polls: str) -> None:
    poll = a_poll(choices=BRIDGES, question={"kind": Kind.SCORE, "highest": 100, "text": "How many?"})
    page = vera.open(f"{polls}/p/{poll.slug}/")
    number = page.get_by_label("Old Mill Bridge")
    number.press_sequentially("1e")
    page.get_by_role("button", name="Vote").click()
    expect(number).to_be_focused()
    assert _cast(poll) == 0
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
    _vote(page, "Old Mill Bridge")
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


@pytest.mark.parametrize("address", ["/p/{}/", "/embed/{}/"])
def test_a_ballot_goes_along_into_another_language(address: str, vera: Visitor, polls: str, house: None) -> None:
    draft = a_draft(title="Lunch")
    a_question(draft, "Where?", ("Park", "Roof"), write_in=True)
    a_question(draft, "What first?", ("Soup", "Rice", "Cake"), kind=Kind.RANKED)
    a_question(draft, "How was it?", ("Soup",), kind=Kind.RATING)
    a_question(draft, "Why?", (), kind=Kind.TEXT)
    poll = lifecycle.publish(draft, at=now())
    translations.translate(poll, "de", {"title": "Mittagessen"}, editor=None)
    page = vera.open(polls + address.format(poll.slug))
    page.get_by_label("Something else, in your own words").fill("Pier")
    page.get_by_role("button", name="Rank Cake").click()
    page.get_by_role("button", name="Rank Soup").click()
    page.get_by_role("radio", name="4 stars").check(force=True)
    page.get_by_role("textbox", name="Why?").fill("No rain")
    said = "() => [...new FormData(document.querySelector('.ballot'))].filter(([name]) => name !== 'paper').sort()"
    before = page.evaluate(said)
    assert {value for _name, value in before} >= {"other", "Pier", "1", "2", "4", "No rain"}
    page.get_by_role("link", name="Deutsch").click()
    expect(page.get_by_role("heading", name="Mittagessen")).to_be_visible()
    eventually(lambda: page.evaluate(said) == before)
    page.get_by_role("button", name="Abstimmen").click()
    expect(page.locator(".said")).to_have_text("Ihre Stimme ist gezählt.")
    assert Ballot.objects.get(poll=poll).marks.count() == 5
    assert page.evaluate("sessionStorage.getItem('pollstead')") is None


def test_a_bar_grows_from_the_right_in_arabic(vera: Visitor, polls: str) -> None:
    poll = a_poll(language="ar", choices=("نعم", "لا"), question={"text": "هل نبدأ؟"})
    page = vera.open(f"{polls}/p/{poll.slug}/")
    page.get_by_label("نعم").check()
    page.locator("button").click()
    bar, row = (page.locator(name).first.bounding_box() for name in (".leads .share", ".leads"))
    assert bar
    assert row
    figure, mark = (page.locator(name).first.bounding_box() for name in (".leads .figure", ".leads .mark"))
    assert figure
    assert mark
    assert figure["x"] < mark["x"]
    assert page.locator(".share").first.evaluate("bar => getComputedStyle(bar).transform").startswith("matrix(-1")


def test_a_text_in_another_language_stands_where_its_neighbours_stand(vera: Visitor, polls: str, poll: Poll) -> None:
    translations.translate(poll, "ar", {f"question-{poll.questions.get().pk}-text": "أي جسر أولاً؟"}, editor=None)
    page = vera.open(f"{polls}/p/{poll.slug}/?lang=ar")
    expect(page.locator(".poll")).to_have_attribute("dir", "rtl")
    english = page.get_by_text("Old Mill Bridge")
    expect(english).to_have_attribute("dir", "ltr")
    assert english.evaluate("text => getComputedStyle(text).textAlign") == "right"


def test_the_list_leads_to_a_poll(vera: Visitor, polls: str, poll: Poll) -> None:
    page = vera.open(f"{polls}/")
    page.get_by_role("link", name="Which bridge first?").click()
    expect(page.get_by_role("button", name="Vote")).to_be_visible()
    page.get_by_role("link", name="All polls").click()
    expect(page.get_by_role("heading", name="Polls")).to_be_visible()


# Where a text's first and last letters stand, and the box around it.
LETTERS = """(element) => {
    const text = document.createTreeWalker(element, NodeFilter.SHOW_TEXT).nextNode(), box = element.parentElement;
    const at = (place) => {
        const range = document.createRange();
        range.setStart(text, place);
        range.setEnd(text, place + 1);
        return range.getBoundingClientRect().x;
    };
    return [at(0), at(text.length - 1), box.getBoundingClientRect().x + box.getBoundingClientRect().width / 2];
}"""


def test_a_text_is_read_the_way_it_begins_and_stands_where_its_neighbours_stand(vera: Visitor, polls: str) -> None:
    texts = ("Old Mill Bridge!", "جسر الطاحونة!")
    for language, is_left in (("en", True), ("ar", False)):
        poll = a_poll(title="C++", language=language, choices=texts, question={"text": "C++"})
        for address in (f"/p/{poll.slug}/", f"/p/{poll.slug}/results/"):
            page = vera.open(polls + address)
            for text, is_latin in (("C++", True), (texts[0], True), (texts[1], False)):
                first, last, _middle = page.locator(".poll").get_by_text(text, exact=True).last.evaluate(LETTERS)
                assert (first < last) == is_latin, (language, address, text)
            for text in texts:
                *ends, middle = page.locator(".label", has_text=text).locator("span").first.evaluate(LETTERS)
                assert (min(ends) < middle) if is_left else (max(ends) > middle), (language, address, text)


def test_long_words_at_the_ends_of_a_scale_stay_inside_the_card(visit: Callable[..., Visitor], polls: str) -> None:
    word = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerk"
    asked = {"kind": "rating", "low_label": word, "high_label": word}
    poll = a_poll(choices=("Soup", "Curry"), question=asked)
    page = visit(viewport={"width": 360, "height": 800}).open(f"{polls}/p/{poll.slug}/")
    inside = page.locator(".rate").first.bounding_box()
    for end in page.locator(".ends span").all():
        box = end.bounding_box()
        assert box
        assert inside
        assert inside["x"] < box["x"] < box["x"] + box["width"] < inside["x"] + inside["width"]
    assert page.evaluate("document.documentElement.scrollWidth") == 360
