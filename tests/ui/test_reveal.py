"""Who sees results, and when: the same at the page, the fragment, the frame and the API."""

from datetime import timedelta

import pytest

from polls import lifecycle
from polls.models import Poll
from tests.browser import Browser
from tests.builders import a_poll, choices_of, now
from tests.doors import vote
from ui import visitors

LEAK = "figure"


def _texts(browser: Browser, slug: str) -> list[str]:
    """Everything that could show results to this browser."""
    htmx = {"HX-Request": "true"}
    return [
        browser.get(f"/p/{slug}/").text,
        browser.get(f"/p/{slug}/", headers=htmx).text,
        browser.get(f"/p/{slug}/results/").text,
        browser.get(f"/p/{slug}/results/", headers=htmx).text,
        browser.get(f"/p/{slug}/results/?receipt=1.x.y").text,
        browser.get(f"/embed/{slug}/").text,
        browser.get(f"/embed/{slug}/?show=results").text,
        browser.get(f"/api/v1/polls/{slug}").text,
        browser.get(f"/api/v1/polls/{slug}/results").text,
    ]


def _shows(text: str) -> bool:
    return LEAK in text or '"count"' in text or '"ballots"' in text


@pytest.mark.parametrize("reveal", ["after_voting", "after_close", "never"])
def test_hidden_results_leak_nowhere(reveal: str, vera: Browser, victor: Browser) -> None:
    poll = a_poll(reveal=reveal)
    vote(victor, poll)
    assert not any(_shows(text) for text in _texts(vera, poll.slug))


def test_the_api_says_why_results_are_hidden(vera: Browser) -> None:
    codes = {"after_voting": "results_after_voting", "after_close": "results_after_close", "never": "results_hidden"}
    for reveal, code in codes.items():
        assert vera.get(f"/api/v1/polls/{a_poll(reveal=reveal).slug}/results").json()["code"] == code


@pytest.mark.parametrize("reveal", ["after_close", "never"])
def test_a_vote_does_not_buy_a_look(reveal: str, vera: Browser) -> None:
    poll = a_poll(reveal=reveal)
    first = choices_of(poll)[0]
    answer = vera.post(
        f"/p/{poll.slug}/vote/",
        data={"paper": vera.paper(poll.slug), f"q{first.question_id}": str(first.pk)},
        headers={"HX-Request": "true"},
    )
    assert "Your vote is counted." in answer.text
    assert not any(_shows(text) for text in [answer.text, *_texts(vera, poll.slug)])


def test_results_after_voting_are_seen_by_those_who_voted(vera: Browser, victor: Browser) -> None:
    poll = a_poll(reveal="after_voting")
    vote(vera, poll)
    assert _shows(vera.get(f"/p/{poll.slug}/").text)
    assert _shows(vera.get(f"/api/v1/polls/{poll.slug}/results").text)
    assert not _shows(victor.get(f"/p/{poll.slug}/").text)


def test_a_receipt_shows_results_to_a_browser_without_cookies(vera: Browser) -> None:
    poll = a_poll(reveal="after_voting")
    first = choices_of(poll)[0]
    vote = {"paper": vera.paper(poll.slug), f"q{first.question_id}": str(first.pk)}
    answer = vera.post(f"/p/{poll.slug}/vote/", data=vote)
    vera.client.cookies.clear()
    shown = vera.get(answer.headers["location"])
    assert "Your vote is counted." in shown.text
    assert _shows(shown.text)


def test_a_receipt_of_another_poll_shows_nothing(vera: Browser) -> None:
    poll, other = a_poll(reveal="after_voting"), a_poll(reveal="after_voting")
    first = choices_of(other)[0]
    sent = {"paper": vera.paper(other.slug), f"q{first.question_id}": str(first.pk)}
    receipt = vera.post(f"/p/{other.slug}/vote/", data=sent).headers["location"].partition("?")[2]
    assert not _shows(vera.get(f"/p/{poll.slug}/results/?{receipt}").text)


def test_a_cookie_of_another_poll_shows_nothing(vera: Browser, victor: Browser) -> None:
    poll, other = a_poll(reveal="after_voting"), a_poll(reveal="after_voting")
    vote(victor, poll)
    for signed_for, shows in ((other, False), (poll, True)):
        known = f"__Host-voted-{poll.pk}={visitors.cookie(signed_for.pk, 'a browser')}"
        assert _shows(vera.get(f"/p/{poll.slug}/results/", headers={"Cookie": known}).text) == shows


@pytest.mark.parametrize("reveal", ["always", "after_voting", "after_close"])
def test_results_of_a_closed_poll_are_seen_by_everyone(reveal: str, vera: Browser, victor: Browser) -> None:
    poll = a_poll(reveal=reveal)
    vote(vera, poll)
    lifecycle.close(poll, at=now())
    assert _shows(victor.get(f"/p/{poll.slug}/").text)


def test_a_poll_that_its_schedule_closed_shows_results_from_that_moment(vera: Browser) -> None:
    poll = a_poll(reveal="after_close")
    vote(vera, poll)
    Poll.objects.filter(pk=poll.pk).update(closes_at=now() - timedelta(seconds=1), version=poll.version + 1)
    from ui.cache import cache

    cache.forget(poll.pk)
    assert _shows(vera.get(f"/p/{poll.slug}/results/").text)
