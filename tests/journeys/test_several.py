"""Several polls chosen in the list of the desk, in a browser."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from polls import lifecycle
from polls.models import Poll
from tests.builders import a_poll, now

pytestmark = pytest.mark.journey


@pytest.mark.parametrize("script", [True, False])
def test_two_polls_are_archived_from_the_list_with_and_without_scripts(
    olive: Callable[..., Page], *, script: bool
) -> None:
    for title in ("Lunch?", "Supper?", "Dinner?"):
        lifecycle.close(a_poll(title=title, organiser=User.objects.get()), at=now())
    options = {} if script else {"java_script_enabled": False}
    page = olive("/admin/polls/poll/", viewport={"width": 1000, "height": 900}, **options)
    for title in ("Lunch?", "Dinner?"):
        page.get_by_role("checkbox", name=title).check()
    page.locator("select[name=action]").select_option("archive_chosen")
    page.get_by_role("button", name="Run").click()
    expect(page.get_by_role("heading", name="Archive these polls?")).to_be_visible()
    page.get_by_role("button", name="Archive").click()
    expect(page.get_by_text("2 polls are archived.")).to_be_visible()
    assert set(Poll.objects.filter(status="archived").values_list("title", flat=True)) == {"Lunch?", "Dinner?"}
