"""Polls by account, and the pages where people sign in and out."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import Client

from polls.models import Ballot
from tests.browser import Browser
from tests.builders import a_poll
from tests.desk import AtDesk
from tests.doors import DOORS, ApiDoor, FormDoor, a_paper, choosing

type Door = FormDoor | ApiDoor
PASSWORD = "a long word for tests"


@pytest.fixture
def account(house: None) -> User:
    return User.objects.create_user("vera <b>", password=PASSWORD)


def _sign_in(browser: Browser, name: str = "vera <b>", password: str = PASSWORD, **fields: str) -> Any:
    told = {"username": name, "password": password, "csrfmiddlewaretoken": _token(browser), **fields}
    return _post_sign_in(browser, told)


def _let_in(browser: Browser, account: User) -> None:
    """As after a sign-in."""
    client = Client()
    client.force_login(account)
    browser.client.cookies.set("sessionid", client.cookies["sessionid"].value)


def _token(browser: Browser) -> str:
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', browser.get("/accounts/login/").text)
    assert found
    return found[1]


def _post_sign_in(browser: Browser, told: dict[str, str]) -> Any:
    return browser.post("/accounts/login/", data=told, headers={"Referer": "https://polls.test/accounts/login/"})


def test_who_is_not_signed_in_is_led_to_the_sign_in_and_back(account: User, vera: Browser) -> None:
    poll = a_poll(policy="account")
    page = vera.get(f"/p/{poll.slug}/").text
    assert "Sign in to vote" in page
    assert f'href="/accounts/login/?next=/p/{poll.slug}/"' in page
    assert "<form" not in page
    assert _sign_in(vera, next=f"/p/{poll.slug}/").headers["location"] == f"/p/{poll.slug}/"
    page = vera.get(f"/p/{poll.slug}/").text
    assert "You vote as vera &lt;b&gt;." in page
    assert "<form" in page


def test_a_frame_says_why_it_can_not_know_who_is_signed_in(vera: Browser) -> None:
    poll = a_poll(policy="account")
    page = vera.get(f"/embed/{poll.slug}/").text
    assert f'href="/p/{poll.slug}/" target="_top"' in page
    assert "on its own page" in page


def test_an_account_has_one_vote_on_whatever_machine(browse: Callable[..., Browser], subtests: pytest.Subtests) -> None:
    poll = a_poll(policy="account")
    for door in DOORS:
        with subtests.test(door.name):
            here, there = browse(), browse("198.51.100.7")
            account = User.objects.create_user(f"vera at {door.name}")
            for browser in (here, there):
                _let_in(browser, account)
            counted = door.vote(here, poll.slug, choosing(poll), a_paper(poll))
            assert counted.counted
            assert "set-cookie" not in counted.response.headers
            assert door.vote(there, poll.slug, choosing(poll, 1), a_paper(poll)).code == "already_voted"
            assert "You have voted in this poll." in there.get(f"/p/{poll.slug}/").text


def test_two_accounts_on_one_machine_have_two_votes(account: User, vera: Browser) -> None:
    User.objects.create_user("victor", password=PASSWORD)
    poll = a_poll(policy="account")
    for name in ("vera <b>", "victor"):
        _sign_in(vera, name)
        assert ApiDoor().vote(vera, poll.slug, choosing(poll), a_paper(poll)).counted
    assert Ballot.objects.count() == 2


def test_an_account_that_was_switched_off_votes_no_more(account: User, vera: Browser) -> None:
    poll = a_poll(policy="account")
    _let_in(vera, account)
    User.objects.update(is_active=False)
    for door in DOORS:
        assert door.vote(vera, poll.slug, choosing(poll), a_paper(poll)).code == "sign_in_first", door.name


def test_the_session_is_read_for_polls_by_account_alone(account: User, vera: Browser) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    poll = a_poll()
    _sign_in(vera)
    vera.get(f"/p/{poll.slug}/")
    with CaptureQueriesContext(connection) as queries:
        page = vera.get(f"/p/{poll.slug}/").text
    assert "vera" not in page
    assert not [query for query in queries if "session" in query["sql"]]


@pytest.mark.parametrize("onward", ["https://mallory.example/", "//mallory.example/", "javascript:alert(1)"])
def test_a_sign_in_leads_to_no_other_site(onward: str, account: User, vera: Browser) -> None:
    assert _sign_in(vera, next=onward).headers["location"] == "/"


def test_a_wrong_password_is_told_kindly_and_guessing_is_slowed_down(vera: Browser, settings: Any) -> None:
    # A slow hash would give tokens time to come back.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    User.objects.create_user("vera <b>", password=PASSWORD)
    told = _sign_in(vera, password="wrong")
    assert (told.status_code, "<title>This name and password don’t go together" in told.text) == (422, True)
    assert re.search(r'name="password"[^>]* aria-describedby="wrong" autofocus>', told.text)
    guess = {"username": "vera <b>", "csrfmiddlewaretoken": _token(vera)}
    statuses = [_post_sign_in(vera, guess | {"password": f"wrong {number}"}).status_code for number in range(21)]
    assert statuses == [422] * 19 + [429] * 2
    assert _sign_in(vera).status_code == 429


def test_guessing_is_slowed_down_at_the_desk_too_with_the_same_tries(house: None, settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    User.objects.create_user("olive", password=PASSWORD, is_staff=True)
    desk, network = AtDesk(), {"REMOTE_ADDR": "192.0.2.9"}
    addresses = ["/admin/login/", "/accounts/login/"] * 11
    guesses = [
        desk.post(address, {"username": "olive", "password": f"wrong {number}"}, **network)  # type: ignore[arg-type]
        for number, address in enumerate(addresses)
    ]
    assert [guess.status_code for guess in guesses] == [200, 422] * 10 + [429] * 2
    right = {"username": "olive", "password": PASSWORD}
    refused = desk.post("/admin/login/", right, **network)  # type: ignore[arg-type]
    assert (refused.status_code, 1 <= int(refused["Retry-After"]) <= 10) == (429, True)
    assert "Too many wrong passwords came from your network." in refused.content.decode()
    assert desk.post("/admin/login/", right, REMOTE_ADDR="192.0.2.10").status_code == 302


def test_who_signs_in_rightly_takes_no_try_from_the_network(house: None, settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    User.objects.create_user("olive", password=PASSWORD, is_staff=True)
    right = {"username": "olive", "password": PASSWORD}
    assert {AtDesk().post("/admin/login/", right).status_code for _ in range(25)} == {302}


def test_guesses_that_come_at_once_are_no_more_than_one_after_the_other(house: None, monkeypatch: Any) -> None:
    under_way: list[int] = []

    def another_meanwhile(_request: Any) -> HttpResponse:
        under_way.append(1)
        return AtDesk().post("/admin/login/") if len(under_way) < 30 else HttpResponse()

    monkeypatch.setattr(admin.site, "login", another_meanwhile)
    assert (AtDesk().post("/admin/login/").status_code, len(under_way)) == (429, 20)


def test_signing_out_asks_once(account: User, vera: Browser) -> None:
    _sign_in(vera)
    page = vera.get("/accounts/logout/?next=/p/x/").text
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert token
    assert "You are signed in as vera &lt;b&gt;." in page
    assert vera.client.cookies.get("sessionid")
    told = {"csrfmiddlewaretoken": token[1], "next": "/p/x/"}
    answer = vera.post("/accounts/logout/", data=told, headers={"Referer": "https://polls.test/accounts/logout/"})
    assert answer.headers["location"] == "/p/x/"
    assert not vera.client.cookies.get("sessionid")


@pytest.mark.parametrize("address", ["/accounts/login/", "/accounts/logout/"])
def test_the_account_pages_keep_the_policies_of_public_pages(address: str, vera: Browser) -> None:
    headers = vera.get(address).headers
    assert "script-src 'self';" in headers["content-security-policy"]
    assert "frame-ancestors 'self'" in headers["content-security-policy"]
    assert headers["referrer-policy"] == "same-origin"


def test_a_vote_from_a_stranger_of_an_allowed_site_has_no_account(browse: Callable[..., Browser]) -> None:
    poll = a_poll(policy="account", allowed_sites="https://gina.example")
    headers = {"Origin": "https://gina.example", "Sec-Fetch-Site": "cross-site"}
    stranger = browse()
    reply = ApiDoor().vote(stranger, poll.slug, choosing(poll), a_paper(poll), headers=headers)
    assert reply.code == "sign_in_first"
