"""Says that a poll has changed, after the commit, to whoever keeps copies of it: here, and in every other process.

Other processes hear of it by PostgreSQL's NOTIFY (`ui.replicas`). Whoever is not reached looks for itself (`ui.cache`).
"""

from collections.abc import Callable
from functools import partial

from django.db import connection, transaction

type Listener = Callable[[int], None]

CHANNEL = "pollstead"
"""Of NOTIFY. What is said there: `changed 12`, or `moved 12 15 99` of polls that took ballots."""

_listeners: list[Listener] = []


def listen(listener: Listener) -> None:
    """Call `listener` with a poll's id after each change of that poll. It may be called from any thread."""
    if listener not in _listeners:
        _listeners.append(listener)


def poll_changed(poll_id: int) -> None:
    for listener in _listeners:
        transaction.on_commit(partial(listener, poll_id))
    if connection.vendor == "postgresql":
        # In the transaction: heard when it commits, or not at all. Deeds of people are rare; ballots go another way.
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, f"changed {poll_id}"])
