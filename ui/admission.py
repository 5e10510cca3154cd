"""What stands between a vote and the queue when many come at once: a throttle, a puzzle, and a second look.

Generous: it wakes for floods, and an office behind one address never meets it.
"""

from datetime import datetime

from polls import refusals
from polls.snapshots import PollSnapshot
from polls.terms import Policy, Suspicion
from ui import work
from ui.configuration import setting
from ui.papers import Paper
from ui.throttle import Buckets, Key, Pressure
from ui.visitors import Visitor

NAMED = frozenset({Policy.INVITATION, Policy.ACCOUNT})
"""Here each voter is one whom somebody has let in: only failures are counted."""

PATIENCE = 20
"""Seconds. Whose browser can't solve a puzzle waits that long instead."""
TOO_SOON = 1
BURST = 10
"""Votes of one network within a second that still look like people."""
LEAST_SHARE = 20
"""Votes of one network that are never too large a share."""

networks = Buckets(burst=300, per_second=5)
bearers = Buckets(burst=1000, per_second=50)
failures = Buckets(burst=20, per_second=0.1)
authors = Buckets(burst=100, per_second=2)
"""Polls that a token writes or reads as files."""
# Waiting costs a machine nothing, so that one network can't wait for many ballots at once.
patient = Buckets(burst=20, per_second=0.2)
pressure = Pressure()


def admit(visitor: Visitor, poll: PollSnapshot, *, now: float) -> None:
    """Let a try in, or raise Throttled."""
    # A voter from elsewhere never comes from this machine's own address. Behind a proxy that TRUSTED_PROXIES does not
    # name everyone does, and would stand in one queue: better no throttle there than nobody's vote.
    if visitor.local and not visitor.bearer:
        return
    key = _key(visitor, poll)
    if visitor.bearer:
        wait = bearers.take(key, now=now) or failures.wait(key, now=now)
    else:
        wait = failures.wait(key, now=now) if poll.policy in NAMED else networks.take(key, now=now)
    if wait:
        raise refusals.Throttled(wait)


def note_failure(visitor: Visitor, poll: PollSnapshot, *, now: float) -> None:
    """A wrong code or token, or nobody signed in. Tries that are under way at once all get in: codes of 80 bits allow
    that.
    """
    if visitor.bearer or not visitor.local:
        failures.take(_key(visitor, poll), now=now)


def check_failures(visitor: Visitor, poll: PollSnapshot, *, now: float) -> None:
    """Raises Throttled where too much was tried that is wrong."""
    if not visitor.local and (wait := failures.wait(_key(visitor, poll), now=now)):
        raise refusals.Throttled(wait)


def check_guesses(stranger: Visitor, *, now: float) -> None:
    """As `check_failures`, where there is no poll: of who brings a token to write one."""
    if not stranger.local and (wait := failures.wait(_nowhere(stranger), now=now)):
        raise refusals.Throttled(wait, writing=True)


def note_guess(stranger: Visitor, *, now: float) -> None:
    if not stranger.local:
        failures.take(_nowhere(stranger), now=now)


def examine(visitor: Visitor, poll: PollSnapshot, paper: Paper, solution: str, *, at: datetime, now: float) -> str:
    """Why a ballot that can be counted is set aside, "" for one that isn't. Raises WorkNeeded under pressure."""
    if visitor.bearer:
        return ""  # whom the token's maker vouches for, within the token's own bounds
    asked = setting("PROOF_OF_WORK")
    always = asked == "always"
    # A browser that is known has voted: it can change its ballot, not add one. Under the open policy it can add.
    known = visitor.browser is not None and poll.policy != Policy.OPEN
    if poll.policy in NAMED or known or (visitor.local and not always):
        return ""
    seen = pressure.note(poll.id, visitor.network or "", now=now)
    if always or (seen.high and asked == "adaptive"):
        _require_work(visitor, poll, paper, solution, at=at, now=now)
    if not seen.high:
        return ""
    if at.timestamp() - paper.issued < TOO_SOON:
        return Suspicion.AGE.value
    if seen.of_network_now > BURST:
        return Suspicion.BURST.value
    return Suspicion.NETWORK.value if seen.of_network > max(LEAST_SHARE, seen.votes // 4) else ""


def clear() -> None:
    for memory in (networks, bearers, failures, authors, patient, pressure):
        memory.clear()


def _require_work(
    visitor: Visitor, poll: PollSnapshot, paper: Paper, solution: str, *, at: datetime, now: float
) -> None:
    if solution and work.is_done(solution, poll=poll.id, nonce=paper.nonce, at=at):
        return
    waited = at.timestamp() - paper.issued >= PATIENCE
    if not (waited and not patient.take(_key(visitor, poll), now=now)):
        raise refusals.WorkNeeded(work.challenge(poll.id, paper.nonce, at=at))


def _nowhere(stranger: Visitor) -> Key:
    return 0, stranger.network or ""


def _key(visitor: Visitor, poll: PollSnapshot) -> Key:
    if visitor.bearer:
        return poll.id, f"token {visitor.bearer.token}"
    # Visitors of whom nobody can tell where they come from share one key: the stricter rule.
    return poll.id, visitor.network or ""
