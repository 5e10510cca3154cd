"""By which name we were asked, and from which sites' pages something is taken."""

import re
from collections.abc import Collection
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import SplitResult, urlsplit

from django.http import HttpRequest
from django.http.request import validate_host

from polls import refusals
from polls.snapshots import PollSnapshot
from ui import networks
from ui.configuration import setting

HOST = re.compile(r"(?:[^\s:,@/?#\\\[\]]{0,253}|\[[0-9a-f:.]{2,45}\])(?::[0-9]{0,5})?", re.IGNORECASE)
"""A name and its port, and nothing by which a browser would look elsewhere."""


class Standing(NamedTuple):
    """By which name we were asked."""

    origin: str
    secure: bool


def is_secure(request: HttpRequest) -> bool:
    """HTTPS as the browser sees it. They count localhost as secure, and all but WebKit take secure cookies there."""
    return _asked(request).secure


def own(request: HttpRequest) -> str:
    """Our own origin, as the visitor's browser would write it."""
    return _asked(request).origin


def _asked(request: HttpRequest) -> Standing:
    meta = request.META
    forwarded = meta.get("HTTP_X_FORWARDED_PROTO", "")
    if forwarded and not networks.is_trusted(str(meta.get("REMOTE_ADDR", ""))):
        forwarded = ""
    return _standing(setting("PUBLIC_URL"), forwarded, _scheme(request), meta.get("HTTP_HOST", ""))


@lru_cache(maxsize=256)
def _standing(public: str, forwarded: str, scheme: str, host: str) -> Standing:
    here = _is_localhost(host)
    if public:
        return Standing(public, here or public.startswith("https://"))
    said = forwarded.strip().lower()
    seen = said if said in {"http", "https"} else scheme
    return Standing(f"{seen}://{host or 'localhost'}", here or seen == "https")


def guest(request: HttpRequest, poll: PollSnapshot) -> str:
    """The origin of another site whose page sends this request, if the poll allows that site; else nothing."""
    sent = request.META.get("HTTP_ORIGIN", "")
    if not sent or sent == "null" or sent.lower() == own(request).lower():
        return ""
    return sent if any(_matches(sent, allowed) for allowed in poll.allowed_sites) else ""


def is_our_host(host: str) -> bool:
    """Whether this server answers to a Host header; to what is no address it never does."""
    if _hostname(host) is None:
        return False
    name = host.rpartition(":")[0] if ":" in host and not host.endswith("]") else host
    return validate_host(name.lower(), setting("ALLOWED_HOSTS"))


def parts_of(address: str) -> SplitResult:
    """The parts of an address as somebody sent it; of one that can't be read, none."""
    try:
        return urlsplit(address)
    except ValueError:
        return SplitResult("", "", "", "", "")


def check_program(request: HttpRequest) -> None:
    """Where polls are written no other site's page is let in, whatever a poll allows. Raises OriginForeign."""
    try:
        check(request, ())
    except (refusals.OriginForeign, refusals.OriginHidden):
        raise refusals.OriginForeign(voting=False) from None


def check(request: HttpRequest, allowed_sites: Collection[str]) -> None:
    """Take a POST from our own pages, from sites that the poll allows, and from programs that are no browser.

    Raises OriginForeign or OriginHidden. Browsers send `Sec-Fetch-Site` or at least `Origin`; no page can change them.
    """
    site = request.META.get("HTTP_SEC_FETCH_SITE")
    if site in {"same-origin", "none"}:
        return
    sent = request.META.get("HTTP_ORIGIN")
    if site is None and (sent is None or parts_of(sent).netloc == request.META.get("HTTP_HOST")):
        return
    if sent == "null":
        raise refusals.OriginHidden
    if sent is None or not any(_matches(sent, allowed) for allowed in allowed_sites):
        raise refusals.OriginForeign


def _matches(sent: str, allowed: str) -> bool:
    scheme, _, host = allowed.lower().partition("://")
    theirs, _, name = sent.lower().partition("://")
    if host.startswith("*."):
        return scheme == theirs and name.endswith(host[1:])
    return scheme == theirs and name == host


def _scheme(request: HttpRequest) -> str:
    # Not `request.scheme`, which reads SECURE_PROXY_SSL_HEADER whoever sent it.
    return str(getattr(request, "scope", {}).get("scheme", "http"))


def _is_localhost(authority: str) -> bool:
    host = _hostname(authority) or ""
    return host in {"localhost", "127.0.0.1", "::1"} or host.endswith(".localhost")


@lru_cache(maxsize=256)
def _hostname(authority: str) -> str | None:
    """The name in a Host header, empty where it has none; None for what is no address, such as half of an IPv6 one."""
    try:
        return (urlsplit(f"//{authority}").hostname or "") if HOST.fullmatch(authority) else None
    except ValueError:
        return None
