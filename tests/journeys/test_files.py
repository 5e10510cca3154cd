"""Olive opens each kind of page on a server whose files are collected: none is missing, and nothing complains."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.contrib.auth.models import User

from tests.builders import a_poll
from tests.journeys.conftest import Visitor
from tests.server import SERVE, Server, a_server, run

PAGES = [
    "/",
    "/p/bridges/",
    "/p/bridges/results/",
    "/embed/bridges/",
    "/api/v1/docs",
    "/admin/",
    "/admin/polls/poll/add/",
]


@pytest.fixture
def server(house: None, tmp_path: Path) -> Iterator[Server]:
    collected = {"STATIC_ROOT": str(tmp_path / "static")}
    assert run("manage.py", "collectstatic", "--noinput", **collected).returncode == 0
    with a_server(*SERVE, **collected) as server:
        yield server


def test_no_page_misses_a_file_where_files_are_collected(server: Server, visit: Callable[..., Visitor]) -> None:
    a_poll(slug="bridges")
    User.objects.create_superuser("olive", password="olive’s own password")
    page = visit().open(f"{server.address}/admin/")
    page.fill("[name=username]", "olive")
    page.fill("[name=password]", "olive’s own password")
    page.click("[type=submit]")
    page.wait_for_url(f"{server.address}/admin/")
    for address in PAGES:
        answer = page.goto(f"{server.address}{address}", wait_until="networkidle")
        assert answer
        assert answer.status == 200, address
