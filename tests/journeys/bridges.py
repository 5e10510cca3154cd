"""A poll about bridges, and a vote in it by mouse."""

from playwright.sync_api import Page

from polls.models import Ballot, Poll

BRIDGES = ("Old Mill Bridge", "Harbour footbridge", "Railway viaduct on the north line, with the cycle path")


def vote(page: Page, choice: str = "Harbour footbridge") -> None:
    page.get_by_label(choice).check()
    page.get_by_role("button", name="Vote").click()


def cast(poll: Poll) -> int:
    return Ballot.objects.filter(poll=poll).count()
