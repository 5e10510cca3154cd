"""Invitations and accounts at the doors: what a visitor is shown, and what no cache and no other site gets."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import Client

from polls import invitations, lifecycle
from polls.models import Ballot, Poll
from tests.browser import Browser
from tests.builders import a_draft, a_poll, a_question, now
from tests.desk import AtDesk
from tests.doors import DOORS, ApiDoor, FormDoor, Reply, choosing
from ui import papers

type Door = FormDoor | ApiDoor
HTMX = {"HX-Request": "true"}
FACES = [("/p/{slug}/", {}), ("/p/{slug}/", HTMX), ("/embed/{slug}/", {}), ("/embed/{slug}/", HTMX)]
PASSWORD = "a long word for tests"


def _paper(poll: Poll) -> str:
    """A fresh paper: a poll by account shows its form to those alone who are signed in."""
    return papers.issue(poll.pk, at=now())


def _code(poll: Poll) -> str:
    return invitations.issue(poll, 1)[0].code


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


WAYS_TO_WRITE: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "between spaces": " {} ".format,
    "in small letters": str.lower,
    "in one word": lambda code: code.replace("-", ""),
}


@pytest.mark.parametrize("several", [False, True])
def test_a_code_that_is_to_be_mended_says_what_is_wrong_with_it(
    several: bool,
    vera: Browser,
) -> None:
    poll = a_poll(policy="invitation")
    if several:
        poll = a_draft(policy="invitation")
        a_question(poll)
        a_question(poll)
        lifecycle.publish(poll, at=now())
    for code, said in (("0000-0000-0000-0000", "This invitation is not valid."), ("", "This poll is by invitation.")):
        sent = {"paper": _paper(poll), "invitation": code}
        for question in poll.questions.all():
            sent[f"q{question.pk}"] = str(question.choices.first().pk)
        text = vera.post(f"/p/{poll.slug}/vote/", data=sent).text
        assert 'aria-invalid="true" aria-describedby="refusal-code" autofocus>' in text
        assert text.count("autofocus") == 1
        assert text.count('id="refusal-code"') == 1
        assert said in text.partition('id="refusal-code"')[2]


def test_an_invitation_is_good_for_one_vote_however_it_is_written(
    door: Door, vera: Browser, victor: Browser, subtests: pytest.Subtests
) -> None:
    poll = a_poll(policy="invitation")
    answers, others = choosing(poll), choosing(poll, 1)
    codes = [issued.code for issued in invitations.issue(poll, len(WAYS_TO_WRITE))]
    for number, (way, write) in enumerate(WAYS_TO_WRITE.items(), start=1):
        with subtests.test(way):
            extra = {"invitation": write(codes[number - 1])}
            assert door.vote(vera, poll.slug, answers, _paper(poll), extra=extra).counted
            extra = {"invitation": codes[number - 1]}
            assert door.vote(victor, poll.slug, others, _paper(poll), extra=extra).code == "already_voted"
            assert Ballot.objects.count() == number


@pytest.mark.parametrize(("address", "headers"), FACES)
def test_a_link_puts_the_code_into_the_form(address: str, headers: dict[str, str], vera: Browser) -> None:
    poll = a_poll(policy="invitation")
    code = _code(poll)
    told = vera.get(address.format(slug=poll.slug), params={"invitation": code.lower()}, headers=headers)
    assert f'<input type="hidden" name="invitation" value="{code}">' in told.text
    assert told.headers["cache-control"] == "private, no-store"
    assert told.headers["referrer-policy"] == "same-origin"


@pytest.mark.parametrize(("address", "headers"), FACES)
def test_without_a_link_the_form_asks_for_the_code(address: str, headers: dict[str, str], vera: Browser) -> None:
    poll = a_poll(policy="invitation")
    told = vera.get(address.format(slug=poll.slug), headers=headers).text
    assert "The code from your invitation" in told
    assert 'type="hidden" name="invitation"' not in told


def test_one_visitors_code_is_not_in_the_form_of_another(vera: Browser, victor: Browser) -> None:
    poll = a_poll(policy="invitation")
    one, other = _code(poll), _code(poll)
    assert one in vera.get(f"/p/{poll.slug}/", params={"invitation": one}).text
    assert one not in victor.get(f"/p/{poll.slug}/", params={"invitation": other}).text
    assert one not in victor.get(f"/p/{poll.slug}/").text


def test_a_wrong_code_comes_back_to_be_mended_and_the_choice_is_kept(vera: Browser) -> None:
    poll = a_poll(policy="invitation")
    hostile = '"><script>alert(1)</script>'
    fields = {
        "paper": vera.paper(poll.slug),
        "invitation": hostile,
        f"q{choosing(poll)[0][0]}": choosing(poll)[0][1][0],
    }
    told = vera.post(f"/p/{poll.slug}/vote/", data=fields, headers=HTMX)
    assert "<script>alert" not in told.text
    assert f'value="{hostile}"' in unescape(told.text)
    assert " checked" in told.text
    assert told.headers["cache-control"] == "private, no-store"
    assert "<script>alert" not in vera.get(f"/p/{poll.slug}/", params={"invitation": hostile}).text


def test_an_answer_never_repeats_the_code_in_an_address(vera: Browser) -> None:
    poll = a_poll(policy="invitation")
    code = _code(poll)
    reply = FormDoor("page", "/p/{slug}/vote/", {}).vote(
        vera, poll.slug, choosing(poll), vera.paper(poll.slug), extra={"invitation": code}
    )
    assert code not in reply.response.headers["location"]
    assert all(code.replace("-", "") not in value for value in vera.client.cookies.values())


def test_two_people_at_one_browser_vote_with_two_invitations(vera: Browser) -> None:
    poll = a_poll(policy="invitation")
    mine, hers = _code(poll), _code(poll)
    door = ApiDoor()
    assert door.vote(vera, poll.slug, choosing(poll), vera.paper(poll.slug), extra={"invitation": mine}).counted
    assert "You have voted" in vera.get(f"/p/{poll.slug}/", params={"invitation": mine}).text
    assert f'value="{hers}"' in vera.get(f"/p/{poll.slug}/", params={"invitation": hers}).text
    assert "The code from your invitation" in vera.get(f"/p/{poll.slug}/?show=ballot").text
    assert door.vote(vera, poll.slug, choosing(poll), vera.paper(poll.slug), extra={"invitation": hers}).counted


def test_wrong_codes_are_slowed_down_and_right_ones_are_not(door: Door, vera: Browser, victor: Browser) -> None:
    poll = a_poll(policy="invitation")
    answers = choosing(poll)

    def tries(browser: Browser, code: str) -> Reply:
        return door.vote(browser, poll.slug, answers, _paper(poll), extra={"invitation": code})

    codes = [one.code for one in invitations.issue(poll, 22)]
    assert all(tries(vera, code).counted for code in codes[:21]), "more than wrong codes may be tried"
    guesses = [tries(vera, "0" * 16).code for _ in range(21)]
    assert guesses == ["invitation_unknown"] * 20 + ["throttled"]
    reply = tries(vera, codes[21])
    assert (reply.code, 1 <= int(reply.response.headers["retry-after"]) <= 10) == ("throttled", True)
    assert tries(victor, codes[21]).counted


def test_an_invitation_does_not_get_around_the_allowance_of_a_network(browse: Callable[..., Browser]) -> None:
    poll = a_poll(policy="invitation", network_allowance=1)
    answers = choosing(poll)
    for number, door in enumerate(DOORS):
        vera, codes = browse(f"192.0.2.{number}"), [issued.code for issued in invitations.issue(poll, 2)]
        told = [door.vote(vera, poll.slug, answers, _paper(poll), extra={"invitation": code}).code for code in codes]
        assert told == ["counted", "network_full"], door.name


@pytest.mark.parametrize(
    ("policy", "words"),
    [
        ("browser", "somebody who clears cookies can vote again"),
        ("network", "People behind one office address share 5 votes."),
        ("open", "as a mood, not as a count"),
        ("invitation", "One vote per invitation."),
        ("account", "One vote per account."),
    ],
)
def test_a_ballot_says_how_strong_its_policy_is(policy: str, words: str, vera: Browser) -> None:
    poll = a_poll(policy=policy, network_allowance=5)
    assert words in unescape(vera.get(f"/p/{poll.slug}/").text)
    assert words in unescape(vera.get(f"/embed/{poll.slug}/").text)
    assert words in vera.get(f"/api/v1/polls/{poll.slug}").json()["strength"]


def test_after_the_close_nothing_is_said_of_voting_again(vera: Browser) -> None:
    poll = a_poll(reveal="always")
    addresses = (f"/p/{poll.slug}/results/", f"/embed/{poll.slug}/?show=results", f"/api/v1/polls/{poll.slug}")
    for address in addresses:
        assert "can vote again" in vera.get(address).text, address
    lifecycle.close(poll, at=now())
    for address in addresses:
        said = vera.get(address).text
        assert ("can vote again" in said, "could vote again" in said) == (False, True), address


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
            counted = door.vote(here, poll.slug, choosing(poll), _paper(poll))
            assert counted.counted
            assert "set-cookie" not in counted.response.headers
            assert door.vote(there, poll.slug, choosing(poll, 1), _paper(poll)).code == "already_voted"
            assert "You have voted in this poll." in there.get(f"/p/{poll.slug}/").text


def test_two_accounts_on_one_machine_have_two_votes(account: User, vera: Browser) -> None:
    User.objects.create_user("victor", password=PASSWORD)
    poll = a_poll(policy="account")
    for name in ("vera <b>", "victor"):
        _sign_in(vera, name)
        assert ApiDoor().vote(vera, poll.slug, choosing(poll), _paper(poll)).counted
    assert Ballot.objects.count() == 2


def test_an_account_that_was_switched_off_votes_no_more(account: User, vera: Browser) -> None:
    poll = a_poll(policy="account")
    _let_in(vera, account)
    User.objects.update(is_active=False)
    for door in DOORS:
        assert door.vote(vera, poll.slug, choosing(poll), _paper(poll)).code == "sign_in_first", door.name


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
    reply = ApiDoor().vote(stranger, poll.slug, choosing(poll), _paper(poll), headers=headers)
    assert reply.code == "sign_in_first"
