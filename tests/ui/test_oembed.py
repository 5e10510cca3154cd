"""`/oembed` as oembed.com has it: what a site gets that pastes a poll's address."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree

import httpx
import pytest

from polls import lifecycle
from polls.models import Poll
from tests.browser import Browser
from tests.builders import a_draft, a_poll, choices_of, now

HOSTILE = 'Tea & "<script>alert(1)</script>\x0b'


def ask(browser: Browser, address: str, **more: str) -> httpx.Response:
    return browser.get("/oembed", params={"url": address} | more)


def page(poll: Poll, rest: str = "") -> str:
    return f"https://polls.test/p/{poll.slug}/{rest}"


def test_an_address_becomes_a_frame_that_a_strict_page_takes(vera: Browser) -> None:
    poll = a_poll(title=HOSTILE)
    answer = ask(vera, page(poll))
    told = answer.json()
    assert (told["version"], told["type"], told["title"]) == ("1.0", "rich", HOSTILE)
    frame = f'<iframe src="https://polls.test/embed/{poll.slug}/"'
    assert told["html"].startswith(frame)
    assert f'width="{told["width"]}" height="{told["height"]}"' in told["html"]
    assert "allow-scripts allow-forms allow-same-origin" in told["html"]
    assert not any(bad in told["html"] for bad in ("style=", "<script", "onload"))
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "public" in answer.headers["cache-control"]


def test_xml_says_the_same_as_json(vera: Browser) -> None:
    poll = a_poll(title=HOSTILE)
    answer = ask(vera, page(poll), format="xml")
    assert answer.headers["content-type"] == "text/xml; charset=utf-8"
    told = {part.tag: part.text for part in ElementTree.fromstring(answer.content)}
    expected = {name: str(said).replace("\x0b", "") for name, said in ask(vera, page(poll)).json().items()}
    assert told == expected


@pytest.mark.parametrize("path", ["/p/{}/", "/p/{}", "/p/{}/results/", "/embed/{}/", "/p/{}/?utm_source=x#main"])
def test_every_address_of_a_poll_leads_to_it(path: str, vera: Browser) -> None:
    poll = a_poll()
    assert ask(vera, f"http://POLLS.test{path.format(poll.slug)}").json()["title"] == poll.title


def test_what_is_asked_for_is_kept_to(vera: Browser) -> None:
    poll = a_poll(choices=[f"Choice {number}" for number in range(12)])
    free, narrow = ask(vera, page(poll)).json(), ask(vera, page(poll), maxwidth="320", maxheight="400").json()
    assert free["width"] == 640
    assert free["height"] > 12 * 64
    assert (narrow["width"], narrow["height"]) == (320, 400)
    assert "thumbnail_url" in free
    assert "thumbnail_url" not in narrow, "it would be wider than asked for"
    assert ask(vera, page(poll), maxwidth="wide", maxheight="-1").json()["height"] == free["height"]


def test_a_narrow_frame_has_room_for_figures_below_their_choices(vera: Browser) -> None:
    """From 280 pixels on within the card, which has a border of one at each side."""
    wide, narrow = (ask(vera, page(a_poll(choices="ABCDEF")), maxwidth=width).json()["height"] for width in (282, 281))
    assert narrow >= wide + 6 * 8


def archived() -> Poll:
    return lifecycle.archive(lifecycle.close(a_poll(), at=now()), at=now())


@pytest.mark.parametrize(
    ("address", "more", "status", "code"),
    [
        (lambda: "", {}, 404, "unknown_poll"),
        (lambda: "https://polls.test/", {}, 404, "unknown_poll"),
        (lambda: "https://polls.test/p/nowhere/", {}, 404, "unknown_poll"),
        (lambda: page(a_draft()), {}, 404, "unknown_poll"),
        (lambda: page(archived()), {}, 404, "unknown_poll"),
        (lambda: f"https://mallory.example/p/{a_poll().slug}/", {}, 404, "unknown_poll"),
        (lambda: f"https://polls.test@mallory.example/p/{a_poll().slug}/", {}, 404, "unknown_poll"),
        (lambda: f"javascript://polls.test/p/{a_poll().slug}/", {}, 404, "unknown_poll"),
        (lambda: "http://[::1", {}, 404, "unknown_poll"),
        (lambda: page(a_poll(), "?invitation=ABCD"), {}, 401, "address_private"),
        (lambda: page(a_poll(), "?receipt=1.x.y"), {}, 401, "address_private"),
        (lambda: page(a_poll()), {"format": "yaml"}, 501, "format_unknown"),
        (lambda: page(a_poll()), {"format": ""}, 501, "format_unknown"),
    ],
)
def test_what_cannot_be_embedded_is_refused_as_the_standard_says(
    address: Callable[[], str], more: dict[str, str], status: int, code: str, vera: Browser
) -> None:
    answer = ask(vera, address(), **more)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_nothing_but_a_look_is_taken(vera: Browser) -> None:
    answer = vera.post("/oembed")
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
    assert answer.headers["allow"] == "GET, HEAD"


@pytest.mark.parametrize("schedule", [{}, {"opens_at": timedelta(hours=1)}])
def test_the_page_says_where_to_ask(schedule: dict[str, Any], vera: Browser) -> None:
    poll = a_poll(listed=False, **{name: now() + later for name, later in schedule.items()})
    head = vera.get(f"/p/{poll.slug}/").text.partition("</head>")[0]
    for name in ("json", "xml"):
        address = f"https://polls.test/oembed?format={name}&amp;url=https://polls.test/p/{poll.slug}/"
        assert f'+oembed" href="{address}"' in head
    answer = vera.get(f"/oembed?format=json&url={quote(page(poll))}")
    assert answer.json()["title"] == poll.title


def test_no_number_and_no_question_leaks_by_it(vera: Browser) -> None:
    """The answer before a vote and after it is the same, byte by byte."""
    poll = a_poll(reveal="never")
    before = ask(vera, page(poll)).content
    first = choices_of(poll)[0]
    vote = {"paper": vera.paper(poll.slug), f"q{first.question_id}": str(first.pk)}
    assert vera.post(f"/p/{poll.slug}/vote/", data=vote).status_code == 303
    assert ask(vera, page(poll)).content == before
