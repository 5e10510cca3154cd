"""Texts in several languages and directions on one card, and words that are long."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from polls import lifecycle, translations
from polls.models import Ballot, Poll
from polls.terms import Kind
from tests.builders import a_draft, a_poll, a_question, now
from tests.journeys.conftest import Visitor, eventually


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


def test_no_long_word_is_wider_than_a_phone(visit: Callable[..., Visitor], polls: str) -> None:
    """Wherever a card says an editor's words again: what is to be mended, and what is to be withdrawn."""
    word = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerk"
    draft = a_draft(title=word, changes_allowed=True)
    for _ in range(2):
        a_question(draft, word, (word, f"{word}e"))
    poll = lifecycle.publish(draft, at=now())
    vera = visit(viewport={"width": 320, "height": 800})
    vera.expects("status of 422")
    page = vera.open(f"{polls}/p/{poll.slug}/")
    page.get_by_role("button", name="Vote").click()
    expect(page.locator(".refusal a").first).to_have_text(word)
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    for asked in page.locator(".question").all():
        asked.get_by_label(word, exact=True).check()
    page.get_by_role("button", name="Vote").click()
    page.get_by_role("link", name="Withdraw my vote").click()
    expect(page.locator(".answer li").first).to_have_text(word)
    assert page.evaluate("document.documentElement.scrollWidth") == 320


def test_no_figure_has_a_sign_beside_it_that_is_a_nought_in_its_language(vera: Visitor, polls: str) -> None:
    """A middle dot behind an Arabic 2 makes it a 20."""
    signs = "(place) => [...document.querySelectorAll(place)].map((one) => getComputedStyle(one, '::before').content)"
    poll = a_poll(language="ar", changes_allowed=True, choices=("A", "B"), question={"kind": "rating"})
    page = vera.open(f"{polls}/p/{poll.slug}/")
    for stars in page.locator(".stars").all():
        stars.locator("input").nth(1).check(force=True)
    page.locator(".deed button").click()
    expect(page.locator(".said")).to_be_visible()
    said = [page.evaluate(signs, "summary > span + span")]
    page.locator(".again a").last.click()
    expect(page.locator(".answer li")).to_have_count(2)
    said.append(page.evaluate(signs, ".answer li + li"))
    assert [re.findall(r"[|\u00b7]", one) for seen in said for one in seen] == [["|"]] * 3


@pytest.mark.parametrize(("highest", "told"), [(7, [True] * 4), (10, [False, False, False, True])])
def test_what_the_ends_of_a_scale_mean_stands_at_its_ends_or_above_it_alone(
    highest: int, told: list[bool], visit: Callable[..., Visitor], polls: str
) -> None:
    asked = {"kind": "rating", "scale": "likert", "highest": highest, "low_label": "Never", "high_label": "Always"}
    poll = a_poll(choices=("Soup", "Curry"), question=asked)
    page = visit().open(f"{polls}/p/{poll.slug}/")
    seen = []
    for width in (300, 320, 414, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        places = [one.bounding_box() for one in page.locator(".grades").first.locator("label:not(.skip-grade)").all()]
        rows = {place["y"] for place in places if place}
        assert min(place["width"] for place in places if place) >= 24
        seen.append(page.locator(".ends").first.is_visible())
        assert len(rows) == 1 or not seen[-1], (width, "the last grade stands below the first")
    assert seen == told
    expect(page.locator(".hint").first).to_contain_text("(Never)")
