import asyncio

from tests.browser import Browser
from tests.builders import a_poll
from ui.cache import Entry, cache


def test_a_poll_that_is_loaded_while_it_is_changed_is_loaded_again(vera: Browser) -> None:
    poll = a_poll()

    async def loaded_meanwhile() -> Entry | None:
        loading = asyncio.create_task(cache.entry(poll.slug))
        for _ in range(3):
            await asyncio.sleep(0)  # the question is on its way to the database
        cache.forget(poll.pk)
        return await loading

    assert vera.run(loaded_meanwhile())
    assert cache.kept(poll.slug) is None
    assert vera.run(cache.entry(poll.slug)) is cache.kept(poll.slug) is not None
