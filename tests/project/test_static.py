import re
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.contrib.staticfiles import finders

from project import static
from tests import loops

pytestmark = pytest.mark.once


@pytest.fixture
def style(settings: Any, tmp_path: Path) -> Path:
    """A style sheet, the only file that there is to collect."""
    path = tmp_path / "ours" / "card.css"
    path.parent.mkdir()
    path.write_text(".card { color: black }\n" * 100)
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STATICFILES_DIRS = [path.parent]
    settings.STATIC_ROOT = tmp_path / "collected"
    finders.get_finder.cache_clear()
    yield path
    finders.get_finder.cache_clear()


def _served(address: str, method: str = "GET", **headers: str) -> httpx.Response:
    async def ask() -> httpx.Response:
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(static.assets()), base_url="https://polls.test"
        ) as us:
            return await us.request(
                method, address, headers={name.replace("_", "-"): it for name, it in headers.items()}
            )

    return loops.run(ask())


def _name() -> str:
    return static.HashedFiles().url("card.css")


def test_a_file_that_was_not_collected_is_served_under_its_plain_name(style: Path) -> None:
    assert _name() == "/static/card.css"
    assert _served(_name()).content == style.read_bytes()


def test_a_collected_file_has_a_hash_in_its_name_and_is_kept_for_ever(style: Path) -> None:
    static.collect()
    assert _name() != "/static/card.css"
    assert "immutable" in _served(_name()).headers["Cache-Control"]
    assert _served("/static/card.css").status_code == 404


@pytest.mark.parametrize("encoding", ["br", "gzip"])
def test_a_collected_file_is_served_compressed(style: Path, encoding: str) -> None:
    static.collect()
    assert _served(_name(), accept_encoding=encoding).headers["Content-Encoding"] == encoding


def test_a_part_of_a_file_and_its_head_alone_can_be_asked_for(style: Path) -> None:
    part = _served("/static/card.css", range="bytes=1-4")
    assert (part.status_code, part.content) == (206, b"card")
    assert _served("/static/card.css", "HEAD").content == b""


def test_an_edited_file_is_collected_again(style: Path) -> None:
    static.collect()
    before = _name()
    style.write_text(".card { color: white }\n")
    static.collect()
    assert _name() != before


def test_nothing_is_collected_when_nothing_has_changed(style: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    static.collect()
    monkeypatch.setattr(static, "call_command", lambda *_args, **_options: pytest.fail("collected again"))
    static.collect()


def test_a_place_that_can_not_be_written_to_ends_the_start_with_a_sentence(style: Path, settings: Any) -> None:
    settings.STATIC_ROOT = style / "below-a-file"
    with pytest.raises(SystemExit) as refused:
        static.collect()
    where = str(settings.STATIC_ROOT)
    assert refused.value.code == f"pollstead: STATIC_ROOT is {where!r}, where files can't be put: Not a directory."


def test_what_voters_load_is_collected_without_comments(style: Path) -> None:
    ours = style.parent / "ui" / "card.js"
    ours.parent.mkdir()
    ours.write_text("// What a reader wants to know.\nlet said =\n  1;\n")
    static.collect()
    for name in ("/static/ui/card.js", static.HashedFiles().url("ui/card.js")):
        collected = static.settings.STATIC_ROOT / name.removeprefix("/static/")
        assert not collected.exists() or collected.read_text() == "let said=1;"
    assert _served(static.HashedFiles().url("ui/card.js")).text == "let said=1;"


@pytest.mark.parametrize("script", sorted(Path("static").glob("*/*.js")), ids=str)
def test_no_script_has_two_functions_of_one_name(script: Path) -> None:
    """The later one would take the place of the other, and nothing would say so."""
    declared = re.findall(r"^ *(?:async )?function \w+", script.read_text(), re.MULTILINE)
    assert declared == list(dict.fromkeys(declared))
