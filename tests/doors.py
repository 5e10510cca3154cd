"""The doors where ballots come in. A test that takes `door` holds at each of them; a new door is one more line here."""

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import httpx

from polls.kinds import Answer
from polls.models import Poll
from tests.browser import Browser
from tests.builders import choices_of, now

type Answers = Sequence[tuple[int, Sequence[int]] | Answer]
"""Pairs of a question's id and the ids of the choices, or whole answers."""

REFUSAL = re.compile(r'data-code="([^"]+)"[^>]*>([^<]*)<')


@dataclass(frozen=True)
class Reply:
    status: int
    code: str
    """The refusal's code, or "counted"."""
    sentence: str
    response: httpx.Response

    @property
    def counted(self) -> bool:
        return self.code == "counted"


@dataclass(frozen=True)
class FormDoor:
    name: str
    address: str
    headers: Mapping[str, str]

    def vote(self, browser: Browser, slug: str, answers: Answers, paper: str, **kwargs: Any) -> Reply:
        address, letter = self.letter(slug, answers, paper, **kwargs)
        return self.read(browser.post(address, **letter))

    def letter(
        self,
        slug: str,
        answers: Answers,
        paper: str,
        headers: Mapping[str, str] | None = None,
        extra: Mapping[str, str] | None = None,
    ) -> tuple[str, dict[str, Any]]:
        """What to post where. `extra` are fields beside the paper: an invitation, a solved challenge."""
        fields: dict[str, Any] = ({"paper": paper} if paper else {}) | dict(extra or {})
        for answer in map(_whole, answers):
            fields |= _fields(answer)
        return self.address.format(slug=slug), {"data": fields, "headers": {**self.headers, **(headers or {})}}

    def withdraw(
        self,
        browser: Browser,
        slug: str,
        paper: str,
        headers: Mapping[str, str] | None = None,
        extra: Mapping[str, str] | None = None,
    ) -> Reply:
        address = self.address.format(slug=slug).replace("/vote/", "/withdraw/")
        fields = {"paper": paper} | dict(extra or {})
        reply = self.read(browser.post(address, data=fields, headers={**self.headers, **(headers or {})}))
        return replace(reply, code="withdrawn") if reply.counted else reply

    def raw(self, browser: Browser, slug: str, body: bytes, kind: str = "application/x-www-form-urlencoded") -> Reply:
        address = self.address.format(slug=slug)
        return self.read(browser.post(address, content=body, headers={**self.headers, "content-type": kind}))

    def read(self, response: httpx.Response) -> Reply:
        found = REFUSAL.search(response.text)
        if response.status_code == 303 or (response.status_code == 200 and 'class="said"' in response.text):
            return Reply(response.status_code, "counted", "", response)
        assert found, f"neither counted nor refused: {response.status_code} {response.text[:500]}"
        return Reply(response.status_code, found.group(1), html.unescape(found.group(2)).strip(), response)


@dataclass(frozen=True)
class ApiDoor:
    name: str = "api"

    def vote(self, browser: Browser, slug: str, answers: Answers, paper: str, **kwargs: Any) -> Reply:
        address, letter = self.letter(slug, answers, paper, **kwargs)
        return self.read(browser.post(address, **letter))

    def letter(
        self,
        slug: str,
        answers: Answers,
        paper: str,
        headers: Mapping[str, str] | None = None,
        extra: Mapping[str, str] | None = None,
    ) -> tuple[str, dict[str, Any]]:
        said = [_told(answer) for answer in map(_whole, answers)]
        body = {"answers": said} | ({"paper": paper} if paper else {}) | dict(extra or {})
        return f"/api/v1/polls/{slug}/ballots", {"json": body, "headers": dict(headers or {})}

    def withdraw(
        self,
        browser: Browser,
        slug: str,
        paper: str,
        headers: Mapping[str, str] | None = None,
        extra: Mapping[str, str] | None = None,
    ) -> Reply:
        body = ({"paper": paper} if paper else {}) | dict(extra or {})
        address = f"/api/v1/polls/{slug}/ballots"
        return self.read(browser.request("DELETE", address, json=body, headers=dict(headers or {})))

    def raw(self, browser: Browser, slug: str, body: bytes, kind: str = "application/json") -> Reply:
        return self.read(browser.post(f"/api/v1/polls/{slug}/ballots", content=body, headers={"content-type": kind}))

    def read(self, response: httpx.Response) -> Reply:
        told = response.json()
        if response.status_code == 200:
            return Reply(200, told["status"], "", response)
        assert response.headers["content-type"] == "application/problem+json"
        assert told["status"] == response.status_code
        return Reply(response.status_code, told["code"], told["detail"], response)


def _whole(answer: tuple[int, Sequence[int]] | Answer) -> Answer:
    return answer if isinstance(answer, Answer) else Answer(answer[0], choices=tuple(answer[1]))


def _fields(answer: Answer) -> dict[str, Any]:
    """An answer as the fields of a form."""
    name = f"q{answer.question}"
    fields: dict[str, Any] = {name: [str(choice) for choice in answer.choices] + ["other"] * answer.other}
    for rank, group in enumerate(answer.ranking, start=1):
        for choice in group:
            fields.setdefault(f"{name}_rank_{choice}", []).append(str(rank))
    for choice, score in answer.scores:
        fields.setdefault(f"{name}_score_{choice}", []).append(str(score))
    return fields | ({f"{name}_text": answer.text} if answer.text else {})


def _told(answer: Answer) -> dict[str, Any]:
    """An answer as the API takes it."""
    scores = [{"choice": choice, "score": score} for choice, score in answer.scores]
    parts = {
        "choices": list(answer.choices),
        "ranking": [list(group) for group in answer.ranking],
        "scores": scores,
        "text": answer.text,
    }
    return {"question": answer.question} | {name: part for name, part in parts.items() if part}


HTMX = {"HX-Request": "true"}
DOORS = [
    FormDoor("page", "/p/{slug}/vote/", {}),
    FormDoor("fragment", "/p/{slug}/vote/", HTMX),
    FormDoor("frame", "/embed/{slug}/vote/", {}),
    FormDoor("frame-fragment", "/embed/{slug}/vote/", HTMX),
    ApiDoor(),
]


def choosing(poll: Poll, place: int = 0) -> Answers:
    """To the poll's first question: the choice at this place."""
    choice = choices_of(poll)[place]
    return [(choice.question_id, [choice.pk])]


def a_paper(poll: Poll) -> str:
    """A fresh one, without a look: a poll by account shows its form to those alone who are signed in."""
    from ui import papers

    return papers.issue(poll.pk, at=now())


def vote(browser: Browser, poll: Poll) -> None:
    """One ballot for the first choice, at the door that says least."""
    assert ApiDoor().vote(browser, poll.slug, choosing(poll), browser.paper(poll.slug)).counted
