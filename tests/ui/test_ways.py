"""A vote that comes as others came before it, past Django, is answered as the view answers it."""

import asyncio
import re
from collections.abc import Callable
from ipaddress import ip_network
from typing import Any

import httpx
import pytest

from polls import lifecycle, notices, refusals
from polls.kinds import Answer
from polls.models import Ballot, Poll
from polls.terms import Kind, Policy, Reveal
from tests.builders import a_draft, a_poll, a_question, now
from tests.doors import DOORS, HTMX, FormDoor
from tests.kinds import answers_to, of_kind
from tests.ui.test_tongues import GERMAN, in_more
from ui import forms, handler, papers, ways
from ui.asgi import Receive, Scope, Send
from ui.requests import Request

FRAGMENTS = [FormDoor("fragment", "/p/{slug}/vote/", HTMX), FormDoor("frame", "/embed/{slug}/vote/", HTMX)]
BY_THE_VIEW = [("X-Twice", "a"), ("X-Twice", "b")]
"""Who says a header twice has to be looked at alone."""

type Said = list[tuple[str, str]]


class Voters:
    """Each comes with nothing but a paper; `quick` tells whether the last one's way was known."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self.quick = False

    async def _note(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.quick, self._last = ways.known(scope) is not None, scope
        await handler.public_site(scope, receive, send)

    def take(self, body: bytes) -> bool:
        """Whether a vote would be taken that comes as the last one, with this body."""

        async def asked() -> bool:
            if work := handler.take(self._last, body):
                await work
            return work is not None

        return asyncio.run_coroutine_threadsafe(asked(), self._loop).result(30)

    def send(self, address: str, letter: dict[str, Any], said: Said = [], network: str = "192.0.2.1") -> httpx.Response:  # noqa: B006
        headers = [*letter["headers"].items(), *said]

        async def post() -> httpx.Response:
            transport = httpx.ASGITransport(self._note, client=(network, 5000))
            async with httpx.AsyncClient(transport=transport, base_url="https://polls.test", headers={}) as client:
                return await client.post(address, data=letter["data"], files=letter.get("files"), headers=headers)

        return asyncio.run_coroutine_threadsafe(post(), self._loop).result(30)

    def vote(self, poll: Poll, answer: Answer, said: Said = [], door: FormDoor = FRAGMENTS[0]) -> httpx.Response:  # noqa: B006
        address, letter = door.letter(poll.slug, [answer], papers.issue(poll.pk, at=now()))
        return self.send(address, letter, said)


@pytest.fixture
def voters(house: None, loop: asyncio.AbstractEventLoop) -> Voters:
    return Voters(loop)


def _told(response: httpx.Response) -> tuple[int, Said, str]:
    """All of an answer, but for a fresh paper."""
    text = re.sub(r'(name="paper" value=")[^"]*', r"\1", response.text)
    return response.status_code, sorted(response.headers.items()), text


def _german() -> Poll:
    poll = a_poll(title="Which bridge?", choices=("A", "B", "C"), question={"text": "Which bridge first?"})
    in_more(poll, "de", GERMAN)
    return poll


def _quiz() -> Poll:
    draft = a_draft()
    a_question(draft, "What stood here?", explanation="It burnt down.").choices.filter(text="B").update(right=True)
    return lifecycle.publish(draft, at=now())


POLLS: dict[str, Callable[[], Poll]] = {
    "results always": lambda: a_poll(reveal=Reveal.ALWAYS),
    "results after voting": lambda: a_poll(reveal=Reveal.AFTER_VOTING),
    "results never": lambda: a_poll(reveal=Reveal.NEVER),
    "one per network": lambda: a_poll(policy=Policy.NETWORK, network_allowance=1),
    "open": lambda: a_poll(policy=Policy.OPEN),
    "secret": lambda: a_poll(anonymous=True),
    "published": lambda: a_poll(anonymous=True, ballots_published=True),
    "framed by some": lambda: a_poll(allowed_sites="https://gina.example"),
    "with changes": lambda: a_poll(changes_allowed=True),
    "in two languages": _german,
    "a quiz": _quiz,
    "several choices": lambda: of_kind("multiple", maximum=2),
    "ranked": lambda: of_kind("ranked"),
    "a text": lambda: of_kind("text"),
}
TWO = {"in two languages": [("Accept-Language", "de")]}
FRAMED = {"results never", "framed by some", "a quiz"}


@pytest.mark.parametrize("sort", POLLS)
def test_both_ways_give_the_same_answer(sort: str, voters: Voters) -> None:
    poll, said, door = POLLS[sort](), TWO.get(sort, []), FRAGMENTS[sort in FRAMED]
    good = answers_to(poll)[poll.questions.get().kind]

    def both(answer: Answer, paper: str, network: str) -> int:
        address, letter = door.letter(poll.slug, [answer], paper)
        quick = voters.send(address, letter, said, network)
        assert voters.quick
        slow = voters.send(address, letter, [*said, *BY_THE_VIEW], network)
        assert not voters.quick
        assert _told(quick) == _told(slow)
        return quick.status_code

    address, letter = door.letter(poll.slug, [good], papers.issue(poll.pk, at=now()))
    assert voters.send(address, letter, said).status_code == 200
    assert not voters.quick
    paper = papers.issue(poll.pk, at=now())
    # The same paper again is the same ballot, and so the same answer.
    assert both(good, paper, "192.0.2.2") == 200
    assert both(Answer(good.question), papers.issue(poll.pk, at=now()), "192.0.2.3") == 422
    assert both(good, "forged", "192.0.2.4") == 422
    assert both(Answer(good.question, (1, 2, 3), text="other"), paper, "192.0.2.2") in {409, 422}
    assert Ballot.objects.filter(poll=poll).count() == 2


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ([("Origin", "https://mallory.example")], 403),
        ([("Sec-Fetch-Site", "cross-site")], 403),
        ([("Origin", "https://gina.example"), ("Sec-Fetch-Site", "cross-site")], 200),
        ([("Host", "elsewhere.example")], 400),
        ([("Content-Type", "text/plain")], 415),
        ([("HX-History-Restore-Request", "true")], 303),
        ([("Accept-Language", "de")], 200),
        ([("X-Forwarded-Proto", "http")], 200),
        ([("Cookie", "theme=dark")], 200),
        ([("Authorization", "Bearer pst_wrong")], 200),
    ],
    ids=lambda said: said[0][0] if isinstance(said, list) else "",
)
def test_who_says_something_else_is_judged_by_that(said: Said, status: int, voters: Voters, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["polls.test"]
    poll = a_poll(allowed_sites="https://gina.example")
    good = answers_to(poll)[Kind.SINGLE]
    voters.vote(poll, good)
    voters.vote(poll, good)
    assert voters.quick
    assert voters.vote(poll, good, said).status_code == status
    # A token says nothing at a form.
    assert voters.quick == (said[0][0] in {"Accept-Language", "Cookie", "Authorization"})


def test_a_way_is_of_its_address_its_scheme_and_of_the_proxy_that_tells_it(voters: Voters, settings: Any) -> None:
    settings.TRUSTED_PROXIES = [ip_network("10.0.0.0/8")]
    poll, plain = a_poll(), [("X-Forwarded-Proto", "http")]
    good, card, frame = answers_to(poll)[Kind.SINGLE], f"/p/{poll.slug}/vote/", f"/embed/{poll.slug}/vote/"
    ways_in: list[tuple[str, Said, str, bool]] = [
        (card, [], "192.0.2.1", True),
        (frame, [], "192.0.2.1", True),
        (f"http://polls.test{card}", [], "192.0.2.1", False),
        (card, plain, "192.0.2.1", True),
        (card, plain, "10.0.0.2", False),
    ]
    for known in (False, True):
        for address, said, network, secure in ways_in:
            _, letter = FRAGMENTS[0].letter(poll.slug, [good], papers.issue(poll.pk, at=now()))
            counted = voters.send(address, letter, said, network)
            assert (voters.quick, counted.status_code) == (known, 200)
            assert counted.headers["set-cookie"].startswith("__Host-") == secure
            assert counted.headers["content-security-policy"].endswith("*") == (address == frame)


@pytest.mark.parametrize("door", [door for door in DOORS if isinstance(door, FormDoor) and not door.headers])
def test_a_whole_page_is_never_answered_with_a_card(door: FormDoor, voters: Voters) -> None:
    poll = a_poll()
    votes = [voters.vote(poll, answers_to(poll)[Kind.SINGLE], door=door) for _time in range(2)]
    assert ([vote.status_code for vote in votes], voters.quick) == ([303, 303], False)


def test_a_form_in_parts_is_read_by_the_view(voters: Voters) -> None:
    poll = a_poll()
    for _time in range(2):
        good = [answers_to(poll)[Kind.SINGLE]]
        address, letter = FRAGMENTS[0].letter(poll.slug, good, papers.issue(poll.pk, at=now()))
        parts = {name: (None, said if isinstance(said, str) else said[0]) for name, said in letter["data"].items()}
        said = [("Content-Type", "multipart/form-data; boundary=here")]
        counted = voters.send(address, letter | {"data": None, "files": parts}, said)
        assert (counted.status_code, voters.quick) == (200, False)


def test_who_has_voted_is_known_by_the_cookie(voters: Voters) -> None:
    poll = a_poll()
    good = answers_to(poll)[Kind.SINGLE]
    voters.vote(poll, good)
    cookie = voters.vote(poll, good).headers["set-cookie"].partition(";")[0]
    assert voters.quick
    again = voters.vote(poll, good, [("Cookie", cookie)])
    assert (voters.quick, again.status_code) == (False, 409)
    assert "already_voted" in again.text


def test_networks_are_told_apart_on_the_quick_way(voters: Voters) -> None:
    poll = a_poll(policy=Policy.NETWORK, network_allowance=1)
    good = answers_to(poll)[Kind.SINGLE]
    codes = []
    for network in ("192.0.2.1", "192.0.2.2", "192.0.2.2", "2001:db8::1", "2001:db8::2"):
        address, letter = FRAGMENTS[0].letter(poll.slug, [good], papers.issue(poll.pk, at=now()))
        codes.append(voters.send(address, letter, network=network).status_code)
    assert codes == [200, 200, 409, 200, 409]
    assert voters.quick


def test_what_is_too_large_is_not_taken(voters: Voters) -> None:
    poll = a_poll()
    good = answers_to(poll)[Kind.SINGLE]
    for _time in range(2):
        voters.vote(poll, good)
    assert voters.quick
    assert voters.take(b"x" * handler.LARGEST_BODY)
    assert not voters.take(b"x" * (handler.LARGEST_BODY + 1))


@pytest.mark.parametrize("policy", [Policy.ACCOUNT, Policy.INVITATION])
def test_where_more_is_asked_of_a_voter_the_view_asks_it(policy: Policy, voters: Voters) -> None:
    poll = a_poll(policy=policy)
    for _time in range(2):
        assert voters.vote(poll, answers_to(poll)[Kind.SINGLE]).status_code in {401, 403, 422}
        assert not voters.quick


def test_a_way_is_gone_with_the_version_of_the_poll(voters: Voters) -> None:
    poll = a_poll()
    good = answers_to(poll)[Kind.SINGLE]
    framed = FRAGMENTS[1]
    before = [voters.vote(poll, good, door=framed) for _time in range(2)]
    assert voters.quick
    Poll.objects.filter(pk=poll.pk).update(allowed_sites="https://gina.example", version=poll.version + 1)
    notices.poll_changed(poll.pk)
    after = [voters.vote(poll, good, door=framed), voters.vote(poll, good, door=framed)]
    assert voters.quick
    policies = [response.headers["content-security-policy"] for response in (*before, *after)]
    assert policies[0] == policies[1] != policies[2] == policies[3]
    assert "frame-ancestors 'self' https://gina.example" in policies[3]


def test_a_change_that_only_the_database_knows_of_is_met_on_the_quick_way(voters: Voters) -> None:
    """The entry looks good, the ballot is refused as stale, and the card that comes is that of the new version."""
    poll = a_poll()
    good = answers_to(poll)[Kind.SINGLE]
    for _time in range(2):
        voters.vote(poll, good, door=FRAGMENTS[1])
    Poll.objects.filter(pk=poll.pk).update(allowed_sites="https://gina.example", version=poll.version + 1)
    counted = voters.vote(poll, good, door=FRAGMENTS[1])
    assert (voters.quick, counted.status_code) == (True, 200)
    assert "https://gina.example" in counted.headers["content-security-policy"]


def test_many_ways_are_not_all_kept(voters: Voters, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ways, "MOST", 3)
    poll = a_poll(allowed_sites="https://*.gina.example")
    good = answers_to(poll)[Kind.SINGLE]

    def vote(number: int) -> bool:
        voters.vote(poll, good, [("Origin", f"https://{number}.gina.example"), ("Sec-Fetch-Site", "cross-site")])
        return voters.quick

    assert [vote(number) for number in (0, 1, 2, 3, 4, 0, 4)] == [False] * 6 + [True]


def test_a_way_is_of_the_language_that_a_voter_gets(voters: Voters) -> None:
    poll = _german()
    good = answers_to(poll)[Kind.SINGLE]
    asked = ["de", "en", "de-AT, en;q=0.5", "fr, de;q=0.9", "it", "de"]
    told = [(voters.vote(poll, good, [("Accept-Language", wish)]), voters.quick) for wish in asked]
    assert [response.headers["content-language"] for response, _ in told] == ["de", "en", "de", "de", "en", "de"]
    assert [quick for _, quick in told] == [False, False, True, True, True, True]


class Noting(dict[str, Any]):
    """Headers that note which of them are read."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.read: set[str] = set()

    def __getitem__(self, name: str) -> Any:
        self.read.add(name)
        return super().__getitem__(name)

    def get(self, name: str, default: Any = None) -> Any:
        self.read.add(name)
        return super().get(name, default)

    def __contains__(self, name: object) -> bool:
        self.read.add(str(name))
        return super().__contains__(name)


def test_the_view_reads_no_header_that_the_way_does_not_know(house: None, loop: asyncio.AbstractEventLoop) -> None:
    """Whoever lets another header decide is told here that ways have to know of it."""
    poll = a_poll(allowed_sites="https://gina.example")
    answer, read = answers_to(poll)[Kind.SINGLE], set()
    for said in ([], [(b"origin", b"https://gina.example"), (b"x-forwarded-for", b"192.0.2.9"), (b"cookie", b"a=b")]):
        body = f"paper={papers.issue(poll.pk, at=now())}&q{answer.question}={answer.choices[0]}".encode()
        headers = [(b"host", b"polls.test"), (b"hx-request", b"true"), (b"content-type", forms.FORM.encode()), *said]
        scope = {
            "type": "http",
            "method": "POST",
            "path": f"/p/{poll.slug}/vote/",
            "query_string": b"",
            "scheme": "https",
        }
        request = Request(scope | {"headers": headers, "client": ("127.0.0.1", 5000)}, body)
        request.META = Noting(request.META)
        response = asyncio.run_coroutine_threadsafe(handler.respond(request), loop).result(30)
        assert response.status_code == 200
        read |= request.META.read
    deciding = {f"HTTP_{name.decode().upper().replace('-', '_')}" for name in ways.DECIDING - {b"content-type"}}
    of_each_voter = {"HTTP_ACCEPT_LANGUAGE", "HTTP_COOKIE", "HTTP_X_FORWARDED_FOR", "REMOTE_ADDR"}
    assert {name for name in read if name.startswith(("HTTP_", "REMOTE"))} == deciding | of_each_voter
    assert read - deciding - of_each_voter <= {"QUERY_STRING", "CONTENT_TYPE"}


PAPER = "7.1790000000000.abc.def"
BODIES = [
    b"",
    b"&",
    b"paper=&q1=2",
    b"paper=" + PAPER.encode() + b"&q1=2",
    b"paper=a&q1=2&paper=b",
    b"paper=a&q1=2&paper=",
    b"paper=a&q1=2&%70aper=b",
    b"paper=a%2Eb&q1=2",
    b"paper=a+b&q1=2",
    b"paper=a&q1=2&q1=3&q4_text=words&q5_rank_6=1&q5_score_7=3",
    b"paper=a&q1=2+3",
    b"paper=a&q1_text=caf%C3%A9",
    b"paper=a&q1_text=\xc3\xa9",
    b"paper=\xff&q1=2",
    b"paper=a\x00&q1=2",
    b"paper=a&q1=2\x00",
    b"paper=a&qx=2",
    b"paper=a&q1=x",
    b"paper=a&invitation=ABCD&work=w",
    b"paper=a=b&q1=2=3",
    b"paper=a;q1=2",
    b"q1=2&paper=a",
    b"paper=a&" + b"&".join(b"q1=%d" % number for number in range(3000)),
    b"paper=a&q1_text=" + b"long" * 200,
]


@pytest.mark.parametrize("body", BODIES, ids=lambda body: body[:40])
def test_an_encoded_form_is_read_as_a_request_with_it(body: bytes) -> None:
    def read(work: Callable[[], forms.Ballot]) -> object:
        try:
            return work()
        except refusals.Refusal as refusal:
            return refusal.code

    headers = [(b"content-type", forms.FORM.encode())]
    request = Request({"type": "http", "method": "POST", "path": "/", "query_string": b"", "headers": headers}, body)
    told = read(lambda: forms.read(request))
    assert [read(lambda: forms.read_encoded(body)) for _time in range(2)] == [told, told]
