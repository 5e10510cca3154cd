"""From which sites a ballot is taken, and by which name we were asked."""

from collections.abc import Callable
from ipaddress import ip_network
from typing import Any

import pytest
from django.http import HttpRequest

from polls import refusals, snapshots
from polls.models import Ballot
from tests.browser import Browser
from tests.builders import a_poll, choices_of
from tests.doors import DOORS, ApiDoor
from ui import origins

PROXY, STRANGER = "10.0.0.2", "192.0.2.1"


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site", "Origin": "https://mallory.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": "https://other.polls.test"},
        {"Origin": "https://mallory.example"},
        {"Origin": "https://[::1"},
        {"Origin": "http://["},
    ],
)
def test_a_post_from_a_foreign_site_is_refused(headers: dict[str, str], vera: Browser) -> None:
    poll = a_poll(allowed_sites="https://gina.example")
    first = choices_of(poll)[0]
    for door in DOORS:
        reply = door.vote(vera, poll.slug, [(first.question_id, [first.pk])], vera.paper(poll.slug), headers=headers)
        assert (reply.code, reply.status) == ("origin_foreign", 403), door.name
        way_out = f'href="/p/{poll.slug}/" target="_blank"'
        assert isinstance(door, ApiDoor) or way_out in reply.response.text, door.name
        assert not Ballot.objects.exists(), door.name


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {}])
def test_a_post_that_hides_its_origin_is_refused_with_what_to_do(headers: dict[str, str], vera: Browser) -> None:
    poll = a_poll(allowed_sites="https://gina.example")
    answers, way_out = (
        [(choices_of(poll)[0].question_id, [choices_of(poll)[0].pk])],
        f'href="/p/{poll.slug}/" target="_blank"',
    )
    for door in DOORS:
        reply = door.vote(vera, poll.slug, answers, vera.paper(poll.slug), headers={"Origin": "null"} | headers)
        assert (reply.code, reply.status) == ("origin_hidden", 403), door.name
        assert isinstance(door, ApiDoor) or way_out in reply.response.text, door.name
        assert not Ballot.objects.exists(), door.name


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "same-origin", "Origin": "https://polls.test"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "https://polls.test"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "https://gina.example"},
        {},
    ],
)
def test_a_post_from_home_or_an_allowed_site_is_taken(headers: dict[str, str], browse: Callable[..., Browser]) -> None:
    poll = a_poll(allowed_sites="https://gina.example")
    first = choices_of(poll)[0]
    answers = [(first.question_id, [first.pk])]
    for door in DOORS:
        voter = browse()
        assert door.vote(voter, poll.slug, answers, voter.paper(poll.slug), headers=headers).counted, door.name
    assert Ballot.objects.count() == len(DOORS)


def _asked(host: str = "polls.test", *, scheme: str = "https", peer: str = STRANGER, **said: str) -> HttpRequest:
    request: Any = HttpRequest()
    request.META = {"REMOTE_ADDR": peer, "HTTP_HOST": host} | {
        f"HTTP_{name.upper()}": text for name, text in said.items()
    }
    request.scope = {"scheme": scheme}
    return request


@pytest.mark.parametrize(
    ("scheme", "forwarded", "peer", "seen"),
    [
        ("http", "https", PROXY, "https"),
        ("http", " HTTPS", PROXY, "https"),
        ("https", "http", PROXY, "http"),
        ("http", "https", STRANGER, "http"),
        ("https", "http", STRANGER, "https"),
        ("https", "javascript", PROXY, "https"),
        ("http", "gopher", PROXY, "http"),
    ],
)
def test_our_own_name_is_as_the_browser_sees_it(
    scheme: str, forwarded: str, peer: str, seen: str, settings: Any
) -> None:
    settings.TRUSTED_PROXIES = [ip_network("10.0.0.0/8")]
    request = _asked(scheme=scheme, peer=peer, x_forwarded_proto=forwarded)
    assert (origins.own(request), origins.is_secure(request)) == (f"{seen}://polls.test", seen == "https")


@pytest.mark.parametrize("public", ["", "http://polls.test"])
@pytest.mark.parametrize(
    ("host", "secure"),
    [
        ("localhost:8000", True),
        ("127.0.0.1", True),
        ("[::1]:8000", True),
        ("polls.localhost", True),
        ("polls.test", False),
        ("localhost.mallory.example", False),
        ("mylocalhost", False),
    ],
)
def test_browsers_count_this_machine_as_secure(host: str, secure: bool, public: str, settings: Any) -> None:
    settings.PUBLIC_URL = public
    assert origins.is_secure(_asked(host, scheme="http")) is secure


@pytest.mark.parametrize(
    ("allowed", "host", "ours"),
    [
        ("polls.test", "polls.test", True),
        ("polls.test", "POLLS.test:8000", True),
        ("polls.test", "mallory.example", False),
        ("*", "polls.test", True),
        ("*", "mallory@polls.test", False),
        ("*", "polls.test/mallory", False),
        ("*", "polls.test, mallory.example", False),
        ("*", "[::1", False),
    ],
)
def test_we_answer_to_our_own_names_and_to_nothing_that_is_none(
    allowed: str, host: str, ours: bool, settings: Any
) -> None:
    settings.ALLOWED_HOSTS = [allowed]
    assert origins.is_our_host(host) is ours


@pytest.mark.parametrize(
    ("origin", "is_guest"),
    [
        ("https://gina.example", True),
        ("https://GINA.example", True),
        ("http://gina.example", False),
        ("https://www.papers.example", True),
        ("http://www.papers.example", False),
        ("https://papers.example", False),
        ("https://newspapers.example", False),
        ("https://polls.test", False),
        ("null", False),
        ("", False),
    ],
)
def test_a_guest_is_a_page_of_a_site_that_the_poll_allows_and_never_our_own(
    origin: str, is_guest: bool, house: None
) -> None:
    poll = snapshots.of(a_poll(allowed_sites="HTTPS://Gina.Example\nhttps://*.papers.example\nhttps://polls.test"))
    assert origins.guest(_asked(origin=origin), poll) == (origin if is_guest else "")


@pytest.mark.parametrize("origin", ["null", "https://gina.example"])
def test_where_polls_are_written_no_page_of_another_site_is_let_in(origin: str) -> None:
    with pytest.raises(refusals.OriginForeign):
        origins.check_program(_asked(origin=origin, sec_fetch_site="cross-site"))
    origins.check_program(_asked(origin="https://polls.test", sec_fetch_site="same-origin"))
    origins.check_program(_asked())
