"""How many the guard lets in at once, what goes past ASGI, and what it says: to a small house, and to the whole."""

import asyncio
import json
from typing import Any

import httpx
import pytest

from polls import refusals
from tests import loops
from tests.browser import Browser
from tests.builders import a_poll
from tests.guarded import FOREVER, LIMIT, House, Reply, a_guard, a_scope, ask, asked
from ui import guard
from ui.asgi import Message, Ready

# More requests than can be served


def test_only_what_is_being_worked_on_counts_and_what_is_over_it_is_shed(inner: House) -> None:
    async def a_full_house() -> list[int]:
        door = a_guard(inner, most_active=2)
        busy = [asyncio.create_task(asked(door, a_scope(path="/frozen"))) for _ in range(2)]
        busy += [asyncio.create_task(asked(door, a_scope(path="/live/frozen"))) for _ in range(3)]
        await asyncio.sleep(0.05)
        shed = [await asked(door, a_scope()), await asked(door, a_scope("POST", "/live/x", content_length="1"), b"x")]
        shed.append(await asked(door, a_scope(path="/live/lunch")))
        busy[0].cancel()
        await asyncio.sleep(0)
        shed.append(await asked(door, a_scope()))
        for task in busy:
            task.cancel()
        await asyncio.gather(*busy, return_exceptions=True)
        return [reply.status for reply in shed]

    assert loops.run(a_full_house()) == [503, 503, 200, 200]


# What is worked on past ASGI


def test_what_the_house_takes_is_watched_as_all_else_is(inner: House) -> None:
    """Its time is limited, it counts as active, and where the house is full or it is large it goes the usual way."""

    async def work(name: bytes) -> Ready:
        await asyncio.sleep(FOREVER if name == b"frozen" else 0)
        return Ready.of(200, [], name)

    door = a_guard(inner, deadline=0.1, most_active=2, quick=lambda scope, body: work(body) if scope["path"] else None)
    replies: list[Reply] = []

    async def take(body: bytes, path: str = "/p/lunch/vote/") -> Ready | None:
        replies.append(reply := Reply())

        async def send(message: Message) -> None:
            if message["type"] == "http.response.start":
                reply.starts.append(message)

        async def receive() -> Message:
            return {"type": "http.request", "body": b"", "more_body": False}

        taken = door.take(a_scope("POST", path), body, receive, send)
        return await taken if taken else Ready.of(421, [], b"")

    async def story() -> tuple[list[Ready | None], list[Ready | None]]:
        first = [await take(b"vote"), await take(b"x" * (LIMIT + 1)), await take(b"vote", "")]
        frozen = [asyncio.create_task(take(b"frozen")) for _ in range(2)]
        await asyncio.sleep(0.02)
        assert len(door.active) == 2
        return [*first, await take(b"vote")], await asyncio.gather(*frozen)

    answers, frozen = loops.run(story())
    assert [answer.status for answer in answers if answer] == [200, 421, 421, 421]
    assert frozen == [None, None]
    assert [reply.status for reply in replies[3:5]] == [503, 503]
    assert not door.active


def test_a_shutdown_of_what_the_house_takes_is_not_swallowed(inner: House) -> None:
    async def work() -> Ready:
        await asyncio.sleep(FOREVER)
        raise AssertionError

    async def story() -> None:
        door = a_guard(inner, quick=lambda _scope, _body: work())
        taken = door.take(a_scope("POST"), b"", None, None)  # type: ignore[arg-type]
        assert taken
        task = asyncio.ensure_future(taken)
        await asyncio.sleep(0.02)
        task.cancel()
        await task

    with pytest.raises(asyncio.CancelledError):
        loops.run(story())


# What is said


CASES: dict[str, tuple[int, dict[str, Any]]] = {
    "too_large": (413, a_scope("POST", content_length="9999")),
    "too_slow": (408, a_scope("POST", transfer_encoding="chunked")),
    "database_away": (503, a_scope(path="/frozen")),
    "method_not_allowed": (405, a_scope("CONNECT")),
    "busy": (503, a_scope()),
}


@pytest.mark.parametrize("code", CASES)
def test_a_refusal_speaks_as_everywhere_in_the_house(inner: House, code: str) -> None:
    status, scope = CASES[code]
    most = 0 if code == "busy" else 9
    page, problem = (
        ask(a_guard(inner, deadline=0.1, body_deadline=0.1, most_active=most), sent, b"x", endless=code == "too_slow")
        for sent in (scope, scope | {"path": "/api/v1/polls/frozen"})
    )
    told = json.loads(problem.body)
    assert (page.status, problem.status, told["status"], told["code"]) == (status, status, status, code)
    assert f'data-code="{code}"' in page.body.decode()
    assert problem.header("content-type") == "application/problem+json"
    for reply in (page, problem):
        assert reply.header("content-length") == str(len(reply.body))
        assert "public" not in reply.header("cache-control")


def test_a_full_house_says_to_each_what_is_theirs(inner: House) -> None:
    """Its words are kept for many: never those for a program, a frame, a fragment or another language."""
    scopes = [
        *(a_scope(path=path) for path in ("/p/lunch/", "/embed/lunch/", "/api/v1/polls/lunch")),
        a_scope(accept_language="de"),
        a_scope(accept_language="fr"),
        a_scope(hx_request="true"),
    ]
    kept = a_guard(inner, most_active=0)
    for _time in range(2):
        for scope in scopes:
            ours, alone = ask(kept, scope), ask(a_guard(inner, most_active=0), scope)
            assert (ours.starts, ours.body) == (alone.starts, alone.body), scope
    assert len({ask(kept, scope).body for scope in scopes[2:]}) == len(scopes[2:])


def test_a_full_house_keeps_its_words_in_no_more_than_a_hundred_forms(inner: House) -> None:
    door = a_guard(inner, most_active=0)
    for number in range(300):
        ask(door, a_scope(accept_language=f"x-{number}"))
    assert len(door._busy) <= 101


def test_where_large_files_come_that_is_said_and_not_that_people_vote(inner: House) -> None:
    door = a_guard(inner)
    said = [door._dressed(a_scope(), refusals.Busy(large=large))[2].decode() for large in (False, True, False)]
    assert ["large files" in words for words in said] == [False, True, False]


def test_what_a_request_says_of_its_length_is_believed_only_where_it_is_plain() -> None:
    plain, chunked = (b"content-length", b"7"), (b"transfer-encoding", b"chunked")
    assert [guard.declared_length(said) for said in ([], [(b"host", b"x")], [plain])] == [0, 0, 7]
    doubtful = [
        [plain, plain],
        [plain, chunked],
        [chunked],
        *([(b"content-length", said)] for said in (b"", b"-7", b"x")),
    ]
    assert {guard.declared_length(said) for said in doubtful} == {guard.UNDECLARED}
    assert guard.declared_length([(b"content-length", b"9" * 19)]) == guard.UNDECLARED


def test_where_two_limits_name_an_address_the_larger_counts(inner: House) -> None:
    door = a_guard(inner, body_limits={"/admin/": 2000, "/admin/files/": 3000, "/admin/files/x/": 2500})
    assert [door.body_limit(path) for path in ("/admin/", "/admin/files/x/", "/p/")] == [2000, 3000, LIMIT]


def test_a_body_that_is_too_large_is_refused_by_the_whole_house(vera: Browser) -> None:
    poll, large = a_poll(), b"x" * (256 * 1024 + 1)

    async def in_parts() -> Any:
        for _part in range(5):
            yield b"x" * (64 * 1024)

    sent: list[tuple[str, str, Any]] = [("POST", "/healthz", large), ("GET", f"/p/{poll.slug}/", large)]
    sent += [("PUT", "/admin/x/", b"x" * (25 * 1024 * 1024 + 1)), ("POST", f"/p/{poll.slug}/vote/", in_parts())]
    replies: list[httpx.Response] = [vera.request(method, path, content=body) for method, path, body in sent]
    assert [reply.status_code for reply in replies] == [413] * 4
    assert vera.request("TRACE", f"/p/{poll.slug}/").status_code == 405


def test_the_desk_is_told_how_much_is_taken_and_the_way_back(vera: Browser) -> None:
    there = "/admin/polls/poll/1/change/"
    refused = vera.post(there, content=b"x" * (25 * 1024 * 1024 + 1))
    assert "What was sent is too large: 25 MB are taken at once." in refused.text
    assert f'href="{there}">To the desk</a>' in refused.text
