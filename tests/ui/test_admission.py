"""What meets a flood, and what nobody else meets."""

import json
import re
import time
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from types import SimpleNamespace
from typing import Any

import pytest

from polls.models import Ballot, Poll, Tally
from tests.browser import Browser
from tests.builders import a_poll, choices_of, now
from tests.doors import DOORS, ApiDoor, FormDoor, choosing
from tests.work import solved
from ui import admission, papers, voting

type Door = FormDoor | ApiDoor


def _paper(poll: Poll, age: float = 5) -> str:
    return papers.issue(poll.pk, at=now() - timedelta(seconds=age))


def _challenge(door: Door, reply: Any) -> dict[str, Any]:
    if isinstance(door, ApiDoor):
        return dict(reply.response.json()["challenge"])
    found = re.search(r'data-challenge="([^"]+)"', reply.response.text)
    assert found
    return dict(json.loads(unescape(found[1])))


def _flood(poll: Poll, network: str = "203.0.113.9", number: int = 501, at: float | None = None) -> None:
    """Votes that have come within this second."""
    for _ in range(number):
        admission.pressure.note(poll.pk, network, now=time.monotonic() if at is None else at)


@pytest.fixture
def always(settings: Any) -> None:
    settings.PROOF_OF_WORK = "always"


def test_work_lets_a_vote_in(always: None, browse: Callable[..., Browser], subtests: pytest.Subtests) -> None:
    poll = a_poll()
    for number, door in enumerate(DOORS, start=1):
        with subtests.test(door.name):
            vera, paper = browse(), _paper(poll)
            challenge = _challenge(door, door.vote(vera, poll.slug, choosing(poll), paper))
            assert door.vote(vera, poll.slug, choosing(poll), paper, extra={"work": solved(challenge)}).counted
            assert Ballot.objects.count() == number


def test_the_same_work_again_is_the_same_ballot(
    always: None, browse: Callable[..., Browser], subtests: pytest.Subtests
) -> None:
    poll = a_poll(policy="open")
    for number, door in enumerate(DOORS, start=1):
        with subtests.test(door.name):
            vera, paper = browse(), _paper(poll)
            solution = {"work": solved(_challenge(door, door.vote(vera, poll.slug, choosing(poll), paper)))}
            for _ in range(2):
                assert door.vote(vera, poll.slug, choosing(poll), paper, extra=solution).counted
            assert door.vote(vera, poll.slug, choosing(poll), _paper(poll), extra=solution).code == "work_needed"
            assert Ballot.objects.count() == number


def test_work_for_another_poll_is_worth_nothing(always: None, vera: Browser, subtests: pytest.Subtests) -> None:
    poll, other = a_poll(), a_poll()
    for door in DOORS:
        with subtests.test(door.name):
            challenge = _challenge(door, door.vote(vera, other.slug, choosing(other), _paper(other)))
            extra = {"work": solved(challenge)}
            assert door.vote(vera, poll.slug, choosing(poll), _paper(poll), extra=extra).code == "work_needed"


def test_what_is_no_work_is_refused(always: None, vera: Browser) -> None:
    poll = a_poll()
    for work in ("x", "é", "eyJhIjoxfQ=="):
        for door in DOORS:
            reply = door.vote(vera, poll.slug, choosing(poll), _paper(poll), extra={"work": work})
            assert reply.code == "work_needed", (work, door.name)


def test_the_form_comes_back_with_the_same_paper_and_the_choice(always: None, vera: Browser) -> None:
    poll = a_poll()
    paper = _paper(poll)
    reply = FormDoor("page", "/p/{slug}/vote/", {}).vote(vera, poll.slug, choosing(poll), paper)
    assert f'name="paper" value="{paper}"' in reply.response.text
    assert " checked" in reply.response.text
    assert "ui/work.js" in reply.response.text
    assert "ui/work.js" not in vera.get(f"/p/{poll.slug}/").text


def test_each_of_many_gets_a_paper_a_challenge_and_a_choice_of_their_own(
    always: None, vera: Browser, victor: Browser
) -> None:
    poll, htmx = a_poll(), {"HX-Request": "true"}
    first, second = choices_of(poll)[:2]
    tries = [(vera, first.pk), (victor, second.pk), (vera, second.pk), (victor, first.pk), (vera, 2**40)]
    texts, sent = [], [_paper(poll) for _ in tries]
    for (browser, choice), paper in zip(tries, sent, strict=True):
        fields = {"paper": paper, f"q{first.question_id}": choice}
        texts.append(browser.post(f"/p/{poll.slug}/vote/", data=fields, headers=htmx).text)
    for text, paper, (_browser, choice) in zip(texts[:4], sent, tries, strict=False):
        assert f'value="{paper}"' in text
        assert re.findall(r'value="(\d+)"[^>]*checked', text) == [str(choice)]
    assert len({re.search(r'data-challenge="([^"]+)"', text)[1] for text in texts[:4]}) == 4  # type: ignore[index]


def test_who_can_not_work_waits_twenty_seconds(
    always: None, browse: Callable[..., Browser], subtests: pytest.Subtests
) -> None:
    poll = a_poll()
    for door in DOORS:
        with subtests.test(door.name):
            vera = browse()
            assert door.vote(vera, poll.slug, choosing(poll), _paper(poll, age=18)).code == "work_needed"
            assert door.vote(vera, poll.slug, choosing(poll), _paper(poll, age=20)).counted


def test_a_network_can_not_wait_for_many_votes_at_once(always: None, vera: Browser) -> None:
    poll = a_poll(policy="open")
    codes = [ApiDoor().vote(vera, poll.slug, choosing(poll), _paper(poll, age=60)).code for _ in range(22)]
    assert codes == ["counted"] * 20 + ["work_needed"] * 2


def test_nobody_works_for_a_ballot_that_can_not_be_counted(always: None, vera: Browser) -> None:
    poll = a_poll()
    assert {door.name: door.vote(vera, poll.slug, [], _paper(poll)).code for door in DOORS} == dict.fromkeys(
        (door.name for door in DOORS), "too_few_choices"
    )


def test_work_is_asleep_until_there_is_pressure(browse: Callable[..., Browser]) -> None:
    poll = a_poll()

    def votes() -> dict[str, str]:
        return {door.name: door.vote(browse(), poll.slug, choosing(poll), _paper(poll)).code for door in DOORS}

    assert votes() == {door.name: "counted" for door in DOORS}
    _flood(poll)
    assert votes() == {door.name: "work_needed" for door in DOORS}


def test_a_known_browser_does_not_work_to_change_its_vote(browse: Callable[..., Browser]) -> None:
    poll = a_poll(changes_allowed=True)
    known = [(door, browse()) for door in DOORS]
    for door, vera in known:
        assert door.vote(vera, poll.slug, choosing(poll), _paper(poll)).counted, door.name
    _flood(poll)
    for door, vera in known:
        assert door.vote(vera, poll.slug, choosing(poll, 1), _paper(poll)).counted, door.name


def test_a_browser_that_is_known_works_where_everyone_votes_often(browse: Callable[..., Browser]) -> None:
    poll = a_poll(policy="open")
    known = [(door, browse()) for door in DOORS]
    for door, vera in known:
        assert door.vote(vera, poll.slug, choosing(poll), _paper(poll)).counted, door.name
    _flood(poll)
    for door, vera in known:
        assert door.vote(vera, poll.slug, choosing(poll), _paper(poll)).code == "work_needed", door.name


def test_an_operator_can_switch_work_off(browse: Callable[..., Browser], settings: Any) -> None:
    settings.PROOF_OF_WORK = "never"
    poll = a_poll()
    _flood(poll)
    for door in DOORS:
        assert door.vote(browse(), poll.slug, choosing(poll), _paper(poll)).counted, door.name


def test_this_machine_meets_no_throttle_and_no_pressure(browse: Callable[..., Browser]) -> None:
    poll = a_poll(policy="open")
    _flood(poll)
    for door in DOORS:
        assert door.vote(browse("127.0.0.1"), poll.slug, choosing(poll), _paper(poll)).counted, door.name
        assert not len(admission.networks), door.name


@pytest.mark.parametrize(
    ("age", "burst", "reason"),
    [(0, 0, "age"), (5, admission.BURST, "burst"), (5, 0, ""), (5, -1, "network")],
)
def test_under_pressure_what_looks_stuffed_is_set_aside(
    age: int,
    burst: int,
    reason: str,
    browse: Callable[..., Browser],
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
    subtests: pytest.Subtests,
) -> None:
    settings.PROOF_OF_WORK = "never"
    poll = a_poll()
    # All within one second, however long a busy machine takes.
    second = time.monotonic()
    monkeypatch.setattr(voting, "time", SimpleNamespace(monotonic=lambda: second))
    for number, door in enumerate(DOORS, start=1):
        with subtests.test(door.name):
            admission.clear()
            _flood(poll, at=second)
            if burst > 0:
                _flood(poll, "192.0.2.1", burst, at=second)
            if burst < 0:
                for seconds in range(1, 9):
                    for _ in range(25):
                        admission.pressure.note(poll.pk, "192.0.2.1", now=second - 9 + seconds)
            reply = door.vote(browse(), poll.slug, choosing(poll), _paper(poll, age))
            assert Ballot.objects.latest("id").set_aside_for == reason
            assert Ballot.objects.count() == number
            assert Tally.objects.get().set_aside == number * bool(reason)
            assert reply.code == ("received" if reason and isinstance(door, ApiDoor) else "counted")


@pytest.mark.parametrize(("of_network", "reason"), [(140, ""), (210, "network")])
def test_many_votes_of_one_network_are_set_aside_where_they_are_a_large_share(
    of_network: int, reason: str, vera: Browser, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.PROOF_OF_WORK = "never"
    poll, second = a_poll(), time.monotonic()
    monkeypatch.setattr(voting, "time", SimpleNamespace(monotonic=lambda: second))
    for number in range(of_network):
        admission.pressure.note(poll.pk, "192.0.2.1", now=second - 9 + 7 * number / of_network)
    _flood(poll, number=600, at=second)
    ApiDoor().vote(vera, poll.slug, choosing(poll), _paper(poll))
    assert Ballot.objects.get().set_aside_for == reason


@pytest.mark.parametrize("name", ["page", "fragment"])
def test_a_voter_whose_ballot_is_set_aside_hears_the_truth(name: str, vera: Browser, settings: Any) -> None:
    settings.PROOF_OF_WORK = "never"
    poll = a_poll()
    _flood(poll)
    paper = _paper(poll, age=0)
    said = []
    for _ in range(2):
        door = FormDoor(name, "/p/{slug}/vote/", {"HX-Request": "true"} if name == "fragment" else {})
        response = door.vote(vera, poll.slug, choosing(poll), paper).response
        said.append(vera.get(response.headers["location"]).text if name == "page" else response.text)
    for text in said:
        assert "Your vote is received and will be checked." in text
        assert "Your vote is counted." not in text


def test_results_say_how_many_are_set_aside(vera: Browser, victor: Browser, settings: Any) -> None:
    settings.PROOF_OF_WORK = "never"
    poll = a_poll()
    assert "set aside" not in vera.get(f"/p/{poll.slug}/results/").text
    _flood(poll)
    ApiDoor().vote(vera, poll.slug, choosing(poll), _paper(poll, age=0))
    assert "1 vote is set aside until it is checked" in victor.get(f"/p/{poll.slug}/results/").text
    told = victor.get(f"/api/v1/polls/{poll.slug}/results").json()
    assert (told["ballots"], told["set_aside"]) == (0, 1)


def test_hidden_results_do_not_say_how_many_are_set_aside(vera: Browser, victor: Browser, settings: Any) -> None:
    settings.PROOF_OF_WORK = "never"
    poll = a_poll(reveal="after_close")
    _flood(poll)
    ApiDoor().vote(vera, poll.slug, choosing(poll), _paper(poll, age=0))
    assert "set aside" not in victor.get(f"/p/{poll.slug}/results/").text
    assert "set_aside" not in victor.get(f"/api/v1/polls/{poll.slug}/results").text


@pytest.mark.parametrize("policy", ["invitation", "account"])
def test_polls_that_name_their_voters_know_no_pressure(policy: str, always: None, vera: Browser) -> None:
    from polls import invitations

    poll = a_poll(policy=policy)
    _flood(poll)
    extra = {"invitation": invitations.issue(poll, 1)[0].code} if policy == "invitation" else {}
    reply = ApiDoor().vote(vera, poll.slug, choosing(poll), _paper(poll), extra=extra)
    assert reply.code == ("counted" if policy == "invitation" else "sign_in_first")


def _exhaust(poll: Poll, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is left to the network of the voters, and nothing comes back, however long a busy machine takes."""
    second = time.monotonic()
    monkeypatch.setattr(voting, "time", SimpleNamespace(monotonic=lambda: second))
    while not admission.networks.take((poll.pk, "192.0.2.1"), now=second):
        pass


def test_a_throttled_form_comes_back_with_paper_and_choice(vera: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    poll = a_poll()
    _exhaust(poll, monkeypatch)
    paper = _paper(poll)
    reply = FormDoor("page", "/p/{slug}/vote/", {}).vote(vera, poll.slug, choosing(poll), paper)
    assert (reply.code, reply.response.headers["retry-after"]) == ("throttled", "1")
    assert f'name="paper" value="{paper}"' in reply.response.text


def test_a_throttled_form_does_not_repeat_a_paper_that_is_not_ours(
    vera: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    poll = a_poll()
    _exhaust(poll, monkeypatch)
    hostile = '"><script>alert(1)</script>'
    reply = FormDoor("page", "/p/{slug}/vote/", {}).vote(vera, poll.slug, choosing(poll), hostile)
    assert "<script>alert" not in reply.response.text
    assert 'name="paper" value="' in reply.response.text
