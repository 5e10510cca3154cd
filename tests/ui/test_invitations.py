"""Polls by invitation at the doors: what a visitor is shown, and what no cache and no other site gets."""

from collections.abc import Callable
from html import unescape

import pytest

from polls import invitations, lifecycle
from polls.models import Ballot, Poll
from tests.browser import Browser
from tests.builders import a_draft, a_poll, a_question, now
from tests.doors import DOORS, ApiDoor, FormDoor, Reply, a_paper, choosing

type Door = FormDoor | ApiDoor
HTMX = {"HX-Request": "true"}
FACES = [("/p/{slug}/", {}), ("/p/{slug}/", HTMX), ("/embed/{slug}/", {}), ("/embed/{slug}/", HTMX)]


def _code(poll: Poll) -> str:
    return invitations.issue(poll, 1)[0].code


WAYS_TO_WRITE: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "between spaces": " {} ".format,
    "in small letters": str.lower,
    "in one word": lambda code: code.replace("-", ""),
}


@pytest.mark.parametrize("several", [False, True])
def test_a_code_that_is_to_be_mended_says_what_is_wrong_with_it(several: bool, vera: Browser) -> None:
    poll = a_poll(policy="invitation")
    if several:
        poll = a_draft(policy="invitation")
        a_question(poll)
        a_question(poll)
        lifecycle.publish(poll, at=now())
    for code, said in (("0000-0000-0000-0000", "This invitation is not valid."), ("", "This poll is by invitation.")):
        sent = {"paper": a_paper(poll), "invitation": code}
        for question in poll.questions.all():
            sent[f"q{question.pk}"] = str(question.choices.first().pk)
        text = vera.post(f"/p/{poll.slug}/vote/", data=sent).text
        assert 'aria-invalid="true" aria-describedby="refusal-code" autofocus>' in text
        assert text.count("autofocus") == 1
        assert text.count('id="refusal-code"') == 1
        assert said in text.partition('id="refusal-code"')[2]


def test_an_invitation_is_good_for_one_vote_however_it_is_written(
    door: Door, vera: Browser, victor: Browser, subtests: pytest.Subtests
) -> None:
    poll = a_poll(policy="invitation")
    answers, others = choosing(poll), choosing(poll, 1)
    codes = [issued.code for issued in invitations.issue(poll, len(WAYS_TO_WRITE))]
    for number, (way, write) in enumerate(WAYS_TO_WRITE.items(), start=1):
        with subtests.test(way):
            extra = {"invitation": write(codes[number - 1])}
            assert door.vote(vera, poll.slug, answers, a_paper(poll), extra=extra).counted
            extra = {"invitation": codes[number - 1]}
            assert door.vote(victor, poll.slug, others, a_paper(poll), extra=extra).code == "already_voted"
            assert Ballot.objects.count() == number


@pytest.mark.parametrize(("address", "headers"), FACES)
def test_a_link_puts_the_code_into_the_form(address: str, headers: dict[str, str], vera: Browser) -> None:
    poll = a_poll(policy="invitation")
    code = _code(poll)
    told = vera.get(address.format(slug=poll.slug), params={"invitation": code.lower()}, headers=headers)
    assert f'<input type="hidden" name="invitation" value="{code}">' in told.text
    assert told.headers["cache-control"] == "private, no-store"
    assert told.headers["referrer-policy"] == "same-origin"


@pytest.mark.parametrize(("address", "headers"), FACES)
def test_without_a_link_the_form_asks_for_the_code(address: str, headers: dict[str, str], vera: Browser) -> None:
    poll = a_poll(policy="invitation")
    told = vera.get(address.format(slug=poll.slug), headers=headers).text
    assert "The code from your invitation" in told
    assert 'type="hidden" name="invitation"' not in told


def test_one_visitors_code_is_not_in_the_form_of_another(vera: Browser, victor: Browser) -> None:
    poll = a_poll(policy="invitation")
    one, other = _code(poll), _code(poll)
    assert one in vera.get(f"/p/{poll.slug}/", params={"invitation": one}).text
    assert one not in victor.get(f"/p/{poll.slug}/", params={"invitation": other}).text
    assert one not in victor.get(f"/p/{poll.slug}/").text


def test_a_wrong_code_comes_back_to_be_mended_and_the_choice_is_kept(vera: Browser) -> None:
    poll = a_poll(policy="invitation")
    hostile = '"><script>alert(1)</script>'
    fields = {
        "paper": vera.paper(poll.slug),
        "invitation": hostile,
        f"q{choosing(poll)[0][0]}": choosing(poll)[0][1][0],
    }
    told = vera.post(f"/p/{poll.slug}/vote/", data=fields, headers=HTMX)
    assert "<script>alert" not in told.text
    assert f'value="{hostile}"' in unescape(told.text)
    assert " checked" in told.text
    assert told.headers["cache-control"] == "private, no-store"
    assert "<script>alert" not in vera.get(f"/p/{poll.slug}/", params={"invitation": hostile}).text


def test_an_answer_never_repeats_the_code_in_an_address(vera: Browser) -> None:
    poll = a_poll(policy="invitation")
    code = _code(poll)
    reply = FormDoor("page", "/p/{slug}/vote/", {}).vote(
        vera, poll.slug, choosing(poll), vera.paper(poll.slug), extra={"invitation": code}
    )
    assert code not in reply.response.headers["location"]
    assert all(code.replace("-", "") not in value for value in vera.client.cookies.values())


def test_two_people_at_one_browser_vote_with_two_invitations(vera: Browser) -> None:
    poll = a_poll(policy="invitation")
    mine, hers = _code(poll), _code(poll)
    door = ApiDoor()
    assert door.vote(vera, poll.slug, choosing(poll), vera.paper(poll.slug), extra={"invitation": mine}).counted
    assert "You have voted" in vera.get(f"/p/{poll.slug}/", params={"invitation": mine}).text
    assert f'value="{hers}"' in vera.get(f"/p/{poll.slug}/", params={"invitation": hers}).text
    assert "The code from your invitation" in vera.get(f"/p/{poll.slug}/?show=ballot").text
    assert door.vote(vera, poll.slug, choosing(poll), vera.paper(poll.slug), extra={"invitation": hers}).counted


def test_wrong_codes_are_slowed_down_and_right_ones_are_not(door: Door, vera: Browser, victor: Browser) -> None:
    poll = a_poll(policy="invitation")
    answers = choosing(poll)

    def tries(browser: Browser, code: str) -> Reply:
        return door.vote(browser, poll.slug, answers, a_paper(poll), extra={"invitation": code})

    codes = [one.code for one in invitations.issue(poll, 22)]
    assert all(tries(vera, code).counted for code in codes[:21]), "more than wrong codes may be tried"
    guesses = [tries(vera, "0" * 16).code for _ in range(21)]
    assert guesses == ["invitation_unknown"] * 20 + ["throttled"]
    reply = tries(vera, codes[21])
    assert (reply.code, 1 <= int(reply.response.headers["retry-after"]) <= 10) == ("throttled", True)
    assert tries(victor, codes[21]).counted


def test_an_invitation_does_not_get_around_the_allowance_of_a_network(browse: Callable[..., Browser]) -> None:
    poll = a_poll(policy="invitation", network_allowance=1)
    answers = choosing(poll)
    for number, door in enumerate(DOORS):
        vera, codes = browse(f"192.0.2.{number}"), [issued.code for issued in invitations.issue(poll, 2)]
        told = [door.vote(vera, poll.slug, answers, a_paper(poll), extra={"invitation": code}).code for code in codes]
        assert told == ["counted", "network_full"], door.name
