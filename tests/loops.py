"""Runs coroutines where none can be in the way."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any


def run[T](work: Coroutine[Any, Any, T]) -> T:
    """As asyncio.run, in a thread of its own: Playwright leaves a loop in the one that has run a journey."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()
