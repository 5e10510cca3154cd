import re
import tomllib

import pytest

from tests.server import ROOT

pytestmark = pytest.mark.once

FILES = ["requirements.txt", "requirements-test.txt", "requirements-lint.txt"]
LINE = re.compile(r"(#.*|[a-z0-9-]+==[^ ]+( ;.*)? \\|    --hash=sha256:[0-9a-f]{64}( \\)?|    # .*)")


@pytest.mark.parametrize("name", FILES)
def test_every_package_is_pinned_with_hashes_and_no_index_is_named(name: str) -> None:
    for line in (ROOT / name).read_text().splitlines():
        assert LINE.fullmatch(line), line
        assert "://" not in line


def test_what_is_asked_for_is_pinned() -> None:
    asked = tomllib.loads((ROOT / "pyproject.toml").read_text())
    run, test, lint = (set(re.findall(r"^([a-z0-9-]+)==", (ROOT / name).read_text(), re.MULTILINE)) for name in FILES)
    assert {_name(line) for line in asked["project"]["dependencies"]} <= run
    for group, pinned in (("test", test), ("lint", lint)):
        assert {_name(line) for line in asked["dependency-groups"][group]} <= pinned
        # Both are installed at once: none of them may write what the other one writes.
        assert not pinned & run


def _name(requirement: str) -> str:
    return re.split(r"[\[<>=;]", requirement)[0]
