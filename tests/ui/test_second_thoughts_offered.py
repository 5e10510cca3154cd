"""What a voter is offered, asked and shown before a vote is changed or withdrawn."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.auth.models import User

from polls import invitations, lifecycle
from polls.kinds import Answer
from polls.models import Ballot, Tally
from tests.browser import Browser
from tests.builders import a_draft, a_poll, a_question, choices_of, now
from tests.doors import ApiDoor, FormDoor
from tests.second_thoughts import answers_of, counts_of, paper_of, session_of, votes

HTMX = {"HX-Request": "true"}
CHANGE, WITHDRAW, KEEP = "Change my vote", "Withdraw my vote", "Keep my vote"


def test_a_look_withdraws_nothing_and_asks_once(vera: Browser) -> None:
    poll = a_poll(changes_allowed=True)
    votes(vera, poll)
    for place, headers in [("p", {}), ("p", HTMX), ("embed", {}), ("embed", HTMX)]:
        page = vera.get(f"/{place}/{poll.slug}/withdraw/", headers=headers)
        assert page.status_code == 200
        assert "Withdraw your vote?" in page.text
        assert f'action="/{place}/{poll.slug}/withdraw/"' in page.text
    assert counts_of(poll) == [1, 0, 0]


def test_who_withdraws_sees_which_poll_and_which_vote(vera: Browser, victor: Browser) -> None:
    poll = a_draft(changes_allowed=True, title="Summer party")
    choices = {kind: a_question(poll, f"As {kind}?", kind=kind) for kind in ("multiple", "ranked", "score")}
    told = {kind: list(question.choices.values_list("pk", flat=True)) for kind, question in choices.items()}
    own = a_question(poll, "Why?", (), kind="text")
    left = a_question(poll, "Left out?", required=False)
    lifecycle.publish(poll, at=now())
    answers = [
        Answer(choices["multiple"].pk, choices=(told["multiple"][0],)),
        Answer(choices["ranked"].pk, ranking=((told["ranked"][2],), (told["ranked"][1],))),
        Answer(choices["score"].pk, scores=((told["score"][0], 4),)),
        Answer(own.pk, text="For <fun>"),
    ]
    assert FormDoor("page", "/p/{slug}/vote/", {}).vote(vera, poll.slug, answers, paper_of(poll)).counted
    for place, headers in [("p", {}), ("p", HTMX), ("embed", {}), ("embed", HTMX)]:
        answer = vera.get(f"/{place}/{poll.slug}/withdraw/", headers=headers)
        words = re.findall(r"<li>([^<]*)</li>", answer.text.partition("<form")[2])
        assert words == ["A", "1. C", "2. B", "A: 4", "For &lt;fun&gt;"], place
        assert "Summer party" in answer.text.partition("<form")[2]
        assert left.text not in answer.text.partition("<form")[2]
        assert answer.headers["cache-control"] == "private, no-store", place
    secret = a_poll(changes_allowed=True, anonymous=True, title="Between us", question={"text": "Between us?"})
    votes(vera, secret)
    page = vera.get(f"/p/{secret.slug}/withdraw/").text.partition("<form")[2]
    assert ("Between us?" in page, "<li" in page) == (True, False)


def test_who_has_no_vote_is_not_asked(vera: Browser, victor: Browser) -> None:
    poll = a_poll(changes_allowed=True)
    votes(vera, poll)
    answer = victor.get(f"/p/{poll.slug}/withdraw/")
    assert (answer.status_code, 'data-code="nothing_to_withdraw"' in answer.text) == (409, True)


@pytest.mark.parametrize("reveal", ["always", "after_voting", "after_close", "never"])
@pytest.mark.parametrize("place", ["p", "embed"])
def test_a_voter_is_offered_second_thoughts(place: str, reveal: str, vera: Browser, victor: Browser) -> None:
    poll = a_poll(changes_allowed=True, reveal=reveal)
    choice = choices_of(poll)[0]
    fields = {"paper": paper_of(poll), f"q{choice.question_id}": choice.pk}
    counted = vera.post(f"/{place}/{poll.slug}/vote/", data=fields, headers=HTMX).text
    later = vera.get(f"/{place}/{poll.slug}/").text
    for page in (counted, later):
        assert CHANGE in page
        assert WITHDRAW in page
    form = vera.get(f"/{place}/{poll.slug}/?show=ballot", headers=HTMX).text
    faulty = vera.post(f"/{place}/{poll.slug}/vote/", data={"paper": paper_of(poll)}, headers=HTMX).text
    for ballot in (form, faulty):
        assert KEEP in ballot
        assert ">See results<" not in ballot
        assert ">Results " not in ballot
    assert EMPTY not in faulty
    assert KEEP not in victor.get(f"/{place}/{poll.slug}/").text
    assert KEEP not in victor.post(f"/{place}/{poll.slug}/vote/", data={"paper": paper_of(poll)}).text
    assert CHANGE not in victor.get(f"/{place}/{poll.slug}/?show=results").text
    lifecycle.close(poll, at=now())
    assert CHANGE not in vera.get(f"/{place}/{poll.slug}/").text


@pytest.mark.parametrize(
    ("fields", "changes", "secret"),
    [
        ({}, False, False),
        ({"changes_allowed": True, "anonymous": True}, True, True),
        ({"changes_allowed": True, "policy": "open"}, False, False),
    ],
)
def test_a_program_is_told_whether_a_vote_can_be_changed_and_is_secret(
    fields: dict[str, Any], changes: bool, secret: bool, vera: Browser
) -> None:
    told = vera.get(f"/api/v1/polls/{a_poll(**fields).slug}").json()
    assert (told["changes_allowed"], told["anonymous"]) == (changes, secret)
    shape = vera.get("/api/v1/openapi.json").json()["components"]["schemas"]["PollOut"]
    assert {"changes_allowed", "anonymous"} <= set(shape["required"])


@pytest.mark.parametrize("reveal", ["always", "never"])
@pytest.mark.parametrize("place", ["p", "embed"])
def test_where_no_cookie_is_kept_a_vote_is_not_changed_into_a_second_one(
    place: str, reveal: str, vera: Browser
) -> None:
    """As browsers do in a frame of another site."""
    poll = a_poll(changes_allowed=True, reveal=reveal)
    choice = choices_of(poll)[0]
    fields = {"paper": paper_of(poll), f"q{choice.question_id}": choice.pk}
    counted = vera.post(f"/{place}/{poll.slug}/vote/", data=fields, headers=HTMX).text
    ways = [unescape(way) for way in re.findall(r'href="([^"]*receipt=[^"]*)"', counted)]
    assert len(ways) == 2
    assert [KEEP in vera.get(way, headers=HTMX).text for way in ways] == [True, True]
    vera.client.cookies.clear()
    for way in ways:
        answer = vera.get(way, headers=HTMX)
        assert (answer.status_code, 'data-code="not_known_again"' in answer.text) == (409, True), way
        assert ("<form" in answer.text, CHANGE in answer.text, ">Go to the ballot<" in answer.text) == (False,) * 3
    receipt = parse_qs(urlsplit(ways[0]).query)["receipt"][0]
    later = vera.get(f"/{place}/{poll.slug}/?show=results&receipt={receipt}").text
    assert ("Your vote is counted." in later, CHANGE in later) == (True, False)


def test_without_changes_nothing_is_offered(vera: Browser) -> None:
    poll = a_poll()
    votes(vera, poll)
    page = vera.get(f"/p/{poll.slug}/").text
    assert CHANGE not in page
    assert "<form" not in vera.get(f"/p/{poll.slug}/?show=ballot").text


BEGINS, EMPTY = "This is your earlier vote.", "The form starts empty."


def _filled(page: str) -> set[tuple[str, str]]:
    """The answers that a form holds, as a browser would send them."""
    inputs = [
        dict(re.findall(r'(\w+)="([^"]*)"', tag)) | {"on": " checked" in tag}
        for tag in re.findall("<input[^>]*>", page)
    ]
    ticked = {(one["name"], one["value"]) for one in inputs if one["on"]}
    written = {(one["name"], one["value"]) for one in inputs if one.get("type") in {"text", "number"} and one["value"]}
    return ticked | written | set(re.findall(r'<textarea name="(\w+)"[^>]*>\n([^<]+)<', page))


def test_a_form_to_change_a_vote_begins_with_that_vote(vera: Browser, victor: Browser) -> None:
    """And sent as it is, it is the same vote again."""
    poll = a_draft(changes_allowed=True)
    told: list[Answer] = []
    for kind, more in (("single", {"write_in": True}), ("multiple", {}), ("rating", {}), ("score", {"highest": 100})):
        question = a_question(poll, kind=kind, **more)
        first, second, third = question.choices.values_list("pk", flat=True)
        given = {
            "single": Answer(question.pk, text="A <boat>", other=True),
            "multiple": Answer(question.pk, choices=(first, third)),
        }
        told.append(given.get(kind) or Answer(question.pk, scores=((first, 1), (third, 5))))
    question = a_question(poll, kind="ranked", equal_ranks=True)
    first, second, third = question.choices.values_list("pk", flat=True)
    told.append(Answer(question.pk, ranking=((third,), (first, second))))
    told.append(Answer(a_question(poll, kind="text", choices=()).pk, text="Why not?"))
    lifecycle.publish(poll, at=now())
    door = FormDoor("page", "/p/{slug}/vote/", {})
    _, letter = door.letter(poll.slug, told, paper_of(poll))
    assert door.vote(vera, poll.slug, told, letter["data"]["paper"]).counted
    sent = {
        (name, value)
        for name, values in letter["data"].items()
        for value in ([values] if isinstance(values, str) else values)
    }
    for place, headers in [("p", {}), ("p", HTMX), ("embed", {}), ("embed", HTMX)]:
        answer = vera.get(f"/{place}/{poll.slug}/?show=ballot", headers=headers)
        assert (BEGINS in answer.text, EMPTY in answer.text) == (True, False), place
        assert {(name, unescape(value)) for name, value in _filled(answer.text)} == {
            one for one in sent if one[0] != "paper"
        }
        assert answer.headers["cache-control"] == "private, no-store", place
        stranger = victor.get(f"/{place}/{poll.slug}/?show=ballot", headers=headers)
        assert (BEGINS in stranger.text, _filled(stranger.text)) == (False, set()), "what is kept is nobody's vote"
        assert stranger.headers["cache-control"] == "private, no-cache", place
    assert door.vote(vera, poll.slug, told, paper_of(poll)).counted
    assert Tally.objects.get().ballots == 1


def test_a_secret_vote_is_not_told_again(vera: Browser) -> None:
    poll = a_poll(changes_allowed=True, anonymous=True)
    votes(vera, poll)
    page = vera.get(f"/p/{poll.slug}/?show=ballot").text
    assert (BEGINS in page, EMPTY in page, _filled(page)) == (False, True, set())


def test_invitation_and_account_know_the_vote_on_another_machine_and_a_receipt_does_not(
    browse: Callable[..., Browser],
) -> None:
    invited, signed = a_poll(policy="invitation", changes_allowed=True), a_poll(policy="account", changes_allowed=True)
    mine, hers = (one.code for one in invitations.issue(invited, 2))
    session, here, there = session_of(User.objects.create_user("vera")), browse(), browse("198.51.100.7")
    for browser in (here, there):
        browser.client.cookies.set("sessionid", session)
    votes(here, invited, extra={"invitation": mine})
    votes(here, signed)
    for place, code, known in [("", mine, True), ("?show=ballot", mine, True), ("?show=ballot", hers, False)]:
        page = there.get(f"/p/{invited.slug}/{place}", params={"invitation": code}).text
        assert (BEGINS in page, len(_filled(page) - {("invitation", code)})) == (known, int(known)), place
    page = there.get(f"/p/{signed.slug}/?show=ballot").text
    assert (BEGINS in page, len(_filled(page))) == (True, 1)
    poll = a_poll(changes_allowed=True)
    told = ApiDoor().vote(here, poll.slug, answers_of(poll), paper_of(poll)).response.json()
    for address in (f"?show=ballot&receipt={told['receipt']}", "?show=ballot"):
        assert BEGINS not in there.get(f"/p/{poll.slug}/{address}").text


def test_the_invitation_travels_along_to_the_second_thoughts(vera: Browser) -> None:
    poll = a_poll(policy="invitation", changes_allowed=True)
    code = invitations.issue(poll, 1)[0].code
    votes(vera, poll, extra={"invitation": code})
    page = vera.get(f"/p/{poll.slug}/", params={"invitation": code}).text
    links = re.findall(r'href="([^"]*invitation[^"]*)"', page)
    assert links == [
        f"/p/{poll.slug}/?show=ballot&amp;invitation={code}",
        f"/p/{poll.slug}/withdraw/?invitation={code}",
    ]
    answer = vera.get(links[1])
    assert f'<input type="hidden" name="invitation" value="{code}">' in answer.text
    assert answer.headers["cache-control"] == "private, no-store"


def test_without_javascript_a_withdrawal_ends_at_the_form(vera: Browser) -> None:
    poll = a_poll(changes_allowed=True)
    votes(vera, poll)
    answer = vera.post(f"/p/{poll.slug}/withdraw/", data={"paper": paper_of(poll)})
    assert answer.status_code == 303
    page = vera.get(answer.headers["location"]).text
    assert "Your vote is withdrawn." in page
    assert 'class="ballot"' in page


@pytest.mark.parametrize("place", ["p", "embed"])
def test_a_receipt_code_is_told_where_the_ballots_are_published(place: str, vera: Browser, victor: Browser) -> None:
    poll = a_poll(ballots_published=True, reveal="after_close")
    told = ApiDoor().vote(vera, poll.slug, answers_of(poll), paper_of(poll)).response.json()["receipt_code"]
    assert re.fullmatch(r"[A-Z2-7]{4}(-[A-Z2-7]{4}){3}", told)
    assert Ballot.objects.get().receipt == told.replace("-", "")
    choice = choices_of(poll)[0]
    fields = {"paper": paper_of(poll), f"q{choice.question_id}": choice.pk}
    address = victor.post(f"/{place}/{poll.slug}/vote/", data=fields).headers["location"]
    kept = Ballot.objects.latest("id").receipt or ""
    assert invitations.grouped(kept) in victor.get(address).text
    assert "you find yours by this code" in victor.get(address).text


def test_no_receipt_code_is_told_where_no_ballots_are_published(vera: Browser) -> None:
    poll = a_poll()
    told = ApiDoor().vote(vera, poll.slug, answers_of(poll), paper_of(poll)).response.json()
    assert told["receipt_code"] is None
    assert "Your receipt" not in vera.get(f"/p/{poll.slug}/results/?receipt={told['receipt']}").text
