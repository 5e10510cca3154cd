"""Votes on a slow way, on one that is lost, and through something in between."""

from functools import partial

from playwright.sync_api import Route, expect

from polls.models import Poll
from tests.journeys.bridges import cast, vote
from tests.journeys.conftest import Visitor

HEARD = """
window.heard = [];
new MutationObserver(() => heard.push(document.querySelector('.announcement').textContent))
  .observe(document.querySelector('.announcement'), { childList: true })
"""


def test_two_clicks_are_one_vote(vera: Visitor, polls: str, poll: Poll) -> None:
    page = vera.open(f"{polls}/p/{poll.slug}/")
    page.get_by_label("Old Mill Bridge").check()
    page.get_by_role("button", name="Vote").dblclick()
    expect(page.locator(".said")).to_have_text("Your vote is counted.")
    assert cast(poll) == 1


def test_a_vote_that_takes_its_time_says_so(vera: Visitor, polls: str, poll: Poll) -> None:
    page = vera.open(f"{polls}/p/{poll.slug}/")
    waiting: list[Route] = []
    page.route("**/vote/", lambda route: waiting.append(route))  # noqa: PLW0108 -- Playwright marks it
    vote(page)
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
    vote(page)
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
        assert cast(poll) == 0
    page.get_by_role("button", name="Vote").click()
    expect(page.locator(".said")).to_have_text("Your vote is counted.")
    assert cast(poll) == 1


def test_a_connection_that_is_back_is_no_longer_said_to_be_gone(vera: Visitor, polls: str, poll: Poll) -> None:
    vera.expects("ERR_INTERNET_DISCONNECTED|htmx:sendError|htmx:afterRequest|ERR_FAILED|status of 50")
    page = vera.open(f"{polls}/p/{poll.slug}/")
    page.evaluate(HEARD)
    gone, said, voted = page.locator(".offline"), page.locator(".announcement"), page.get_by_role("button", name="Vote")
    vera.context.set_offline(True)
    vote(page)
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
    vote(page)
    expect(page.locator(".offline")).to_be_visible()
    assert cast(poll) == 1
    page.get_by_role("button", name="Vote").click()
    expect(page.locator(".said")).to_have_text("Your vote is counted.")
    assert cast(poll) == 1
