from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from ui.lean import lean

FILES = sorted(path for path in Path(str(finders.find("ui"))).iterdir() if path.suffix in {".css", ".js"})


def test_comments_and_indentation_go_and_nothing_else() -> None:
    script = b'/* A.\n   B. */\n(() => {\n  // Why.\n  const host = /^[^/*]+$/; // kept\n\n  say("/* no */");\n})();\n'
    assert lean(script, "ui/a.js") == b'(() => {\nconst host = /^[^/*]+$/; // kept\nsay("/* no */");\n})();\n'
    style = b"/* A. */\n.a { color: red; } /* kept */\n  // no comment\n"
    assert lean(style, "ui/a.css") == b".a { color: red; } /* kept */\n// no comment\n"


@pytest.mark.parametrize("name", ["desk/desk.css", "ui/icon.svg", "django_htmx/htmx-2.min.js"])
def test_what_is_not_for_voters_stays_as_it_is(name: str) -> None:
    source = Path(str(finders.find(name))).read_bytes()
    assert lean(source, name) == source


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_what_is_served_is_shorter_and_stays_so(path: Path) -> None:
    name, source = f"ui/{path.name}", path.read_bytes()
    short = lean(source, name)
    assert len(short) < len(source)
    assert lean(short, name) == short, "a second time changes nothing"


@pytest.mark.parametrize("path", [path for path in FILES if path.suffix == ".js"], ids=lambda path: path.name)
def test_no_script_has_a_text_of_several_lines(path: Path) -> None:
    """It would lose its indentation."""
    assert all(line.count("`") % 2 == 0 for line in path.read_text().splitlines())
