"""Where a request comes from, by its addresses: which of them are believed, and which network they stand for."""

import re
import socket
from collections.abc import Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from ui.configuration import setting

LONGEST = 60
HOP_WITH_PORT = re.compile(r"\[([^\]]+)\](?::\d+)?|([0-9.]+):\d+")


def of(client: str) -> str | None:
    """The network that an address stands for: IPv4 whole, IPv6 by its /64, which is one home. None for no address."""
    if _number(client) is not None:
        return client
    address = _parsed(client)
    if isinstance(address, IPv6Address):
        return str(IPv6Network((int(address), 64), strict=False))
    return str(address) if address else None


def is_local(client: str) -> bool:
    """Without a peer it came through a socket of this machine. A client that nobody can make out is not local."""
    if (number := _number(client)) is not None:
        return number >> 24 == 127
    parsed = _parsed(client)
    return parsed.is_loopback if parsed else not client


def is_trusted(address: str) -> bool:
    """Whether it is a proxy of ours, by TRUSTED_PROXIES."""
    return bool(networks := setting("TRUSTED_PROXIES")) and _trusted(networks).holds(address)


class Trusted:
    """Networks, and whether an address is in one of them."""

    def __init__(self, networks: Sequence[IPv4Network | IPv6Network]) -> None:
        self.networks = networks
        old = [network for network in networks if isinstance(network, IPv4Network)]
        self._old = [(int(network.netmask), int(network.network_address)) for network in old]

    def holds(self, address: str) -> bool:
        if (number := _number(address)) is not None:
            return any(number & mask == start for mask, start in self._old)
        parsed = _parsed(address)
        return parsed is not None and any(parsed in network for network in self.networks)


_last = Trusted([])


def _trusted(networks: Sequence[IPv4Network | IPv6Network]) -> Trusted:
    global _last  # noqa: PLW0603 -- the setting never changes but in tests
    if _last.networks is not networks:
        _last = Trusted(networks)
    return _last


@lru_cache(maxsize=1024)
def _number(address: str) -> int | None:
    """An IPv4 address as it is mostly written; None for all else. Each request has one or two: this takes a tenth of
    the time of `ip_address`.
    """
    try:
        return int.from_bytes(socket.inet_pton(socket.AF_INET, address))
    except (OSError, ValueError):
        return None


@lru_cache(maxsize=4096)
def _parsed(address: str) -> IPv4Address | IPv6Address | None:
    """An address, with or without a port; IPv4 written as IPv6 is IPv4."""
    if found := HOP_WITH_PORT.fullmatch(address):
        address = found[1] or found[2]
    try:
        parsed = ip_address(address)
    except ValueError:
        return None
    return (parsed.ipv4_mapped or parsed) if isinstance(parsed, IPv6Address) else parsed
