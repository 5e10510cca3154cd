"""Where messages may be sent: to hosts of the public Internet by HTTPS, and to those that an operator names."""

import re
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from polls import refusals
from polls.terms import DeliveryFailure

PORTS = {"https": 443, "http": 80}
LONGEST_HOST = 253
HOST = re.compile(r"[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*\.?")
# By these a network that speaks IPv6 alone reaches IPv4: see RFC 6052.
_TRANSLATED = IPv6Network("64:ff9b::/96")

type IP = IPv4Address | IPv6Address
type Place = tuple[socket.AddressFamily, Any]
"""What `socket` connects to."""


@dataclass(frozen=True, slots=True)
class Address:
    scheme: str
    host: str
    """In ASCII and small letters; of IPv6 without brackets."""
    port: int
    path: str
    """With the query, as it is written in a request."""

    def __str__(self) -> str:
        usual = self.port == PORTS[self.scheme]
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}{'' if usual else f':{self.port}'}{self.path}"


class NotAllowed(Exception):  # noqa: N818 -- a reason why a message is not sent, noted with its delivery
    def __init__(self, failure: DeliveryFailure) -> None:
        super().__init__(failure)
        self.failure = failure


def read(typed: str) -> Address:
    """The address in its one spelling. Raises Forbidden for what is none, or may not be used."""
    no = refusals.Forbidden(_("Write an address like https://www.example.org/hooks/polls."), field="url")
    typed = typed.strip()
    if not typed or re.search(r"[\s\x00-\x1f\x7f\\]", typed):
        raise no
    try:
        parts = urlsplit(typed)
        host, port = _host(parts.hostname or ""), parts.port
    except ValueError:
        raise no from None
    if parts.scheme not in PORTS or not host or port == 0:
        raise no
    if "@" in parts.netloc:
        raise refusals.Forbidden(_("An address with a name or a password in it is not taken."), field="url")
    if parts.scheme != "https" and not is_named(host):
        raise refusals.Forbidden(_("Only https:// is taken: what is sent would be read on its way."), field="url")
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._") + (
        f"?{quote(parts.query, safe="/%:@!$&'()*+,;=~-._?")}" if parts.query else ""
    )
    return Address(parts.scheme, host, port or PORTS[parts.scheme], path)


def check(address: Address) -> None:
    """Raises Forbidden, in a sentence, where nothing could be sent to now."""
    try:
        places(address)
    except NotAllowed as error:
        raise refusals.Forbidden(error.failure.label, field="url") from error


def places(address: Address) -> Sequence[Place]:
    """Where the host is, asked for once: who connects to these can't be led elsewhere by a second answer.

    Raises NotAllowed when it is nowhere, or one of its addresses is inside a network that is not public.
    """
    try:
        found = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    except (OSError, UnicodeError) as error:
        raise NotAllowed(DeliveryFailure.UNKNOWN) from error
    if not is_named(address.host) and not all(is_public(str(place[0])) for *_, place in found):
        raise NotAllowed(DeliveryFailure.PRIVATE)
    return [(family, place) for family, _kind, _protocol, _name, place in found]


def is_named(host: str) -> bool:
    """Whether an operator has let this host be anywhere, and be spoken to without encryption."""
    named = [name.lower().strip("[]") for name in settings.WEBHOOK_PRIVATE_HOSTS]
    return any(name in {"*", host} or (name.startswith(".") and host.endswith(name)) for name in named)


def is_public(ip: str) -> bool:
    """Whether an address is one of the public Internet."""
    address = _unpacked(ip_address(ip.partition("%")[0]))
    local = address.is_multicast or address.is_reserved
    if isinstance(address, IPv6Address):
        # What these two lead to is for others to say.
        local = local or address.is_site_local or bool(address.sixtofour or address.teredo)
    return address.is_global and not local


def _unpacked(address: IP) -> IP:
    """The IPv4 address that is written as one of IPv6."""
    if isinstance(address, IPv6Address) and address in _TRANSLATED:
        return IPv4Address(address.packed[-4:])
    return (address.ipv4_mapped if isinstance(address, IPv6Address) else None) or address


def _host(typed: str) -> str:
    """Raises ValueError."""
    if ":" in typed and "%" not in typed:
        return str(IPv6Address(typed))
    host = typed.encode("idna").decode().lower()
    if len(host) > LONGEST_HOST or not HOST.fullmatch(host):
        raise ValueError(typed)
    return host.rstrip(".")
