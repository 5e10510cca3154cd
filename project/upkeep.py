"""What the running service does by itself, beside answering."""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from django.db import connections
from django.utils import timezone

from polls import retention
from polls.webhooks import deliveries
from project.maintenance import explained

log = logging.getLogger(__name__)

PERIOD = 3600.0
"""Seconds from one look for what is to be erased to the next."""


class Upkeep:
    """Forgets what polls promised to forget, and what webhooks were told weeks ago: once after the start, then every
    `period` seconds, until it is stopped.

    In a thread of its own, so that neither votes nor readers wait. Several processes are no trouble: see
    `retention.erase_due`.
    """

    def __init__(self, *, period: float = PERIOD) -> None:
        self._period = period
        self._stopping = asyncio.Event()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="upkeep")
        self._task = asyncio.create_task(self._go_on())

    async def stop(self) -> None:
        """Returns when nothing is at work any more. What was begun is finished: it is done in small parts."""
        self._stopping.set()
        await self._task
        self._thread.shutdown()

    async def _go_on(self) -> None:
        while not self._stopping.is_set():
            await asyncio.get_running_loop().run_in_executor(self._thread, self._look)
            try:
                async with asyncio.timeout(self._period):
                    await self._stopping.wait()
            except TimeoutError:
                pass

    def _look(self) -> None:
        self._try(self._erase, "What polls promised to forget could not be erased")
        self._try(self._clear, "What webhooks were told weeks ago could not be deleted")
        connections.close_all()

    def _erase(self) -> None:
        for poll in retention.erase_due(timezone.now(), go_on=self._may_go_on):
            log.info("The voters of the poll %s are forgotten, as it promised.", poll.slug)

    def _clear(self) -> None:
        deliveries.clear(timezone.now(), go_on=self._may_go_on)

    def _may_go_on(self) -> bool:
        return not self._stopping.is_set()

    def _try(self, deed: Callable[[], None], failed: str) -> None:
        try:
            deed()
        except Exception as error:
            # Whatever it is, it must not end the service; the next look comes in a while.
            if sentence := explained(error):
                log.error("%s: %s", failed, sentence)
            else:
                log.exception(failed)
