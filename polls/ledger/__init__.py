"""The statements that write ballots and counters, for PostgreSQL and SQLite alike; `at_once` for PostgreSQL alone."""

from polls.ledger.ballots import (
    Standing,
    ballots_like,
    insert_ballots,
    insert_marks,
    invitations,
    slots_taken,
    standings,
    use_invitations,
)
from polls.ledger.counters import add, release
from polls.ledger.dialects import Row, together

__all__ = [
    "Row",
    "Standing",
    "add",
    "ballots_like",
    "insert_ballots",
    "insert_marks",
    "invitations",
    "release",
    "slots_taken",
    "standings",
    "together",
    "use_invitations",
]
