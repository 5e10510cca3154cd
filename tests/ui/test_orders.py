"""Shuffled choices: an order per voter, the same at each look."""

import re
from typing import Any

from polls import lifecycle, snapshots
from polls.models import Poll
from polls.terms import Kind
from tests.browser import Browser
from tests.builders import a_draft, a_question, now
from tests.doors import FormDoor
from ui.portraits.orders import ORDERS, shuffled


def _order(browser: Browser, poll: Poll, headers: dict[str, str] | None = None) -> list[str]:
    return re.findall(r"<span>(choice \d)</span>", browser.get(f"/p/{poll.slug}/", headers=headers or {}).text)


def test_shuffled_choices_stand_in_an_order_per_voter(browse: Any) -> None:
    names = [f"choice {number}" for number in range(4)]
    draft = a_draft(reveal="always")
    question = a_question(draft, choices=[*names, "None of them"], shuffled=True, write_in=True)
    question.choices.filter(text="None of them").update(none_of_the_above=True)
    poll = lifecycle.publish(draft, at=now())
    seen = [_order(browse(f"192.0.2.{number}"), poll) for number in range(30)]
    assert len({tuple(order) for order in seen}) > 4
    assert {order[0] for order in seen} == set(names)
    assert all(sorted(order) == names for order in seen)
    vera = browse("192.0.2.7")
    assert _order(vera, poll) == _order(vera, poll) == seen[7]
    html = vera.get(f"/p/{poll.slug}/").text
    assert html.index("choice 0") < html.index("None of them") < html.index("Something else")
    again = FormDoor("page", "/p/{slug}/vote/", {}).vote(vera, poll.slug, [], "forged").response.text
    assert re.findall(r"<span>(choice \d)</span>", again) == seen[7]


def test_each_choice_comes_first_about_equally_often() -> None:
    question = snapshots.QuestionSnapshot(
        id=1,
        kind=Kind.SINGLE,
        text="",
        hint="",
        required=True,
        minimum=1,
        maximum=None,
        choices=tuple(snapshots.ChoiceSnapshot(number, str(number), withdrawn=False) for number in range(6)),
        shuffled=True,
    )

    class Keyed:
        key = b"a key"

    firsts = [shuffled(Keyed(), question, order)[0].id for order in range(ORDERS)]  # type: ignore[arg-type]
    assert all(firsts.count(number) == ORDERS // 6 for number in range(6))
