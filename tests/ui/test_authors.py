"""Who may write polls by a program, and how much of it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.db import connection

from polls import lifecycle, tokens
from polls.models import ApiToken, Ballot, Poll
from tests.authors import FILE, GINA, LUNCH, POLLS, a_token, ask, code
from tests.browser import Browser
from tests.builders import a_draft, a_poll, a_question, now
from tests.desk import an_editor, at_desk
from ui import admission, authors
from ui.throttle import Buckets

DEEDS: list[tuple[str, str, Any, str]] = [
    ("POST", POLLS, LUNCH | {"slug": "supper"}, "add_poll"),
    ("GET", FILE, None, "view_poll"),
    ("PUT", FILE, LUNCH, "change_poll"),
    ("POST", f"{POLLS}/lunch/publish", None, "change_poll"),
    ("POST", f"{POLLS}/lunch/close", None, "change_poll"),
]


@pytest.fixture
def lunch(olive: User) -> Poll:
    draft = a_draft("Lunch", slug="lunch", organiser=olive)
    a_question(draft)
    return draft


def state() -> list[Any]:
    return [list(Poll.objects.values()), LogEntry.objects.count()]


@pytest.mark.parametrize(("method", "address", "sent", "right"), DEEDS)
def test_what_the_maker_may_not_do_at_the_desk_the_token_may_not(
    method: str, address: str, sent: Any, right: str, lunch: Poll, olive: User, vera: Browser
) -> None:
    token, before = a_token(olive), state()
    taken: list[Callable[[], object]] = [
        lambda: olive.user_permissions.remove(*Permission.objects.filter(codename__in=[right, "change_poll"])),
        lambda: User.objects.filter(pk=olive.pk).update(is_staff=False, is_superuser=True),
        lambda: User.objects.filter(pk=olive.pk).update(is_staff=True, is_active=False, is_superuser=True),
        lambda: ApiToken.objects.update(maker=None),
    ]
    for take in taken:
        take()
        assert code(ask(vera, token, method, address, sent)) == (403, "token_forbidden")
        assert state() == before


@pytest.mark.parametrize(("method", "address", "sent", "right"), DEEDS)
def test_a_token_that_may_cast_alone_writes_nothing(
    method: str, address: str, sent: Any, right: str, lunch: Poll, olive: User, vera: Browser
) -> None:
    before = state()
    token = tokens.issue(ApiToken(name="Kiosk", maker=olive))
    answer = ask(vera, token, method, address, sent)
    assert code(answer) == (403, "token_forbidden")
    assert answer.json()["detail"] == "This API token, or whoever made it, may not do that."
    assert state() == before


def test_a_token_that_may_write_alone_casts_nothing(olive: User, vera: Browser) -> None:
    poll = a_poll(policy="open", organiser=olive)
    answer = ask(vera, a_token(olive), "POST", f"{POLLS}/{poll.slug}/ballots", {"answers": []})
    assert code(answer) == (403, "token_forbidden")
    assert not Ballot.objects.exists()


def test_a_token_of_before_casts_and_writes_nothing(olive: User) -> None:
    """As a version stored it that knew no rights; in an update of several servers it may still be running."""
    with connection.cursor() as cursor:
        row = ["Kiosk", olive.pk, "x" * 43, now()]
        cursor.execute("INSERT INTO polls_apitoken (name, maker_id, token_hash, made_at) VALUES (%s, %s, %s, %s)", row)
    token = ApiToken.objects.get()
    assert (token.may_cast, token.may_author) == (True, False)


@pytest.mark.parametrize(("method", "address", "sent", "right"), DEEDS[1:])
def test_somebody_elses_poll_is_not_there_unless_the_maker_sees_every_poll(
    method: str, address: str, sent: Any, right: str, lunch: Poll, olive: User, vera: Browser
) -> None:
    otto = an_editor("otto")
    token, before = a_token(otto), state()
    assert code(ask(vera, token, method, address, sent)) == (404, "unknown_poll")
    assert state() == before
    otto.user_permissions.add(Permission.objects.get(codename="see_every_poll"))
    answer = ask(vera, token, method, address, sent)
    assert answer.status_code == (409 if address.endswith("/close") else 200)
    assert Poll.objects.get().organiser == olive


@pytest.mark.parametrize(("method", "address", "sent", "right"), DEEDS)
def test_without_a_token_nothing_is_done_whatever_else_comes_along(
    method: str, address: str, sent: Any, right: str, lunch: Poll, olive: User, vera: Browser
) -> None:
    before, desk = state(), at_desk(olive)
    revoked = a_token(olive)
    tokens.revoke(ApiToken.objects.get(), at=now())
    session = "; ".join(f"{name}={cookie.value}" for name, cookie in desk.cookies.items())
    for headers in (
        {"Cookie": session},
        {"Authorization": "Basic b2xpdmU6eA=="},
        *({"Authorization": f"Bearer {said}".encode()} for said in ("", "pst_", revoked, "é")),
    ):
        answer = vera.request(method, address, json=sent, headers=headers)
        assert code(answer) == (401, "token_unknown"), headers
        assert answer.headers["www-authenticate"] == "Bearer"
    assert state() == before


@pytest.mark.parametrize(("method", "address", "sent", "right"), DEEDS)
def test_no_page_of_another_site_writes_polls_not_even_of_one_that_the_poll_allows(
    method: str, address: str, sent: Any, right: str, lunch: Poll, olive: User, vera: Browser
) -> None:
    Poll.objects.update(allowed_sites=GINA)
    lunch.refresh_from_db()
    if address != POLLS and method != "PUT":
        lifecycle.publish(lunch, at=now())
    token, before = a_token(olive), state()
    for origin in (GINA, "null", "https://mallory.example"):
        for site in ({"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {}):
            answer = ask(vera, token, method, address, sent, {"Origin": origin} | site)
            assert code(answer) == (403, "origin_foreign")
            assert answer.json()["detail"] == "Polls are not written from pages of other sites."
            assert "access-control-allow-origin" not in answer.headers
        asked = {"Access-Control-Request-Method": method, "Access-Control-Request-Headers": "authorization"}
        preflight = vera.request("OPTIONS", address, headers={"Origin": origin, "Sec-Fetch-Site": "cross-site"} | asked)
        assert preflight.status_code == 405
        assert "access-control-allow-methods" not in preflight.headers
    assert state() == before
    assert ask(vera, token, method, address, sent, {"Origin": "https://polls.test"}).status_code in {200, 201}


def test_an_address_that_no_poll_can_have_is_not_there(olive: User, vera: Browser) -> None:
    token = a_token(olive)
    for slug in ("none", "Not-Small", "%00", "a%20b", "x" * 81, "%F0%9F%8D%9C"):
        for method, path in (("GET", "definition"), ("PUT", "definition"), ("POST", "publish"), ("POST", "close")):
            answer = ask(vera, token, method, f"{POLLS}/{slug}/{path}", LUNCH if method == "PUT" else None)
            assert code(answer) == (404, "unknown_poll"), (slug, path)


def test_other_methods_are_not_for_these_addresses(olive: User, vera: Browser) -> None:
    token = a_token(olive)
    for method, address, allowed in (
        ("DELETE", FILE, "GET, HEAD, PUT"),
        ("GET", f"{POLLS}/lunch/publish", "POST"),
        ("PUT", POLLS, "GET, HEAD, POST"),
    ):
        answer = ask(vera, token, method, address)
        assert (code(answer), answer.headers["allow"]) == ((405, "method_not_allowed"), allowed)


def test_who_guesses_tokens_waits_and_a_token_that_was_right_is_not_held_up(
    olive: User, vera: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admission, "failures", Buckets(burst=3, per_second=0.1))
    right, other = a_token(olive), a_token(olive, "Other")
    assert ask(vera, right, "POST", POLLS, LUNCH).status_code == 201
    codes = [code(ask(vera, f"pst_{number}", "GET", FILE)) for number in range(4)]
    assert codes == [(401, "token_unknown")] * 3 + [(429, "throttled")]
    held = ask(vera, other, "GET", FILE)
    assert code(held) == (429, "throttled")
    assert int(held.headers["retry-after"]) > 0
    assert "Too much came with API tokens" in held.json()["detail"]
    assert ask(vera, right, "GET", FILE).status_code == 200


def test_a_token_writes_so_much_at_once_and_waits_then(
    olive: User, vera: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admission, "authors", Buckets(burst=2, per_second=0.1))
    first, second = a_token(olive), a_token(olive, "Other")
    ask(vera, first, "POST", POLLS, LUNCH)
    assert [ask(vera, first, "GET", FILE).status_code for _time in range(2)] == [200, 429]
    assert ask(vera, second, "GET", FILE).status_code == 200


def test_the_day_of_a_tokens_last_use_is_noted(olive: User, vera: Browser) -> None:
    token = a_token(olive)
    ask(vera, token, "POST", POLLS, LUNCH)
    assert ApiToken.objects.get().last_used_on == now().date()


def test_of_tokens_that_were_right_no_endless_number_is_remembered(
    olive: User, vera: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(authors, "MOST", 2)
    for number in range(5):
        ask(vera, a_token(olive, str(number)), "GET", FILE)
    assert len(authors._right) <= 2
