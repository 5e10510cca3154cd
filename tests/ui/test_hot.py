"""What is answered before Django builds a request is what Django would have answered, and never too old."""

import asyncio
import math
import re
import time
from collections.abc import Callable
from datetime import timedelta
from ipaddress import ip_network
from typing import Any

import httpx
import pytest
from django.http import HttpRequest, HttpResponse

from polls import lifecycle, snapshots, tallies
from polls.models import Poll, Question
from polls.terms import Policy, Reveal
from tests.browser import PAPER, Browser
from tests.builders import a_draft, a_poll, a_question, now
from tests.doors import vote
from ui import hot, papers, tongues, visitors
from ui.asgi import Receive, Scope, Send
from ui.cache import cache
from ui.entries import Entry
from ui.handler import public_site
from ui.hot import Hot, Said

HTMX = {"HX-Request": "true"}
ADDRESSES = [
    ("/p/{slug}/", {}),
    ("/p/{slug}/", HTMX),
    ("/embed/{slug}/", {}),
    ("/embed/{slug}/", HTMX),
    ("/embed/{slug}/?show=results", HTMX),
    ("/p/{slug}/results/", {}),
    ("/p/{slug}/results/", HTMX),
    ("/api/v1/polls/{slug}", {}),
    ("/api/v1/polls/{slug}/results", {}),
    ("/live/{slug}/phase", {}),
    ("/embed.js", {}),
    ("/api/v1/openapi.json", {}),
]
OF_NO_POLL = {"/embed.js", "/api/v1/openapi.json"}
ANYBODY: dict[str, Callable[[Poll], dict[str, str]]] = {
    "nobody known": lambda _poll: {},
    "a cookie of another poll": lambda poll: {"Cookie": f"voted-{poll.pk + 1}=x; theme=dark"},
    "a browser's headers": lambda _poll: {"Accept-Language": "de", "Referer": "https://gina.example/", "DNT": "1"},
}
SOMEBODY: dict[str, Callable[[Poll], dict[str, str]]] = {
    "has voted": lambda poll: {"Cookie": f"__Host-voted-{poll.pk}={visitors.cookie(poll.pk, 'a browser')}"},
    "a forged cookie": lambda poll: {"Cookie": f"voted-{poll.pk}=1.me.forged"},
    "goes back in history": lambda _poll: {"HX-Request": "true", "HX-History-Restore-Request": "true"},
    "asks from another site": lambda _poll: {"Origin": "https://gina.example"},
    "sends a body": lambda _poll: {"Content-Length": "0"},
    "says a header twice": lambda _poll: {"Accept": "a", "accept": "b"},
}


class Ways:
    """The same request the slow way, through Django, and the hot way, which Django never hears of."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self.hot = Hot(self._count)
        self.asked = 0

    async def _count(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.asked += 1
        await public_site(scope, receive, send)

    def slow(self, address: str, headers: dict[str, str], method: str = "GET") -> httpx.Response:
        return self._ask(public_site, address, headers, method)

    def quick(self, address: str, headers: dict[str, str], method: str = "GET") -> httpx.Response:
        return self._ask(self.hot, address, headers, method)

    def is_kept(self, address: str, headers: dict[str, str]) -> bool:
        """Whether the next answer comes without Django."""
        asked = self.asked
        self.quick(address, headers)
        return self.asked == asked

    def _ask(self, app: Any, address: str, headers: dict[str, str], method: str) -> httpx.Response:
        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(app, client=("192.0.2.1", 5000))
            async with httpx.AsyncClient(transport=transport, base_url="https://polls.test", headers={}) as client:
                client.headers.clear()
                return await client.request(method, address, headers=headers)

        return asyncio.run_coroutine_threadsafe(ask(), self._loop).result(30)


@pytest.fixture
def ways(house: None, loop: asyncio.AbstractEventLoop) -> Ways:
    return Ways(loop)


def _without_paper(response: httpx.Response) -> tuple[int, list[tuple[str, str]], str]:
    text = re.sub(r'(name="paper" value="|"paper": ")[^"]*', r"\1", response.text)
    return response.status_code, sorted(response.headers.items()), text


def _polls() -> dict[str, Poll]:
    soon = now() + timedelta(days=1)
    polls = {reveal.value: a_poll(reveal=reveal) for reveal in Reveal}
    polls |= {f"closed, {reveal}": lifecycle.close(a_poll(reveal=reveal), at=now()) for reveal in Reveal}
    polls |= {f"by {policy}": a_poll(policy=policy) for policy in (Policy.ACCOUNT, Policy.INVITATION, Policy.OPEN)}
    polls["scheduled"] = a_poll(opens_at=soon, closes_at=soon + timedelta(days=1))
    polls["secret"] = a_poll(anonymous=True)
    polls["shuffled"] = a_poll(question={"shuffled": True})
    polls["ranked, framed by some"] = a_poll(question={"kind": "ranked"}, allowed_sites="https://gina.example")
    polls["archived"] = lifecycle.archive(lifecycle.close(a_poll(), at=now()), at=now())
    draft = a_draft()
    a_question(draft)
    return polls | {"a draft": draft}


def test_both_ways_give_the_same_answer_at_each_address_of_each_poll(ways: Ways) -> None:
    for name, poll in _polls().items():
        # What is the same for all polls once.
        addresses = [asked for asked in ADDRESSES if name == Reveal.ALWAYS or "{slug}" in asked[0]]
        for address, sent in addresses:
            at, voted = address.format(slug=poll.slug), sent | SOMEBODY["has voted"](poll)
            slow = _without_paper(ways.slow(at, sent))
            assert [_without_paper(ways.quick(at, sent)) for _time in range(2)] == [slow, slow], (name, at, sent)
            assert _without_paper(ways.quick(at, voted)) == _without_paper(ways.slow(at, voted)), (name, at, voted)


def test_both_ways_give_the_same_answer_to_each_visitor(ways: Ways) -> None:
    poll = a_poll(reveal=Reveal.AFTER_VOTING)
    for address, sent in ADDRESSES:
        at = address.format(slug=poll.slug)
        for who, headers in (ANYBODY | SOMEBODY).items():
            ours = sent | headers(poll)
            assert _without_paper(ways.quick(at, ours)) == _without_paper(ways.slow(at, ours)), (at, sent, who)
        assert _without_paper(ways.quick(at, sent, "HEAD")) == _without_paper(ways.slow(at, sent, "HEAD"))


@pytest.mark.parametrize(("address", "sent"), ADDRESSES)
def test_anybody_after_the_first_is_answered_without_django_and_nobody_else(
    address: str, sent: dict[str, str], ways: Ways
) -> None:
    poll = a_poll()
    address = address.format(slug=poll.slug)
    ways.quick(address, sent)
    assert all(ways.is_kept(address, sent | headers(poll)) for headers in ANYBODY.values())
    if address not in OF_NO_POLL:
        assert not any(ways.is_kept(address, sent | headers(poll)) for headers in SOMEBODY.values())
        assert not ways.is_kept(f"{address.partition('?')[0]}?receipt=1.x.y", sent)
        assert not ways.is_kept(f"{address.partition('?')[0]}?invitation=x", sent)


def test_what_depends_on_the_network_or_the_account_is_kept_for_nobody(ways: Ways) -> None:
    shuffled, by_account = a_poll(question={"shuffled": True}), a_poll(policy=Policy.ACCOUNT)
    session = {"Cookie": "sessionid=somebody"}
    for address, headers in ((f"/p/{shuffled.slug}/", {}), (f"/p/{by_account.slug}/", session)):
        ways.quick(address, headers)
        assert not ways.is_kept(address, headers)


def test_each_form_has_a_paper_of_its_own_that_is_good(ways: Ways) -> None:
    poll = a_poll()
    addresses = [(f"/{place}/{poll.slug}/", headers) for place in ("p", "embed") for headers in ({}, HTMX)]
    found = [PAPER.findall(ways.quick(*address).text) for address in addresses * 2]
    assert len({paper for (paper,) in found}) == 8
    assert {papers.read(paper, poll=poll.pk, at=now()).poll for (paper,) in found} == {poll.pk}


def test_a_form_is_for_one_visitor_and_results_are_for_every_cache(ways: Ways) -> None:
    poll = a_poll()
    for _time in range(2):
        form, results = ways.quick(f"/p/{poll.slug}/", {}), ways.quick(f"/p/{poll.slug}/results/", {})
        assert (form.headers["cache-control"], "etag" in form.headers) == ("private, no-cache", False)
        assert results.headers["cache-control"] == "public, max-age=0, s-maxage=2"
        assert results.headers["vary"] == "HX-Request, Cookie, Origin"


def test_who_has_the_results_is_told_so_on_both_ways(ways: Ways, vera: Browser) -> None:
    poll = a_poll()
    for address in (f"/p/{poll.slug}/results/", f"/api/v1/polls/{poll.slug}/results", *OF_NO_POLL, "/"):
        etag = ways.slow(address, {}).headers["etag"]
        for known in (etag, f"W/{etag}", f'"other", {etag}', "*"):
            for ask in (ways.slow, ways.quick, ways.quick):
                answer = ask(address, {"If-None-Match": known})
                assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", etag)
                assert "content-type" not in answer.headers
            assert ways.quick(address, {"If-None-Match": '"other"'}).status_code == 200
    before = ways.quick(f"/p/{poll.slug}/results/", {}).headers["etag"]
    vote(vera, poll)
    assert ways.quick(f"/p/{poll.slug}/results/", {"If-None-Match": before}).status_code == 200


@pytest.mark.parametrize(("reveal", "public"), [("always", True), ("after_voting", False), ("after_close", False)])
def test_no_shared_cache_keeps_what_voters_see_otherwise(reveal: str, public: bool, ways: Ways) -> None:
    poll = a_poll(reveal=reveal)
    for _time in range(2):
        answer = ways.quick(f"/p/{poll.slug}/results/", {})
        assert answer.headers["cache-control"].startswith("public") == public


def _edit(_browser: Browser, poll: Poll) -> None:
    from polls import notices

    Question.objects.filter(poll=poll).update(text="Another question?")
    Poll.objects.filter(pk=poll.pk).update(version=poll.version + 1)
    notices.poll_changed(poll.pk)


CHANGES: dict[str, Callable[[Browser, Poll], object]] = {
    "an edit": _edit,
    "a vote": vote,
    "a close": lambda _browser, poll: lifecycle.close(poll, at=now()),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_change_in_this_process_shows_at_once(
    change: Callable[[Browser, Poll], object], ways: Ways, vera: Browser
) -> None:
    poll = a_poll()
    addresses = ["/p/{slug}/results/", "/embed/{slug}/?show=results", "/api/v1/polls/{slug}/results"]
    before = [ways.quick(address.format(slug=poll.slug), {}).content for address in addresses]
    change(vera, poll)
    after = [ways.quick(address.format(slug=poll.slug), {}) for address in addresses]
    assert not set(before) & {answer.content for answer in after}
    slow = [ways.slow(address.format(slug=poll.slug), {}) for address in addresses]
    assert [answer.content for answer in after] == [answer.content for answer in slow]


@pytest.mark.parametrize("fields", [{"closes_at": 0.8}, {"opens_at": 0.8}], ids=["close", "opening"])
def test_the_clock_alone_ends_what_is_kept(fields: dict[str, float], ways: Ways) -> None:
    times = {name: now() + timedelta(seconds=later) for name, later in fields.items()}
    poll = a_poll()
    Poll.objects.filter(pk=poll.pk).update(**times)
    for address in (f"/p/{poll.slug}/", f"/p/{poll.slug}/results/"):
        ways.quick(address, {})
        assert ways.is_kept(address, {})
    before = ways.quick(f"/p/{poll.slug}/", {}).text
    (moment,) = times.values()
    while now() < moment:
        time.sleep(0.02)
    assert ways.quick(f"/p/{poll.slug}/", {}).text != before


def test_a_change_elsewhere_shows_when_versions_are_compared_again(ways: Ways) -> None:
    poll = a_poll()
    address = f"/p/{poll.slug}/"
    ways.quick(address, {})
    assert ways.is_kept(address, {})
    entry = cache.kept(poll.slug)
    assert entry
    Poll.objects.filter(pk=poll.pk).update(version=poll.version + 1, title="T", status="closed", closed_at=now())
    entry.looked_at = float("-inf")
    assert "<form" not in ways.quick(address, {}).text


def test_a_host_that_is_not_ours_gets_nothing_kept(ways: Ways, settings: Any) -> None:
    poll = a_poll()
    ways.quick(f"/p/{poll.slug}/", {})
    settings.ALLOWED_HOSTS = ["polls.example"]
    assert ways.quick(f"/p/{poll.slug}/", {}).status_code == 400
    assert ways.quick(f"/p/{poll.slug}/", {"Host": "polls.example:8000"}).status_code == 200


def test_a_page_is_kept_for_those_who_ask_by_the_same_name(ways: Ways) -> None:
    """It tells its own address, which must never be the one that somebody else made up."""
    poll = a_poll()
    for host in ("polls.test", "mallory.example", "polls.test"):
        for _time in range(2):
            text = ways.quick(f"/p/{poll.slug}/", {"Host": host}).text
            assert f'<link rel="canonical" href="https://{host}/p/{poll.slug}/">' in text


def test_a_card_for_another_site_is_not_kept_for_this_one(ways: Ways) -> None:
    poll = a_poll(allowed_sites="https://gina.example")
    for headers in (HTMX, HTMX | {"Origin": "https://gina.example"}, HTMX):
        card = ways.quick(f"/p/{poll.slug}/", headers)
        assert (card.headers.get("access-control-allow-origin") is not None) is ("Origin" in headers)
        assert (f'action="https://polls.test/p/{poll.slug}/vote/"' in card.text) is ("Origin" in headers)


def test_what_a_stranger_says_of_the_scheme_is_kept_for_no_visitor_of_a_proxy(
    browse: Callable[..., Browser], settings: Any
) -> None:
    settings.TRUSTED_PROXIES = [ip_network("10.0.0.0/8")]
    address, plain = f"/p/{a_poll().slug}/", {"X-Forwarded-Proto": "http"}
    mallory, proxy = browse("192.0.2.66"), browse("10.0.0.1")
    assert "https://polls.test/" in mallory.get(address, headers=plain).text
    assert "https://polls.test/" not in proxy.get(address, headers=plain).text
    assert "https://polls.test/" in mallory.get(address, headers=plain).text


def test_only_looks_are_answered_so(ways: Ways) -> None:
    address = f"/p/{a_poll().slug}/"
    ways.quick(address, {})
    assert ways.is_kept(address, {})
    for method in ("POST", "PUT", "DELETE", "OPTIONS"):
        assert _without_paper(ways.quick(address, {}, method)) == _without_paper(ways.slow(address, {}, method)), method


@pytest.mark.parametrize("query", ["?x=1", "?receipt=1.x.y", "?invitation=0123456789ABCDEF", "?show=results&x=1"])
def test_whatever_somebody_writes_behind_an_address_is_not_kept(query: str, ways: Ways) -> None:
    address = f"/p/{a_poll().slug}/{query}"
    ways.quick(address, HTMX)
    assert not ways.is_kept(address, HTMX)


def test_what_a_cookie_could_have_told_of_is_kept_for_nobody(ways: Ways) -> None:
    poll = a_poll()
    ways.quick(f"/p/{poll.slug}/", SOMEBODY["a forged cookie"](poll))
    assert not ways.is_kept(f"/p/{poll.slug}/", {})


@pytest.mark.parametrize(
    ("query", "rest"),
    [(b"lang=de", b""), (b"lang=de&show=results", b"show=results"), (b"show=results&lang=de", b"show=results")],
)
def test_a_language_may_stand_anywhere_in_a_query(query: bytes, rest: bytes) -> None:
    assert hot.parted(query) == (rest, "de")


def test_no_error_and_no_cookie_is_kept_whatever_a_view_says_of_it(ways: Ways) -> None:
    remembering, our_own = HttpResponse(), HttpResponse(headers={"Set-Cookie": "voted-1=x"})
    remembering.set_cookie("voted-1", "x")
    unfit = (HttpResponse(status=404), remembering, our_own)
    asked = ("hot", "/here", b"", False)
    for response in (*unfit, HttpResponse()):
        request: Any = HttpRequest()
        request.scope = {hot.ASKED: asked, hot.SAID: Said(None, math.inf, "", None, (), tongues.NONE)}
        hot.keep(request, response, [])
        assert (hot._lasting.pop((*asked, tongues.NONE), None) is None) == (response in unfit)


def test_results_are_not_kept_once_a_ballot_is_counted_whose_numbers_are_still_to_come(ways: Ways) -> None:
    poll = snapshots.of(a_poll())
    entry = Entry(poll, tallies.load(poll), looked_at=0)
    said = Said(entry, math.inf, "", entry.tally, (), tongues.NONE)
    assert said.stands(entry, (), 0)
    entry.heard = entry.tally.version + 1
    assert not said.stands(entry, (), 0)
