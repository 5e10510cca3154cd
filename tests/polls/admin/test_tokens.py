"""API tokens at the desk: told once, renamed, revoked for ever; each editor's own."""

import re
from datetime import timedelta
from io import StringIO

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.core.management import CommandError, call_command
from django.test import Client

from polls import tokens
from polls.models import ApiToken
from tests.builders import now
from tests.desk import an_editor, at_desk, form_of, said_at, told

EVERY = "/admin/polls/apitoken/"
DEEDS = ("add_apitoken", "change_apitoken", "view_apitoken", "change_poll")
TEXT = re.compile(r"pst_[\w-]{43}")
YES = {"_form_submitted": "True"}


@pytest.fixture
def desk(house: None) -> Client:
    return at_desk(an_editor("olive", deeds=DEEDS))


def make(desk: Client, name: str = "Kiosk", **rights: str) -> str:
    rights = rights or {"may_cast": "on"}
    return desk.post(f"{EVERY}add/", {"name": name, **rights}).content.decode()


def page(token: ApiToken) -> str:
    return f"{EVERY}{token.pk}/change/"


def of_otto() -> ApiToken:
    token = ApiToken(name="Otto’s", maker=an_editor("otto", deeds=DEEDS))
    tokens.issue(token)
    return token


def test_a_token_is_told_once_in_a_field_that_needs_no_script(desk: Client) -> None:
    assert set(form_of(desk, f"{EVERY}add/", "apitoken_form")) >= {"name"}
    answer = desk.post(f"{EVERY}add/", {"name": "Kiosk", "may_cast": "on"})
    (text,) = set(TEXT.findall(answer.content.decode()))
    assert f">{text}</textarea>" in answer.content.decode()
    assert "no-store" in answer.headers["Cache-Control"]
    token = ApiToken.objects.get()
    assert (token.name, token.maker, token.token_hash) == ("Kiosk", User.objects.get(), tokens.hashed(text))
    for address in (EVERY, page(token), f"{EVERY}{token.pk}/history/"):
        shown = desk.get(address).content.decode()
        assert "Kiosk" in shown, address
        assert "pst_" not in shown, address
        assert token.token_hash not in shown, address


def test_a_page_that_is_loaded_again_makes_no_second_token(desk: Client) -> None:
    make(desk)
    assert said_at(make(desk)) == {"name": "There is a token of this name already."}
    tokens.revoke(ApiToken.objects.get(), at=ApiToken.objects.get().made_at)
    assert TEXT.search(make(desk))


def test_a_token_that_is_revoked_again_was_revoked_when_it_was(desk: Client) -> None:
    make(desk)
    token, at = ApiToken.objects.get(), now()
    for later in (timedelta(), timedelta(days=1)):
        tokens.revoke(token, at=at + later)
    assert ApiToken.objects.get().revoked_at == at


def test_a_token_is_revoked_when_the_editor_is_sure_and_stays_in_the_list(desk: Client) -> None:
    make(desk)
    token = ApiToken.objects.get()
    address = f"{EVERY}{token.pk}/revoke/"
    assert "Revoke this token?" in desk.get(address).content.decode()
    token.refresh_from_db()
    assert token.revoked_at is None
    assert told(desk.post(address, YES)) == "The token is revoked."
    token.refresh_from_db()
    assert token.revoked_at
    assert "Revoked" in desk.get(EVERY).content.decode()
    assert address not in desk.get(page(token)).content.decode()
    assert desk.post(address, YES).status_code == 403
    assert desk.post(f"{EVERY}{token.pk}/delete/", {"post": "yes"}).status_code == 403
    assert [entry.get_change_message() for entry in LogEntry.objects.order_by("pk")] == [
        "Added.",
        "The token is revoked.",
    ]


def test_a_new_token_may_cast_alone_unless_more_is_ticked_and_says_so(desk: Client) -> None:
    fields = form_of(desk, f"{EVERY}add/", "apitoken_form")
    assert (fields["may_cast"], "may_author" in fields) == ("on", False)
    casting, writing = "cast ballots in each poll that you may change", "write, publish and close polls as you can"
    for name, rights, told_of in (
        ("Kiosk", {"may_cast": "on"}, (True, False)),
        ("Script", {"may_author": "on"}, (False, True)),
        ("Both", {"may_cast": "on", "may_author": "on"}, (True, True)),
    ):
        page = make(desk, name, **rights)
        assert (casting in page, writing in page) == told_of, name
        token = ApiToken.objects.get(name=name)
        assert (token.may_cast, token.may_author) == told_of
    shown = desk.get(EVERY).content.decode()
    assert re.findall(r"field-rights[^>]*>\s*([^<]*?)\s*<", shown) == ["ballots, polls", "polls", "ballots"]


def test_a_token_that_may_nothing_is_none(desk: Client) -> None:
    page = make(desk, "Kiosk", may_cast="")
    assert said_at(page) == {"may_cast": "Say what the token may do: cast ballots, write polls, or both."}
    assert not ApiToken.objects.exists()


def test_what_a_token_may_is_not_changed_after_it_was_told(desk: Client) -> None:
    make(desk)
    token = ApiToken.objects.get()
    desk.post(page(token), {"name": "Kiosk", "may_author": "on"})
    token.refresh_from_db()
    assert (token.may_cast, token.may_author) == (True, False)


def test_a_token_is_renamed_and_stays_the_same(desk: Client) -> None:
    make(desk)
    before = ApiToken.objects.get()
    desk.post(page(before), {"name": "Terminal", "token_hash": "mine", "maker": ""})
    after = ApiToken.objects.get()
    assert (after.name, after.token_hash, after.maker) == ("Terminal", before.token_hash, before.maker)


def test_a_token_of_somebody_else_is_not_there(desk: Client) -> None:
    token = of_otto()
    assert "Otto’s" not in desk.get(EVERY).content.decode()
    assert desk.get(page(token)).status_code == 302
    assert desk.post(f"{EVERY}{token.pk}/revoke/", YES).status_code == 403
    assert ApiToken.objects.get().revoked_at is None


def test_whoever_may_see_every_poll_revokes_every_token(desk: Client) -> None:
    token = of_otto()
    User.objects.get(username="olive").user_permissions.add(Permission.objects.get(codename="see_every_poll"))
    shown = desk.get(EVERY).content.decode()
    assert "Otto’s" in shown
    assert "otto" in shown
    desk.post(f"{EVERY}{token.pk}/revoke/", YES)
    assert ApiToken.objects.get().revoked_at


@pytest.mark.parametrize("deeds", [(), ("add_poll", "change_poll", "delete_poll", "view_poll")])
def test_tokens_are_for_those_who_were_given_the_right_to_them(house: None, deeds: tuple[str, ...]) -> None:
    editor = at_desk(an_editor("olive", deeds=deeds))
    assert editor.get(EVERY).status_code == 403
    assert editor.post(f"{EVERY}add/", {"name": "Kiosk", "may_cast": "on"}).status_code == 403
    assert "API tokens" not in editor.get("/admin/").content.decode()
    assert not ApiToken.objects.exists()


def test_the_empty_list_says_what_tokens_are_for(desk: Client) -> None:
    shown = desk.get(EVERY).content.decode()
    assert "No API tokens yet" in shown
    assert f'href="{EVERY}add/"' in shown
    assert "New poll" not in shown


def test_who_leaves_takes_the_powers_of_the_tokens_along(desk: Client) -> None:
    token = of_otto()
    User.objects.get(username="otto").delete()
    token.refresh_from_db()
    assert token.maker is None


def test_the_command_makes_a_token_and_tells_it(house: None) -> None:
    olive, said = an_editor("olive", deeds=DEEDS), StringIO()
    call_command("api_token", "Kiosk", user="olive", stdout=said)
    token = ApiToken.objects.get()
    assert (token.name, token.maker, token.token_hash) == ("Kiosk", olive, tokens.hashed(said.getvalue().strip()))


@pytest.mark.parametrize(
    ("may", "rights"),
    [(None, (True, False)), (["cast"], (True, False)), (["author"], (False, True)), (["cast", "author"], (True, True))],
)
def test_the_command_gives_the_rights_that_are_named(
    may: list[str] | None, rights: tuple[bool, bool], house: None
) -> None:
    an_editor("olive", deeds=DEEDS)
    call_command("api_token", "Script", user="olive", may=may, stdout=StringIO())
    token = ApiToken.objects.get()
    assert (token.may_cast, token.may_author) == rights


@pytest.mark.parametrize(("name", "user"), [("Kiosk", "nobody"), ("x" * 81, "olive"), ("", "olive")])
def test_the_command_says_what_it_can_not_do(name: str, user: str, house: None) -> None:
    an_editor("olive")
    with pytest.raises(CommandError):
        call_command("api_token", name, user=user)
    assert not ApiToken.objects.exists()
