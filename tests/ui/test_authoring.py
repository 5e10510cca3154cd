"""A program with an API token writes polls: what its maker may at the desk, told in the poll's history, and no more."""

import asyncio
import gzip
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import httpx
import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.db import connection, connections

from polls import authoring, definitions, lifecycle, refusals, tokens
from polls.models import ApiToken, Ballot, Poll
from polls.terms import Status
from tests.browser import Browser
from tests.builders import a_draft, a_poll, a_question, now
from tests.desk import an_editor, as_it_stands, at_desk, change
from ui import admission, authors, handler
from ui.throttle import Buckets

LUNCH: dict[str, Any] = {
    "title": "Lunch",
    "slug": "lunch",
    "questions": [{"text": "What do we eat?", "choices": ["Soup", "Salad"]}],
}
POLLS = "/api/v1/polls"
FILE = f"{POLLS}/lunch/definition"
GINA = "https://gina.example"


@pytest.fixture
def olive(house: None) -> User:
    return an_editor("olive")


def a_token(maker: User | None, name: str = "Script", **rights: bool) -> str:
    return tokens.issue(ApiToken(name=name, maker=maker, **({"may_cast": False, "may_author": True} | rights)))


def ask(
    browser: Browser, token: str, method: str, address: str, sent: Any = None, headers: Any = (), **kwargs: Any
) -> httpx.Response:
    said = {"Authorization": f"Bearer {token}"} | dict(headers)
    if sent is not None:
        kwargs["json"] = sent
    return browser.request(method, address, headers=said, **kwargs)


def code(answer: httpx.Response) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    return answer.status_code, answer.json()["code"]


def places(answer: httpx.Response) -> set[str]:
    return {fault["at"] for fault in answer.json()["errors"]}


def history(poll: Poll) -> list[tuple[str, str]]:
    entries = LogEntry.objects.filter(object_id=str(poll.pk)).order_by("pk")
    return [(entry.user.get_username(), entry.get_change_message()) for entry in entries]


# From the first line to the close


def test_a_poll_is_written_read_written_anew_published_and_closed(olive: User, vera: Browser) -> None:
    token = a_token(olive, "Import")
    made = ask(vera, token, "POST", POLLS, LUNCH)
    poll = Poll.objects.get()
    assert (made.status_code, made.headers["location"]) == (201, f"https://polls.test{FILE}")
    assert made.json() == {
        "slug": "lunch",
        "title": "Lunch",
        "status": "draft",
        "opens_at": None,
        "closes_at": None,
        "url": "https://polls.test/p/lunch/",
        "definition": f"https://polls.test{FILE}",
    }
    assert (poll.organiser, poll.status) == (olive, Status.DRAFT)
    assert vera.get(f"{POLLS}/lunch").status_code == 404

    read = ask(vera, token, "GET", made.headers["location"])
    assert read.json() == LUNCH | {
        "language": "en",
        "questions": [{"text": "What do we eat?", "kind": "single", "choices": ["Soup", "Salad"]}],
    }
    assert read.headers["etag"] == made.headers["etag"]
    assert (read.headers["cache-control"], read.headers["vary"]) == ("private, no-cache", "Authorization")

    dinner = read.json() | {"title": "Dinner", "closes_at": "2031-06-30T18:00:00+02:00"}
    anew = ask(vera, token, "PUT", FILE, dinner, {"If-Match": read.headers["etag"]})
    assert (anew.status_code, anew.json()["title"], anew.json()["closes_at"]) == (200, "Dinner", "2031-06-30T16:00:00Z")
    assert anew.headers["etag"] == ask(vera, token, "GET", FILE).headers["etag"] != read.headers["etag"]

    for _again in range(2):
        published = ask(vera, token, "POST", f"{POLLS}/lunch/publish")
        assert (published.status_code, published.json()["status"]) == (200, "open")
    assert vera.get(f"{POLLS}/lunch").json()["title"] == "Dinner"
    for _again in range(2):
        closed = ask(vera, token, "POST", f"{POLLS}/lunch/close")
        assert (closed.status_code, closed.json()["status"]) == (200, "closed")
    assert history(poll) == [
        ("olive", "Written by the API token “Import”."),
        ("olive", "Changed closes at and title."),
        ("olive", "Written anew by the API token “Import”."),
        ("olive", "Published by the API token “Import”."),
        ("olive", "Closed by the API token “Import”."),
    ]
    assert "Written by the API token" in at_desk(olive).get(f"/admin/polls/poll/{poll.pk}/history/").content.decode()


def test_who_has_the_file_already_is_told_so(olive: User, vera: Browser) -> None:
    token = a_token(olive)
    etag = ask(vera, token, "POST", POLLS, LUNCH).headers["etag"]
    assert ask(vera, token, "GET", FILE, None, {"If-None-Match": etag}).status_code == 304
    assert ask(vera, token, "HEAD", FILE).status_code == 200


def test_a_file_of_the_desk_is_taken_as_it_is_and_one_of_the_api_at_the_desk(olive: User, vera: Browser) -> None:
    token = a_token(olive)
    draft = a_draft("Lunch", slug="lunch", organiser=olive)
    a_question(draft)
    file = definitions.written([draft])
    alone = ask(vera, token, "GET", FILE).text
    draft.delete()
    assert ask(vera, token, "POST", POLLS, content="\ufeff" + file, headers=JSON).status_code == 201
    Poll.objects.all().delete()
    assert definitions.load(alone, organiser=olive)[0].slug == "lunch"


JSON = {"Content-Type": "application/json"}


def test_a_poll_without_an_address_gets_one_and_keeps_it(olive: User, vera: Browser) -> None:
    token, nameless = a_token(olive), {key: LUNCH[key] for key in ("title", "questions")}
    slugs = [ask(vera, token, "POST", POLLS, nameless).json()["slug"] for _time in range(2)]
    assert slugs == ["lunch", "lunch-2"]
    assert ask(vera, token, "PUT", FILE, nameless | {"title": "Supper"}).json()["slug"] == "lunch"
    moved = ask(vera, token, "PUT", FILE, LUNCH | {"slug": "supper"})
    assert moved.json()["definition"] == f"https://polls.test{POLLS}/supper/definition"
    assert code(ask(vera, token, "GET", FILE)) == (404, "unknown_poll")


# What is wrong with a poll


def test_all_that_is_wrong_is_told_at_once_with_its_place_and_nothing_is_stored(olive: User, vera: Browser) -> None:
    token = a_token(olive)
    a_draft(slug="lunch")
    hostile = "<script>alert(1)</script>\u202e\0"
    wrong = LUNCH | {
        hostile: 1,
        "closes_at": "tomorrow",
        "questions": [{"text": "?", "kind": "guess", "choices": ["A", {"text": "A"}, "\ud800"]}],
    }
    expected = {
        "",
        "slug",
        "closes_at",
        "questions[0].kind",
        "questions[0].choices[1].text",
        "questions[0].choices[2].text",
    }
    answer = ask(vera, token, "POST", POLLS, content=json.dumps(wrong), headers=JSON)
    assert code(answer) == (422, "definition_faulty")
    assert places(answer) == expected
    assert all(fault["detail"] and fault["code"] == "definition_faulty" for fault in answer.json()["errors"])
    assert (Poll.objects.count(), LogEntry.objects.count()) == (1, 0)


def test_a_draft_stays_as_it_was_where_what_should_replace_it_is_faulty(olive: User, vera: Browser) -> None:
    token = a_token(olive)
    before = ask(vera, token, "POST", POLLS, LUNCH).headers["etag"]
    a_draft(slug="taken")
    for wrong, at in (
        (LUNCH | {"slug": "taken"}, "slug"),
        (LUNCH | {"questions": 7}, "questions"),
        (LUNCH | {"translations": {"de": {"intro": "Ah"}}}, "translations.de.intro"),
    ):
        answer = ask(vera, token, "PUT", FILE, wrong)
        assert (code(answer), places(answer)) == ((422, "definition_faulty"), {at})
        assert ask(vera, token, "GET", FILE).headers["etag"] == before
    assert len(history(Poll.objects.get(slug="lunch"))) == 1


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"\xff\xfe", b"7", b"[]", b"null", b'{"a": NaN}', b"[" * 50_000, b'{"title": 1, "title": 2}', b"\0"],
)
def test_what_is_no_poll_at_all_is_told_so(body: bytes, olive: User, vera: Browser) -> None:
    answer = ask(vera, a_token(olive), "POST", POLLS, content=body, headers=JSON)
    assert (code(answer), places(answer)) == ((422, "definition_faulty"), {""})
    assert answer.json()["errors"][0]["detail"].endswith(".")


def test_faults_are_told_in_the_language_of_who_asks(olive: User, vera: Browser) -> None:
    answer = ask(vera, a_token(olive), "POST", POLLS, {}, {"Accept-Language": "de"})
    assert {fault["detail"] for fault in answer.json()["errors"]} == {"Das fehlt."}


def test_other_types_are_not_taken(olive: User, vera: Browser) -> None:
    token = a_token(olive)
    for kind in ("text/plain", "application/x-www-form-urlencoded", ""):
        answer = ask(vera, token, "POST", POLLS, content=json.dumps(LUNCH), headers={"Content-Type": kind})
        assert code(answer) == (415, "type_unknown"), kind
    packed = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    answer = ask(vera, token, "POST", POLLS, content=gzip.compress(json.dumps(LUNCH).encode()), headers=packed)
    assert code(answer) == (415, "type_unknown")
    assert (
        ask(vera, token, "POST", POLLS, LUNCH, {"Content-Type": "application/json; charset=utf-8"}).status_code == 201
    )


def test_a_long_poll_is_taken_and_an_endless_one_is_not(olive: User, vera: Browser) -> None:
    token = a_token(olive)
    questions = [
        {"text": f"{place}?", "choices": [f"{place}.{one} {'x' * 150}" for one in range(20)]} for place in range(50)
    ]
    long = LUNCH | {"questions": questions}
    assert handler.LARGEST_BODY < len(json.dumps(long)) < handler.LARGEST_POLL
    assert ask(vera, token, "POST", POLLS, long).status_code == 201
    assert ask(vera, token, "PUT", FILE, long).status_code == 200
    body = json.dumps(LUNCH).encode() + b" " * handler.LARGEST_POLL
    for method, address in (("POST", POLLS), ("PUT", FILE)):
        assert code(ask(vera, token, method, address, content=body, headers=JSON)) == (413, "too_large")
    body = b"{" + b" " * handler.LARGEST_BODY
    for address in (
        f"{POLLS}/lunch/publish",
        f"{POLLS}/lunch/ballots",
        "/p/lunch/vote/",
        "/p/definition/vote/definition",
    ):
        assert ask(vera, token, "POST", address, content=body, headers=JSON).status_code == 413, address


# What has changed, or is promised


def test_what_has_changed_meanwhile_is_not_overwritten_unknowingly(olive: User, vera: Browser) -> None:
    token = a_token(olive)
    seen = ask(vera, token, "POST", POLLS, LUNCH).headers["etag"]
    desk, poll = at_desk(olive), Poll.objects.get()
    assert desk.post(change(poll), as_it_stands(poll) | {"title": "Supper"}).status_code == 302
    assert Poll.objects.get().title == "Supper"
    for stale in (seen, f"W/{seen}", '"another"', f'"a", {seen}', ""):
        assert code(ask(vera, token, "PUT", FILE, LUNCH, {"If-Match": stale})) == (412, "changed_meanwhile"), stale
    assert Poll.objects.get().title == "Supper"
    now_there = ask(vera, token, "GET", FILE).headers["etag"]
    assert ask(vera, token, "PUT", FILE, LUNCH, {"If-Match": f'"a", W/{now_there}'}).status_code == 200
    assert ask(vera, token, "PUT", FILE, LUNCH, {"If-Match": "*"}).status_code == 200


def test_of_two_that_write_the_same_draft_at_once_one_is_told_so(olive: User, vera: Browser) -> None:
    token = a_token(olive)
    seen = ask(vera, token, "POST", POLLS, LUNCH).headers["etag"]
    said = {"Authorization": f"Bearer {token}", "If-Match": seen}

    async def both() -> list[httpx.Response]:
        sent = [LUNCH | {"title": f"Title {number}"} for number in range(5)]
        return list(await asyncio.gather(*(vera.client.put(FILE, json=one, headers=said) for one in sent)))

    assert sorted(answer.status_code for answer in vera.run(both())) == [200, 412, 412, 412, 412]


def test_of_many_that_take_one_address_at_once_one_gets_it_and_the_others_are_told_where(olive: User) -> None:
    """As several processes would, each with a connection of its own."""
    tokens.issue(token := ApiToken(name="Script", maker=olive, may_cast=False, may_author=True))
    begin, body = Barrier(6), json.dumps(LUNCH).encode()

    def create() -> str:
        begin.wait()
        try:
            return authoring.create(body, token=token).poll.slug
        except refusals.DefinitionFaulty as refusal:
            return refusal.faults[0][0]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as several:
        said = [several.submit(create) for _number in range(6)]
        assert sorted(one.result() for one in said) == ["lunch"] + ["slug"] * 5
    assert (Poll.objects.count(), LogEntry.objects.count()) == (1, 1)


def test_a_poll_that_was_published_is_not_written_anew(olive: User, vera: Browser) -> None:
    token = a_token(olive)
    poll = a_poll(slug="lunch", organiser=olive)
    file = ask(vera, token, "GET", FILE)
    for deed in (lifecycle.close, lifecycle.archive, lifecycle.restore):
        answer = ask(vera, token, "PUT", FILE, LUNCH, {"If-Match": '"stale"'})
        assert code(answer) == (409, "already_published")
        assert ask(vera, token, "GET", FILE).content == file.content
        poll = deed(poll, at=now())
    assert history(poll) == []


def test_a_page_of_the_desk_that_was_open_meanwhile_overwrites_nothing_unknowingly(olive: User, vera: Browser) -> None:
    token = a_token(olive)
    ask(vera, token, "POST", POLLS, LUNCH)
    poll = Poll.objects.get()
    page = as_it_stands(poll) | {"title": "Supper", "questions-0-text": "What do you eat?"}
    other = {"text": "When?", "choices": ["Now", "Later"]}
    assert ask(vera, token, "PUT", FILE, LUNCH | {"title": "Dinner", "questions": [other]}).status_code == 200
    answer = at_desk(an_editor("otto", is_superuser=True)).post(change(poll), page)
    assert answer.status_code == 200
    assert "Dinner" in answer.content.decode()
    assert "olive" in answer.content.decode(), "who has changed it"
    assert Poll.objects.get().title == "Dinner"


def test_publishing_is_refused_as_at_the_desk_with_all_that_is_missing(olive: User, vera: Browser) -> None:
    token = a_token(olive)
    poor = LUNCH | {
        "questions": [{"text": "A?", "choices": ["B"]}, {"text": "C?"}],
        "closes_at": "2001-01-01T00:00:00Z",
    }
    assert ask(vera, token, "POST", POLLS, poor).status_code == 201
    answer = ask(vera, token, "POST", f"{POLLS}/lunch/publish")
    assert code(answer) == (409, "not_allowed")
    poll = Poll.objects.get()
    assert [fault["detail"] for fault in answer.json()["errors"]] == lifecycle.problems(poll, at=now())
    assert len(answer.json()["errors"]) == 3
    assert code(ask(vera, token, "POST", f"{POLLS}/lunch/close")) == (409, "not_allowed")
    assert len(history(poll)) == 1


def test_a_closed_poll_is_not_published_again_and_one_that_promised_to_stay_open_is_not_closed(
    olive: User, vera: Browser
) -> None:
    token = a_token(olive)
    ask(vera, token, "POST", POLLS, LUNCH | {"earliest_close": "2999-01-01T00:00:00Z"})
    ask(vera, token, "POST", f"{POLLS}/lunch/publish")
    refused = ask(vera, token, "POST", f"{POLLS}/lunch/close")
    assert code(refused) == (409, "not_allowed")
    assert "promised" in refused.json()["detail"]
    lifecycle.close(a_poll(slug="supper", organiser=olive), at=now())
    assert code(ask(vera, token, "POST", f"{POLLS}/supper/publish")) == (409, "not_allowed")


def test_the_history_says_what_a_program_has_changed(olive: User, vera: Browser) -> None:
    token = a_token(olive)
    ask(vera, token, "POST", POLLS, LUNCH | {"questions": [*LUNCH["questions"], {"text": "Why?", "kind": "text"}]})
    what = LUNCH["questions"][0] | {"choices": ["Soup"], "hint": "Today", "translations": {"de": {"text": "Was?"}}}
    anew = LUNCH | {"allowed_sites": [GINA], "questions": [what, {"text": "When?", "choices": ["Now", "Later"]}]}
    for _again in range(2):
        ask(vera, token, "PUT", FILE, anew)
    changed = "Changed allowed sites. Changed choices, hint and translations for question “What do we eat?”."
    moved = "Added question “When?”. Deleted question “Why?”."
    written = "Written anew by the API token “Script”."
    said = [f"{changed} {moved}", written, written]
    assert [words for _who, words in history(Poll.objects.get())[1:]] == said


# Who may


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


# How much


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


# Words that are meant to harm


def test_hostile_words_are_stored_as_words(olive: User, vera: Browser) -> None:
    words = "<img src=x onerror=alert(1)>' \" {{ 7*7 }} =1+1 \u202e”"
    token = a_token(olive, words)
    poll = {"title": words, "slug": "lunch", "intro": words, "questions": [{"text": words, "choices": [words, "B"]}]}
    assert ask(vera, token, "POST", POLLS, poll).json()["title"] == words
    assert ask(vera, token, "GET", FILE).json() == poll | {
        "language": "en",
        "questions": [{"text": words, "kind": "single", "choices": [words, "B"]}],
    }
    page = at_desk(olive).get(f"/admin/polls/poll/{Poll.objects.get().pk}/history/").content.decode()
    assert "<img src=x" not in page
    assert "&lt;img src=x" in page


# What the list says besides


def test_the_list_says_where_each_poll_is_seen_and_when_nothing_has_changed(vera: Browser, house: None) -> None:
    poll = a_poll()
    answer = vera.get(POLLS)
    assert [line["url"] for line in answer.json()["polls"]] == [f"https://polls.test/p/{poll.slug}/"]
    assert vera.get(answer.json()["polls"][0]["url"]).status_code == 200
    same = {"If-None-Match": answer.headers["etag"]}
    assert vera.get(POLLS, headers=same).status_code == 304
    assert "Accept-Language" in answer.headers["vary"]
    lifecycle.close(poll, at=now())
    assert vera.get(POLLS, headers=same).status_code == 200
