"""A program that writes polls with an API token: what it sends, and what it is answered."""

from typing import Any

import httpx
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User

from polls import tokens
from polls.models import ApiToken, Poll
from tests.browser import Browser

LUNCH: dict[str, Any] = {
    "title": "Lunch",
    "slug": "lunch",
    "questions": [{"text": "What do we eat?", "choices": ["Soup", "Salad"]}],
}
POLLS = "/api/v1/polls"
FILE = f"{POLLS}/lunch/definition"
GINA = "https://gina.example"
JSON = {"Content-Type": "application/json"}


def a_token(maker: User | None, name: str = "Script", **rights: bool) -> str:
    return tokens.issue(ApiToken(name=name, maker=maker, **({"may_cast": False, "may_author": True} | rights)))


def ask(
    browser: Browser, token: str, method: str, address: str, sent: Any = None, headers: Any = (), **kwargs: Any
) -> httpx.Response:
    said = {"Authorization": f"Bearer {token}"} | dict(headers)
    if sent is not None:
        kwargs["json"] = sent
    return browser.request(method, address, headers=said, **kwargs)


def code(answer: httpx.Response) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    return answer.status_code, answer.json()["code"]


def places(answer: httpx.Response) -> set[str]:
    return {fault["at"] for fault in answer.json()["errors"]}


def history(poll: Poll) -> list[tuple[str, str]]:
    entries = LogEntry.objects.filter(object_id=str(poll.pk)).order_by("pk")
    return [(entry.user.get_username(), entry.get_change_message()) for entry in entries]
