"""The desk's pages for when there is no page: whole, calm, and without a word about how the house is built."""

import pytest
from django.template.loader import render_to_string
from django.test import Client

from tests.builders import a_draft
from tests.desk import an_editor, at_desk


@pytest.mark.parametrize("name", ["400.html", "403.html", "403_csrf.html", "404.html", "500.html"])
def test_a_plain_page_needs_nothing_to_be_drawn(name: str) -> None:
    text = render_to_string(name)
    assert text.startswith("<!doctype html>")
    assert "</html>" in text
    assert "<script" not in text


def test_an_unknown_address_of_the_desk(house: None) -> None:
    answer = at_desk(an_editor()).get("/admin/polls/nothing/")
    assert answer.status_code == 404
    assert "There is nothing at this address." in answer.content.decode()


def test_a_page_that_is_not_yours(house: None) -> None:
    answer = at_desk(an_editor(deeds=())).get("/admin/polls/poll/")
    assert answer.status_code == 403
    assert "This is not yours to do." in answer.content.decode()


def test_a_form_without_its_token(house: None) -> None:
    answer = Client(enforce_csrf_checks=True).post("/admin/login/", {"username": "x"})
    assert answer.status_code == 403
    assert "Please try once more." in answer.content.decode()


def test_a_fault(house: None, monkeypatch: pytest.MonkeyPatch) -> None:
    client = at_desk(an_editor(is_superuser=True))
    client.raise_request_exception = False
    poll = a_draft()
    monkeypatch.setattr("polls.admin.poll.standing", lambda *_args, **_kwargs: 1 / 0)
    answer = client.get(f"/admin/polls/poll/{poll.pk}/change/")
    assert answer.status_code == 500
    assert "Something went wrong on our side." in answer.content.decode()
