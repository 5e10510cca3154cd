"""docs/authoring.md: what it shows is taken, and answered as it says."""

import json
import re
from pathlib import Path
from typing import Any

from polls import tokens
from polls.models import ApiToken
from tests.browser import Browser
from tests.desk import an_editor
from ui import admission, handler

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "authoring.md").read_text()


def answers() -> list[Any]:
    return [json.loads(block) for block in re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)]


def test_its_example_is_taken_and_refused_as_it_says(house: None, vera: Browser) -> None:
    (sent,) = re.findall(r"-d '\n(.*?)'\n", PAGE, re.DOTALL)
    token = tokens.issue(ApiToken(name="Script", maker=an_editor("olive"), may_author=True))
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json", "Host": "polls.example"}
    made, faulty = answers()
    answer = vera.post("/api/v1/polls", content=sent, headers=headers)
    assert (answer.status_code, answer.headers["location"], answer.json()) == (201, made["definition"], made)
    wrong = {"questions": [{"text": "?", "choices": ["A", "B", "A"]}]}
    assert vera.post("/api/v1/polls", json=wrong, headers=headers).json() == faulty


def test_it_says_how_much_is_taken() -> None:
    assert f"a poll of {handler.LARGEST_POLL // 1024} KiB" in PAGE
    assert f"{admission.authors._burst} requests of one token at once, then two a second" in PAGE
    assert admission.authors._per_second == 2
