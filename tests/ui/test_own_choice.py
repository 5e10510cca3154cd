"""Who comes back sees the own choice marked: by cookie, account or invitation, on page, fragment and frame."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from polls import invitations, lifecycle
from polls.models import Poll
from tests.browser import Browser
from tests.builders import a_poll, choices_of, now
from tests.doors import HTMX, ApiDoor, choosing
from ui import database, papers

MARK = 'aria-label="your choice"'
LOOKS = [
    ("/p/{slug}/", {}),
    ("/p/{slug}/", HTMX),
    ("/p/{slug}/results/", {}),
    ("/p/{slug}/results/", HTMX),
    ("/embed/{slug}/", {}),
    ("/embed/{slug}/?show=results", HTMX),
]


def vote(browser: Browser, poll: Poll, place: int = 1, **extra: str) -> None:
    assert (
        ApiDoor().vote(browser, poll.slug, choosing(poll, place), papers.issue(poll.pk, at=now()), extra=extra).counted
    )


def marked(browser: Browser, poll: Poll, query: str = "") -> list[bool]:
    """At each look, whether the second choice, and no other, is marked."""
    seen = []
    for address, headers in LOOKS:
        whole = address.format(slug=poll.slug)
        sign = "&" if "?" in whole else "?"
        text = browser.get(f"{whole}{sign}{query}" if query else whole, headers=headers).text
        before, _, after = text.partition(MARK)
        seen.append(bool(after) and MARK not in after and ">A<" in before and ">B<" in after)
    return seen


@pytest.mark.parametrize("policy", ["browser", "network"])
def test_a_browser_that_voted_sees_its_choice_and_a_stranger_sees_none(
    policy: str, vera: Browser, victor: Browser
) -> None:
    poll = a_poll(policy=policy, network_allowance=5)
    vote(vera, poll)
    vote(victor, poll, 0)
    assert marked(vera, poll) == [True] * len(LOOKS)
    lifecycle.close(poll, at=now())
    assert marked(vera, poll) == [True] * len(LOOKS)
    victor.client.cookies.clear()
    assert not any(marked(victor, poll))


@pytest.mark.parametrize("reveal", ["after_close", "never"])
def test_who_comes_back_sees_the_own_choice_where_no_results_are_shown(
    reveal: str, vera: Browser, victor: Browser
) -> None:
    poll = a_poll(reveal=reveal)
    vote(vera, poll)
    for address in (f"/p/{poll.slug}/", f"/embed/{poll.slug}/"):
        text = vera.get(address).text
        assert "You have voted in this poll." in text
        assert "%" not in text
        assert text.index(">A<") < text.index(MARK) < text.index(">B<")
        assert MARK not in victor.get(address).text
    lifecycle.close(poll, at=now())
    assert MARK in vera.get(f"/p/{poll.slug}/").text


def test_an_account_sees_its_choice_and_another_account_does_not(vera: Browser) -> None:
    poll, client = a_poll(policy="account"), Client()
    for name in ("vera", "victor"):
        client.force_login(User.objects.create_user(name))
        vera.client.cookies.set("sessionid", client.cookies["sessionid"].value)
        if name == "vera":
            vote(vera, poll)
            assert marked(vera, poll) == [True] * len(LOOKS)
    lifecycle.close(poll, at=now())
    assert not any(marked(vera, poll))


def test_an_invitation_in_the_address_shows_its_choice(vera: Browser, victor: Browser) -> None:
    poll = a_poll(policy="invitation")
    mine, other = (issued.code for issued in invitations.issue(poll, 2))
    vote(vera, poll, invitation=mine)
    lifecycle.close(poll, at=now())
    assert marked(victor, poll, f"invitation={mine}") == [True] * len(LOOKS)
    assert not any(marked(victor, poll, f"invitation={other}"))


def test_a_secret_poll_an_open_one_and_a_receipt_tell_no_choice(vera: Browser) -> None:
    for fields in ({"anonymous": True}, {"policy": "open"}):
        poll = a_poll(**fields)
        vote(vera, poll)
        lifecycle.close(poll, at=now())
        assert not any(marked(vera, poll))
    poll = a_poll()
    choice = choices_of(poll)[0]
    sent = {"paper": vera.paper(poll.slug), f"q{choice.question_id}": choice.pk}
    receipt = vera.post(f"/p/{poll.slug}/vote/", data=sent).headers["location"].partition("?")[2]
    vera.client.cookies.clear()
    assert not any(marked(vera, poll, receipt))


def test_a_changed_vote_is_marked_as_it_is_now(vera: Browser) -> None:
    poll = a_poll(changes_allowed=True)
    vote(vera, poll, 0)
    vote(vera, poll, 1)
    assert marked(vera, poll) == [True] * len(LOOKS)


@pytest.mark.parametrize("reveal", ["always", "after_close"])
def test_a_refused_second_vote_shows_the_first(reveal: str, vera: Browser) -> None:
    poll = a_poll(reveal=reveal)
    vote(vera, poll)
    choice = choices_of(poll)[0]
    sent = {"paper": vera.paper(poll.slug), f"q{choice.question_id}": choice.pk}
    answer = vera.post(f"/p/{poll.slug}/vote/", data=sent, headers=HTMX)
    assert answer.status_code == 409
    assert answer.text.index(">A<") < answer.text.index(MARK) < answer.text.index(">B<")


def test_who_brings_nothing_asks_the_database_nothing(vera: Browser, victor: Browser) -> None:
    poll = a_poll()
    vote(vera, poll)
    look = f"/p/{poll.slug}/results/"
    victor.get(look)
    assert _watched(lambda: victor.get(look)) == 0
    assert _watched(lambda: vera.get(look)) > 0


def _watched(look: Callable[[], object]) -> int:
    """How many questions the readers' threads put to the database meanwhile."""
    asked: list[int] = []
    was = database._done

    def counting(question: Callable[..., object], *args: object, **kwargs: object) -> object:
        with CaptureQueriesContext(connection) as queries:
            answer = was(question, *args, **kwargs)
        asked.append(len(queries))
        return answer

    database._done = counting
    try:
        look()
    finally:
        database._done = was
    return sum(asked)
