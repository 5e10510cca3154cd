import gzip
import re

from django.contrib.staticfiles import finders

from tests.browser import Browser
from tests.builders import a_poll

# Compressed, with everything: the frame's document, the look, both scripts, htmx.
LARGEST_FRAME = 30 * 1024
LARGEST_LOADER = 1536


def _compressed(content: bytes) -> int:
    return len(gzip.compress(content, 9))


def _file(address: str) -> bytes:
    path = finders.find(re.sub(r"\.[0-9a-f]{12}(?=\.\w+$)", "", address.removeprefix("/static/")))
    assert isinstance(path, str)
    with open(path, "rb") as file:  # noqa: PTH123 -- finders give text
        return file.read()


def test_a_frame_with_all_that_it_loads_is_light(vera: Browser) -> None:
    poll = a_poll(choices=["Old Mill Bridge", "Harbour footbridge", "Railway viaduct", "None of them"])
    page = vera.get(f"/embed/{poll.slug}/")
    loaded = re.findall(r'(?:src|href)="(/static/[^"]+\.(?:css|js))"', page.text)
    assert {address.rpartition(".")[2] for address in loaded} == {"css", "js"}
    weights = [_compressed(page.content), _compressed(vera.get("/embed.js").content)]
    assert sum(weights + [_compressed(_file(address)) for address in loaded]) < LARGEST_FRAME


def test_the_loader_is_light_and_any_page_may_load_it(vera: Browser) -> None:
    answer = vera.get("/embed.js")
    assert _compressed(answer.content) < LARGEST_LOADER
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    assert vera.get("/embed.js", headers={"If-None-Match": answer.headers["etag"]}).status_code == 304
