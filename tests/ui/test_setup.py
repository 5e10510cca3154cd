"""The first administrator: made once, by whoever holds the link, and by nobody after that."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.core import signing
from django.test import Client

from tests.browser import Browser
from tests.desk import an_editor
from ui import setup

pytestmark = pytest.mark.usefixtures("house")
FORM = {"username": "olive", "password1": "tea-and-coffee-7", "password2": "tea-and-coffee-7"}


@pytest.fixture
def address() -> str:
    return setup.link("https://polls.test").removeprefix("https://polls.test")


def test_the_link_is_whole() -> None:
    assert setup.link("https://polls.test/").startswith("https://polls.test/setup/")


def test_the_first_person_is_let_in_and_may_do_everything(address: str) -> None:
    first = Client()
    assert "Create and log in" in first.get(address).content.decode()
    answer = first.post(address, FORM)
    assert answer.headers["location"] == "/admin/"
    assert first.get("/admin/").status_code == 200
    olive = User.objects.get()
    assert (olive.username, olive.is_staff, olive.is_superuser) == ("olive", True, True)


def test_the_link_works_once(address: str) -> None:
    Client().post(address, FORM)
    second = Client()
    for ask in (second.get, second.post):
        answer = ask(address, FORM | {"username": "mallory"})
        assert answer.status_code == 410
        assert "there is an administrator" in answer.content.decode()
    assert [user.username for user in User.objects.all()] == ["olive"]


def test_there_is_no_need_while_there_is_a_superuser(address: str) -> None:
    an_editor("otto", is_superuser=True)
    assert not setup.is_needed()
    assert Client().get(address).status_code == 410


def test_an_editor_alone_is_no_administrator(address: str) -> None:
    an_editor("otto")
    assert setup.is_needed()
    assert Client().get(address).status_code == 200


@pytest.mark.parametrize(
    "token",
    ["x", "first", signing.dumps("first"), signing.dumps("other", salt="pollstead.setup")],
    ids=["nothing signed", "the bare word", "signed for something else", "another word, signed"],
)
def test_a_forged_link_is_refused(token: str) -> None:
    for ask in (Client().get, Client().post):
        assert ask(f"/setup/{token}/", FORM).status_code == 410
    assert not User.objects.exists()


def test_a_link_of_yesterday_is_refused(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(setup, "LIFETIME", timedelta(seconds=-1))
    answer = Client().post(address, FORM)
    assert answer.status_code == 410
    assert "expired" in answer.content.decode()
    assert not User.objects.exists()


@pytest.mark.parametrize("password", ["12345678", "short", "password", ""])
def test_a_weak_password_is_refused(address: str, password: str) -> None:
    answer = Client().post(address, FORM | {"password1": password, "password2": password})
    assert answer.status_code == 200
    assert not User.objects.exists()


def test_the_form_needs_its_own_token(address: str) -> None:
    assert Client(enforce_csrf_checks=True).post(address, FORM).status_code == 403
    assert not User.objects.exists()


def test_it_works_through_the_whole_house(address: str, browse: Callable[..., Browser]) -> None:
    olive = browse()
    page = olive.get(address)
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
    assert token
    headers = {"Referer": f"https://polls.test{address}", "Origin": "https://polls.test"}
    answer = olive.post(address, data=FORM | {"csrfmiddlewaretoken": token.group(1)}, headers=headers)
    assert answer.headers["location"] == "/admin/"
