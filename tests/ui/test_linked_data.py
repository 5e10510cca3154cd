"""What a poll's page tells chats, feeds and search engines."""

import html
import json
import re
from datetime import timedelta

import pytest

from polls.models import Poll
from tests.browser import Browser
from tests.builders import a_poll, now
from tests.votes import a_ballot

HOSTILE = "</script><script>alert(1)</script><!-- & “quoted” \"'"


def head(browser: Browser, poll: Poll, query: str = "") -> str:
    return browser.get(f"/p/{poll.slug}/{query}").text.partition("</head>")[0]


def meta(text: str) -> dict[str, str]:
    found = re.findall(r'<meta (?:property|name)="([^"]+)" content="([^"]*)">', text)
    return {name: html.unescape(content) for name, content in found}


def linked(text: str) -> dict[str, object]:
    found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', text, re.DOTALL)
    assert len(found) == 1
    told: dict[str, object] = json.loads(found[0])
    return told


def test_a_link_in_a_chat_has_a_title_a_sentence_and_a_picture(vera: Browser) -> None:
    poll = a_poll(title="Which bridge first?", language="de", choices=["Mühle", "Hafen"])
    said = meta(head(vera, poll))
    assert said["og:title"] == "Which bridge first?"
    assert said["description"] == said["og:description"] == "Mühle · Hafen"
    assert said["og:url"] == f"https://polls.test/p/{poll.slug}/"
    assert (said["og:locale"], said["twitter:card"]) == ("de", "summary_large_image")
    picture = vera.get(said["og:image"].removeprefix("https://polls.test"))
    assert picture.headers["content-type"] == "image/png"
    assert (said["og:image:width"], said["og:image:height"]) == ("1200", "630")


def test_schema_org_hears_the_question_and_its_choices(vera: Browser) -> None:
    poll = a_poll(
        title=HOSTILE, question={"text": HOSTILE}, choices=[HOSTILE, "B"], closes_at=now() + timedelta(days=1)
    )
    text = head(vera, poll)
    assert "<script>alert" not in text
    told = linked(text)
    assert (told["@type"], told["name"], told["url"]) == ("WebPage", HOSTILE, f"https://polls.test/p/{poll.slug}/")
    (question,) = told["mainEntity"]
    assert (question["@type"], question["text"]) == ("Question", HOSTILE)
    assert [answer["text"] for answer in question["suggestedAnswer"]] == [HOSTILE, "B"]
    assert told["potentialAction"]["@type"] == "VoteAction"
    assert told["potentialAction"]["endTime"].startswith("20")


@pytest.mark.parametrize("reveal", ["always", "never"])
def test_it_tells_no_number(reveal: str, vera: Browser) -> None:
    """Not even where everyone may see the results: what machines keep is soon old."""
    poll = a_poll(reveal=reveal)
    before = [head(vera, poll, query) for query in ("", "?show=results")]
    a_ballot(poll)
    assert [head(vera, poll, query) for query in ("", "?show=results")] == before


def test_nothing_that_is_asked_is_told_before_the_poll_opens(vera: Browser) -> None:
    poll = a_poll(title="Soon", question={"text": "A secret?"}, opens_at=now() + timedelta(days=1))
    text = head(vera, poll)
    assert "mainEntity" not in linked(text)
    assert "secret" not in text
    assert meta(text)["description"] == "Soon"


@pytest.mark.parametrize("host", ["other.test", 'x"><script>'])
def test_an_address_is_our_own_as_the_visitor_wrote_it(host: str, vera: Browser) -> None:
    poll = a_poll()
    text = vera.get(f"/p/{poll.slug}/", headers={"Host": host}).text
    assert "<script>" not in text
    assert f"https://{html.escape(host)}/p/{poll.slug}/" in text
    assert f"https://{html.escape(host)}" not in head(vera, poll), "the next visitor's are theirs"


def test_frames_and_fragments_carry_none_of_it(vera: Browser) -> None:
    poll = a_poll()
    for answer in (vera.get(f"/embed/{poll.slug}/"), vera.get(f"/p/{poll.slug}/", headers={"HX-Request": "true"})):
        assert not any(word in answer.text for word in ("og:", "ld+json", "oembed", "canonical"))
