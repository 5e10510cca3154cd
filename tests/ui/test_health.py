from typing import Any

import pytest

from tests.browser import Browser


@pytest.mark.parametrize("address", ["/healthz", "/readyz"])
def test_what_watches_over_the_server_may_knock_at_any_name(vera: Browser, settings: Any, address: str) -> None:
    settings.ALLOWED_HOSTS = ["polls.example"]
    assert vera.get(address).status_code == 200
    assert vera.get("/").status_code == 400
