"""Olive opens the kinds of pages that no other journey has, with collected files as all have them: none is missing."""

from collections.abc import Callable

from django.contrib.auth.models import User

from tests.builders import a_poll
from tests.journeys.conftest import Visitor

PAGES = ["/api/v1/docs", "/admin/polls/poll/"]
"""Those that no other journey opens: each of them fails where a file is missing, as its console tells."""


def test_no_page_misses_a_file_where_files_are_collected(polls: str, visit: Callable[..., Visitor]) -> None:
    a_poll()
    User.objects.create_superuser("olive", password="olive’s own password")
    page = visit().open(f"{polls}/admin/")
    page.fill("[name=username]", "olive")
    page.fill("[name=password]", "olive’s own password")
    page.click("[type=submit]")
    page.wait_for_url(f"{polls}/admin/")
    for address in PAGES:
        answer = page.goto(f"{polls}{address}", wait_until="networkidle")
        assert answer
        assert answer.status == 200, address
