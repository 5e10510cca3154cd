"""Invitations at the desk: made, told once, mailed, revoked; and nothing of them twice."""

import base64
import re
from secrets import token_hex
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.test import Client

from polls import invitations, lifecycle, mailings, snapshots
from polls.models import Invitation, Poll
from polls.voters import invitation_hash
from tests.builders import a_poll, now
from tests.desk import form_of, told
from tests.mailers import MAILERS

CODE = re.compile(r"<code>([0-9A-Z-]{19})</code>")


@pytest.fixture
def poll(desk: Client) -> Poll:
    return a_poll(policy="invitation", organiser=User.objects.get())


def address(poll: Poll, query: str = "") -> str:
    return f"/admin/polls/poll/{poll.pk}/invitations/{query}"


def make(desk: Client, poll: Poll, deed: str = "tell", **sent: object) -> str:
    """What the page says then, or the next one above all. The page's own form is read in the first test."""
    desk.cookies.pop("messages", None)
    answer = desk.post(address(poll), {"paper": token_hex(8), "deed": deed} | sent)
    return told(answer) if answer.status_code == 302 else answer.content.decode()


def states() -> dict[str, str]:
    return {
        one.label: "revoked" if one.revoked_at else "told" if one.told_at else "mailed" if one.mailed_at else "lost"
        for one in Invitation.objects.order_by("id")
    }


def finish_mailing() -> None:
    """Mail goes out in one thread, in order: when something later is done there, the mails are."""
    mailings._post.submit(bool).result(20)


def test_codes_are_told_once_for_names_as_cards_and_as_a_table(desk: Client, poll: Poll) -> None:
    form = form_of(desk, address(poll), "make_form") | {
        "deed": "tell",
        "names": "Vera\n\n=Victor()\nVera\nbob@polls.test\nBob@polls.test",
    }
    page = desk.post(address(poll), form)
    text = page.content.decode()
    codes = CODE.findall(text)
    hashes = [invitation_hash(snapshots.of(poll), invitations.normalised(code) or "") for code in codes]
    assert hashes == list(Invitation.objects.order_by("id").values_list("code_hash", flat=True))
    assert f"http://testserver/p/{poll.slug}/?invitation={codes[0]}" in text
    found = re.search(r"base64,([^\"]+)", text)
    assert found
    assert f"\n'=Victor(),{codes[1]}," in base64.b64decode(found[1]).decode().replace("\r", "")
    assert "no-store" in page.headers["Cache-Control"]
    assert states() == {"Vera": "told", "=Victor()": "told", "bob@polls.test": "told"}
    again = desk.post(address(poll), form, follow=True).content.decode()
    assert "were made already" in again
    assert not [code for code in codes if code in again]
    names = ["Vera", "=Victor()", "Vera", "bob@polls.test"]
    assert list(Invitation.objects.order_by("id").values_list("label", flat=True)) == names


def test_a_number_is_made_and_counted_on_the_page(desk: Client, poll: Poll) -> None:
    assert len(CODE.findall(make(desk, poll, number=3))) == 3
    page = desk.get(address(poll)).content.decode()
    assert re.search(r'Handed out <span class="desk-quiet">3</span>', page)
    assert "3 invitations were made" in desk.get(f"/admin/polls/poll/{poll.pk}/history/").content.decode()


UNFIT: list[tuple[str, dict[str, object], str]] = [
    ("tell", {}, "Say how many, or write for whom."),
    ("tell", {"number": 1, "names": "Vera"}, "You said how many and for whom: clear one of them."),
    ("tell", {"number": 2001}, "2000"),
    ("mail", {"names": "Vera"}, "Not an e-mail address: Vera"),
    ("mail", {"number": 3}, "Write the addresses"),
]


def test_what_can_not_be_made_is_said(desk: Client, poll: Poll) -> None:
    for deed, sent, words in UNFIT:
        assert words in make(desk, poll, deed, **sent), (deed, sent)
        assert not Invitation.objects.exists(), (deed, sent)


def test_addresses_are_mailed_behind_the_request_and_nobody_twice(desk: Client, poll: Poll) -> None:
    names = "vera@polls.test\nvictor@polls.test"
    assert "2 mails are on their way." in make(desk, poll, "mail", names=names)
    finish_mailing()
    assert [one.to for one in mail.outbox] == [["vera@polls.test"], ["victor@polls.test"]]
    assert "2 addresses were invited before." in make(desk, poll, "mail", names=names)
    finish_mailing()
    assert len(mail.outbox) == 2
    assert states() == {"vera@polls.test": "mailed", "victor@polls.test": "mailed"}


def test_why_a_mail_did_not_go_out_is_said_in_plain_words_beside_its_address(
    desk: Client, poll: Poll, settings: Any
) -> None:
    settings.MAILERS = MAILERS
    make(desk, poll, "mail", names="vera@polls.test\nbounce@polls.test\nbounce2@polls.test")
    finish_mailing()
    Invitation.objects.update(created_at=now().replace(year=2020))
    Invitation.objects.filter(mailed_at__isnull=False).update(mailed_at=now().replace(year=2020))
    page = desk.get(address(poll)).content.decode()
    why = "The mail server takes no mail for this address."
    assert page.count(why) == 3, "once above, and at each of the two"
    assert re.search(rf"bounce@polls.test<small[^>]*>{why}", page)
    assert "no such box" not in page
    settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}
    desk.post(address(poll), {"deed": "mail-again"})
    finish_mailing()
    assert why not in desk.get(address(poll)).content.decode()


def test_mail_without_a_mail_server_goes_nowhere_and_never_to_the_log(desk: Client, poll: Poll, settings: Any) -> None:
    settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.console.EmailBackend"}}
    assert "set EMAIL_URL" in desk.get(address(poll)).content.decode()
    make(desk, poll, "mail", names="vera@polls.test")
    assert not Invitation.objects.exists()


def test_codes_that_reached_nobody_are_shown_and_made_again(desk: Client, poll: Poll) -> None:
    invitations.issue(poll, labels=["vera@polls.test", "Victor"])
    assert "0 of 1 mailed." in desk.get(address(poll)).content.decode()  # by another process, as it seems
    Invitation.objects.update(created_at=now().replace(year=2020))
    assert "The codes of 2 invitations are with nobody" in desk.get(address(poll)).content.decode()
    desk.post(address(poll), {"deed": "mail-again"})
    finish_mailing()
    assert states() == {"vera@polls.test": "mailed", "Victor": "lost"}
    assert len(CODE.findall(desk.post(address(poll), {"deed": "again"}).content.decode())) == 1
    assert states() == {"vera@polls.test": "mailed", "Victor": "told"}
    assert not invitations.unreached(poll)


def test_one_or_all_unused_are_revoked_when_the_editor_is_sure(desk: Client, poll: Poll) -> None:
    issued = invitations.issue(poll, labels=["Vera", "Victor", "Otto"])
    invitations.hand_out(issued, at=now())
    Invitation.objects.filter(label="Otto").update(used_at=now())
    sent = {"deed": "revoke", "chosen": [issued[0].id, issued[2].id]}
    asked = desk.post(address(poll), sent).content.decode()
    assert "Revoke 1 invitation?" in asked
    assert f'value="{issued[0].id}"' in asked
    assert "revoked" not in states().values()
    desk.post(address(poll), sent | {"_form_submitted": "True"})
    assert states() == {"Vera": "revoked", "Victor": "told", "Otto": "told"}
    desk.post(address(poll), {"deed": "revoke-all", "_form_submitted": "True"})
    assert states() == {"Vera": "revoked", "Victor": "revoked", "Otto": "told"}


def test_an_invitation_of_another_poll_is_out_of_reach(desk: Client, poll: Poll) -> None:
    other = invitations.issue(a_poll(policy="invitation"), labels=["Vera"])
    desk.post(address(poll), {"deed": "revoke", "chosen": other[0].id, "_form_submitted": "True"})
    assert "revoked" not in states().values()


def test_who_has_voted_in_a_secret_poll_is_told_after_the_close(desk: Client) -> None:
    poll = a_poll(policy="invitation", organiser=User.objects.get(), anonymous=True)
    issued = invitations.issue(poll, labels=["Vera", "Victor"])
    invitations.hand_out(issued, at=now())
    Invitation.objects.filter(label="Vera").update(used_at=now())
    page = desk.get(address(poll)).content.decode()
    assert "is-used" not in page
    assert "Used <span" not in page
    lifecycle.close(poll, at=now())
    assert "is-used" in desk.get(address(poll)).content.decode()
