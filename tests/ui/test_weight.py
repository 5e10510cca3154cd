"""No page grows unnoticed. Whoever adds what voters load writes the new numbers here, and says in the commit why."""

import pytest

from polls.terms import Kind
from tests import weights
from tests.browser import Browser
from tests.builders import a_poll, choices_of
from tests.weights import Weight

BRIDGES = ["Old Mill Bridge", "Harbour footbridge", "Railway viaduct", "None of them"]
PAGES = {
    "/": Weight(23_800, 6),
    "/p/bridges/": Weight(26_800, 6),
    "/p/bridges/results/": Weight(26_800, 6),
    "/embed/bridges/": Weight(26_000, 5),
    "/embed/bridges/?show=results": Weight(26_000, 5),
    "/p/order/": Weight(28_800, 7),
    "/embed/order/": Weight(28_000, 6),
    "/p/order/results/": Weight(29_900, 7),
}
A_TENTH = 1.1
# Compressed, with everything: the document, the look, all scripts, and the loader.
LARGEST_FRAME = 30 * 1024


def some_polls(browser: Browser) -> None:
    a_poll(slug="bridges", title="Which bridge first?", choices=BRIDGES, listed=True)
    order = {"kind": Kind.RANKED, "rule": "irv"}
    ranked = a_poll(slug="order", title="In which order?", choices=BRIDGES, question=order, listed=True)
    fields = {f"q{choice.question_id}_rank_{choice.pk}": "1" for choice in choices_of(ranked)[:1]}
    assert browser.post("/p/order/vote/", data={"paper": browser.paper("order")} | fields).status_code == 303
    browser.client.cookies.clear()


@pytest.mark.parametrize("address", PAGES)
def test_no_page_grows_by_more_than_a_tenth(address: str, vera: Browser) -> None:
    some_polls(vera)
    page, known = vera.get(address), PAGES[address]
    assert page.status_code == 200
    weight = weights.of(page.content)
    assert weight.bytes <= known.bytes * A_TENTH, f"{address} was {known}, is {weight}"
    assert weight.requests <= known.requests * A_TENTH, weights.loaded(page.text)


@pytest.mark.parametrize("address", [address for address in PAGES if address.startswith("/embed/")])
def test_a_frame_with_all_that_it_loads_is_light(address: str, vera: Browser) -> None:
    some_polls(vera)
    page = vera.get(address)
    assert any(name.endswith(".css") for name in weights.loaded(page.text))
    assert weights.of(page.content).bytes + weights.compressed(vera.get("/embed.js").content) < LARGEST_FRAME
