"""Results that move while somebody looks at them."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from polls import lifecycle
from polls.models import Poll
from tests.builders import a_poll, now
from tests.journeys.conftest import Visitor
from tests.journeys.gina import Site
from tests.votes import a_ballot

pytestmark = pytest.mark.waits

CHOICES = ("Tea", "Coffee", "Water")
COME_BACK = "document.dispatchEvent(new Event('visibilitychange'))"
"""To the tab."""


def _vote(page: Page, choice: str) -> None:
    page.get_by_label(choice).check()
    page.get_by_role("button", name="Vote").click()
    expect(page.locator(".said")).to_have_text("Your vote is counted.")


def _shown(page: Page) -> list[str]:
    return page.locator(".figure strong").all_text_contents()


def _close(poll: Poll) -> None:
    lifecycle.close(Poll.objects.get(pk=poll.pk), at=now())


def test_a_vote_by_somebody_else_moves_the_bars(visit: Callable[..., Visitor], polls: str, house: None) -> None:
    poll = a_poll(choices=CHOICES)
    vera, victor = visit(), visit()
    page = vera.open(f"{polls}/p/{poll.slug}/")
    _vote(page, "Tea")
    assert _shown(page) == ["100 %", "0 %", "0 %"]
    pause = page.get_by_role("button", name="Pause updates")
    pause.focus()
    asked: list[str] = []
    vera.listens("request", lambda request: asked.append(request.url))
    expect(page.locator(".announcement")).to_have_text("Your vote is counted.")
    page.evaluate("document.querySelector('.announcement').textContent = ''")

    _vote(victor.open(f"{polls}/p/{poll.slug}/"), "Coffee")
    expect(page.locator(".figure strong")).to_have_text(["50 %", "50 %", "0 %"])
    expect(page.locator(".deed")).to_contain_text("2 votes")
    expect(page.locator("rect").nth(1)).to_have_attribute("width", "50%")
    # The voter's own mark, the words and the focus stay; nothing is said aloud, and nothing was loaded again.
    expect(page.get_by_role("img", name="your choice")).to_have_count(1)
    expect(page.locator(".said")).to_have_text("Your vote is counted.")
    expect(pause).to_be_focused()
    assert page.locator(".announcement").text_content() == ""
    assert asked == []

    pause.click()
    a_ballot(poll, 2)
    page.wait_for_timeout(1500)
    assert _shown(page) == ["50 %", "50 %", "0 %"]
    page.get_by_role("button", name="Resume updates").click()
    expect(page.locator(".deed")).to_contain_text("3 votes")

    _close(poll)
    expect(page.locator(".announcement")).to_have_text("Final result", timeout=10_000)
    expect(page.get_by_text("Closed")).to_be_visible()
    expect(page.get_by_role("img", name="your choice")).to_have_count(1)
    expect(page.get_by_role("button", name="Pause updates")).to_have_count(0)


def test_in_a_frame_it_asks_again_and_rests_in_a_hidden_tab(vera: Visitor, gina: Site, house: None) -> None:
    poll = a_poll(choices=CHOICES)
    page = vera.open(gina.page(gina.frame(f"{poll.slug}")))
    page.wait_for_selector("iframe")
    frame = page.frame_locator("iframe")
    frame.get_by_role("link", name="See results").click()
    expect(frame.locator(".deed")).to_contain_text("0 votes")
    asked: list[tuple[str, int]] = []
    vera.listens("response", lambda response: asked.append((response.url, response.status)))
    a_ballot(poll)
    expect(frame.locator(".deed")).to_contain_text("1 vote", timeout=10_000)
    with page.expect_response(lambda response: response.status == 304, timeout=10_000):
        pass
    assert all(re.search(r"/live/[^/]+/now$", url) for url, _ in asked)
    inner = next(frame for frame in page.frames if "/embed/" in frame.url)
    inner.evaluate(
        "Object.defineProperty(document, 'hidden', { get: () => true });"
        "document.dispatchEvent(new Event('visibilitychange'))"
    )
    page.wait_for_timeout(300)
    asked.clear()
    page.wait_for_timeout(3000)
    assert asked == []


def test_cards_turn_into_the_form_at_the_opening_into_the_result_at_the_close_and_no_ballot_is_lost(
    visit: Callable[..., Visitor], gina: Site, polls: str, house: None
) -> None:
    times = {"opens_at": now() + timedelta(days=1), "closes_at": now() + timedelta(days=2)}
    poll = a_poll(choices=CHOICES, reveal="after_close", allowed_sites=gina.origin, **times)
    silent = visit()
    early = silent.open(f"{polls}/p/{poll.slug}/")
    expect(early.get_by_text("This poll is not open yet.")).to_be_visible()
    lifecycle.open_now(poll, at=now())
    early.wait_for_timeout(1500)  # until the server's process has seen it
    early.evaluate(COME_BACK)
    expect(early.locator(".announcement")).to_have_text("This poll is open now.")
    expect(early.get_by_label("Coffee")).to_be_visible()
    voted, looking, choosing = (who.open(f"{polls}/p/{poll.slug}/") for who in (visit(), silent, silent))
    away = silent.open(_by_htmx(gina, poll))
    _vote(voted, "Tea")
    expect(voted.locator(".figure")).to_have_count(0)
    looking.get_by_label("Coffee").focus()
    choosing.get_by_label("Coffee").check()
    expect(away.get_by_label("Coffee")).to_be_visible()
    _close(poll)
    voted.wait_for_timeout(1500)  # until the server's process has seen it
    for page in (early, voted, looking, choosing, away):
        page.evaluate(COME_BACK)
    for page in (early, voted, looking, away):
        expect(page.locator(".figure strong")).to_have_text(["100 %", "0 %", "0 %"])
    expect(voted.get_by_role("img", name="your choice")).to_have_count(1)
    expect(voted.locator(".announcement")).to_contain_text("This poll is closed.")
    expect(looking.locator("h1")).to_be_focused()
    expect(choosing.locator(".ballot .refusal")).to_contain_text(
        "This poll is closed. What you chose here was not sent."
    )
    expect(choosing.locator(".announcement")).to_have_text("This poll is closed. What you chose here was not sent.")
    expect(choosing.get_by_label("Coffee")).to_be_checked()
    expect(choosing.get_by_role("button", name="Vote")).to_be_disabled()
    expect(choosing.locator(".facts")).to_have_text("")
    choosing.get_by_role("link", name="See results").click()
    expect(choosing.locator(".figure strong")).to_have_text(["100 %", "0 %", "0 %"])


def test_a_ranking_that_opens_by_itself_is_worked_by_its_buttons(vera: Visitor, polls: str, house: None) -> None:
    poll = a_poll(choices=CHOICES, question={"kind": "ranked", "rule": "irv"}, opens_at=now() + timedelta(days=1))
    page = vera.open(f"{polls}/p/{poll.slug}/")
    lifecycle.open_now(poll, at=now())
    page.wait_for_timeout(1500)  # until the server's process has seen it
    page.evaluate(COME_BACK)
    page.locator(".rank button").nth(2).click()
    expect(page.locator(".choice .place").first).to_have_text("1")
    expect(page.locator("input.place:visible")).to_have_count(0)


def test_results_move_in_a_card_that_htmx_put_into_another_site(vera: Visitor, gina: Site, house: None) -> None:
    poll = a_poll(choices=CHOICES, allowed_sites=gina.origin)
    page = vera.open(_by_htmx(gina, poll))
    _vote(page, "Tea")
    a_ballot(poll, 1)
    expect(page.locator(".figure strong")).to_have_text(["50 %", "50 %", "0 %"])
    expect(page.get_by_role("img", name="your choice")).to_have_count(1)


def _by_htmx(gina: Site, poll: Poll) -> str:
    """With the desk's own snippet, and htmx from her own server."""
    head, _, element = gina.snippet(poll.slug, "htmx").replace(f"{gina.polls}/embed.css", "/embed.css").rpartition("\n")
    return gina.page(element, head + '<script src="/htmx.js" defer></script>')


def test_hidden_results_stay_hidden(vera: Visitor, polls: str, house: None) -> None:
    poll = a_poll(choices=CHOICES, reveal="after_voting")
    page = vera.open(f"{polls}/p/{poll.slug}/results/")
    asked: list[str] = []
    vera.listens("request", lambda request: asked.append(request.url))
    a_ballot(poll)
    page.wait_for_timeout(2500)
    expect(page.locator(".figure")).to_have_count(0)
    assert not any("/live/" in url for url in asked)
