import csv
import re
from datetime import timedelta
from io import StringIO
from pathlib import Path
from smtplib import (
    SMTPAuthenticationError,
    SMTPDataError,
    SMTPRecipientsRefused,
    SMTPSenderRefused,
    SMTPServerDisconnected,
)
from typing import Any

import pytest
from django.core import mail
from django.core.management import CommandError, call_command

from polls import ballots, invitations, lifecycle, mailings, refusals, retention, snapshots
from polls.kinds import Answer
from polls.models import Invitation, Poll
from polls.terms import Door, MailFailure
from polls.voters import Voter, invitation_hash
from tests.builders import a_poll, now
from tests.mailers import MAILERS

pytestmark = pytest.mark.usefixtures("house")
CODE = re.compile(r"[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){3}")
SITE = "https://polls.test"


@pytest.fixture
def poll(house: None) -> Poll:
    return a_poll(title="Who leads?", policy="invitation")


def test_invitations_are_made_in_bulk_and_only_their_hashes_are_kept(poll: Poll) -> None:
    issued = invitations.issue(poll, 300)
    assert len({one.code for one in issued}) == 300
    assert all(CODE.fullmatch(one.code) for one in issued)
    kept = list(Invitation.objects.values_list("code_hash", flat=True))
    snapshot = snapshots.of(poll)
    assert sorted(kept) == sorted(invitation_hash(snapshot, one.code.replace("-", "")) for one in issued)


def test_labels_say_whose_an_invitation_is(poll: Poll) -> None:
    issued = invitations.issue(poll, labels=["Vera", "Victor"])
    assert [one.label for one in issued] == ["Vera", "Victor"]
    assert list(Invitation.objects.values_list("label", flat=True)) == ["Vera", "Victor"]


@pytest.mark.parametrize(
    "typed",
    [
        "0123-4567-89AB-CD1J",
        "0123456789abcd1j",
        " o123 4567 89ab cdlj ",
        "O123-4567-89AB-CDIJ",
        "0123\u20114567\u201389AB CD1J\n",
    ],
)
def test_a_code_is_read_as_people_write_it(typed: str) -> None:
    assert invitations.normalised(typed) == "0123456789ABCD1J"


@pytest.mark.parametrize("typed", ["", "0123", "0123-4567-89AB-CD1U", "0123-4567-89AB-CD1J-0", "０" * 16, "é" * 16])
def test_what_can_be_no_code_is_none(typed: str) -> None:
    assert invitations.normalised(typed) is None


@pytest.mark.parametrize("number", [0, -1, invitations.MOST_AT_ONCE + 1])
def test_a_silly_number_is_refused(number: int, poll: Poll) -> None:
    with pytest.raises(refusals.Forbidden):
        invitations.issue(poll, number)


def test_only_a_poll_by_invitation_gives_invitations() -> None:
    with pytest.raises(refusals.Forbidden):
        invitations.issue(a_poll(), 1)


def test_a_poll_that_has_forgotten_its_voters_gives_no_invitations() -> None:
    poll = lifecycle.close(a_poll(policy="invitation", retention_days=0), at=now())
    retention.erase(poll, at=now())
    poll.refresh_from_db()
    with pytest.raises(refusals.Forbidden):
        invitations.issue(poll, 1)


def test_an_invitation_is_revoked_once(poll: Poll) -> None:
    issued = invitations.issue(poll, 2)
    assert invitations.revoke(poll, [issued[0].id], at=now()) == 1
    assert invitations.revoke(poll, [issued[0].id], at=now()) == 0
    assert Invitation.objects.filter(revoked_at=None).count() == 1


def test_an_invitation_to_another_poll_is_not_revoked_with_it(poll: Poll) -> None:
    issued = invitations.issue(poll, 1)
    assert invitations.revoke(a_poll(policy="invitation"), [issued[0].id], at=now()) == 0
    assert Invitation.objects.get().revoked_at is None


def _casting(poll: Poll, issued: invitations.Issued, *, paper: str = "a paper") -> ballots.Casting:
    snapshot = snapshots.of(poll)
    first = snapshot.questions[0]
    voter = Voter(invitation=invitations.normalised(issued.code))
    answers = [Answer(first.id, (first.choices[0].id,))]
    return ballots.prepare(snapshot, answers, voter=voter, nonce=paper, door=Door.PAGE)


def test_of_its_use_an_invitation_keeps_the_day_and_that_of_the_first_vote() -> None:
    poll, at = a_poll(policy="invitation", changes_allowed=True), now()
    issued = invitations.issue(poll, 1)[0]
    for paper, later in (("one paper", timedelta()), ("another", timedelta(days=1))):
        batch = ballots.cast_many([_casting(poll, issued, paper=paper)], at=at + later)
        assert isinstance(batch.outcomes[0], ballots.Counted)
        assert Invitation.objects.get().used_at == at.replace(hour=0, minute=0, second=0, microsecond=0)


def test_an_invitation_whose_ballot_came_too_late_is_not_used(poll: Poll) -> None:
    late = _casting(poll, invitations.issue(poll, 1)[0])
    lifecycle.close(poll, at=now())
    assert isinstance(ballots.cast_many([late]).outcomes[0], refusals.PollClosed)
    assert Invitation.objects.get().used_at is None


def test_who_has_voted_was_reached_and_another_polls_guests_are_its_own(poll: Poll) -> None:
    voted, silent = invitations.issue(poll, 2)
    invitations.issue(a_poll(policy="invitation"), 1)
    ballots.cast_many([_casting(poll, voted)])
    assert [one.pk for one in invitations.unreached(poll)] == [silent.id]


def test_nobody_is_invited_to_a_poll_in_the_archive(poll: Poll) -> None:
    archived = lifecycle.archive(lifecycle.close(poll, at=now()), at=now())
    assert not invitations.is_taken(archived)
    with pytest.raises(refusals.Forbidden, match="any more"):
        invitations.issue(archived, 1)


def test_a_long_label_is_cut_and_a_table_without_an_address_has_no_links(poll: Poll) -> None:
    issued = invitations.issue(poll, labels=["V" * 1000])
    assert len(Invitation.objects.get().label) == invitations.LONGEST_LABEL
    assert [row["link"] for row in csv.DictReader(StringIO(invitations.as_csv(poll, issued, site="")))] == [""]


def test_everyone_gets_a_mail_of_their_own_with_a_link_that_is_good(poll: Poll) -> None:
    mailing = mailings.mail(poll, ["vera@polls.test", "victor@polls.test"], site=SITE)
    assert mailing.sent == ("vera@polls.test", "victor@polls.test")
    assert [message.to for message in mail.outbox] == [["vera@polls.test"], ["victor@polls.test"]]
    links = [re.search(r"https://\S+", str(message.body)) for message in mail.outbox]
    codes = [link[0].removeprefix(f"{SITE}/p/{poll.slug}/?invitation=") for link in links if link]
    snapshot = snapshots.of(poll)
    for code, row in zip(codes, Invitation.objects.order_by("id"), strict=True):
        assert row.code_hash == invitation_hash(snapshot, invitations.normalised(code) or "")
        assert row.mailed_at


def test_an_address_that_fails_is_told_and_harms_no_other(poll: Poll, settings: Any) -> None:
    settings.MAILERS = MAILERS
    mailing = mailings.mail(poll, ["vera@polls.test", "bounce@polls.test", "nobody", "victor@polls.test"], site=SITE)
    assert mailing.sent == ("vera@polls.test", "victor@polls.test")
    assert sorted(address for address, _ in mailing.failed) == ["bounce@polls.test", "nobody"]
    lost = Invitation.objects.get(label="bounce@polls.test")
    assert list(invitations.unreached(poll)) == [lost]


FAILURES = [
    (ConnectionRefusedError(111, "refused"), MailFailure.AWAY),
    (TimeoutError(), MailFailure.AWAY),
    (SMTPServerDisconnected("gone"), MailFailure.AWAY),
    (SMTPAuthenticationError(535, b"no"), MailFailure.LOGIN),
    (SMTPSenderRefused(553, b"no", "polls@polls.test"), MailFailure.SENDER),
    (SMTPRecipientsRefused({"vera@polls.test": (550, b"no")}), MailFailure.ADDRESS),
    (SMTPRecipientsRefused({"vera@polls.test": (450, b"greylisted")}), MailFailure.LATER),
    (SMTPDataError(451, b"later"), MailFailure.LATER),
    (SMTPDataError(554, b"spam"), MailFailure.REFUSED),
    (ValueError("no header"), MailFailure.UNFIT),
]


@pytest.mark.parametrize(("error", "failure"), FAILURES)
def test_why_a_mail_failed_is_kept_in_words_of_ours(
    error: Exception, failure: MailFailure, poll: Poll, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_mail: object) -> int:
        raise error

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", fail)
    mailings.mail(poll, ["vera@polls.test"], site=SITE)
    assert Invitation.objects.get().failure == failure


def test_nobody_is_invited_twice_but_who_was_not_reached(poll: Poll, settings: Any) -> None:
    settings.MAILERS = MAILERS
    mailings.mail(poll, ["vera@polls.test", "bounce@polls.test"], site=SITE)
    settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}
    again = mailings.mail(poll, ["VERA@polls.test", " vera@polls.test", "bounce@polls.test"], site=SITE)
    assert again.sent == ("bounce@polls.test",)
    assert set(again.known) == {"VERA@polls.test", "vera@polls.test"}
    # The code that was lost on its way is good for nothing any more.
    assert [one.revoked_at is None for one in Invitation.objects.filter(label="bounce@polls.test")] == [False, True]
    assert not invitations.unreached(poll)


def test_whose_code_was_lost_more_than_once_is_invited_all_the_same(poll: Poll) -> None:
    invitations.issue(poll, labels=["vera@polls.test", "Vera@polls.test"])
    assert mailings.mail(poll, ["vera@polls.test"], site=SITE).sent == ("vera@polls.test",)
    assert Invitation.objects.filter(revoked_at=None).count() == 1


def test_a_title_with_line_breaks_writes_no_header() -> None:
    poll = a_poll(title="Who?\nBcc: mallory@polls.test", policy="invitation")
    assert mailings.mail(poll, ["vera@polls.test"], site=SITE).sent
    assert mail.outbox[0].subject == "Your invitation to vote: Who? Bcc: mallory@polls.test"
    assert mail.outbox[0].recipients() == ["vera@polls.test"]


def test_mail_goes_out_behind_a_request(poll: Poll) -> None:
    later = mailings.mail_later(poll, ["vera@polls.test"], site=SITE)
    assert later.number == 1
    assert later.mailing.result(20).sent == ("vera@polls.test",)
    assert not invitations.unreached(poll)


def test_what_reached_nobody_is_revoked_and_made_again(poll: Poll) -> None:
    invitations.hand_out(invitations.issue(poll, labels=["Vera"]), at=now())
    invitations.issue(poll, labels=["Victor", ""])
    again = invitations.reissue(poll, at=now())
    assert [one.label for one in again] == ["Victor", ""]
    assert Invitation.objects.filter(revoked_at=None).count() == 3
    invitations.hand_out(again, at=now())
    assert not invitations.unreached(poll)


def test_a_mail_that_waits_is_not_sent_when_its_invitation_is_revoked(poll: Poll, settings: Any) -> None:
    settings.MAILERS = {"default": {"BACKEND": "tests.mailers.Revoking"}}
    mailing = mailings.mail(poll, ["vera@polls.test", "victor@polls.test"], site=SITE)
    assert mailing.sent == ("vera@polls.test",)


def test_a_table_of_codes_holds_no_formula(poll: Poll) -> None:
    issued = invitations.issue(poll, labels=["=cmd|'/c calc'!A1", "Vera, of course"])
    rows = list(csv.reader(StringIO(invitations.as_csv(poll, issued, site=SITE))))
    assert rows[0] == ["label", "code", "link"]
    assert rows[1][0] == "'=cmd|'/c calc'!A1"
    assert rows[2] == ["Vera, of course", issued[1].code, f"{SITE}/p/{poll.slug}/?invitation={issued[1].code}"]


def test_a_slip_shows_the_code_and_the_link(poll: Poll) -> None:
    issued = invitations.issue(poll, 1)
    slip = next(invitations.slips(poll, issued, site=f"{SITE}/"))
    assert slip["link"] == f"{SITE}/p/{poll.slug}/?invitation={slip['code']}"


def test_the_command_tells_codes_on_the_screen(poll: Poll) -> None:
    out = StringIO()
    call_command("invite", poll.slug, number=3, stdout=out)
    assert [bool(CODE.fullmatch(line)) for line in out.getvalue().split()] == [True] * 3


def test_the_command_writes_a_file_that_only_its_owner_reads(poll: Poll, tmp_path: Path) -> None:
    table = tmp_path / "codes.csv"
    call_command("invite", poll.slug, number=2, csv=str(table), site=SITE, stdout=StringIO())
    assert table.stat().st_mode & 0o777 == 0o600
    assert len(table.read_text().splitlines()) == 3
    with pytest.raises(CommandError):
        call_command("invite", poll.slug, number=2, csv=str(table))
    assert Invitation.objects.count() == 2


def test_the_command_writes_its_table_on_the_screen_too(poll: Poll, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)
    out = StringIO()
    call_command("invite", poll.slug, number=2, csv="-", site=SITE, stdout=out)
    assert len(list(csv.DictReader(StringIO(out.getvalue())))) == Invitation.objects.count() == 2
    assert not list(tmp_path.iterdir())


def test_the_command_mails_nothing_where_no_mail_server_is_set(
    poll: Poll, tmp_path: Path, settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.console.EmailBackend"}}
    addresses = tmp_path / "voters.txt"
    addresses.write_text("vera@polls.test\n")
    with pytest.raises(CommandError, match="No mail server is set: see EMAIL_URL"):
        call_command("invite", poll.slug, addresses=str(addresses), mail=True, site=SITE)
    assert capsys.readouterr().out == ""
    assert not poll.invitations.exists()


def test_the_command_mails_a_file_of_addresses(poll: Poll, tmp_path: Path) -> None:
    addresses = tmp_path / "addresses.txt"
    addresses.write_text("vera@polls.test\n\nvictor@polls.test\nnobody\n")
    out = StringIO()
    with pytest.raises(CommandError, match=r"^1 address was not reached"):
        call_command("invite", poll.slug, addresses=str(addresses), mail=True, site=SITE, stdout=out, stderr=out)
    assert "2 invitations mailed." in out.getvalue()
    assert "nobody" in out.getvalue()
    assert len(mail.outbox) == 2


@pytest.mark.parametrize(
    ("letters", "why"),
    [
        (None, "No such file or directory."),
        (b"Ren\xe9\n", "it is no text in UTF-8."),
        (b"vera\0\n", "it is no text in UTF-8."),
        (b"\n", ""),
    ],
)
def test_a_file_that_names_nobody_is_told_in_words(letters: bytes | None, why: str, poll: Poll, tmp_path: Path) -> None:
    file = tmp_path / "voters.txt"
    if letters is not None:
        file.write_bytes(letters)
    with pytest.raises(CommandError) as refused:
        call_command("invite", poll.slug, addresses=str(file))
    assert str(refused.value) == (f"{file} can't be read: {why}" if why else f"{file} names nobody.")


@pytest.mark.parametrize(
    "options",
    [
        {"number": 1, "mail": True},
        {"addresses": "no-such-file"},
        {"number": 0},
        {"number": 1, "site": "polls.example"},
        {"number": 1, "site": "https://a b"},
        {"number": 1, "site": "javascript://polls.example"},
        {"number": 1, "site": "https://polls.example/p/lunch/"},
        {"number": 1, "site": "https://polls.example,b"},
    ],
)
def test_the_command_refuses_what_makes_no_sense(options: dict[str, Any], poll: Poll) -> None:
    with pytest.raises(CommandError):
        call_command("invite", poll.slug, **options)
    assert not Invitation.objects.exists()
