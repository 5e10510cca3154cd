"""What an editor of a journey begins with, and does all the time."""

from django.contrib.auth.models import User
from playwright.sync_api import Locator, Page

from polls.models import Poll
from tests.builders import a_draft, a_question

ROWS = ".desk-choice:not(.is-removed)"
TEXTS = f"{ROWS} input[name$='-text']"
FITS = "({contentDocument: {scrollingElement: page}}) => page.scrollHeight <= page.clientHeight"
"""Whether there is nothing to scroll in a frame."""


def an_idea() -> Poll:
    poll = a_draft(title="Lunch", organiser=User.objects.get())
    a_question(poll, "Where?", ["Noodles", "Pizza", "Soup"])
    a_question(poll, "When?", ["Noon", "One"])
    return poll


def save(page: Page) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name="Save", exact=True).click()


def question(page: Page, place: int) -> Locator:
    return page.locator(".desk-question").nth(place)
