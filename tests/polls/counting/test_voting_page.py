"""docs/voting.md explains every rule: an example, what it is good for and what it is bad for."""

from pathlib import Path

import pytest

from polls.counting import RULES

HOUSE = Path(__file__).resolve().parents[3]
SECTIONS = (HOUSE / "docs" / "voting.md").read_text().split("\n### ")


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_is_explained(rule: str) -> None:
    (explained,) = [section for section in SECTIONS if f"`{rule}`" in section.partition("\n")[0]]
    for word in ("*Example:*", "Good ", "Bad "):
        assert word in explained


def test_the_readme_leads_there() -> None:
    assert "(docs/voting.md)" in (HOUSE / "README.md").read_text()
