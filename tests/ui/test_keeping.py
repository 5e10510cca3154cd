"""An editor sends a form without a session, or with another one: nothing is lost, and nobody sends it unknowingly."""

import html
import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from polls.models import Poll, Theme
from tests.builders import a_draft, a_question
from tests.desk import Fields, an_editor, as_it_stands, at_desk, change, fields_in, said_at
from ui import accounts, keeping

ADD = "/admin/polls/poll/add/"
WRITTEN = {"title": "Lunch “<b>”?", "slug": "lunch", "intro": "one\r\n\r\n  two & three"}
OURS = {"Host": "testserver", "Origin": "http://testserver"}


@pytest.fixture
def olive(house: None) -> User:
    olive = an_editor("olive")
    olive.set_password("a password")
    olive.save()
    return olive


def strict() -> Client:
    return Client(enforce_csrf_checks=True, headers=OURS)


def fields_of(answer: Any) -> Fields:
    """The hidden fields of the only form on a page."""
    found = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', answer.content.decode())
    return {html.unescape(name): html.unescape(value) for name, value in found}


def action(answer: Any) -> str:
    found = re.search(r'<form method="post" action="([^"]+)"', answer.content.decode())
    assert found
    return html.unescape(found[1])


def sign_in(client: Client, asking: Any, *, password: str = "a password", **fields: str) -> Any:
    told = {"username": "olive", "password": password} | fields
    return client.post(action(asking), fields_of(asking) | told)


def send(client: Client, asking: Any) -> Any:
    return client.post(action(asking), fields_of(asking))


def a_stale_token(client: Client) -> str:
    """The token of a page that was opened before its reader signed in anew."""
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', client.get(ADD).content.decode())
    assert found
    client.cookies["csrftoken"] = "x" * 32
    return found[1]


def test_what_was_written_when_the_session_ended_is_saved_after_signing_in(olive: User) -> None:
    poll = a_draft(title="Tea", organiser=olive)
    client = strict()
    form = as_it_stands(poll) | WRITTEN
    asking = client.post(change(poll), form)
    assert asking.status_code == 403
    assert "You are not signed in any more." in asking.content.decode()
    assert "no-store" in asking.headers["Cache-Control"]
    ready = sign_in(client, asking)
    text = ready.content.decode()
    assert "You are signed in as olive." in text
    assert "Send it as olive" in text
    assert action(ready) == change(poll)
    poll.refresh_from_db()
    assert poll.title == "Tea"
    assert send(client, ready).status_code == 302
    poll.refresh_from_db()
    assert {name: getattr(poll, name) for name in WRITTEN} == WRITTEN


def test_a_form_whose_token_is_of_the_session_before_is_sent_with_a_new_one(olive: User) -> None:
    client = strict()
    client.force_login(olive)
    form = WRITTEN | {"csrfmiddlewaretoken": a_stale_token(client)}
    ready = client.post(f"{ADD}?_changelist_filters=x%3D1", form)
    assert ready.status_code == 403
    assert "You are signed in as olive." in ready.content.decode()
    assert action(ready) == f"{ADD}?_changelist_filters=x%3D1"
    assert fields_of(ready)["csrfmiddlewaretoken"] != form["csrfmiddlewaretoken"]
    answer = send(client, ready)
    assert answer.status_code == 200
    assert html.escape(WRITTEN["title"]) in answer.content.decode()


def test_who_signed_in_elsewhere_meanwhile_is_asked_for_no_password(olive: User) -> None:
    client = strict()
    asking = client.post(ADD, WRITTEN)
    client.force_login(olive)
    client.cookies["csrftoken"] = "x" * 32
    assert "Send it as olive" in sign_in(client, asking, password="wrong").content.decode()


def test_who_signs_in_as_somebody_else_is_told_so_and_nothing_is_sent_unasked(olive: User) -> None:
    otto = an_editor("otto")
    otto.set_password("a password")
    otto.save()
    client = strict()
    client.force_login(olive)
    form = WRITTEN | {"csrfmiddlewaretoken": a_stale_token(client)}
    client.force_login(otto)
    client.cookies["csrftoken"] = "x" * 32
    ready = client.post(ADD, form)
    assert "Send it as otto" in ready.content.decode()
    client.cookies.clear()
    assert "Send it as otto" in sign_in(client, client.post(ADD, form), username="otto").content.decode()
    assert not Poll.objects.exists()


def test_a_wrong_password_loses_nothing_and_guesses_are_limited(olive: User, monkeypatch: pytest.MonkeyPatch) -> None:
    client = strict()
    asking = client.post(ADD, WRITTEN)
    again = sign_in(client, asking, password="wrong")
    assert again.status_code == 422
    text = again.content.decode()
    assert "<title>Please enter the correct username and password" in text
    assert re.search(r'name="password"[^>]* aria-describedby="fault" autofocus>', text)
    assert "autofocus" not in asking.content.decode()
    assert fields_of(again)["kept"] == fields_of(asking)["kept"]
    monkeypatch.setattr(accounts.failures, "take", lambda *_args, **_kwargs: 7)
    waiting = sign_in(client, again)
    assert (waiting.status_code, waiting.headers["Retry-After"]) == (429, "7")
    assert fields_of(waiting)["kept"] == fields_of(asking)["kept"]


def test_a_voter_with_an_account_signs_in_to_nothing_here(olive: User) -> None:
    User.objects.create_user("vera", password="a password")
    asking = strict().post(ADD, WRITTEN)
    answer = sign_in(client := strict(), asking, username="vera")
    assert answer.status_code == 403
    client.get("/admin/login/")
    again = client.post(ADD, WRITTEN)
    assert sign_in(client, again, username="vera").status_code == 422


def test_passwords_and_pictures_are_not_carried_which_is_said(olive: User) -> None:
    picture = SimpleUploadedFile("<i>bowl.png", b"x", content_type="image/png")
    sent = {"username": "otto", "password1": "secret-one", "old_password": "secret-two", "picture": picture}
    text = Client().post("/admin/auth/user/add/", sent).content.decode()
    assert "Pictures can’t be kept." in text
    assert "&lt;i&gt;bowl.png" in text
    assert "Passwords are not kept." in text
    assert "secret-" not in text
    assert 'name="username" value=""' in text


def test_a_picture_that_was_not_kept_is_asked_for_by_name_at_its_field(olive: User) -> None:
    poll = a_draft(title="Tea", organiser=olive)
    a_question(poll, choices=("Noodles", "Pizza"))
    client, row = strict(), "questions-0-choices-1"
    bowl = SimpleUploadedFile("<i>bowl.png", b"x", content_type="image/png")
    form = as_it_stands(poll) | WRITTEN | {f"{row}-picture": bowl, f"{row}-picture_alt": "A bowl"}
    again = send(client, sign_in(client, client.post(change(poll), form)))
    assert again.status_code == 200
    text = again.content.decode()
    words = "“<i>bowl.png” was not kept. Choose the picture once more, or save again without it."
    assert said_at(text) == {f"{row}-picture": words}
    written = fields_in(text)
    assert (written["title"], written[f"{row}-picture_alt"]) == (WRITTEN["title"], "A bowl")
    assert client.post(change(poll), written).status_code == 302
    poll.refresh_from_db()
    assert poll.title == WRITTEN["title"]


def test_another_site_gets_nothing_kept_and_nothing_sent(olive: User) -> None:
    for headers in ({"Origin": "https://mallory.test"}, {}, {"Origin": "null"}):
        client = Client(enforce_csrf_checks=True, headers=headers)
        client.force_login(olive)
        text = client.post(ADD, WRITTEN).content.decode()
        assert "Please try once more." in text
        assert "Lunch" not in text
    client = Client(enforce_csrf_checks=True, headers=OURS | {"Sec-Fetch-Site": "same-site"})
    assert "Lunch" not in client.post(ADD, WRITTEN).content.decode()


@pytest.mark.parametrize(
    "kept",
    [
        "",
        "[]",
        '{"address": "https://mallory.test/admin/", "fields": [], "files": [], "secrets": false}',
        '{"address": "//mallory.test/", "fields": [], "files": [], "secrets": false}',
        '{"address": "/p/x/vote/", "fields": [], "files": [], "secrets": false}',
        '{"address": "/admin/", "fields": [["a"]], "files": [], "secrets": false}',
        '{"address": "/admin/", "fields": [["a", "\\ud800"]], "files": [], "secrets": false}',
        "[" * 100_000,
    ],
    ids=str.__len__,
)
def test_what_is_made_up_is_not_taken_for_kept(olive: User, kept: str) -> None:
    client = strict()
    asking = client.post(ADD, WRITTEN)
    assert client.post(action(asking), fields_of(asking) | {"kept": kept}).status_code == 400


def test_what_is_too_much_for_a_page_is_said_to_be(olive: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "MOST", 100)
    text = Client().post(ADD, {"intro": "x" * 100}).content.decode()
    assert "Go back: it is still there." in text
    assert "<form" not in text


def test_a_browser_without_cookies_is_told_so(olive: User) -> None:
    asking = strict().post(ADD, WRITTEN)
    assert "keeps no cookies" not in asking.content.decode()
    again = sign_in(strict(), asking)
    assert again.status_code == 403
    assert "keeps no cookies" in again.content.decode()


def test_the_sign_in_page_with_an_old_token_is_a_new_one(olive: User) -> None:
    client = strict()
    client.cookies["csrftoken"] = "x" * 32
    answer = client.post("/admin/login/?next=/admin/polls/poll/", {"csrfmiddlewaretoken": "y" * 32})
    assert answer.headers["Location"] == "/admin/login/?next=/admin/polls/poll/"


def test_who_signs_out_in_a_tab_of_before_comes_to_the_sign_in(olive: User) -> None:
    client = strict()
    client.force_login(olive)
    token = {"csrfmiddlewaretoken": a_stale_token(client)}
    asked = client.post("/admin/logout/", token)
    assert asked.headers["Location"] == "/accounts/logout/?next=%2Fadmin%2Flogin%2F"
    page = client.get(asked.headers["Location"])
    assert client.session.get("_auth_user_id"), "a look signs nobody out"
    said = dict(re.findall(r'name="(\w+)" value="([^"]*)"', page.content.decode()))
    out = client.post("/accounts/logout/", said)
    assert (out.headers["Location"], out.headers["Clear-Site-Data"]) == ("/admin/login/", '"cache"')
    assert not client.session.get("_auth_user_id")
    client.cookies["csrftoken"] = "z" * 32
    for address, onward in (("/admin/logout/", "/admin/login/"), ("/accounts/logout/", "/accounts/login/")):
        assert client.post(address, token).headers["Location"] == onward
        assert strict().post(address, {}).headers["Location"] == onward, "nor with no cookie at all"
        foreign = Client(enforce_csrf_checks=True, headers={"Origin": "https://mallory.test"})
        assert foreign.post(address, token).status_code == 403


def test_the_public_sign_in_with_an_old_token_is_a_new_one(olive: User) -> None:
    client = strict()
    client.cookies["csrftoken"] = "x" * 32
    answer = client.post("/accounts/login/?next=/p/lunch/", {"csrfmiddlewaretoken": "y" * 32})
    assert answer.headers["Location"] == "/accounts/login/?next=/p/lunch/"


def test_a_part_of_a_page_leads_its_page_to_the_sign_in(olive: User) -> None:
    poll = a_draft(organiser=olive)
    headers = {"HX-Request": "true", "HX-Current-URL": f"http://testserver{change(poll)}?a=1"}
    address = f"/admin/polls/poll/{poll.pk}/publish/"
    answer = Client(headers=headers).get(address)
    assert answer.headers["HX-Redirect"] == f"/admin/login/?next=%2Fadmin%2Fpolls%2Fpoll%2F{poll.pk}%2Fchange%2F"
    asking = Client(headers=headers).post(address, {"_form_submitted": "True"})
    assert asking.status_code == 403
    assert "You are not signed in any more." in asking.content.decode()


def test_back_leads_to_what_was_typed_but_not_to_secrets_nor_past_signing_out(olive: User) -> None:
    olive.is_superuser = True
    olive.save()
    poll, client = a_draft(), at_desk(olive)
    theme = Theme.objects.create(name="Sea")
    written = (ADD, change(poll), f"/admin/polls/theme/{theme.pk}/change/", f"/admin/polls/poll/{poll.pk}/languages/")
    for address in written:
        rule = client.get(address).headers["Cache-Control"]
        assert "no-cache" in rule, address
        assert "private" in rule, address
        assert "no-store" not in rule, address
    for address in (f"/admin/auth/user/{olive.pk}/password/", "/admin/polls/apitoken/add/"):
        assert "no-store" in client.get(address).headers["Cache-Control"], address
    assert client.post("/admin/logout/").headers["Clear-Site-Data"] == '"cache"'
