"""Carries messages to webhooks: beside what the service answers, in threads of its own."""

import asyncio
import logging
import threading
import time
from collections.abc import Callable
from queue import Empty, SimpleQueue

from django.db import connections
from django.utils import timezone

from polls.terms import DeliveryFailure, DeliveryState, WebhookState
from polls.webhooks import clock, deliveries, outbox, sending
from polls.webhooks.deliveries import Letter
from polls.webhooks.sending import Answer
from project.maintenance import explained

log = logging.getLogger(__name__)

PERIOD = 2.0
"""Seconds from one look for what is due to the next. What is told in this process is sent at once."""
BETWEEN_RESULTS = 5.0
"""Seconds from one look at results to the next."""
MOST = 8
"""Messages under way at a time, no two of them to one webhook."""
GOODBYE = 0.5
"""Seconds that a stop waits for answers. What has none then is sent again when its lease ends, by whoever is there."""


class Couriers:
    """One thread asks the database, others wait for receivers. Several processes are no trouble: see `deliveries`."""

    def __init__(self, *, period: float = PERIOD) -> None:
        self._period, self._looked_at = period, float("-inf")
        self._under_way: dict[int, Letter] = {}
        self._resting: dict[int, float] = {}
        """Webhooks whose receivers ask to be left alone, and until when; another process is asked so too."""
        self._said: set[str] = set()
        self._answers: SimpleQueue[tuple[Letter, Answer]] = SimpleQueue()
        self._wake, self._stopping = threading.Event(), threading.Event()
        outbox.listen(self._wake.set)
        # Daemons: a receiver, or a name server, that says nothing does not keep a process from its end.
        self._thread = threading.Thread(target=self._go_on, daemon=True, name="webhooks")
        self._thread.start()

    async def stop(self) -> None:
        """Returns when nothing is at work any more, or after a moment."""
        outbox.unlisten(self._wake.set)
        self._stopping.set()
        self._wake.set()
        await asyncio.to_thread(self._thread.join, 2 * GOODBYE)

    def _go_on(self) -> None:
        while not self._stopping.is_set():
            self._wake.clear()
            self._look()
            self._wake.wait(self._period)
        latest = time.monotonic() + GOODBYE
        while self._under_way and (left := latest - time.monotonic()) > 0:
            self._wake.wait(left)
            self._wake.clear()
            self._look()

    def _look(self) -> None:
        deeds = [self._note_answers]
        if not self._stopping.is_set():
            deeds += [self._look_at_clock, self._look_at_results, self._send]
        # What fails holds up nothing else.
        said = {self._tried(deed) for deed in deeds} - {""}
        # A database that is away is said to be so once, and not every two seconds.
        for sentence in said - self._said:
            log.error("Webhooks could not be told: %s", sentence)
        self._said = said
        connections.close_all()

    def _tried(self, deed: Callable[[], None]) -> str:
        """Why the database could not be asked; empty when all is well, or the fault is ours and logged."""
        try:
            deed()
        except Exception as error:
            # Whatever it is, it must not end the service. What was sent and could not be noted is sent again.
            if sentence := explained(error):
                return sentence
            log.exception("Webhooks could not be told")
        return ""

    def _look_at_clock(self) -> None:
        clock.turn(timezone.now())

    def _look_at_results(self) -> None:
        if time.monotonic() - self._looked_at >= BETWEEN_RESULTS:
            self._looked_at = time.monotonic()
            clock.look_at_results(timezone.now())

    def _send(self) -> None:
        now = time.monotonic()
        self._resting = {webhook: until for webhook, until in self._resting.items() if until > now}
        while len(self._under_way) < MOST and (letter := deliveries.take(timezone.now(), but=self._left_alone())):
            self._under_way[letter.webhook] = letter
            threading.Thread(target=self._carry, args=[letter], daemon=True, name="courier").start()

    def _left_alone(self) -> set[int]:
        return self._under_way.keys() | self._resting.keys()

    def _carry(self, letter: Letter) -> None:
        answer = Answer(failure=DeliveryFailure.AWAY)
        try:
            answer = sending.send(letter.url, letter.body, letter.headers)
        except Exception:
            log.exception("A webhook could not be told")
        finally:
            self._answers.put((letter, answer))
            self._wake.set()

    def _note_answers(self) -> None:
        while True:
            try:
                letter, answer = self._answers.get_nowait()
            except Empty:
                return
            del self._under_way[letter.webhook]
            if answer.rest:
                self._resting[letter.webhook] = time.monotonic() + answer.rest.total_seconds()
            noted = deliveries.note(letter, answer, timezone.now())
            if noted and noted.state == DeliveryState.GIVEN_UP:
                paused = " The webhook is paused now." if noted.webhook.state != WebhookState.ON else ""
                log.warning("The webhook %d was not told of %s: %s.%s", letter.webhook, noted, noted.failure, paused)
