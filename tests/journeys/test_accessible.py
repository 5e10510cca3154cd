"""What axe-core, the keyboard and odd displays find on our pages: one browser walks through many states.

docs/accessibility.md tells what is checked here; what axe can't see is told there too.
"""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Locator, Page, expect

from polls import lifecycle, themes
from polls.models import Ballot, Delivery, Poll, Theme, Webhook
from polls.shipped_themes import SHIPPED
from polls.terms import DeliveryFailure, Policy, Reveal
from polls.webhooks import deliveries, receivers
from polls.webhooks.sending import Answer
from tests.builders import a_draft, a_poll, a_question, now
from tests.desk import an_editor
from tests.journeys.conftest import Visitor, eventually
from tests.journeys.writing import FITS
from tests.votes import a_ballot

AXE = (Path(axe_playwright_python.__path__[0]) / "axe.min.js").read_text()
EVERYTHING = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# The landmarks of the desk, and a colour or two of its chrome, are Unfold's.
UNFOLDS = {"landmark-one-main", "region"}

pytestmark = pytest.mark.wide


def faults(page: Page, *, desk: bool = False, rules: list[str] | None = None) -> list[str]:
    """What axe finds on the page as it stands: rule, place and reason."""
    if not page.evaluate("Boolean(window.axe)"):
        page.evaluate(AXE)
    only = {"type": "rule", "values": rules} if rules else {"type": "tag", "values": EVERYTHING}
    found = page.evaluate("only => axe.run(document, {runOnly: only, resultTypes: ['violations']})", only)
    return [
        f"{fault['id']}: {node['target']} {node['failureSummary']}"
        for fault in found["violations"]
        for node in fault["nodes"]
        if not (desk and fault["id"] in UNFOLDS)
    ]


def check(page: Page) -> None:
    """No fault in the light, none of colour in the dark, nothing to scroll sideways at 400 % of 1280 pixels."""
    page.emulate_media(color_scheme="light")
    assert faults(page) == []
    page.emulate_media(color_scheme="dark")
    assert faults(page, rules=["color-contrast"]) == []
    before = page.viewport_size
    assert before
    page.set_viewport_size({"width": 320, "height": 256})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.set_viewport_size(before)


def of_every_kind(language: str = "en", **fields: Any) -> Poll:
    """A poll that asks a question of each kind, so that one page shows them all."""
    poll = a_draft(title="All at once", language=language, intro="A few words.", **fields)
    a_question(poll, "One?", hint="The first that comes to mind.")
    a_question(poll, "Several?", kind="multiple", maximum=2, write_in=True, required=False)
    a_question(poll, "Agreed?", kind="approval", required=False)
    a_question(poll, "How good?", kind="rating", required=False)
    a_question(poll, "How likely?", ["How likely?"], kind="rating", scale="nps", lowest=0, highest=10, required=False)
    a_question(poll, "In which order?", kind="ranked", required=False, equal_ranks=True)
    a_question(poll, "How many points?", kind="score", required=False)
    a_question(poll, "How many of a hundred?", kind="score", highest=100, required=False)
    a_question(poll, "Why?", (), kind="text", required=False)
    return lifecycle.publish(poll, at=now())


@pytest.mark.parametrize("language", ["en", "ar"])
def test_every_kind_of_question_passes_from_form_to_result(
    language: str, visit: Callable[..., Visitor], polls: str
) -> None:
    vera = visit(reduced_motion="reduce")
    vera.expects("status of 422")
    poll = of_every_kind(language)
    page = vera.open(f"{polls}/p/{poll.slug}/")
    assert page.locator("html").get_attribute("dir") == ("rtl" if language == "ar" else "ltr")
    check(page)
    # What is to be mended is tied to its question, said once, and one step away.
    page.locator(".deed button").click()
    question = poll.questions.get(position=0)
    expect(page.locator(f"#refusal-{question.pk}")).to_be_visible()
    expect(page.locator(f"#question-{question.pk}")).to_be_focused()
    asked = page.locator("fieldset").first
    assert asked.get_attribute("aria-describedby") == f"hint-{question.pk} refusal-{question.pk}"
    sentence = page.locator(f"#refusal-{question.pk}").inner_text()
    expect(page.locator(".announcement")).to_have_text(f"{sentence} One?")
    page.locator("textarea").focus()
    page.locator(f".refusal a[href='#question-{question.pk}']").click()
    expect(page.locator(f"#question-{question.pk}")).to_be_focused()
    check(page)
    page.get_by_label("A", exact=True).first.check()
    page.locator(".stars label").nth(2).click()
    page.locator(".ranking .label").first.click()
    page.locator(".ranking .label").last.click()
    page.locator("textarea").fill("Because.")
    page.locator(".deed button").click()
    expect(page.locator(".figure").first).to_be_visible()
    expect(page.locator("h1")).to_be_focused()
    while page.locator("details:not([open]) > summary").count():
        page.locator("details:not([open]) > summary").first.click()
    check(page)


def test_every_other_state_passes(visit: Callable[..., Visitor], polls: str) -> None:
    vera = visit(reduced_motion="reduce")
    vera.expects("status of 4")
    changing = a_poll(changes_allowed=True, ballots_published=True, question={"text": "One?"})
    hidden = a_poll(reveal=Reveal.AFTER_CLOSE)
    closed = a_poll(reveal=Reveal.NEVER)
    a_ballot(closed)
    lifecycle.close(closed, at=now())
    waiting = a_poll(opens_at=now() + timedelta(days=2))
    invited, known = a_poll(policy=Policy.INVITATION), a_poll(policy=Policy.ACCOUNT)
    archived = lifecycle.archive(lifecycle.close(a_poll(), at=now()), at=now())
    published = a_poll(ballots_published=True)
    for _ in range(2):
        a_ballot(published)
    lifecycle.close(published, at=now())
    page = vera.open(f"{polls}/")
    check(page)
    for slug in (hidden.slug, changing.slug):
        page.goto(f"{polls}/embed/{slug}/")
        check(page)
        page.get_by_label("A", exact=True).check()
        page.get_by_role("button", name="Vote").click()
        expect(page.locator(".said")).to_be_visible()
        check(page)
    page.get_by_role("link", name="Withdraw my vote").click()
    expect(page.get_by_role("heading", name="Withdraw your vote?")).to_be_visible()
    check(page)
    for address in (
        *(f"/p/{poll.slug}/" for poll in (closed, waiting, invited, known, archived, hidden)),
        f"/p/{changing.slug}/?show=ballot",
        f"/p/{waiting.slug}/results/",
        f"/p/{published.slug}/ballots/",
        f"/p/{published.slug}/ballots/?code=nothing",
        f"/p/{published.slug}/changes/",
        "/p/nothing/",
        "/accounts/login/",
    ):
        page.goto(polls + address)
        check(page)


def test_no_arrow_key_votes(vera: Visitor, polls: str) -> None:
    poll = of_every_kind()
    page = vera.open(f"{polls}/p/{poll.slug}/")
    for field in ("input[type=radio]", ".stars input", "textarea", ".rank button", ".written"):
        page.locator(field).first.focus()
        for key in ("ArrowDown", "ArrowRight", "ArrowUp", "ArrowLeft", "Home", "End"):
            page.keyboard.press(key)
    assert page.get_by_role("button", name="Vote", exact=True).is_visible()
    assert not Ballot.objects.filter(poll=poll).exists()


def test_themes_pass_in_light_and_dark(visit: Callable[..., Visitor], polls: str) -> None:
    """Some, as a browser sees them; tests/polls/test_themes.py works out every colour of each."""
    page = visit(reduced_motion="reduce").open(f"{polls}/")
    for name in ("Blackboard", "Newsprint", "Dune"):
        theme = Theme.objects.create(name=f"{name} again", **SHIPPED[name])
        poll = a_poll(theme=theme, question={"text": "One?"})
        for place in (0, 0, 1):
            a_ballot(poll, place)
        page.goto(f"{polls}/p/{poll.slug}/results/")
        assert f"theme-{theme.pk}" in str(page.locator(".poll").get_attribute("class"))
        font = page.locator("h1").evaluate("title => getComputedStyle(title).fontFamily")
        assert font != page.locator("body").evaluate("() => getComputedStyle(document.documentElement).fontFamily")
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of two words
            assert faults(page, rules=["color-contrast"]) == []


def test_forced_colours_and_print(visit: Callable[..., Visitor], polls: str) -> None:
    dark = Theme.objects.create(name="Blackboard once more", **SHIPPED["Blackboard"])
    poll = a_poll(question={"text": "One?"}, theme=dark)
    a_ballot(poll)
    page = visit().open(f"{polls}/p/{poll.slug}/")
    page.emulate_media(forced_colors="active")
    assert page.locator("[type=radio]").first.evaluate("field => getComputedStyle(field).appearance") == "auto"
    page.goto(f"{polls}/p/{poll.slug}/results/")
    page.emulate_media(forced_colors="none", media="print", color_scheme="dark")
    assert page.locator(".masthead").is_hidden()
    ink, ground = (
        page.locator(place).first.evaluate(f"place => getComputedStyle(place).{name}")
        for place, name in ((".figure strong", "color"), (".poll", "backgroundColor"))
    )
    assert (ink, ground) == ("rgb(0, 0, 0)", "rgb(255, 255, 255)")
    page.goto(f"{polls}/p/{a_poll(question={'kind': 'ranked'}).slug}/results/")
    assert page.locator("details > *").last.evaluate("one => one.checkVisibility()"), "what is folded is printed"
    assert page.locator("summary").first.evaluate("one => getComputedStyle(one).listStyleType") == "none", "as unfolded"


def test_in_forced_colours_what_is_chosen_and_what_is_off_is_told_apart(
    visit: Callable[..., Visitor], polls: str
) -> None:
    page = visit(forced_colors="active").open(f"{polls}/p/{of_every_kind().slug}/")
    page.evaluate("colour => document.body.append(Object.assign(document.createElement('i'), {id: 'known'}))")

    def named(colour: str) -> str:
        return str(page.evaluate("name => { known.style.color = name; return getComputedStyle(known).color }", colour))

    def painted(place: Locator) -> list[str]:
        seen = "one => [getComputedStyle(one).backgroundColor, getComputedStyle(one).color]"
        return list(place.evaluate(seen))

    chosen = [named("Highlight"), named("HighlightText")]
    stars = page.locator(".stars").first.locator("label:not(.skip-grade)")
    numbers = page.get_by_role("group", name="How likely?").locator(".grades label:not(.skip-grade)")
    stars.nth(2).locator("input").check()
    numbers.nth(7).locator("input").check()
    page.mouse.move(0, 0)
    assert [painted(stars.nth(place)) == chosen for place in range(5)] == [True, True, True, False, False]
    assert [painted(numbers.nth(place)) == chosen for place in (6, 7)] == [False, True]
    page.locator(".ranking .choice").first.click()
    up, down = page.locator(".ranked .rank button").nth(0), page.locator(".ranked .rank button").nth(1)
    expect(up).to_have_attribute("aria-disabled", "true")
    assert [painted(button)[1] == named("GrayText") for button in (up, down)] == [True, False]
    assert painted(page.locator(".ranked .place").first) == chosen
    assert page.locator(".stars").first.locator(".skip-grade input").evaluate("one => one.click()") is None
    assert chosen not in [painted(stars.nth(place)) for place in range(5)], "nothing is chosen any more"


def test_our_pages_of_the_desk_pass_and_a_theme_shows_while_it_is_made(
    visit: Callable[..., Visitor], polls: str
) -> None:
    editor = an_editor("olive", is_superuser=True)
    editor.set_password("a-long-word")
    editor.save()
    poll = a_poll(organiser=editor, question={"text": "One?"}, closes_at=now() + timedelta(days=3))
    a_ballot(poll)
    refused = a_refused_message(editor)
    draft, theme = a_draft(title="A draft", organiser=editor), Theme(name="Mine")
    a_question(draft)
    themes.save(theme)
    olive = visit(viewport={"width": 1280, "height": 1600})
    olive.expects("403")
    page = olive.open(f"{polls}/admin/")
    page.fill("#id_username", "olive")
    page.fill("#id_password", "a-long-word")
    page.press("#id_password", "Enter")
    for address in (
        "/admin/",
        "/admin/polls/poll/",
        "/admin/polls/poll/load/",
        f"/admin/polls/poll/{draft.pk}/change/",
        f"/admin/polls/poll/{poll.pk}/results/",
        f"/admin/polls/poll/{poll.pk}/change/?share#share",
        f"/admin/polls/webhook/{refused.webhook_id}/change/",
        f"/admin/polls/theme/{theme.pk}/change/",
    ):
        for scheme in ("dark", "light"):
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of two words
            # The desk looks for it when a page begins.
            page.goto("about:blank")
            page.goto(polls + address)
            rules = ["color-contrast"] if scheme == "dark" else None
            assert (address, scheme, faults(page, desk=True, rules=rules)) == (address, scheme, [])
    eventually(lambda: page.locator("iframe").first.evaluate(FITS))
    light = page.frame_locator("iframe").first.locator(".deed button").first
    page.fill("[name=accent]", "#ffcc00")
    expect(light).to_have_css("background-color", "rgb(255, 204, 0)")
    expect(page.locator(".desk-problem")).to_contain_text("4.5 is needed")
    page.locator(".desk-take").click()
    expect(page.locator(".desk-problem")).to_have_count(0)
    expect(light).not_to_have_css("background-color", "rgb(255, 204, 0)")
    taken = page.locator("[name=accent]").input_value()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("was changed successfully")).to_be_visible()
    theme.refresh_from_db()
    assert theme.accent == taken
    page.context.clear_cookies()
    page.goto(f"{polls}/admin/login/?next=/admin/polls/poll/add/")
    _what_is_kept_passes(page)


def a_refused_message(maker: User) -> Delivery:
    """What a webhook was told, and did not take."""
    webhook = Webhook(name="Website", url="https://example.org/hook", events="poll.closed", maker=maker)
    receivers.make(webhook)
    letter = deliveries.test(webhook, now())
    noted = deliveries.note(letter, Answer(500, DeliveryFailure.REFUSED, "Not today."), now())
    assert noted
    return noted


def _what_is_kept_passes(page: Page) -> None:
    """Before signing in and after it."""
    page.fill("#id_username", "olive")
    page.fill("#id_password", "a-long-word")
    page.press("#id_password", "Enter")
    page.get_by_label("Title").fill("Lunch?")
    page.context.clear_cookies()
    page.get_by_role("button", name="Save", exact=True).click()
    for heading in ("You are not signed in any more.", "You are signed in as olive."):
        expect(page.get_by_role("heading", name=heading)).to_be_visible()
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of two words
            assert (heading, scheme, faults(page)) == (heading, scheme, [])
        if page.get_by_label("Password").count():
            page.get_by_label("Name").fill("olive")
            page.get_by_label("Password").fill("a-long-word")
            page.get_by_role("button", name="Sign in").click()
