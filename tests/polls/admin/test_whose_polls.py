"""Object permissions: an editor has their own polls; whoever may see every poll has all."""

from itertools import product

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.test import Client

from polls.models import Poll
from tests.builders import a_draft, a_poll, a_question
from tests.desk import DEEDS, an_editor, at_desk, told

YES = {"_form_submitted": "True"}


@pytest.fixture
def ottos(house: None) -> Poll:
    poll = a_draft(title="Otto’s very own", organiser=an_editor("otto"))
    a_question(poll)
    return poll


@pytest.fixture
def olive(house: None) -> Client:
    return at_desk(an_editor("olive"))


def test_the_group_of_editors_comes_with_the_database(db: None) -> None:
    group = Group.objects.get(name="Editors")
    assert set(group.permissions.values_list("codename", flat=True)) == {
        *DEEDS,
        *(f"{deed}_theme" for deed in ("add", "change", "delete", "view")),
    }


def test_the_list_shows_ones_own_polls(olive: Client, ottos: Poll) -> None:
    a_draft(title="Olive’s", organiser=User.objects.get(username="olive"))
    text = olive.get("/admin/polls/poll/").content.decode()
    assert "Olive’s" in text
    assert "Otto’s" not in text


def test_a_poll_of_somebody_else_is_not_there(olive: Client, ottos: Poll) -> None:
    sent = {"title": "Mine", "post": "yes"}
    for page, ask in product(("change/", "delete/", "history/"), (olive.get, olive.post)):
        answer = ask(f"/admin/polls/poll/{ottos.pk}/{page}", sent)
        assert answer.headers["location"] == "/admin/", page
        sentence = "There is no such poll. It was removed, or it belongs to somebody else."
        assert {*told(answer).splitlines()} == {sentence}, page
    ottos.refresh_from_db()
    assert ottos.title == "Otto’s very own"


def test_a_deed_over_a_poll_of_somebody_else_is_not_there(olive: Client, ottos: Poll) -> None:
    before = list(Poll.objects.values())
    deeds = ("publish", "open_now", "close", "reopen", "archive", "restore", "copy", "hand_over")
    for deed, ask in product(deeds, (olive.get, olive.post)):
        assert ask(f"/admin/polls/poll/{ottos.pk}/{deed}/", YES).status_code == 404, deed
        assert list(Poll.objects.values()) == before, deed


def test_the_pages_beside_a_poll_of_somebody_else_are_not_there(olive: Client, ottos: Poll) -> None:
    for page, ask in product(("texts", "invitations", "quarantine"), (olive.get, olive.post)):
        assert ask(f"/admin/polls/poll/{ottos.pk}/{page}/", {"deed": "all"}).status_code == 404, page
    assert olive.get(f"/admin/polls/poll/{ottos.pk}/results/").status_code == 404


def test_search_dashboard_and_preview_keep_it_too(olive: Client, ottos: Poll) -> None:
    assert "Otto’s" not in olive.get("/admin/search/?s=otto").content.decode()
    assert "Otto’s" not in olive.get("/admin/").content.decode()
    assert olive.get(f"/preview/{ottos.pk}/").status_code == 404


def test_whoever_may_see_every_poll_changes_every_poll(ottos: Poll) -> None:
    chief = an_editor("olive", deeds=DEEDS)
    chief.user_permissions.add(Permission.objects.get(codename="see_every_poll"))
    desk = at_desk(chief)
    assert "Otto’s" in desk.get("/admin/polls/poll/").content.decode()
    assert desk.get(f"/admin/polls/poll/{ottos.pk}/change/").status_code == 200
    desk.post(f"/admin/polls/poll/{ottos.pk}/publish/", YES)
    assert Poll.objects.get().status == "published"


def test_a_poll_is_handed_over_by_its_organiser_who_then_sees_it_no_more(olive: Client, ottos: Poll) -> None:
    poll = a_draft(title="Olive’s", organiser=User.objects.get(username="olive"))
    vera = an_editor("vera", deeds=())
    address = f"/admin/polls/poll/{poll.pk}/hand_over/"
    assert olive.post(address, YES | {"organiser": vera.pk}).status_code == 200, "she may change no polls"
    poll.refresh_from_db()
    assert poll.organiser.username == "olive"
    asked = olive.get(address).content.decode()
    assert [name for name in ("olive", "otto", "vera") if f">{name}<" in asked] == ["otto"]
    answer = olive.post(address, YES | {"organiser": ottos.organiser.pk})
    assert told(answer) == "Handed over to otto."
    assert answer.headers["location"] == "/admin/polls/poll/"
    poll.refresh_from_db()
    assert poll.organiser == ottos.organiser
    assert olive.get(f"/admin/polls/poll/{poll.pk}/change/").status_code == 302


def test_whoever_may_see_every_poll_hands_each_over_and_sees_it_still(ottos: Poll) -> None:
    chief = an_editor("olive", deeds=(*DEEDS, "see_every_poll"))
    answer = at_desk(chief).post(f"/admin/polls/poll/{ottos.pk}/hand_over/", YES | {"organiser": chief.pk})
    assert answer.headers["location"] == f"/admin/polls/poll/{ottos.pk}/change/"
    assert Poll.objects.get().organiser == chief


def test_who_may_only_look_changes_nothing(house: None) -> None:
    viewer = an_editor("olive", deeds=("view_poll",))
    poll = a_poll(organiser=viewer)
    desk, address = at_desk(viewer), f"/admin/polls/poll/{poll.pk}/"
    text = desk.get(f"{address}change/").content.decode()
    assert "Which one?" in text
    assert 'name="_save"' not in text
    assert desk.post(f"{address}change/", {"title": "Mine"}).status_code == 403
    assert desk.post(f"{address}close/", YES).status_code == 403
    assert desk.post(f"{address}copy/", YES).status_code == 403
    for page in ("texts", "invitations", "quarantine"):
        assert "<button name" not in desk.get(f"{address}{page}/").content.decode()
        assert desk.post(f"{address}{page}/", {"deed": "all"}).status_code == 403


def test_who_is_no_editor_sees_no_polls(ottos: Poll) -> None:
    nobody = at_desk(an_editor("vera", deeds=()))
    assert nobody.get("/admin/polls/poll/").status_code == 403
    assert nobody.get(f"/preview/{ottos.pk}/").status_code == 403
    overview = nobody.get("/admin/").content.decode()
    assert "Your account may not open this page." in overview
    assert "Write your first poll" not in overview


def test_ballots_and_marks_are_on_no_page_of_the_desk(house: None) -> None:
    desk = at_desk(an_editor("olive", is_superuser=True))
    for model in ("ballot", "mark", "counter", "tally"):
        assert desk.get(f"/admin/polls/{model}/").status_code == 404
