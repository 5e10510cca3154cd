"""Who is asking: the only reader of addresses, cookies and the headers that tell them."""

import hmac
import logging
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import NamedTuple
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.http.request import validate_host

from polls import invitations, refusals, voters
from polls.snapshots import PollSnapshot
from polls.terms import Policy
from polls.voters import Voter
from ui import networks, papers
from ui.configuration import setting
from ui.portraits.orders import ORDERS

log = logging.getLogger(__name__)

KEY = re.compile(r"[!-~]{1,200}")


@dataclass(frozen=True, slots=True)
class Bearer:
    """A server that casts ballots for its visitors, by an API token."""

    token: int
    """The token's id."""
    voter: str = ""
    """By this the server knows its visitor."""
    key: str = ""
    """By this it knows the ballot: sent again with the same one, it is the same try."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """A request's sender in one poll. `browser` is the name that an earlier vote gave it; `secure` tells HTTPS."""

    browser: str | None
    network: str | None
    local: bool
    """It comes from this very machine."""
    secure: bool
    has_voted: bool
    invitation: str = ""
    """The code that the address brought along, as it was written."""
    account: int | None = None
    name: str = ""
    """What the account is called."""
    bearer: Bearer | None = None

    @property
    def is_anybody(self) -> bool:
        """Nothing is known of them that an answer could depend on, but for their network."""
        return self.browser is None and self.account is None and not (self.has_voted or self.invitation)


def visitor(request: HttpRequest, poll: PollSnapshot) -> Visitor:
    """Who asks, as far as the request alone can tell; `ui.accounts` asks for the account."""
    browser, client, query = _browser(request, poll.id), _client(*_hops(request)), said(request)
    invitation = query.get("invitation", "")
    known = browser is not None
    if poll.policy == Policy.INVITATION and (code := invitations.normalised(invitation)):
        # Two people at one browser have two invitations.
        known = browser == papers.browser_of_invitation(poll.id, code)
    return Visitor(
        browser=browser,
        network=networks.of(client),
        local=networks.is_local(client),
        secure=is_secure(request),
        has_voted=known or papers.read_receipt(query.get("receipt", ""), poll=poll.id) is not None,
        invitation=invitation,
    )


def brings_receipt_alone(poll: PollSnapshot, visitor: Visitor) -> bool:
    """A vote was counted, and the browser keeps no cookie by which it is known again whose."""
    return visitor.has_voted and visitor.browser is None and poll.policy in {Policy.BROWSER, Policy.NETWORK}


def bearer(request: HttpRequest, token: int, *, voter: str) -> Visitor:
    """A server with a token, for one of its visitors. No cookie counts; the network is the server's."""
    # No browser of ours has such a name.
    browser = f"token {token}: {voter}" if voter else None
    return replace(stranger(request), browser=browser, bearer=Bearer(token, voter, _key(request)))


def stranger(request: HttpRequest) -> Visitor:
    """Who asks, if no cookie counts."""
    return newcomer(*_hops(request), secure=is_secure(request))


def token(request: HttpRequest) -> str | None:
    """The API token that came with a request; None where none did. Other schemes are a proxy's, and not for us."""
    scheme, _, said = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    return said.strip() if scheme.lower() == "bearer" else None


def _key(request: HttpRequest) -> str:
    said = request.META.get("HTTP_IDEMPOTENCY_KEY")
    if said is not None and not KEY.fullmatch(said):
        raise refusals.Unreadable
    return said or ""


def newcomer(peer: str, forwarded: str, *, secure: bool) -> Visitor:
    """Somebody of whom nothing is known but where they come from."""
    client = _client(peer, forwarded)
    local = networks.is_local(client)
    return Visitor(browser=None, network=networks.of(client), local=local, secure=secure, has_voted=False)


def voter_key(poll: PollSnapshot, visitor: Visitor) -> str | None:
    """The key of a visitor who may have voted, by what the browser sends alone; None for somebody unknown."""
    code = invitations.normalised(visitor.invitation) if visitor.invitation else None
    if poll.policy == Policy.OPEN:
        return None  # each paper is somebody else
    return voters.voter_key(poll, Voter(browser=visitor.browser, account=visitor.account, invitation=code), "")


def session_key(request: HttpRequest) -> str | None:
    """The key of Django's session. Only polls by account ask for it."""
    return request.COOKIES.get(settings.SESSION_COOKIE_NAME)


def cookie_name(poll: int, *, secure: bool) -> str:
    """`__Host-` binds a cookie to this host and to HTTPS; plain HTTP, as at home, has to do without."""
    return f"__Host-voted-{poll}" if secure else f"voted-{poll}"


def said(request: HttpRequest) -> Mapping[str, str]:
    """The query of the address."""
    # Most have none, and `GET` takes its time to find that out.
    return request.GET.dict() if request.META.get("QUERY_STRING") else {}


def _browser(request: HttpRequest, poll: int) -> str | None:
    if not request.META.get("HTTP_COOKIE"):
        return None
    # A name without `__Host-` may come from a neighbour: by HTTPS it is not believed, or one site could hand its own
    # ballot's name to the visitors of all that share its domain, who would have voted then.
    for secure in (True,) if is_secure(request) else (True, False):
        said = papers.unsigned("cookie", request.COOKIES.get(cookie_name(poll, secure=secure), ""))
        owner, _, browser = (said or "").partition(".")
        if browser and owner == str(poll):
            return browser
    return None


def cookie(poll: int, browser: str) -> str:
    return papers.signed("cookie", f"{poll}.{browser}")


def network(request: HttpRequest) -> str | None:
    """The network a ballot counts for. None when nobody can tell."""
    return networks.of(_client(*_hops(request)))


def order(request: HttpRequest, poll: PollSnapshot) -> int:
    """Which order of shuffled choices this visitor sees: the same at each look, and after a refusal, without a cookie.

    People of one network share an order; those whom nobody can tell apart see the first.
    """
    if not poll.is_shuffled:
        return 0
    seen = hmac.digest(poll.key, f"order:{network(request)}".encode(), "sha256")
    return int.from_bytes(seen[:4]) % ORDERS


class Standing(NamedTuple):
    """By which name we were asked."""

    origin: str
    secure: bool


def is_secure(request: HttpRequest) -> bool:
    """HTTPS as the browser sees it. They count localhost as secure, and all but WebKit take secure cookies there."""
    return _asked(request).secure


def origin(request: HttpRequest) -> str:
    """Our own origin, as the visitor's browser would write it."""
    return _asked(request).origin


def _asked(request: HttpRequest) -> Standing:
    meta = request.META
    forwarded = meta.get("HTTP_X_FORWARDED_PROTO", "")
    if forwarded and not networks.is_trusted(_peer(request)):
        forwarded = ""
    return _standing(setting("PUBLIC_URL"), forwarded, _scheme(request), meta.get("HTTP_HOST", ""))


@lru_cache(maxsize=256)
def _standing(public: str, forwarded: str, scheme: str, host: str) -> Standing:
    here = _is_localhost(host)
    if public:
        return Standing(public, here or public.startswith("https://"))
    secure = forwarded.strip().lower() == "https" if forwarded else scheme == "https"
    seen = forwarded if forwarded in {"http", "https"} else scheme
    return Standing(f"{seen}://{host or 'localhost'}", here or secure)


def guest(request: HttpRequest, poll: PollSnapshot) -> str:
    """The origin of another site whose page sends this request, if the poll allows that site; else nothing."""
    sent = request.META.get("HTTP_ORIGIN", "")
    if not sent or sent == "null" or sent.lower() == origin(request).lower():
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
        check_origin(request, ())
    except (refusals.OriginForeign, refusals.OriginHidden):
        raise refusals.OriginForeign(voting=False) from None


def check_origin(request: HttpRequest, allowed_sites: Collection[str]) -> None:
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
    scheme, _, host = allowed.lower().rstrip("/").partition("://")
    theirs, _, name = sent.lower().partition("://")
    if host.startswith("*."):
        return scheme == theirs and name.endswith(host[1:])
    return scheme == theirs and name == host


def _hops(request: HttpRequest) -> tuple[str, str]:
    return _peer(request), request.META.get("HTTP_X_FORWARDED_FOR", "")


def _client(client: str, forwarded: str) -> str:
    """The right-most hop of X-Forwarded-For that we don't trust, where the peer itself is trusted."""
    if not forwarded:
        return client[: networks.LONGEST]
    hops = [hop.strip() for hop in forwarded.split(",") if hop.strip()]
    if hops and not networks.is_trusted(client):
        _warn()
        hops = []
    while hops and networks.is_trusted(client):
        client = hops.pop()
    return client[: networks.LONGEST]


@cache
def _warn() -> None:
    """Once: whoever sends the header to every request must not fill the log."""
    log.warning(
        "X-Forwarded-For came from a peer that TRUSTED_PROXIES does not name, and is not believed. "
        "If that is your proxy, name it there; else all voters behind it look like one."
    )


def _peer(request: HttpRequest) -> str:
    return str(request.META.get("REMOTE_ADDR", ""))


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
        return urlsplit(f"//{authority}").hostname or ""
    except ValueError:
        return None
