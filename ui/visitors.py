"""Who is asking: the only reader of addresses, cookies and the headers that tell them. By which name: `ui.origins`."""

import hmac
import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache

from django.conf import settings
from django.http import HttpRequest

from polls import invitations, refusals, voters
from polls.snapshots import PollSnapshot
from polls.terms import Policy
from polls.voters import Voter
from ui import networks, origins, papers
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
        secure=origins.is_secure(request),
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
    return newcomer(*_hops(request), secure=origins.is_secure(request))


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
    for secure in (True,) if origins.is_secure(request) else (True, False):
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


def _hops(request: HttpRequest) -> tuple[str, str]:
    return str(request.META.get("REMOTE_ADDR", "")), request.META.get("HTTP_X_FORWARDED_FOR", "")


def _client(client: str, forwarded: str) -> str:
    """The right-most hop of X-Forwarded-For that we don't trust, where the peer itself is trusted."""
    if not forwarded:
        return client[: networks.LONGEST]
    hops = [hop.strip() for hop in forwarded.split(",") if hop.strip()]
    if hops and not networks.is_trusted(client):
        _warn()
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
