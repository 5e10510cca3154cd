"""A program with an API token writes polls: what its maker may at the desk, told in the poll's history, and no more."""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import httpx
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.db import connections

from polls import authoring, definitions, lifecycle, refusals, tokens
from polls.models import ApiToken, Poll
from polls.terms import Status
from tests.authors import FILE, GINA, JSON, LUNCH, POLLS, a_token, ask, code, history
from tests.browser import Browser
from tests.builders import a_draft, a_poll, a_question, now
from tests.desk import an_editor, as_it_stands, at_desk, change


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


def test_a_poll_without_an_address_gets_one_and_keeps_it(olive: User, vera: Browser) -> None:
    token, nameless = a_token(olive), {key: LUNCH[key] for key in ("title", "questions")}
    slugs = [ask(vera, token, "POST", POLLS, nameless).json()["slug"] for _time in range(2)]
    assert slugs == ["lunch", "lunch-2"]
    assert ask(vera, token, "PUT", FILE, nameless | {"title": "Supper"}).json()["slug"] == "lunch"
    moved = ask(vera, token, "PUT", FILE, LUNCH | {"slug": "supper"})
    assert moved.json()["definition"] == f"https://polls.test{POLLS}/supper/definition"
    assert code(ask(vera, token, "GET", FILE)) == (404, "unknown_poll")


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
