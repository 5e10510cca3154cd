"""Who is asking: the only reader of addresses, cookies and the headers that tell them."""

import hmac
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest

from polls import refusals
from polls.snapshots import PollSnapshot
from ui import papers
from ui.portraits.orders import ORDERS

LONGEST_HOP = 45


@dataclass(frozen=True, slots=True)
class Visitor:
    """A request's sender in one poll. `browser` is the name that an earlier vote gave it; `secure` tells HTTPS."""

    browser: str | None
    network: str | None
    secure: bool
    has_voted: bool


def visitor(request: HttpRequest, poll: PollSnapshot) -> Visitor:
    browser = _browser(request, poll.id)
    receipt = request.GET.get("receipt", "")
    has_voted = browser is not None or papers.is_receipt(receipt, poll=poll.id)
    return Visitor(browser, network(request), is_secure(request), has_voted)


def cookie_name(poll: int, *, secure: bool) -> str:
    """`__Host-` binds a cookie to this host and to HTTPS; plain HTTP, as at home, has to do without."""
    return f"__Host-voted-{poll}" if secure else f"voted-{poll}"


def _browser(request: HttpRequest, poll: int) -> str | None:
    for secure in (True, False):
        said = papers.unsigned("cookie", request.COOKIES.get(cookie_name(poll, secure=secure), ""))
        owner, _, browser = (said or "").partition(".")
        if browser and owner == str(poll):
            return browser
    return None


def cookie(poll: int, browser: str) -> str:
    return papers.signed("cookie", f"{poll}.{browser}")


def network(request: HttpRequest) -> str | None:
    """The address a ballot counts for: IPv4 whole, IPv6 by its /64, which is one home. None when nobody can tell."""
    try:
        address = ip_address(_client(request))
    except ValueError:
        return None
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ip_network(f"{address}/64", strict=False))
    return str(address)


def order(request: HttpRequest, poll: PollSnapshot) -> int:
    """Which order of shuffled choices this visitor sees: the same at each look, and after a refusal, without a cookie.

    People of one network share an order; those whom nobody can tell apart see the first.
    """
    if not any(question.shuffled for question in poll.questions):
        return 0
    seen = hmac.digest(poll.key, f"order:{network(request)}".encode(), "sha256")
    return int.from_bytes(seen[:4]) % ORDERS


def is_secure(request: HttpRequest) -> bool:
    """HTTPS as the browser sees it. Browsers also count localhost as secure, and take secure cookies there."""
    if settings.PUBLIC_URL:
        return bool(settings.PUBLIC_URL.startswith("https://")) or _is_localhost(request)
    if _is_trusted(_peer(request)) and (scheme := request.META.get("HTTP_X_FORWARDED_PROTO")):
        return bool(scheme.strip().lower() == "https") or _is_localhost(request)
    return _scheme(request) == "https" or _is_localhost(request)


def origin(request: HttpRequest) -> str:
    """Our own origin, as the visitor's browser would write it."""
    if settings.PUBLIC_URL:
        return str(settings.PUBLIC_URL)
    forwarded = request.META.get("HTTP_X_FORWARDED_PROTO", "") if _is_trusted(_peer(request)) else ""
    scheme = forwarded if forwarded in {"http", "https"} else _scheme(request)
    return f"{scheme}://{request.META.get('HTTP_HOST', 'localhost')}"


def check_origin(request: HttpRequest, poll: PollSnapshot) -> None:
    """Take a POST from our own pages, from sites that the poll allows, and from programs that are no browser.

    Raises OriginForeign. Browsers send `Sec-Fetch-Site` or at least `Origin`, and no page can change them.
    """
    site = request.META.get("HTTP_SEC_FETCH_SITE")
    if site in {"same-origin", "none"}:
        return
    sent = request.META.get("HTTP_ORIGIN")
    if site is None and (sent is None or urlsplit(sent).netloc == request.META.get("HTTP_HOST")):
        return
    if sent is None or sent == "null" or not any(_matches(sent, allowed) for allowed in poll.allowed_sites):
        raise refusals.OriginForeign


def _matches(sent: str, allowed: str) -> bool:
    scheme, _, host = allowed.lower().rstrip("/").partition("://")
    theirs, _, name = sent.lower().partition("://")
    if host.startswith("*."):
        return scheme == theirs and name.endswith(host[1:])
    return scheme == theirs and name == host


def _client(request: HttpRequest) -> str:
    """The right-most hop of X-Forwarded-For that we don't trust, where the peer itself is trusted."""
    peer = _peer(request)
    hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
    client = peer
    while hops and _is_trusted(client):
        client = hops.pop()
    return client[:LONGEST_HOP]


def _peer(request: HttpRequest) -> str:
    return str(request.META.get("REMOTE_ADDR", ""))


def _scheme(request: HttpRequest) -> str:
    # Not `request.scheme`, which reads SECURE_PROXY_SSL_HEADER whoever sent it.
    return str(getattr(request, "scope", {}).get("scheme", "http"))


def _is_trusted(address: str) -> bool:
    if not settings.TRUSTED_PROXIES:
        return False
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    return any(parsed in network for network in settings.TRUSTED_PROXIES)


def _is_localhost(request: HttpRequest) -> bool:
    host = urlsplit(f"//{request.META.get('HTTP_HOST', '')}").hostname or ""
    return host in {"localhost", "127.0.0.1", "::1"} or host.endswith(".localhost")
