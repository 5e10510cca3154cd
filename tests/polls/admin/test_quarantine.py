"""Ballots are set aside and let in again by an editor, who sees when and where they came in and never what they say."""

import re
from itertools import product

import pytest
from django.contrib.auth.models import User
from django.test import Client

from polls import ballots, lifecycle
from polls.admin import quarantine
from polls.models import Ballot, Poll, Tally
from tests.builders import a_poll, now
from tests.desk import told
from tests.votes import a_ballot

SURE = {"_form_submitted": "True"}


def a_poll_with_doubts(**fields: object) -> Poll:
    poll = a_poll(organiser=User.objects.get(), **fields)
    for _ in range(3):
        a_ballot(poll)
    first, second, _third = Ballot.objects.order_by("id")
    ballots.set_aside(poll, [first.pk], reason="burst", at=now())
    ballots.set_aside(poll, [second.pk], reason="age", at=now())
    return poll


def address(poll: Poll, query: str = "") -> str:
    return f"/admin/polls/poll/{poll.pk}/quarantine/{query}"


def counted() -> tuple[int, int]:
    tally = Tally.objects.get()
    return tally.ballots, tally.set_aside


def test_ballots_that_were_set_aside_are_let_in_by_reason(desk: Client) -> None:
    poll = a_poll_with_doubts()
    text = desk.get(address(poll, "?state=aside")).content.decode()
    assert "Too many votes at once: 1" in text
    assert "The paper was used too soon" in text
    assert counted() == (1, 2)
    desk.post(address(poll, "?state=aside&reason=burst"), {"deed": "all"})
    assert counted() == (2, 1)


def test_counted_ballots_are_set_aside_with_a_reason_and_a_line_in_the_history(desk: Client) -> None:
    poll = a_poll_with_doubts()
    last = Ballot.objects.get(set_aside_at=None)
    desk.post(address(poll), {"deed": "chosen", "chosen": [last.pk, "nonsense"], "reason": "network"})
    last.refresh_from_db()
    assert (counted(), last.set_aside_for) == ((0, 3), "network")
    history = desk.get(f"/admin/polls/poll/{poll.pk}/history/").content.decode()
    assert "1 ballot is set aside. Too many votes from one network." in history
    assert ">3<" in desk.get(f"/admin/polls/poll/{poll.pk}/change/").content.decode()


# Each finds more than the one before, or as many.
FITTING = {
    "?door=api": 0,
    "?until=2020-01-01T10:00": 0,
    "?since=yesterday": 0,
    "?network=nonsense": 0,
    "?network={first}": 2,
    "?since=2020-01-01T10:00": 3,
}


def test_all_that_fit_are_set_aside(desk: Client) -> None:
    poll = a_poll(organiser=User.objects.get(), network_allowance=10)
    for _ in range(3):
        a_ballot(poll)
    first = Ballot.objects.order_by("id")[0].pk
    Ballot.objects.filter(pk=first + 2).update(network_key="elsewhere")
    for query, number in FITTING.items():
        desk.post(address(poll, query.format(first=first)), {"deed": "all"} | SURE)
        assert counted() == (3 - number, number), query


def test_all_are_set_aside_only_when_the_editor_is_sure_and_the_way_back_is_named(desk: Client) -> None:
    poll = a_poll_with_doubts()
    a_ballot(poll)
    sent = {"deed": "all", "reason": "network"}
    page = desk.post(address(poll, "?door=page"), sent).content.decode()
    assert "Set aside 2 ballots?" in page
    assert re.search(r'name="reason" value="network"', page)
    assert counted() == (2, 2)
    answer = desk.post(address(poll, "?door=page"), sent | SURE)
    assert answer.headers["location"] == address(poll, "?door=page")
    assert "2 ballots are set aside." in told(answer)
    assert "let in again what stands under “Set aside”" in told(answer)
    assert Ballot.objects.filter(set_aside_for="network").count() == 2


def test_in_a_secret_poll_no_ballot_is_picked_out_and_a_reason_is_let_in_after_the_close(desk: Client) -> None:
    poll = a_poll_with_doubts(anonymous=True)
    assert "can be let in after the close" in desk.get(address(poll)).content.decode()
    desk.post(address(poll, "?state=aside"), {"deed": "all", "reason": "burst"})
    assert counted() == (1, 2)
    lifecycle.close(poll, at=now())
    last = Ballot.objects.get(set_aside_at=None)
    desk.post(address(poll), {"deed": "chosen", "chosen": last.pk})
    assert 'name="chosen"' not in desk.get(address(poll)).content.decode()
    desk.post(address(poll), {"deed": "all", "reason": "burst"})
    assert counted() == (2, 1)


def test_the_newest_ballots_of_a_poll_come_first_be_they_few_or_many(
    desk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    poll = a_poll_with_doubts()
    a_ballot(a_poll())
    a_ballot(poll)
    ours = Ballot.objects.filter(poll=poll).order_by("-id")
    for crowd, (query, aside) in product((1, 50_000), (("", False), ("?state=aside", True))):
        monkeypatch.setattr(quarantine, "A_CROWD", crowd)
        text = desk.get(address(poll, query)).content.decode()
        chosen = [int(key) for key in re.findall(r'name="chosen" value="(\d+)"', text)]
        assert chosen == list(ours.filter(set_aside_at__isnull=not aside).values_list("pk", flat=True)), (crowd, query)
        assert re.findall(r'desk-quiet">(\d+)</span></a>', text) == ["2", "2"], (crowd, query)
