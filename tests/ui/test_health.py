from typing import Any

import pytest

from tests.browser import Browser
from tests.builders import a_draft, a_poll
from tests.votes import a_ballot


@pytest.mark.parametrize("address", ["/healthz", "/readyz"])
def test_what_watches_over_the_server_may_knock_at_any_name(vera: Browser, settings: Any, address: str) -> None:
    settings.ALLOWED_HOSTS = ["polls.example"]
    assert vera.get(address).status_code == 200
    assert vera.get("/").status_code == 400


def test_figures_are_told_to_who_brings_the_token_and_to_nobody_else(vera: Browser, settings: Any) -> None:
    a_ballot(a_poll())
    a_draft()
    assert vera.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404
    settings.METRICS_TOKEN = "a token"
    for wrong in ({}, {"Authorization": "Bearer another"}, {"Authorization": "a token"}):
        assert vera.get("/metrics", headers=wrong).status_code == 404
    told = vera.get("/metrics", headers={"Authorization": "Bearer a token"})
    assert told.headers["content-type"].startswith("text/plain; version=0.0.4")
    lines = told.text.splitlines()
    assert {'pollstead_polls{status="published"} 1', 'pollstead_polls{status="draft"} 1'} <= set(lines)
    assert {"pollstead_ballots 1", "pollstead_ballots_waiting 0", "pollstead_streams_open 0"} <= set(lines)
    assert lines.count("# TYPE pollstead_polls gauge") == 1
