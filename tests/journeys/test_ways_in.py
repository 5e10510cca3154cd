"""Each way into a page of another site: third-party cookies blocked, from a page cache, under a strict policy."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import FrameLocator, Page, Request, expect

from polls import lifecycle
from polls.models import Ballot, Poll
from polls.terms import Kind
from tests.builders import a_draft, a_poll, a_question, now
from tests.journeys.conftest import Visitor, another, eventually
from tests.journeys.gina import Site

HTMX = '<script src="/htmx.js" defer></script>'
CARD = ".poll"


@pytest.fixture
def poll(house: None, gina: Site) -> Poll:
    choices = ["Old Mill Bridge", "Harbour footbridge", "None of them"]
    return a_poll(title="Which bridge first?", choices=choices, allowed_sites=gina.origin)


def _heard(page: Page) -> list[str]:
    return [line for line in page.evaluate("window.heard") if not line.startswith("resized")]


def _vote(card: FrameLocator | Page) -> None:
    card.get_by_label("Harbour footbridge").check()
    card.get_by_role("button", name="Vote").click()
    expect(card.locator(".said")).to_contain_text("Your vote is counted.")
    expect(card.get_by_text("100 %")).to_be_visible()


@pytest.mark.parametrize("way", ["element", "frame", "oembed"])
def test_a_vote_in_a_frame(way: str, vera: Visitor, gina: Site, poll: Poll) -> None:
    body = gina.oembed(poll.slug) if way == "oembed" else gina.snippet(poll.slug, way)
    page = vera.open(gina.page(body))
    frame = page.frame_locator("iframe")
    _vote(frame)
    assert Ballot.objects.get(poll=poll).door == "frame"
    if way != "element":
        # What was reserved holds form and results, at a width that nobody measured beforehand.
        for width in (1024, 360):
            page.set_viewport_size({"width": width, "height": 900})
            eventually(lambda: page.frames[1].evaluate("document.documentElement.scrollHeight - innerHeight") <= 0)


def test_a_card_that_htmx_loads(vera: Visitor, gina: Site, poll: Poll) -> None:
    head, _, element = gina.snippet(poll.slug, "htmx").rpartition("\n")
    # Her policy takes styles from her own site alone.
    page = vera.open(gina.page(f"{element}{element}", head.replace(f"{gina.polls}/embed.css", "/embed.css") + HTMX))
    expect(page.locator(CARD)).to_have_count(2)
    first, second = page.locator(CARD).nth(0), page.locator(CARD).nth(1)
    first.get_by_role("link", name="See results").click()
    expect(first.get_by_text("Result so far")).to_be_visible()
    second.get_by_label("Harbour footbridge").check()
    second.get_by_role("button", name="Vote").click()
    expect(second.locator(".said")).to_contain_text("Your vote is counted.")
    expect(first.get_by_text("Result so far")).to_be_visible()
    assert Ballot.objects.get(poll=poll).door == "fragment"
    assert second.evaluate("card => getComputedStyle(card).borderTopWidth") == "1px", "the card has its look"
    assert page.locator("h1").first.evaluate("title => getComputedStyle(title).fontFamily") == "serif", "and no more"
    assert page.url.startswith(gina.origin)


def test_a_form_in_a_page_cache_counts_for_each_who_gets_it_with_and_without_scripts(
    visit: Callable[..., Visitor], gina: Site, poll: Poll
) -> None:
    address = gina.page(gina.snippet(poll.slug, "form"))
    for script in (True, False):
        visitor = visit(java_script_enabled=script)
        visitor.expects("status of 422")
        page = visitor.open(address)
        page.get_by_label("Harbour footbridge").check()
        page.get_by_role("button", name="Vote").click()
        expect(page.get_by_text("Please confirm your vote once more.")).to_be_visible()
        expect(page.get_by_label("Harbour footbridge")).to_be_checked()
        page.wait_for_load_state()
        page.get_by_role("button", name="Vote").click()
        expect(page.locator(".said")).to_contain_text("Your vote is counted.")
    assert Ballot.objects.filter(poll=poll).count() == 2


def test_every_kind_of_question_stands_in_a_plain_form(vera: Visitor, gina: Site) -> None:
    vera.expects("status of 422")
    draft = a_draft(title="All", allowed_sites=gina.origin)
    for kind in Kind:
        choices = () if kind == Kind.TEXT else ("A", "B")
        rule = {Kind.RANKED: "irv", Kind.SCORE: "score"}.get(kind, "")
        a_question(draft, f"By {kind.value}?", choices, kind=kind, **({"rule": rule} if rule else {}))
    poll = lifecycle.publish(draft, at=now())
    page = vera.open(gina.page(gina.snippet(poll.slug, "form")))
    for box in page.locator("input[type=radio], input[type=checkbox]").all():
        box.check()
    for place, number in enumerate(page.locator("input[type=number]").all()):
        number.fill(str(place % 2 + 1))
    page.locator("textarea").fill("In my own words")
    page.get_by_role("button", name="Vote").click()
    page.get_by_role("button", name="Vote").click()
    expect(page.locator(".said")).to_contain_text("Your vote is counted.")
    assert Ballot.objects.get(poll=poll).marks.values("question").distinct().count() == len(Kind)


def test_the_script_of_the_documentation_casts_a_ballot_by_the_api(vera: Visitor, gina: Site, poll: Poll) -> None:
    told = (Path(__file__).parents[2] / "docs" / "embedding.md").read_text()
    (script,) = [block for block in re.findall("```js\n(.*?)```", told, re.DOTALL) if "fetch" in block]
    script = script.replace(
        "https://polls.example/api/v1/polls/which-bridge-first", f"{gina.polls}/api/v1/polls/{poll.slug}"
    )
    page = vera.open(gina.page(""))
    with page.expect_console_message() as said:
        page.evaluate(f"async () => {{ {script} }}")
    assert said.value.text == "counted"
    assert Ballot.objects.get(poll=poll).door == "api"
    lifecycle.close(poll, at=now())
    vera.expects("status of 409")
    with page.expect_console_message(lambda message: message.type == "log") as said:
        page.evaluate(f"async () => {{ {script.replace('.status)', '.code)')} }}")
    assert said.value.text == "poll_closed"


def test_a_picture_and_what_a_link_shows(vera: Visitor, gina: Site, poll: Poll) -> None:
    page = vera.open(gina.page(gina.snippet(poll.slug, "picture")))
    picture = page.locator("img")
    eventually(lambda: picture.evaluate("image => image.complete && image.naturalWidth === 1200"))
    page.get_by_role("link").click()
    told = page.locator("meta[property='og:image']").get_attribute("content") or ""
    card = vera.open(gina.page(f'<img src="{told}" alt="">')).locator("img")
    eventually(lambda: card.evaluate("image => [image.naturalWidth, image.naturalHeight]") == [1200, 630])


def test_a_lost_network_keeps_the_choice_and_the_next_try_counts(vera: Visitor, gina: Site, poll: Poll) -> None:
    vera.expects("ERR_INTERNET_DISCONNECTED|htmx:(sendError|afterRequest)")
    page = vera.open(gina.page(gina.snippet(poll.slug, "script")))
    page.evaluate(
        "() => { window.heard = []; for (const name of ['resized', 'voted'])"
        " addEventListener(`pollstead:${name}`, event => heard.push(`${name} ${event.detail.poll}`)); }"
    )
    frame = page.frame_locator("iframe")
    frame.get_by_label("Harbour footbridge").check()
    vera.context.set_offline(True)
    frame.get_by_role("button", name="Vote").click()
    expect(frame.locator(".offline")).to_contain_text("Your choice is kept; please try again.")
    expect(frame.get_by_label("Harbour footbridge")).to_be_checked()
    assert _heard(page) == []
    vera.context.set_offline(False)
    frame.get_by_role("button", name="Vote").click()
    expect(frame.locator(".said")).to_contain_text("Your vote is counted.")
    eventually(lambda: _heard(page) == [f"voted {poll.slug}"])
    assert Ballot.objects.filter(poll=poll).count() == 1


def test_what_the_frame_says_goes_to_its_page_alone(vera: Visitor, gina: Site, polls: str, poll: Poll) -> None:
    """A page that frames it without the loader, or names another origin than its own, hears nothing."""
    vera.expects("does not match the recipient window's origin")
    listen = "() => { window.said = []; addEventListener('message', event => said.push(event.data)); }"
    fragments = ("", "#host=https://mallory.example", "#host=*")
    frames = [f'<iframe src="{polls}/embed/{poll.slug}/{fragment}" title="Poll"></iframe>' for fragment in fragments]
    page = another(vera.open("about:blank"), f"({listen})()")
    page.goto(gina.page("".join(frames)))
    for place in range(len(frames)):
        page.frame_locator(f"iframe >> nth={place}").get_by_role("button", name="Vote").wait_for()
    page.wait_for_timeout(200)
    assert page.evaluate("said") == []


def test_a_frame_asks_for_little(vera: Visitor, gina: Site, poll: Poll) -> None:
    asked: list[Request] = []
    vera.listens("request", lambda request: asked.append(request))  # noqa: PLW0108 -- Playwright marks it
    page = vera.open(gina.page(gina.snippet(poll.slug, "script")))
    page.frame_locator("iframe").get_by_role("button", name="Vote").wait_for()
    page.wait_for_load_state("networkidle")
    names = [request.url.rpartition("/")[2].partition("#")[0] for request in asked if gina.polls in request.url]
    names = sorted(re.sub(r"\.[0-9a-f]{12}\.", ".", name) for name in names)  # without the hashes of their contents
    assert names == ["?lang=en", "embed.js", "htmx-2.min.js", "live.js", "poll.css", "poll.js"]
