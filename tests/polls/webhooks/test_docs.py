"""docs/webhooks.md: its code takes what is signed here, and nothing else; its tables are what the code has."""

import json
import re
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright._impl._driver import compute_driver_executable

from polls.terms import Event
from polls.webhooks import deliveries, signatures

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "webhooks.md").read_text()
SECRET, BODY = signatures.new_secret(), '{"type": "poll.closed", "data": {"poll": "ü"}}'
IS_ASKED = """
const [secret, headers, body] = JSON.parse(process.argv[1]);
isGenuine(secret, new Headers(headers), body).then(genuine => console.log(genuine));
"""


def code(language: str) -> str:
    (found,) = re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    return str(found)


def in_python(secret: str, headers: dict[str, str], body: str) -> bool:
    names: dict[str, Any] = {}
    exec(code("python"), names)
    return bool(names["is_genuine"](secret, headers, body.encode()))


def in_javascript(secret: str, headers: dict[str, str], body: str) -> bool:
    """By the Node that comes with Playwright."""
    node, _driver = compute_driver_executable()
    words = [node, "-e", code("js") + IS_ASKED, json.dumps([secret, headers, body])]
    ended = subprocess.run(words, capture_output=True, text=True, check=True)
    return {"true": True, "false": False}[ended.stdout.strip()]


def headers(*secrets: str, at: float) -> dict[str, str]:
    stamp = int(at)
    signed = signatures.sign(BODY.encode(), message="msg_1", timestamp=stamp, secrets=secrets)
    return {"webhook-id": "msg_1", "webhook-timestamp": str(stamp), "webhook-signature": signed}


@pytest.mark.parametrize("is_genuine", [in_python, in_javascript])
def test_the_code_of_the_page_knows_our_messages(is_genuine: Callable[..., bool]) -> None:
    now, other = time.time(), signatures.new_secret()
    assert is_genuine(SECRET, headers(SECRET, at=now), BODY)
    assert is_genuine(SECRET, headers(other, SECRET, at=now), BODY), "one of two is enough"
    assert not is_genuine(SECRET, headers(other, at=now), BODY)
    assert not is_genuine(SECRET, headers(SECRET, at=now), BODY + " ")
    assert not is_genuine(SECRET, headers(SECRET, at=now) | {"webhook-id": "msg_2"}, BODY)
    assert not is_genuine(SECRET, headers(SECRET, at=now - 400), BODY)


def test_the_page_names_every_event() -> None:
    table = PAGE.partition("| type | when |\n|---|---|\n")[2].partition("\n\n")[0]
    named = {name for row in table.splitlines() for name in re.findall(r"`([a-z.]+)`", row.split("|")[1])}
    assert named == set(Event.values)


def test_the_page_tells_the_pauses() -> None:
    words = "after 10 seconds, a minute, 10 minutes, an hour, 3, 8 and 12 hours"
    assert words in " ".join(PAGE.split())
    assert [pause.total_seconds() for pause in deliveries.PAUSES] == [10, 60, 600, 3600, 10800, 28800, 43200]
