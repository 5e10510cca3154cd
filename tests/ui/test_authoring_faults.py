"""What is wrong with a poll that a program sends: all of it at once, with its place, and nothing is stored."""

import gzip
import json

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User

from polls.models import Poll
from tests.authors import FILE, JSON, LUNCH, POLLS, a_token, ask, code, history, places
from tests.browser import Browser
from tests.builders import a_draft
from ui import handler


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
