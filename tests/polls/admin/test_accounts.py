"""Accounts as whoever leads a newsroom makes them."""

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.test import Client

from tests.desk import an_editor, at_desk, form_of, told

ADD = "/admin/auth/user/add/"
NEW = {"username": "otto", "usable_password": "true", "password1": "blue-harbour-9", "password2": "blue-harbour-9"}


@pytest.fixture
def lead(house: None) -> Client:
    return at_desk(an_editor("lea", is_superuser=True))


def the_group() -> Group:
    return Group.objects.get(name="Editors")


def page_of(otto: User) -> str:
    return f"/admin/auth/user/{otto.pk}/change/"


def test_an_editor_is_made_on_one_page(lead: Client) -> None:
    answer = lead.post(ADD, NEW | {"is_staff": "on", "groups": str(the_group().pk)})
    assert "may not" not in told(answer)
    otto = User.objects.get(username="otto")
    assert at_desk(otto).get("/admin/polls/poll/add/").status_code == 200


def test_a_group_is_ticked_not_moved_to_another_list(lead: Client) -> None:
    """What was only marked in the left one of two lists looked chosen, and was lost when the page was sent."""
    otto = an_editor("otto", deeds=())
    for address in (ADD, page_of(otto)):
        assert f'type="checkbox" name="groups" value="{the_group().pk}"' in " ".join(
            lead.get(address).content.decode().split()
        )


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"is_staff": "on"}, "This account may open the desk, but nothing there: it has no group and no permission."),
        ({"groups": True}, "This account may not open the desk: it has no staff status."),
        ({}, None),
        ({"is_staff": "on", "groups": True}, None),
    ],
)
def test_who_can_do_nothing_at_the_desk_is_told_of_at_once(
    lead: Client, fields: dict[str, object], said: str | None
) -> None:
    sent = {**NEW, **fields, **({"groups": str(the_group().pk)} if "groups" in fields else {})}
    answer = lead.post(ADD, sent)
    assert (said in told(answer)) if said else "desk" not in told(answer)


def test_so_it_is_when_an_account_is_changed(lead: Client) -> None:
    otto = an_editor("otto")
    fields = form_of(lead, page_of(otto), "user_form") | {"user_permissions": []}
    assert "it has no group and no permission" in told(lead.post(page_of(otto), fields))


def test_a_single_permission_is_enough(lead: Client) -> None:
    otto = an_editor("otto", deeds=())
    seeing = Permission.objects.get(codename="view_poll")
    fields = form_of(lead, page_of(otto), "user_form") | {"user_permissions": [seeing.pk]}
    assert "desk" not in told(lead.post(page_of(otto), fields))
