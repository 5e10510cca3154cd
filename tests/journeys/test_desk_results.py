"""An editor looks on while a poll is open."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from playwright.sync_api import Locator, Page, expect

from polls import lifecycle, snapshots
from polls.kinds import Answer
from polls.models import Poll
from tests.builders import a_poll, now
from tests.votes import a_ballot, an_answer

pytestmark = pytest.mark.waits

COME_BACK = "document.dispatchEvent(new Event('visibilitychange'))"
"""To the tab."""


def test_results_of_an_open_poll_move_at_the_desk_until_the_close(olive: Callable[..., Page]) -> None:
    poll = a_poll(choices=("Soup", "Cake"), question={"kind": "rating"}, organiser=User.objects.get())
    page = olive(f"/admin/polls/poll/{poll.pk}/results/")
    pause, figures, said = page.get_by_role("button", name="Pause updates"), _figures(page), page.get_by_role("status")
    expect(page.get_by_text("As of")).to_be_visible()
    expect(page.get_by_role("link", name="Look again")).to_have_count(0)
    page.locator("summary").nth(1).click()
    pause.focus()
    stood = page.locator(".desk-outcome").bounding_box()
    _grade(poll, 4)
    expect(figures).to_have_text(["4.0", "4.0"])
    expect(page.locator(".desk-standing")).to_contain_text("1 ballot")
    expect(page.locator("details").nth(1)).to_have_attribute("open", "")
    expect(page.locator("details").nth(0)).not_to_have_attribute("open", "")
    expect(pause).to_be_focused()
    expect(page.locator(".desk-as-of [role=status]")).to_have_text("")
    assert page.locator(".desk-outcome").bounding_box() == stood

    pause.click()
    _grade(poll, 2)
    page.wait_for_timeout(1500)
    page.evaluate(COME_BACK)
    page.wait_for_timeout(1500)
    expect(figures).to_have_text(["4.0", "4.0"])
    page.get_by_role("button", name="Resume updates").click()
    expect(figures).to_have_text(["3.0", "3.0"])

    lifecycle.close(Poll.objects.get(pk=poll.pk), at=now())
    expect(said.filter(has_text="Final result")).to_be_focused()
    expect(page.locator(".desk-standing")).to_contain_text("Closed")
    expect(page.get_by_text("As of")).to_have_count(0)
    expect(page.get_by_role("button", name="updates")).to_have_count(0)
    expect(page.locator("details").nth(1)).to_have_attribute("open", "")


def test_of_an_election_what_is_unfolded_stays_when_more_comes_before_it(olive: Callable[..., Page]) -> None:
    poll = a_poll(question={"kind": "ranked", "rule": "irv"}, organiser=User.objects.get())
    page = olive(f"/admin/polls/poll/{poll.pk}/results/")
    rules = page.locator("summary").filter(has_text="The rules, in full")
    rules.click()
    question = snapshots.of(poll).questions[0]
    an_answer(poll, Answer(question.id, ranking=((question.choices[0].id,),)))
    expect(page.get_by_text("How it was counted")).to_be_visible()
    expect(page.locator("details[open]")).to_contain_text("The rules, in full")
    expect(rules).to_be_focused()


def test_results_stop_moving_with_the_session_and_say_so(olive: Callable[..., Page]) -> None:
    poll = a_poll(organiser=User.objects.get())
    page = olive(f"/admin/polls/poll/{poll.pk}/results/")
    expect(page.get_by_role("button", name="Pause updates")).to_be_visible()
    Session.objects.all().delete()
    a_ballot(poll)
    page.evaluate(COME_BACK)
    expect(page.locator(".desk-as-of")).to_contain_text(
        "You are not signed in any more. These results do not move any more."
    )
    expect(page.get_by_role("button", name="updates")).to_have_count(0)
    expect(page.get_by_text("As of")).to_be_visible()
    assert _figures(page).all_text_contents() == ["0 %"] * 3
    page.get_by_role("link", name="Look again").click()
    expect(page.get_by_label("Password")).to_be_visible()


def _figures(page: Page) -> Locator:
    return page.locator(".desk-figure strong")


def _grade(poll: Poll, grade: int) -> None:
    question = snapshots.of(poll).questions[0]
    an_answer(poll, Answer(question.id, scores=tuple((choice.id, grade) for choice in question.choices)))
