"""Words of our style sheets that not every browser knows."""

import re
from pathlib import Path

import pytest

SHEETS = sorted((Path(__file__).parents[2] / "static").glob("*/*.css"))


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_what_may_be_selected_is_told_in_the_one_word_that_safari_knows_too(sheet: Path) -> None:
    assert not re.findall(r"(?<!-webkit-)\buser-select: \w+;", sheet.read_text())
