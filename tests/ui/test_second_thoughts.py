"""Changing and withdrawing a vote at the doors: with the server's own key alone, until the close."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User

from polls import invitations, lifecycle
from polls.models import Tally
from tests.browser import Browser
from tests.builders import a_poll, now
from tests.doors import DOORS, ApiDoor
from tests.second_thoughts import Door, answers_of, counts_of, paper_of, session_of, votes
from ui import visitors


def test_a_second_vote_takes_the_place_of_the_first(browse: Callable[..., Browser], subtests: pytest.Subtests) -> None:
    poll = a_poll(changes_allowed=True)
    for number, door in enumerate(DOORS, start=1):
        with subtests.test(door.name):
            vera = browse()
            votes(vera, poll, door)
            votes(vera, poll, door, place=1)
            assert counts_of(poll) == [0, number, 0]


def test_a_vote_is_withdrawn_and_its_cookie_goes(browse: Callable[..., Browser], subtests: pytest.Subtests) -> None:
    poll = a_poll(changes_allowed=True)
    for number, door in enumerate(DOORS, start=1):
        with subtests.test(door.name):
            vera = browse()
            votes(vera, poll, door)
            reply = door.withdraw(vera, poll.slug, paper_of(poll))
            assert reply.code == "withdrawn"
            assert counts_of(poll) == [0, 0, number - 1]
            assert not vera.client.cookies
            votes(vera, poll, door, place=2)
            assert counts_of(poll) == [0, 0, number]
            assert Tally.objects.get().ballots == number


def test_a_second_withdrawal_finds_nothing(browse: Callable[..., Browser], subtests: pytest.Subtests) -> None:
    poll = a_poll(changes_allowed=True)
    for door in DOORS:
        with subtests.test(door.name):
            vera = browse()
            votes(vera, poll, door)
            codes = [door.withdraw(vera, poll.slug, paper_of(poll)).code for _ in range(2)]
            assert codes == ["withdrawn", "nothing_to_withdraw"]


def test_a_vote_by_invitation_is_withdrawn_with_the_invitation_alone(
    browse: Callable[..., Browser], subtests: pytest.Subtests
) -> None:
    poll = a_poll(policy="invitation", changes_allowed=True)
    codes = [one.code for one in invitations.issue(poll, 2 * len(DOORS))]
    for number, door in enumerate(DOORS):
        with subtests.test(door.name):
            # A network has twenty wrong tries.
            vera, mine, hers = browse(f"192.0.2.{number}"), codes[2 * number], codes[2 * number + 1]

            def withdraws(browser: Browser = vera, door: Door = door, **extra: str) -> str:
                return door.withdraw(browser, poll.slug, paper_of(poll), extra=extra).code

            votes(vera, poll, door, extra={"invitation": mine})
            assert withdraws() == "invitation_missing"
            assert withdraws(invitation="x") == "invitation_unknown"
            assert withdraws(invitation=hers) == "nothing_to_withdraw"
            assert counts_of(poll) == [1, number, 0]
            assert withdraws(invitation=mine.lower()) == "withdrawn"
            votes(vera, poll, door, place=1, extra={"invitation": mine})
            assert counts_of(poll) == [0, number + 1, 0]


def test_a_vote_by_account_is_withdrawn_on_another_machine(
    browse: Callable[..., Browser], subtests: pytest.Subtests
) -> None:
    poll = a_poll(policy="account", changes_allowed=True)
    session = session_of(User.objects.create_user("vera"))
    for door in DOORS:
        with subtests.test(door.name):
            here, there = browse(), browse("198.51.100.7")
            for browser in (here, there):
                browser.client.cookies.set("sessionid", session)
            votes(here, poll, door)
            assert door.withdraw(there, poll.slug, paper_of(poll)).code == "withdrawn"
            there.client.cookies.clear()
            assert door.withdraw(there, poll.slug, paper_of(poll)).code == "sign_in_first"


def test_who_is_signed_in_is_asked_by_name_and_not_to_sign_in(vera: Browser) -> None:
    poll = a_poll(policy="account", changes_allowed=True)
    vera.client.cookies.set("sessionid", session_of(User.objects.create_user("vera")))
    votes(vera, poll)
    asked = vera.get(f"/p/{poll.slug}/withdraw/").text
    assert "You vote as vera." in asked
    assert "Sign in" not in asked


def test_mallory_withdraws_nothing_of_veras(vera: Browser, victor: Browser, subtests: pytest.Subtests) -> None:
    mallory = victor
    poll = a_poll(changes_allowed=True)
    paper = paper_of(poll)
    counted = ApiDoor().vote(vera, poll.slug, answers_of(poll), paper).response.json()
    other = a_poll(changes_allowed=True)
    votes(mallory, other)
    name = visitors.cookie_name(poll.pk, secure=True)
    theirs = mallory.client.cookies[visitors.cookie_name(other.pk, secure=True)]
    receipt = counted["receipt"]
    forged = ["", receipt, paper, theirs, f"{poll.pk}.{paper.split('.')[2]}.xxxxxxxxxxxxxxxxxxxxxx", "mallory"]
    for door in DOORS:
        with subtests.test(door.name):
            for cookie in forged:
                headers = {"Cookie": f"{name}={cookie}"}
                assert door.withdraw(mallory, poll.slug, paper, headers=headers).code == "nothing_to_withdraw"
            assert door.withdraw(mallory, poll.slug, receipt).code == "paper_forged"
            assert door.withdraw(mallory, poll.slug, "").code == "paper_missing"
            assert counts_of(poll) == [1, 0, 0]
    mallory.get(f"/p/{poll.slug}/withdraw/?receipt={receipt}")
    assert counts_of(poll) == [1, 0, 0]


def test_mallory_changes_nothing_of_veras(
    browse: Callable[..., Browser], victor: Browser, subtests: pytest.Subtests
) -> None:
    poll = a_poll(changes_allowed=True)
    for number, door in enumerate(DOORS, start=1):
        with subtests.test(door.name):
            paper = paper_of(poll)
            assert door.vote(browse(), poll.slug, answers_of(poll), paper).counted
            assert door.vote(victor, poll.slug, answers_of(poll, 1), paper).code == "paper_used"
            assert counts_of(poll) == [number, 0, 0]


@pytest.mark.parametrize(
    ("fields", "code"),
    [({}, "changes_forbidden"), ({"changes_allowed": True, "policy": "open"}, "changes_forbidden")],
)
def test_where_changes_are_not_allowed_nothing_is_withdrawn(
    fields: dict[str, Any], code: str, browse: Callable[..., Browser], subtests: pytest.Subtests
) -> None:
    poll = a_poll(**fields)
    for number, door in enumerate(DOORS, start=1):
        with subtests.test(door.name):
            vera = browse()
            votes(vera, poll, door)
            assert door.withdraw(vera, poll.slug, paper_of(poll)).code == code
            assert counts_of(poll) == [number, 0, 0]


def test_after_the_close_nothing_is_withdrawn(browse: Callable[..., Browser], subtests: pytest.Subtests) -> None:
    poll = a_poll(changes_allowed=True)
    voters = [(door, browse()) for door in DOORS]
    for door, vera in voters:
        votes(vera, poll, door)
    lifecycle.close(poll, at=now())
    for door, vera in voters:
        with subtests.test(door.name):
            assert door.withdraw(vera, poll.slug, paper_of(poll)).code == "poll_closed"
            assert counts_of(poll) == [len(DOORS), 0, 0]


def test_a_foreign_site_withdraws_nothing(browse: Callable[..., Browser], subtests: pytest.Subtests) -> None:
    poll = a_poll(changes_allowed=True)
    headers = {"Origin": "https://mallory.example", "Sec-Fetch-Site": "cross-site"}
    for number, door in enumerate(DOORS, start=1):
        with subtests.test(door.name):
            vera = browse()
            votes(vera, poll, door)
            assert door.withdraw(vera, poll.slug, paper_of(poll), headers=headers).code == "origin_foreign"
            assert counts_of(poll) == [number, 0, 0]
