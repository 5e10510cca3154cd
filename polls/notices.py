"""Says that a poll has changed, after the commit, to whoever keeps copies of it in this process.

Other processes look for themselves (`ui.cache`).
"""

from collections.abc import Callable
from functools import partial

from django.db import transaction

type Listener = Callable[[int], None]

_listeners: list[Listener] = []


def listen(listener: Listener) -> None:
    """Call `listener` with a poll's id after each change of that poll. It may be called from any thread."""
    if listener not in _listeners:
        _listeners.append(listener)


def poll_changed(poll_id: int) -> None:
    for listener in _listeners:
        transaction.on_commit(partial(listener, poll_id))
