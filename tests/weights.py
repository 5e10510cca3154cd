"""What a page weighs: compressed, with all that it loads, each file once."""

import gzip
import re
from dataclasses import dataclass
from pathlib import Path

from django.contrib.staticfiles import finders

from ui.lean import lean

LOADED = re.compile(r'<(?:script|link|img)\b[^>]*?\b(?:src|href)="(/static/[^"]+)"')


@dataclass(frozen=True, slots=True)
class Weight:
    bytes: int
    requests: int


def compressed(content: bytes) -> int:
    return len(gzip.compress(content, 9))


def loaded(page: str) -> list[str]:
    """The files of ours that a page asks for by itself."""
    return sorted(set(LOADED.findall(page)))


def of(page: bytes) -> Weight:
    files = loaded(page.decode())
    return Weight(compressed(page) + sum(compressed(file(address)) for address in files), 1 + len(files))


def file(address: str) -> bytes:
    """As it is served once it is collected."""
    name = address.removeprefix("/static/")
    path = finders.find(name)
    assert isinstance(path, str)
    return lean(Path(path).read_bytes(), name)
