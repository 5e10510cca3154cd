"""Olive opens each kind of page, with collected files as all journeys have them: none is missing, nothing complains."""

from collections.abc import Callable

from django.contrib.auth.models import User

from tests.builders import a_poll
from tests.journeys.conftest import Visitor

PAGES = [
    "/",
    "/p/bridges/",
    "/p/bridges/results/",
    "/embed/bridges/",
    "/api/v1/docs",
    "/admin/",
    "/admin/polls/poll/add/",
]


def test_no_page_misses_a_file_where_files_are_collected(polls: str, visit: Callable[..., Visitor]) -> None:
    a_poll(slug="bridges")
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
