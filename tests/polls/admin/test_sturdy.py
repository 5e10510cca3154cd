"""The desk answers what it led nobody to: an address that was typed, a form that was bent."""

from typing import Any

import pytest
from django.contrib.admin import site
from django.contrib.auth.models import User
from django.test import Client, RequestFactory

from polls.models import ApiToken, Poll, Theme, Webhook
from tests.builders import a_draft
from tests.desk import at_desk, change, form_of


@pytest.fixture
def admin(house: None) -> Client:
    return at_desk(User.objects.create_superuser("admin"))


@pytest.mark.parametrize(
    "column",
    [
        *("poll/?key", "poll/?pk", "poll/?title", "poll/?organiser_id", "poll/?ballots__voter_key"),
        *("webhook/?secret", "webhook/?former_secret", "apitoken/?token_hash"),
    ],
)
def test_a_list_is_narrowed_by_its_filters_alone(admin: Client, column: str) -> None:
    """Else who has the poll of a colleague before them guesses the key that hides its voters, letter by letter."""
    for how in ("", "__startswith", "__gte", "__regex", "__in", "__year"):
        assert admin.get(f"/admin/polls/{column}{how}=0").status_code == 400, how


def test_the_filters_themselves_go_on(admin: Client) -> None:
    a_draft(title="Tea", policy="account", language="de")
    a_draft(title="Coffee", policy="open")
    for narrowed in ("policy=account", "policy__exact=account", "language=de", "policy__in=account,invitation"):
        text = admin.get(f"/admin/polls/poll/?{narrowed}").content.decode()
        assert ("Tea" in text, "Coffee" in text) == (True, False), narrowed
    assert admin.get("/admin/polls/poll/?phase=draft&q=tea").status_code == 200
    users, request = site.get_model_admin(User), RequestFactory().get("/admin/auth/user/")
    for filtered in ("is_staff__exact", "groups__id__exact", "groups__isnull"):
        assert users.lookup_allowed(filtered, "1", request), filtered


def test_a_pattern_holds_up_nobody(admin: Client) -> None:
    """SQLite has Python look for it, and nothing else happens meanwhile."""
    a_draft(title="a" * 60)
    for how in ("policy__regex", "policy__iregex", "title__iregex"):
        assert admin.get(f"/admin/polls/poll/?{how}=(a%2B)%2B%24").status_code == 400, how


def test_a_page_of_words_is_looked_for_by_its_first_ones(admin: Client) -> None:
    """Each is a search of its own, and of a thousand SQLite says that they are too many."""
    words = " ".join(f"w{number}" for number in range(1200))
    a_draft(title="Tea", intro="")
    a_draft(title=words[:190])
    for address in ("poll/", "theme/"):
        assert admin.get(f"/admin/polls/{address}", {"q": words}).status_code == 200
    assert admin.get("/admin/search/", {"s": words}).status_code == 200
    text = admin.get("/admin/polls/poll/", {"q": words[:140]}).content.decode()
    assert ("w0 w1 w2" in text, ">Tea<" in text) == (True, False)


def test_an_empty_name_of_a_column_is_none(admin: Client) -> None:
    user = User.objects.get()
    poll, theme = a_draft(), Theme.objects.create(name="Night")
    webhook = Webhook.objects.create(name="cache", url="https://example.org/", maker=user)
    rows = (poll, theme, webhook, ApiToken.objects.create(name="kiosk", maker=user), user)
    for row in rows:
        for page in ("change", "delete"):
            address = f"/admin/{row._meta.app_label}/{row._meta.model_name}/{row.pk}/{page}/"
            assert admin.get(f"{address}?_to_field=").status_code in {200, 403}, address
            assert admin.post(address, {"_to_field": ""}).status_code in {200, 302, 403}, address


def test_what_is_refused_so_is_no_fault_in_the_log(admin: Client, caplog: pytest.LogCaptureFixture) -> None:
    poll = a_draft()
    for address in ("?key__gte=a", "?_to_field=key", f"{poll.pk}/change/?_to_field=key"):
        assert admin.get(f"/admin/polls/poll/{address}").status_code == 400, address
    assert "Traceback" not in caplog.text


@pytest.mark.parametrize("instant", ["x", "%00", "9999-12-31T23:59:59%2B00:00", "2026-01-01"])
def test_an_address_can_fill_in_no_instant(admin: Client, instant: str) -> None:
    asked = f"opens_at={instant}&closes_at={instant}&earliest_close={instant}&title=Tea&theme=x"
    page = admin.get(f"/admin/polls/poll/add/?{asked}")
    assert page.status_code == 200
    assert 'value="Tea"' in page.content.decode()


@pytest.mark.parametrize("row", ["abc", "9" * 30, "", "1_0", "\0"])
def test_what_is_no_row_is_not_chosen(admin: Client, row: str) -> None:
    poll = a_draft()
    sent = {"action": "publish_chosen", "index": "0", "sure": "yes", "_selected_action": [str(poll.pk), row]}
    assert admin.post("/admin/polls/poll/", sent).status_code == 400
    sent["action"] = "delete_selected"
    assert admin.post("/admin/auth/user/", sent).status_code == 400
    assert Poll.objects.get().status == "draft"


@pytest.mark.parametrize("deed", ["change", "publish", "delete", "invitations", "languages"])
def test_a_poll_that_somebody_deletes_between_a_look_and_the_lock_is_told_to_be_gone(
    admin: Client, deed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = site.get_model_admin(Poll)
    look = desk.get_object
    for last in (1, 2):
        poll, looks = a_draft(policy="invitation"), list[Poll]()
        fields = form_of(admin, change(poll)) if deed == "change" else {"post": "yes", "number": 1, "paper": "x"}
        if deed == "languages":
            fields |= {"language": "de", "deed": "remove"}

        def looked_at(*asked: Any, last: int = last, looks: list[Poll] = looks, **more: Any) -> Any:
            found = look(*asked, **more)
            looks.append(found)
            if len(looks) == last and found:
                Poll.objects.filter(pk=found.pk).delete()
            return found

        monkeypatch.setattr(desk, "get_object", looked_at)
        answer = admin.post(f"/admin/polls/poll/{poll.pk}/{deed}/", fields)
        monkeypatch.undo()
        assert answer.status_code in {200, 302, 404}, last
        assert answer.status_code != 404 or "To the desk" in answer.content.decode(), last


def test_another_row_that_is_gone_is_told_so_and_stands_in_the_log(
    admin: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def gone(*_asked: Any, **_more: Any) -> Any:
        raise Theme.DoesNotExist

    poll = a_draft()
    monkeypatch.setattr(site.get_model_admin(Poll), "get_object", gone)
    assert admin.get(change(poll)).status_code == 404
    [record] = [record for record in caplog.records if record.name == "ui.faults"]
    assert change(poll) in record.getMessage()
    assert record.exc_info


@pytest.mark.parametrize("address", ["/admin/sign-in-again/", "/preview/theme/check/"])
def test_an_address_that_cannot_be_looked_at_says_so(admin: Client, address: str) -> None:
    answer = admin.get(address)
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")
    assert 'data-code="method_not_allowed"' in answer.content.decode()
    assert f'href="{address}"' not in answer.content.decode()
