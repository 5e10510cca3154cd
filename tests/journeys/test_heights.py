"""What is reserved for a frame holds its form and its results, and not much more."""

from collections.abc import Callable
from typing import Any

import pytest

from polls import lifecycle, snapshots
from polls.admin import heights
from polls.models import Poll
from polls.terms import Kind
from tests.builders import a_draft, a_poll, a_question, now
from tests.journeys.conftest import Visitor
from tests.kinds import answers_to
from tests.votes import an_answer

WIDTHS = (160, 240, 320, 360, 480, 640, 1024)
CARD = "document.querySelector('.poll').getBoundingClientRect().height"
RANK_ALL = """[...document.querySelectorAll('.ranking .choice .label')].map(label => label.click())"""
SHORT = ("Tea", "Coffee", "Water")
LONG = (
    "Railway viaduct on the north line, with the cycle path that was promised in 2019",
    "None of them",
    "Donaudampfschifffahrtsgesellschaft",
)


def _polls() -> list[Poll]:
    kinds: list[dict[str, Any]] = [{"kind": kind} for kind in Kind if kind != Kind.TEXT]
    kinds += [{"kind": "score", "highest": 100}, {"kind": "rating", "scale": "nps", "lowest": 0, "highest": 10}]
    kinds += [{"kind": "ranked", "equal_ranks": True}, {"kind": "single", "write_in": True}]
    told = {"reveal": "always", "title": "What do you make of it, all in all?", "intro": "A word before.\nAnd another."}
    made = [
        a_poll(choices=choices, question={"text": "Which one of these is yours?", **kind}, **told)
        for kind in kinds
        for choices in (SHORT, LONG)
    ]
    made.append(a_poll(choices=(), question={"kind": "text", "hint": "In a line or two."}, **told))
    for poll in made:
        an_answer(poll, answers_to(poll)[poll.questions.get().kind])
    made.append(a_poll(choices=("How good?",), question={"text": "How good?", "kind": "rating"}, **told))
    made.append(
        a_poll(choices=("红色的旧桥", "绿色"), language="zh-hans", question={"text": "您最喜欢哪一座桥？"}, **told)
    )
    several = a_draft(**told)
    for kind in ("single", "ranked", "rating"):
        a_question(several, f"And {kind}?", LONG, kind=kind)
    return [*made, lifecycle.publish(several, at=now())]


@pytest.mark.wide
def test_what_is_reserved_holds_form_and_results_and_not_much_more(visit: Callable[..., Visitor], polls: str) -> None:
    made = _polls()
    visitor = visit(reduced_motion="reduce")
    # A frame names no icon, and a browser that opens it by itself asks for one.
    visitor.expects("status of 404")
    page = visitor.open(f"{polls}/embed/{made[0].slug}/")
    for poll in made:
        need = dict.fromkeys(WIDTHS, 0.0)
        for address in ("", "?show=results"):
            page.goto(f"{polls}/embed/{poll.slug}/{address}")
            page.evaluate(RANK_ALL)
            for width in WIDTHS:
                page.set_viewport_size({"width": width, "height": 400})
                need[width] = max(need[width], page.evaluate(CARD))
        shown = snapshots.load(poll.slug)
        assert shown
        for width, needed in need.items():
            reserved = heights.reserved(shown, width=width)
            assert needed <= reserved <= 2 * needed, (shown.slug, shown.questions[0].kind, width, needed, reserved)
