"""An editor's own CSS in a real browser, which alone knows what containment holds."""

import pytest

from polls import themes
from polls.models import Theme
from tests.builders import a_poll
from tests.journeys.conftest import Visitor

OVER_ALL = ".sheet{position:absolute;inset:-200px;z-index:9;width:9000px;height:9000px;background:red}"
ESCAPES = [f".poll{{display:{display}}}{OVER_ALL}" for display in ("contents", "inline", "table-row", "ruby")]
ESCAPES += [f"@media all{{.poll{{display:contents}}}}{OVER_ALL}"]
ESCAPES += [".poll{offset:path('M 0 -200 L 9 -200')}.sheet{background:red}"]
PAINT = [".poll{box-shadow:0 0 0 200vmax red}", ".poll{outline:3000px solid red}"]
CORNERS = "[[3, 3], [3, innerHeight - 3], [innerWidth - 20, 3]].map(([x, y]) => document.elementFromPoint(x, y))"


def test_no_css_of_ones_own_takes_the_clicks_of_what_is_around_the_card(
    polls: str, vera: Visitor, subtests: pytest.Subtests
) -> None:
    for css in ESCAPES:
        with subtests.test(css):
            page = vera.open(_dressed(polls, css))
            assert page.evaluate(f"{CORNERS}.some(there => there.closest('.poll'))") is False


def test_no_css_of_ones_own_paints_over_what_is_around_the_card(
    polls: str, vera: Visitor, subtests: pytest.Subtests
) -> None:
    corner = {"x": 0, "y": 0, "width": 8, "height": 8}
    plain = vera.open(_dressed(polls, "")).screenshot(clip=corner)
    for css in PAINT:
        with subtests.test(css):
            assert vera.open(_dressed(polls, css)).screenshot(clip=corner) == plain


def _dressed(polls: str, css: str) -> str:
    """The page of a poll that wears it."""
    theme = Theme(name=f"A theme {Theme.objects.count()}", css=css)
    themes.save(theme)
    return f"{polls}/p/{a_poll(theme=theme).slug}/"
