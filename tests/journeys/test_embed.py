from collections.abc import Callable

import pytest
from playwright.sync_api import Frame, Page, expect

from polls import translations
from polls.models import Ballot, Poll
from tests.builders import a_poll
from tests.journeys.conftest import Visitor, eventually
from tests.journeys.gina import Site

BRIDGES = ("Old Mill Bridge", "Harbour footbridge", "None of them")


def _frame(page: Page, number: int = 0) -> Frame:
    """The frame, once it has shown a card."""
    page.wait_for_selector("iframe", state="attached")
    handle = page.query_selector_all("iframe")[number]
    frame = handle.content_frame()
    assert frame
    frame.wait_for_selector(".poll")
    return frame


def _height(page: Page, number: int = 0) -> int:
    return int(page.evaluate("number => document.querySelectorAll('iframe')[number].offsetHeight", number))


def _fitting(frame: Frame) -> int:
    """The frame's height, once it is its content's."""
    frame.wait_for_timeout(100)
    eventually(lambda: frame.evaluate("document.body.scrollHeight - innerHeight") == 0)
    return int(frame.evaluate("innerHeight"))


def _vote(frame: Frame, choice: str) -> None:
    frame.get_by_label(choice).check()
    frame.get_by_role("button", name="Vote").click()


@pytest.fixture
def poll(house: None) -> Poll:
    return a_poll(title="Which bridge first?", choices=BRIDGES)


def test_a_reader_of_another_site_votes_without_third_party_cookies(vera: Visitor, gina: Site, poll: Poll) -> None:
    other = a_poll(choices=BRIDGES)
    page = vera.open(gina.page(gina.script(poll.slug) + gina.frame(other.slug)))
    for number, asked in enumerate((poll, other)):
        frame = _frame(page, number)
        _vote(frame, "Harbour footbridge")
        expect(frame.locator(".said")).to_contain_text("Your vote is counted.")
        expect(frame.get_by_role("img", name="your choice")).to_have_count(1)
        expect(frame.locator(".figure").nth(1)).to_contain_text("100 %")
        assert Ballot.objects.filter(poll=asked, door="frame").count() == 1

    page.reload()
    for number in (0, 1):
        expect(_frame(page, number).locator(".said")).to_contain_text("You have voted in this poll.")


def test_the_browser_of_these_journeys_sends_no_third_party_cookie(
    vera: Visitor, gina: Site, polls: str, poll: Poll
) -> None:
    page = vera.open(f"{polls}/p/{poll.slug}/")
    page.evaluate("document.cookie = 'plain=1; path=/; SameSite=None; Secure'")
    assert page.evaluate("document.cookie") == "plain=1"
    assert _frame(vera.open(gina.page(gina.script(poll.slug)))).evaluate("document.cookie") == ""


def test_a_second_try_is_refused_kindly(vera: Visitor, gina: Site, poll: Poll) -> None:
    vera.expects("status of 409")
    address = gina.page(gina.script(poll.slug))
    first, second = vera.open(address), vera.open(address)
    _vote(_frame(first), "Old Mill Bridge")
    expect(_frame(first).locator(".said")).to_contain_text("Your vote is counted.")
    frame = _frame(second)
    _vote(frame, "Harbour footbridge")
    expect(frame.locator(".refusal")).to_have_text("You have already voted in this poll.")
    expect(frame.locator(".announcement")).to_have_text("You have already voted in this poll.")
    expect(frame.locator(".figure")).to_have_count(3)
    assert Ballot.objects.filter(poll=poll).count() == 1


def test_a_vote_in_a_frame_counts_without_javascript(visit: Callable[..., Visitor], gina: Site, poll: Poll) -> None:
    page = visit(java_script_enabled=False).open(gina.page(gina.frame(poll.slug)))
    frame = page.frame_locator("iframe")
    frame.get_by_label("Old Mill Bridge").check()
    frame.get_by_role("button", name="Vote").click()
    expect(frame.locator(".said")).to_contain_text("Your vote is counted.")
    assert Ballot.objects.filter(poll=poll).count() == 1


def test_a_frame_that_hides_its_origin_says_what_its_site_has_to_allow(
    visit: Callable[..., Visitor], gina: Site, poll: Poll
) -> None:
    """Before somebody fills it in, or where no script may run, when the vote comes."""
    vera = visit()
    vera.expects("status of 403|Blocked script execution")
    sandboxes = ("allow-scripts", "allow-scripts allow-forms", "allow-forms")
    frames = [gina.frame(poll.slug).replace("<iframe", f"<iframe sandbox='{sandbox}'") for sandbox in sandboxes]
    page = vera.open(gina.page("".join(frames)))
    for number, sandbox in enumerate(sandboxes):
        frame = page.frame_locator("iframe").nth(number)
        if "allow-scripts" not in sandbox:
            frame.get_by_label("Old Mill Bridge").check()
            frame.get_by_role("button", name="Vote").click()
        expect(frame.locator(".refusal")).to_contain_text("the sandbox of a frame needs allow-same-origin")
        expect(frame.get_by_role("link", name="Open the poll on its own page")).to_be_visible()
    assert not Ballot.objects.exists()


def test_a_frame_that_hides_its_origin_offers_no_pause_of_results_that_cannot_move(
    visit: Callable[..., Visitor], gina: Site, poll: Poll
) -> None:
    shown = gina.frame(poll.slug).replace(f"{poll.slug}/", f"{poll.slug}/?show=results")
    sandboxes = ("allow-scripts", "allow-scripts allow-same-origin")
    frames = [shown.replace("<iframe", f"<iframe sandbox='{sandbox}'") for sandbox in sandboxes]
    page = visit().open(gina.page("".join(frames)))
    hidden, told = (page.frame_locator("iframe").nth(number) for number in range(2))
    expect(told.get_by_role("button", name="Pause updates")).to_be_visible()
    expect(hidden.locator(".deed")).to_contain_text("vote")
    expect(hidden.get_by_role("button")).to_have_count(0)


def test_the_height_follows_the_content_both_ways(vera: Visitor, gina: Site, poll: Poll) -> None:
    page = vera.open(gina.page(gina.script(poll.slug)))
    frame = _frame(page)
    heights = [_fitting(frame)]
    for width in (360, 1024):
        page.set_viewport_size({"width": width, "height": 900})
        heights.append(_fitting(frame))
    wide, narrow, wide_again = heights
    assert wide < narrow
    assert wide_again == wide


def test_the_page_around_hears_of_a_vote_which_moves_nothing_there(vera: Visitor, gina: Site, poll: Poll) -> None:
    page = vera.open(gina.page(gina.script(poll.slug)))
    frame = _frame(page)
    before = _fitting(frame)
    page.evaluate(
        "() => { window.moved = 0; new PerformanceObserver(list => list.getEntries().forEach(e => moved += e.value))"
        ".observe({ type: 'layout-shift' });"
        " window.heard = []; addEventListener('pollstead:voted', event => heard.push(event.detail.poll)); }"
    )
    _vote(frame, "Harbour footbridge")
    expect(frame.locator(".said")).to_contain_text("Your vote is counted.")
    page.wait_for_timeout(300)
    assert (_height(page), page.evaluate("moved")) == (before, 0)
    eventually(lambda: page.evaluate("heard") == [poll.slug])


def test_a_height_that_the_site_reserved_is_kept(vera: Visitor, gina: Site, poll: Poll) -> None:
    page = vera.open(gina.page(gina.script(poll.slug, 'data-height="700" data-title="Bridges"')))
    _frame(page)
    page.wait_for_timeout(300)
    assert _height(page) == 700
    expect(page.locator("iframe")).to_have_attribute("title", "Bridges")


def test_several_polls_and_the_same_one_twice_stand_on_one_page(vera: Visitor, gina: Site, poll: Poll) -> None:
    other = a_poll(title="Another?", question={"text": "Another?"})
    vera.expects("<pollstead-poll> needs its attribute slug")
    element = f'<pollstead-poll></pollstead-poll><pollstead-poll slug="{other.slug}"></pollstead-poll>'
    page = vera.open(gina.page(gina.script(poll.slug) + gina.script(poll.slug) + element))
    eventually(lambda: any("slug" in said for said in vera.complaints))
    expect(page.locator("pollstead-poll iframe")).to_have_count(1)
    for number in (0, 1, 2):
        page.locator("iframe").nth(number).scroll_into_view_if_needed()
        _fitting(_frame(page, number))
    expect(page.frame_locator("iframe >> nth=2").get_by_role("heading", name="Another?")).to_be_visible()


def test_results_and_ballot_take_turns_in_the_frame(vera: Visitor, gina: Site, poll: Poll) -> None:
    frame = _frame(vera.open(gina.page(gina.script(poll.slug))))
    address = frame.url
    frame.get_by_label("None of them").check()
    frame.get_by_role("link", name="See results").click()
    expect(frame.get_by_text("Result so far")).to_be_visible()
    frame.get_by_role("link", name="Go to the ballot").click()
    expect(frame.get_by_role("button", name="Vote")).to_be_visible()
    expect(frame.get_by_label("None of them")).to_be_checked()
    assert frame.url == address


def test_messages_of_others_move_nothing(vera: Visitor, gina: Site, poll: Poll) -> None:
    page = vera.open(gina.page(gina.script(poll.slug)))
    frame = _frame(page)
    before = _fitting(frame)
    page.evaluate("postMessage({ pollstead: 'height', height: 3000 }, '*')")
    frame.evaluate("parent.postMessage({ pollstead: 'height', height: 'javascript:1' }, '*')")
    frame.evaluate("parent.postMessage({ pollstead: 'go', href: '/' }, '*')")
    page.wait_for_timeout(200)
    assert _height(page) == before
    frame.evaluate("parent.postMessage({ pollstead: 'height', height: 1e9 }, '*')")
    eventually(lambda: _height(page) == 4000)


def test_a_site_that_is_not_allowed_frames_nothing(vera: Visitor, gina: Site) -> None:
    vera.expects("frame-ancestors")
    theirs = a_poll(allowed_sites="https://www.example.org")
    page = vera.open(gina.page(gina.script(theirs.slug)))
    page.wait_for_selector("iframe", state="attached")
    page.wait_for_timeout(500)
    assert [frame.url for frame in page.frames[1:]] == ["chrome-error://chromewebdata/"]


def test_an_allowed_site_frames_and_votes(vera: Visitor, gina: Site) -> None:
    hers = a_poll(allowed_sites=f"https://www.example.org\n{gina.origin}")
    frame = _frame(vera.open(gina.page(gina.script(hers.slug))))
    _vote(frame, "A")
    expect(frame.locator(".said")).to_contain_text("Your vote is counted.")


def test_the_frame_takes_the_scheme_of_its_page(vera: Visitor, gina: Site, poll: Poll) -> None:
    schemes = ["light", "dark"]
    page = vera.open(gina.page("".join(gina.script(poll.slug, f'data-scheme="{scheme}"') for scheme in schemes)))
    page.emulate_media(color_scheme="dark")
    scheme_of = "getComputedStyle(document.documentElement).colorScheme"
    assert [_frame(page, number).evaluate(scheme_of) for number in (0, 1)] == schemes


def test_a_poll_turns_dark_and_light_with_its_page(vera: Visitor, gina: Site, poll: Poll) -> None:
    page = vera.open(gina.page(gina.script(poll.slug)))
    frame = _frame(page)
    _fitting(frame)
    frame.get_by_label("None of them").check()
    background = "getComputedStyle(document.querySelector('.poll')).backgroundColor"
    light = frame.evaluate(background)
    page.evaluate("document.documentElement.style.colorScheme = 'dark'")
    eventually(lambda: frame.evaluate(background) != light)
    expect(frame.get_by_label("None of them")).to_be_checked()
    page.evaluate("document.documentElement.style.colorScheme = ''")
    eventually(lambda: frame.evaluate(background) == light)


def test_an_element_shows_the_poll_that_it_names_now(vera: Visitor, gina: Site, poll: Poll) -> None:
    other = a_poll(title="Another?", question={"text": "Another?"})
    element = f'<pollstead-poll slug="{poll.slug}"><a href="/">Vote</a></pollstead-poll>'
    page = vera.open(gina.page(element + f'<script async src="{gina.polls}/embed.js"></script>'))
    _fitting(_frame(page))
    expect(page.locator("pollstead-poll > *")).to_have_count(1)
    page.evaluate("slug => document.querySelector('pollstead-poll').setAttribute('slug', slug)", other.slug)
    shown = page.frame_locator("pollstead-poll iframe")
    expect(shown.get_by_role("heading", name="Another?")).to_be_visible()
    expect(page.locator("iframe")).to_have_count(1)


def test_a_page_that_takes_polls_out_and_in_again_has_each_once(vera: Visitor, gina: Site, poll: Poll) -> None:
    vera.expects("<pollstead-poll> needs its attribute slug")
    page = vera.open(gina.page(f'<script async src="{gina.polls}/embed.js"></script>'))
    eventually(lambda: page.evaluate("!!customElements.get('pollstead-poll')"))
    page.evaluate(
        """slug => {
          for (let times = 0; times < 10; times++) {
            document.querySelector("pollstead-poll")?.remove();
            // Named only when it stands there already, as some frameworks do.
            document.querySelector("h1").after(document.createElement("pollstead-poll"));
            document.querySelector("pollstead-poll").setAttribute("slug", slug);
          }
        }""",
        poll.slug,
    )
    _fitting(_frame(page))
    expect(page.locator("iframe")).to_have_count(1)


def test_a_frame_that_is_folded_away_sideways_keeps_its_height(vera: Visitor, gina: Site, poll: Poll) -> None:
    page = vera.open(gina.page(f"<div>{gina.script(poll.slug)}</div>"))
    before = _fitting(_frame(page))
    page.evaluate("document.querySelector('div').style.width = 0")
    page.wait_for_timeout(300)
    assert _height(page) == before
    page.evaluate("document.querySelector('div').style.width = '20rem'")
    assert _fitting(_frame(page)) > before


def test_a_frame_speaks_the_language_of_its_place_and_the_reader_can_switch(
    vera: Visitor, gina: Site, poll: Poll
) -> None:
    choice = poll.questions.get().choices.all()[0]
    for language, words in {"de": "Alte Mühlenbrücke", "ar": "جسر الطاحونة القديمة"}.items():
        translations.translate(poll, language, {f"choice-{choice.pk}-text": words}, editor=None)
    element = f'<div lang="ar"><pollstead-poll slug="{poll.slug}"></pollstead-poll></div>'
    page = vera.open(gina.page(gina.script(poll.slug, 'lang="de-AT"') + element))
    german, arabic = _frame(page), _frame(page, 1)
    expect(arabic.locator(".poll")).to_have_attribute("dir", "rtl")
    expect(arabic.get_by_label("جسر الطاحونة القديمة")).to_be_visible()
    german.get_by_role("link", name="العربية").click()
    expect(german.get_by_role("button", name="صوّت")).to_be_visible()
    german.get_by_role("link", name="Deutsch").click()
    german.get_by_label("Alte Mühlenbrücke").check()
    german.get_by_role("button", name="Abstimmen").click()
    expect(german.locator(".said")).to_contain_text("Ihre Stimme ist gezählt.")
    expect(german.get_by_role("link", name="Deutsch")).to_have_attribute("aria-current", "true")
    eventually(lambda: Ballot.objects.filter(poll=poll).count() == 1)
