"""Our own files, as WhiteNoise would answer them, and nothing else."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import brotli
import httpx
import pytest

from tests import loops
from ui.assets import SMALL, Assets

CSS, LARGE = b".card { color: black }\n" * 100, bytes(range(256)) * 300
HASHED = "/static/css/base.0123456789ab.css"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "collected"
    (root / "css").mkdir(parents=True)
    (root / HASHED.removeprefix("/static/")).write_bytes(CSS)
    (root / f"{HASHED.removeprefix('/static/')}.br").write_bytes(brotli.compress(CSS))
    (root / "plain.js").write_bytes(b"let a = 1")
    (root / "large.bin").write_bytes(LARGE)
    (tmp_path / "secret.txt").write_bytes(b"secret")
    return root


def _find(root: Path) -> Callable[[str], str | None]:
    return lambda name: str(root / name) if "\x00" not in name and (root / name).exists() else None


def _ask(assets: Assets, path: str, method: str = "GET", **headers: str) -> httpx.Response:
    said: list[Any] = []

    async def send(message: Any) -> None:
        said.append(message)

    pairs = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    loops.run(assets({"type": "http", "path": path, "method": method, "headers": pairs}, lambda: None, send))
    body = b"".join(message["body"] for message in said[1:])
    raw = [(name, value) for name, value in said[0]["headers"] if name != b"content-encoding"]
    response = httpx.Response(said[0]["status"], headers=raw, content=body)
    response.extensions["encoding"] = dict(said[0]["headers"]).get(b"content-encoding", b"").decode()
    return response


def test_a_file_is_answered_whole_in_part_or_not_again(root: Path) -> None:
    assets = Assets(root)
    whole = _ask(assets, HASHED)
    assert (whole.content, whole.headers["content-length"]) == (CSS, str(len(CSS)))
    assert whole.headers["x-content-type-options"] == "nosniff"
    assert "immutable" in whole.headers["cache-control"]
    small = _ask(assets, HASHED, accept_encoding="gzip, br")
    assert (brotli.decompress(small.content), small.extensions["encoding"]) == (CSS, "br")
    assert _ask(assets, HASHED, if_none_match=whole.headers["etag"]).status_code == 304
    assert _ask(assets, HASHED, if_modified_since=whole.headers["last-modified"]).status_code == 304
    part = _ask(assets, "/static/large.bin", range=f"bytes={SMALL}-{SMALL + 3}")
    assert (part.status_code, part.content) == (206, LARGE[SMALL : SMALL + 4])
    assert _ask(assets, "/static/large.bin", range="bytes=999999-").status_code == 416
    assert _ask(assets, "/static/large.bin").content == LARGE
    head = _ask(assets, HASHED, "HEAD")
    assert (head.content, head.headers["content-length"]) == (b"", str(len(CSS)))
    assert _ask(assets, HASHED, "POST").status_code == 405


def test_a_page_of_another_version_gets_the_file_of_this_one_and_no_cache_keeps_it(root: Path) -> None:
    assets = Assets(root)
    other = _ask(assets, HASHED.replace("0123456789ab", "ba9876543210"), accept_encoding="br")
    assert (other.status_code, brotli.decompress(other.content)) == (200, CSS)
    assert other.headers.get_list("cache-control") == ["no-store"]
    assert "immutable" in _ask(assets, HASHED).headers["cache-control"]
    assert _ask(assets, HASHED.replace("base", "none")).status_code == 404


@pytest.mark.parametrize("collected", [True, False])
def test_nothing_else_is_found(root: Path, collected: bool) -> None:
    assets = Assets(root, find=None if collected else _find(root))
    names = [
        "none.css",
        "none.0123456789ab.css",
        "",
        "css",
        "css/",
        "../secret.txt",
        "css/../../secret.txt",
        "/plain.js",
        "./plain.js",
        "a\x00b",
    ]
    for path in ["/", "/static", *(f"/static/{name}" for name in names)]:
        answer = _ask(assets, path)
        assert (answer.status_code, answer.content) == (404, b"There is no such file."), path


def test_a_small_file_is_read_once_and_one_that_was_not_collected_each_time(root: Path) -> None:
    kept, found = Assets(root), Assets(root, find=_find(root))
    for assets in (kept, found):
        assert _ask(assets, "/static/plain.js").content == b"let a = 1"
    (root / "plain.js").write_bytes(b"let b = 22")
    assert _ask(kept, "/static/plain.js").content == b"let a = 1"
    again = _ask(found, "/static/plain.js")
    assert (again.content, again.headers["cache-control"]) == (b"let b = 22", "max-age=0, public")
