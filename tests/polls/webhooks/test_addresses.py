"""A webhook reaches the public Internet, and no network behind the server, however its address is written."""

import socket
from typing import Any

import pytest
from django.test import override_settings

from polls import refusals
from polls.terms import DeliveryFailure
from polls.webhooks import addresses, sending
from tests.receivers import a_receiver, a_socket

INSIDE = [
    "127.0.0.1",
    "127.255.255.254",
    "0.0.0.0",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "169.254.169.254",
    "192.0.0.1",
    "192.0.2.1",
    "198.18.0.1",
    "224.0.0.1",
    "233.252.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "::ffff:0:10.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1",
    "2002:7f00:1::",
    "2002:808:808::",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "2001:db8::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%lo",
    "fec0::1",
    "ff02::1",
]
OUTSIDE = ["1.1.1.1", "93.184.215.14", "2606:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101"]

# What resolvers take for 127.0.0.1, without a question to anybody.
DISGUISED = ["2130706433", "0x7f000001", "0x7f.1", "127.1", "0177.0.0.1", "localhost", "LOCALHOST.", "１２７.０.０.１"]


@pytest.mark.parametrize("ip", INSIDE)
def test_an_address_that_is_not_public_is_none(ip: str) -> None:
    assert not addresses.is_public(ip)


@pytest.mark.parametrize("ip", OUTSIDE)
def test_an_address_of_the_internet_is_public(ip: str) -> None:
    assert addresses.is_public(ip)


@pytest.mark.parametrize("host", [*DISGUISED, "127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "169.254.169.254"])
def test_no_spelling_leads_inside(host: str) -> None:
    address = addresses.read(f"https://{host}/")
    with pytest.raises(refusals.Forbidden, match="not public"):
        addresses.check(address)
    assert sending.send(str(address), b"{}", {}).failure == DeliveryFailure.PRIVATE


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("https://www.example.org", "https://www.example.org/"),
        (" https://WWW.Example.ORG:443/Hook?a=b ", "https://www.example.org/Hook?a=b"),
        ("https://example.org:8443/x", "https://example.org:8443/x"),
        ("https://münchen.example/hääk", "https://xn--mnchen-3ya.example/h%C3%A4%C3%A4k"),
        ("https://example.org/a%20b?q=%2F&r=ü", "https://example.org/a%20b?q=%2F&r=%C3%BC"),
        ("https://[2606:4700:0::1111]/", "https://[2606:4700::1111]/"),
        ("https://example.org/hook#part", "https://example.org/hook"),
    ],
)
def test_an_address_is_kept_in_one_spelling(typed: str, kept: str) -> None:
    assert str(addresses.read(typed)) == kept
    assert str(addresses.read(kept)) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "example.org/hook",
        "ftp://example.org/",
        "file:///etc/passwd",
        "gopher://example.org/",
        "javascript:alert(1)",
        "https://",
        "https:///path",
        "https://example.org:0/",
        "https://example.org:99999/",
        "https://example.org:port/",
        "https://a b.example/",
        "https://example.org/a b",
        "https://example.org/\r\nX-Evil: 1",
        "https://example.org\\@127.0.0.1/",
        "https://exa\x00mple.org/",
        "https://[::1/",
        "https://[fe80::1%25lo]/",
        "https://-.example/",
        "https://a..example/",
        "https://" + "a" * 64 + ".example/",
        "https://" + "a." * 130 + "example/",
        "https://<script>/",
    ],
)
def test_what_is_no_address_is_refused(typed: str) -> None:
    with pytest.raises(refusals.Forbidden, match=r"Write an address like https://"):
        addresses.read(typed)


@pytest.mark.parametrize(
    "typed", ["https://olive:secret@example.org/", "https://olive@example.org/", "https://@a.example/"]
)
def test_a_password_in_an_address_is_refused(typed: str) -> None:
    with pytest.raises(refusals.Forbidden, match="password"):
        addresses.read(typed)


def test_plain_http_is_for_hosts_that_an_operator_names() -> None:
    with pytest.raises(refusals.Forbidden, match="Only https"):
        addresses.read("http://website/hook")
    for named in (["website"], ["WEBSITE"], ["*"]):
        with override_settings(WEBHOOK_PRIVATE_HOSTS=named):
            assert str(addresses.read("http://website:3000/hook")) == "http://website:3000/hook"


@pytest.mark.parametrize(
    ("named", "host", "is_named"),
    [
        ([], "website", False),
        (["website"], "website", True),
        (["website"], "a.website", False),
        (["website"], "mywebsite", False),
        ([".intern"], "a.intern", True),
        ([".intern"], "intern", False),
        (["10.0.0.7"], "10.0.0.7", True),
        (["10.0.0.7"], "10.0.0.70", False),
        (["[::1]"], "::1", True),
    ],
)
def test_a_host_is_named_whole(named: list[str], host: str, is_named: bool) -> None:
    with override_settings(WEBHOOK_PRIVATE_HOSTS=named):
        assert addresses.is_named(host) is is_named


def answering(*ips: str) -> Any:
    """A name server that gives these, and other ones each time it is asked again."""
    answers = iter(ips)

    def getaddrinfo(host: str, port: int, **_: Any) -> list[Any]:
        ip = next(answers)
        return [(socket.AF_INET6 if ":" in ip else socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, port))]

    return getaddrinfo


def test_a_name_with_one_address_inside_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    both = [*answering("1.1.1.1")("", 443), *answering("10.0.0.1")("", 443)]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: both)
    with pytest.raises(refusals.Forbidden, match="not public"):
        addresses.check(addresses.read("https://two.example/"))


def test_a_name_that_nobody_knows_is_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: Any, **__: Any) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(refusals.Forbidden, match="not known"):
        addresses.check(addresses.read("https://nowhere.example/"))
    assert sending.send("https://nowhere.example/", b"", {}).failure == DeliveryFailure.UNKNOWN


def test_a_name_server_that_says_something_else_the_second_time_leads_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """DNS rebinding: the name is asked for once, and what was looked at is what is connected to."""
    reached: list[bytes] = []
    with a_socket(lambda connected: reached.append(connected.recv(10))) as port:
        tried: list[Any] = []

        def connect(_socket: socket.socket, place: Any) -> None:
            tried.append(place)
            raise ConnectionRefusedError

        with override_settings(WEBHOOK_PRIVATE_HOSTS=[]):
            monkeypatch.setattr(socket, "getaddrinfo", answering("1.1.1.1", "127.0.0.1", "127.0.0.1"))
            monkeypatch.setattr(socket.socket, "connect", connect)
            assert sending.send(f"https://rebind.example:{port}/", b"", {}).failure == DeliveryFailure.AWAY
    assert tried == [("1.1.1.1", port)]
    assert not reached


def test_who_is_let_in_no_more_is_sent_nothing() -> None:
    with a_receiver() as receiver:
        with override_settings(WEBHOOK_PRIVATE_HOSTS=[]):
            assert sending.send(receiver.url, b"{}", {}).failure == DeliveryFailure.ADDRESS
        assert not receiver.got
