"""Where a request comes from. X-Forwarded-For counts from a trusted peer alone."""

import logging
from ipaddress import ip_network
from typing import Any

import pytest
from django.http import HttpRequest

from tests.browser import Browser
from tests.builders import a_poll, choices_of
from tests.doors import ApiDoor, FormDoor
from ui import visitors

PROXY = "10.0.0.2"


def _from(peer: str, forwarded: str = "") -> HttpRequest:
    request = HttpRequest()
    request.META = {"REMOTE_ADDR": peer} | ({"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {})
    return request


@pytest.fixture
def trusting(settings: Any) -> None:
    settings.TRUSTED_PROXIES = [ip_network("10.0.0.0/8"), ip_network("2001:db8:ffff::/48")]


@pytest.mark.parametrize(
    ("peer", "network"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", None),
        ("unix:", None),
    ],
)
def test_a_network_is_an_ipv4_address_or_a_64(peer: str, network: str | None) -> None:
    assert visitors.network(_from(peer)) == network


@pytest.mark.parametrize("forwarded", ["203.0.113.9", "203.0.113.9, 10.0.0.1", "garbage"])
def test_a_header_from_a_stranger_is_not_believed(forwarded: str, trusting: None) -> None:
    assert visitors.network(_from("192.0.2.1", forwarded)) == "192.0.2.1"


@pytest.mark.parametrize(
    ("forwarded", "network"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("198.51.100.1, 203.0.113.9", "203.0.113.9"),
        ("203.0.113.9, 10.1.1.1, 10.2.2.2", "203.0.113.9"),
        ("evil, 203.0.113.9", "203.0.113.9"),
        ("203.0.113.9, garbage", None),
        ("203.0.113.9, unknown, 10.1.1.1", None),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("203.0.113.9:4711", "203.0.113.9"),
        ("[2001:db8:1:2::7]:4711", "2001:db8:1:2::/64"),
        ("10.1.1.1", "10.1.1.1"),
        (" , ,203.0.113.9, ", "203.0.113.9"),
        ("9" * 500, None),
        ("٢٠٣.0.113.9", None),
    ],
)
def test_behind_a_trusted_proxy_the_right_most_untrusted_hop_counts(
    forwarded: str, network: str | None, trusting: None
) -> None:
    assert visitors.network(_from(PROXY, forwarded)) == network


@pytest.mark.parametrize("peer", ["::ffff:10.0.0.2", "2001:db8:ffff::1"])
def test_a_proxy_is_known_in_either_writing(peer: str, trusting: None) -> None:
    assert visitors.network(_from(peer, "203.0.113.9")) == "203.0.113.9"


def test_an_untrusted_proxy_is_told_of_once(caplog: pytest.LogCaptureFixture) -> None:
    visitors._warn.cache_clear()
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            visitors.network(_from("192.0.2.1", "203.0.113.9"))
    assert [record.message[:44] for record in caplog.records] == ["X-Forwarded-For came from a peer that TRUSTE"]


@pytest.mark.parametrize(
    ("peer", "forwarded", "local"),
    [
        ("127.0.0.1", "", True),
        ("127.0.0.53", "", True),
        ("::1", "", True),
        ("::ffff:127.0.0.1", "", True),
        ("", "", True),
        ("192.0.2.1", "", False),
        ("192.0.2.1", "127.0.0.1", False),
        (PROXY, "garbage", False),
        (PROXY, "127.0.0.1, 203.0.113.9", False),
    ],
)
def test_local_is_what_comes_from_this_machine(peer: str, forwarded: str, local: bool, trusting: None) -> None:
    assert visitors.newcomer(peer, forwarded, secure=True).local is local


def test_a_forged_header_gives_no_second_vote(door: FormDoor | ApiDoor, browse: Any, vera: Browser) -> None:
    poll = a_poll(policy="network", network_allowance=1)
    answers = [(choices_of(poll)[0].question_id, [choices_of(poll)[0].pk])]
    codes = [
        door.vote(
            browse(), poll.slug, answers, vera.paper(poll.slug), headers={"X-Forwarded-For": f"203.0.113.{number}"}
        ).code
        for number in range(3)
    ]
    assert codes == ["counted", "already_voted", "already_voted"]


def test_by_https_no_name_is_believed_that_a_neighbour_can_give(vera: Browser) -> None:
    """Who has voted at one address of a domain could else make all who come from the others have voted."""
    poll = a_poll()
    name = visitors.cookie(poll.pk, "the browser of mallory")

    def is_known(cookie: str, origin: str = "https://polls.test") -> bool:
        return 'name="paper"' not in vera.get(f"{origin}/p/{poll.slug}/", headers={"Cookie": f"{cookie}={name}"}).text

    assert is_known(f"__Host-voted-{poll.pk}")
    assert not is_known(f"voted-{poll.pk}")
    assert is_known(f"voted-{poll.pk}", "http://polls.test")
