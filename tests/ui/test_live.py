"""Results that move by themselves: who gets them, what of them, and when."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from polls import ballots, lifecycle
from polls.models import Poll
from polls.terms import Reveal
from tests.browser import Browser
from tests.builders import a_draft, a_poll, a_question, choices_of, now
from tests.doors import ApiDoor, vote
from tests.votes import a_ballot
from tests.watcher import Watcher, wait_until
from ui import hub, live, prints
from ui.cache import cache


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub, "TICK", 0.1)


@pytest.fixture
def watch(browse: Callable[..., Browser]) -> Iterator[Callable[..., Watcher]]:
    """Makes watchers; at the end all leave, and nobody is left in the house."""
    made: list[Watcher] = []

    def watch(browser: Browser, path: str, **headers: str) -> Watcher:
        made.append(Watcher(browser, path, **headers))
        return made[-1]

    yield watch
    for watcher in made:
        watcher.leave()
    assert (hub.hub._viewers, hub.hub._channels, dict(hub.hub._networks)) == (0, {}, {})


def test_a_vote_moves_what_others_see(vera: Browser, victor: Browser, watch: Callable[..., Watcher]) -> None:
    poll = a_poll(choices=("Old\r\nMill", "B"))
    watcher = watch(victor, f"/live/{poll.slug}")
    assert watcher.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert watcher.headers["cache-control"] == "no-store, no-transform"
    assert "0 votes" in watcher.wait(1)["data"]
    watcher.stays_silent(1)
    vote(vera, poll)
    event = watcher.wait(2)
    assert event["id"] == f"{poll.pk}.{poll.version}.open.1"
    assert "1 vote" in event["data"]
    assert "100 %" in event["data"]
    assert "your choice" not in event["data"]
    assert "[[" not in event["data"]
    assert watcher.text.startswith("retry: ")


@pytest.mark.waits
def test_many_viewers_and_many_votes_are_one_print_and_one_event(
    browse: Callable[..., Browser], watch: Callable[..., Watcher], monkeypatch: pytest.MonkeyPatch
) -> None:
    poll, printed, parts = a_poll(policy="open"), [], prints.parts

    def counted(*args: Any, **kwargs: Any) -> bytes:
        printed.append(args)
        return parts(*args, **kwargs)

    monkeypatch.setattr(hub, "TICK", 0.5)
    monkeypatch.setattr(prints, "parts", counted)
    voter, viewers = browse(), [watch(browse(), f"/live/{poll.slug}") for _ in range(5)]
    for viewer in viewers:
        viewer.wait(1)
    printed.clear()
    choice = choices_of(poll)[0]
    papers = [voter.paper(poll.slug) for _ in range(20)]
    letters = [ApiDoor().letter(poll.slug, [(choice.question_id, [choice.pk])], paper) for paper in papers]
    assert {answer.status_code for answer in voter.together(letters)} == {200}
    assert "20 votes" in viewers[-1].wait(2)["data"]
    for viewer in viewers:
        viewer.stays_silent(2)
    assert len(printed) == 1


def test_who_comes_back_keeps_the_place(vera: Browser, watch: Callable[..., Watcher]) -> None:
    poll = a_poll()
    place = watch(vera, f"/live/{poll.slug}").wait(1)["id"]
    again = watch(vera, f"/live/{poll.slug}?at=long-ago", last_event_id=place)
    onward = watch(vera, f"/live/{poll.slug}?at={place}")
    for watcher in (again, onward):
        watcher.stays_silent(0)
    a_ballot(poll)
    assert "1 vote" in again.wait(1)["data"]
    assert "1 vote" in onward.wait(1)["data"]


@pytest.mark.parametrize("address", ["/live/{}", "/live/{}/now"])
@pytest.mark.parametrize(
    ("reveal", "code"),
    [("after_voting", "results_after_voting"), ("after_close", "results_after_close"), ("never", "results_hidden")],
)
def test_hidden_results_are_not_told(reveal: Reveal, code: str, address: str, vera: Browser, victor: Browser) -> None:
    poll = a_poll(reveal=reveal)
    vote(victor, poll)
    answer = vera.get(address.format(poll.slug))
    assert (answer.status_code, answer.json()["code"]) == (403, code)
    assert "ETag" not in answer.headers


def test_results_after_voting_are_told_to_voters_alone(
    vera: Browser, victor: Browser, watch: Callable[..., Watcher]
) -> None:
    poll = a_poll(reveal="after_voting")
    vote(vera, poll)
    watcher = watch(vera, f"/live/{poll.slug}")
    assert "1 vote" in watcher.wait(1)["data"]
    assert vera.get(f"/live/{poll.slug}/now").headers["Cache-Control"] == "private, no-cache"
    assert vera.get(f"/p/{poll.slug}/results/").headers["ETag"]
    for address in (f"/live/{poll.slug}", f"/live/{poll.slug}/now"):
        assert victor.get(address).status_code == 403
        assert victor.get(address, headers={"If-None-Match": "*"}).status_code == 403


def test_a_receipt_lets_a_voter_without_cookies_watch(
    vera: Browser, victor: Browser, watch: Callable[..., Watcher]
) -> None:
    poll = a_poll(reveal="after_voting")
    choice = choices_of(poll)[0]
    vote = {"paper": vera.paper(poll.slug), f"q{choice.question_id}": choice.pk}
    card = vera.post(f"/p/{poll.slug}/vote/", data=vote, headers={"HX-Request": "true"}).text
    receipt = card.partition('data-receipt="')[2].partition('"')[0]
    assert "1 vote" in watch(victor, f"/live/{poll.slug}?receipt={receipt}").wait(1)["data"]


def test_a_secret_poll_is_told_of_in_batches(vera: Browser, watch: Callable[..., Watcher]) -> None:
    poll = a_poll(anonymous=True)
    watcher = watch(vera, f"/live/{poll.slug}")
    before = watcher.wait(1)
    tags = {vera.get(f"/live/{poll.slug}/now").headers["ETag"]}
    for _ in range(9):
        a_ballot(poll)
        cache.forget(poll.pk)
        tags.add(vera.get(f"/live/{poll.slug}/now").headers["ETag"])
    watcher.stays_silent(1)
    assert len(tags) == 1
    a_ballot(poll)
    cache.forget(poll.pk)
    event = watcher.wait(2)
    assert "10 votes" in event["data"]
    assert event["id"] != before["id"]


def test_ballots_that_are_set_aside_are_told_of(vera: Browser, watch: Callable[..., Watcher]) -> None:
    poll = a_poll()
    a_ballot(poll)
    watcher = watch(vera, f"/live/{poll.slug}")
    watcher.wait(1)
    ballots.set_aside(poll, poll.ballots.values_list("pk", flat=True), reason="burst", at=now())
    said = watcher.wait(2)["data"]
    assert "0 votes" in said
    assert "1 vote is set aside" in said


def test_a_quiz_tells_right_answers_to_those_who_answered(
    vera: Browser, victor: Browser, watch: Callable[..., Watcher]
) -> None:
    poll = a_draft()
    a_question(poll, choices=("Right", "Wrong")).choices.filter(text="Right").update(right=True)
    lifecycle.publish(poll, at=now())
    vote(vera, poll)
    knows, guesses = watch(vera, f"/live/{poll.slug}"), watch(victor, f"/live/{poll.slug}")
    assert "right answer" in knows.wait(1)["data"]
    assert "right answer" not in guesses.wait(1)["data"]


def test_the_close_is_the_last_event(vera: Browser, watch: Callable[..., Watcher]) -> None:
    poll = a_poll()
    watcher = watch(vera, f"/live/{poll.slug}")
    watcher.wait(1)
    lifecycle.close(poll, at=now())
    assert ".closed." in watcher.wait(2)["id"]
    wait_until(lambda: watcher.ended)


def test_whoever_may_not_see_any_more_is_sent_away(vera: Browser, watch: Callable[..., Watcher]) -> None:
    poll = a_poll()
    watcher = watch(vera, f"/live/{poll.slug}")
    watcher.wait(1)
    Poll.objects.filter(pk=poll.pk).update(reveal="after_close", version=poll.version + 1)
    cache.forget(poll.pk)
    wait_until(lambda: watcher.ended)
    assert len(watcher.events) == 1


def test_a_full_house_says_so(
    vera: Browser, victor: Browser, watch: Callable[..., Watcher], monkeypatch: pytest.MonkeyPatch
) -> None:
    poll = a_poll()
    monkeypatch.setattr(hub, "MOST_OF_NETWORK", 1)
    first = watch(vera, f"/live/{poll.slug}")
    refused = vera.get(f"/live/{poll.slug}")
    assert (refused.status_code, refused.json()["code"]) == (503, "too_many_watch")
    assert refused.headers["Retry-After"] == "60"
    other = watch(victor, f"/live/{poll.slug}")
    assert (first.status, other.status) == (200, 200)
    other.leave()
    monkeypatch.setattr(hub, "MOST", 1)
    assert victor.get(f"/live/{poll.slug}").status_code == 503
    first.leave()
    assert watch(vera, f"/live/{poll.slug}").status == 200


def test_a_silent_stream_shows_that_it_is_alive(
    vera: Browser, watch: Callable[..., Watcher], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "BEAT", 0.3)
    watcher = watch(vera, f"/live/{a_poll().slug}")
    wait_until(lambda: watcher.text.count("\n:\n\n") >= 2)
    assert len(watcher.events) == 1


def test_a_stream_ends_by_itself_some_day(
    vera: Browser, watch: Callable[..., Watcher], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "LONGEST", 0.3)
    watcher = watch(vera, f"/live/{a_poll().slug}")
    wait_until(lambda: watcher.ended)


def test_the_head_of_a_stream_comes_without_the_stream(vera: Browser) -> None:
    head = vera.request("HEAD", f"/live/{a_poll(reveal='always').slug}")
    assert (head.status_code, head.headers["content-type"]) == (200, "text/event-stream; charset=utf-8")
    assert (head.content, "content-length" in head.headers) == (b"", False)


@pytest.mark.parametrize(
    ("method", "address", "status"),
    [
        ("POST", "/live/{}", 405),
        ("PUT", "/live/{}", 405),
        ("POST", "/live/{}/now", 405),
        ("GET", "/live/nothing", 404),
        ("GET", "/live/nothing/now", 404),
    ],
)
def test_what_is_no_stream_is_refused_to_programs(method: str, address: str, status: int, vera: Browser) -> None:
    answer = vera.request(method, address.format(a_poll().slug))
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/problem+json")


def test_only_results_that_can_move_are_live(vera: Browser) -> None:
    poll = a_poll()
    card = vera.get(f"/p/{poll.slug}/results/").text
    assert f'data-live="/live/{poll.slug}" data-place="{poll.pk}.{poll.version}.open.0"' in card
    assert "ui/live" in card
    assert "data-live" not in vera.get(f"/p/{poll.slug}/").text
    # Under a refusal too: who does not know the place asks for the whole card, and the refusal is gone.
    vote(vera, poll)
    again = {f"q{choices_of(poll)[1].question_id}": choices_of(poll)[1].pk, "paper": vera.paper(poll.slug)}
    refused = vera.post(f"/p/{poll.slug}/vote/", data=again).text
    assert "You have already voted" in refused
    assert f'data-place="{poll.pk}.{poll.version}.open.1"' in refused
    lifecycle.close(poll, at=now())
    closed = vera.get(f"/p/{poll.slug}/results/").text
    assert "data-live" not in closed
    assert "ui/live" not in closed


def test_what_moves_is_what_the_card_shows_to_a_stranger(vera: Browser, victor: Browser) -> None:
    poll = a_poll(title="Two things")
    a_question(poll, "And which of these?", kind="rating")
    lifecycle.edited(poll)
    _vote_both(victor, poll)
    card = vera.get(f"/p/{poll.slug}/results/", headers={"HX-Request": "true"}).text
    moving = vera.get(f"/live/{poll.slug}/now").text
    assert moving.count("data-part=") == card.count("data-part=") == 6
    for line in moving.splitlines():
        assert line.strip() in card


def _vote_both(browser: Browser, poll: Poll) -> None:
    one, two = poll.questions.order_by("position")
    vote = {"paper": browser.paper(poll.slug), f"q{one.pk}": one.choices.first().pk}
    vote |= {f"q{two.pk}_score_{choice.pk}": 3 for choice in two.choices.all()}
    assert browser.post(f"/p/{poll.slug}/vote/", data=vote).status_code == 303


@pytest.mark.parametrize("reveal", list(Reveal))
def test_a_card_without_results_waits_for_the_close_and_hears_of_nothing_else(
    reveal: Reveal, vera: Browser, victor: Browser
) -> None:
    poll = a_poll(reveal=reveal)
    address = f"/live/{poll.slug}/phase"
    assert f'data-awaits="{address}"' in vera.get(f"/p/{poll.slug}/").text
    before = vera.get(address)
    assert (before.status_code, before.text) == (200, "open")
    vote(victor, poll)
    again = vera.get(address, headers={"If-None-Match": before.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    lifecycle.close(poll, at=now())
    after = vera.get(address, headers={"If-None-Match": before.headers["ETag"]})
    assert (after.status_code, after.text) == (200, "closed")
    assert "data-awaits" not in vera.get(f"/p/{poll.slug}/").text


def test_a_card_of_a_poll_that_is_not_open_yet_waits_for_that(vera: Browser) -> None:
    poll = a_poll(opens_at=now() + timedelta(days=1))
    address = f"/live/{poll.slug}/phase"
    card = vera.get(f"/p/{poll.slug}/", headers={"HX-Request": "true"}).text
    told = re.search(r'data-awaits="([^"]*)" data-stands="([^"]*)" data-turns="([^"]*)" data-card="([^"]*)"', card)
    assert told
    assert told.groups() == (address, vera.get(address).text, told[3], f"/p/{poll.slug}/")
    assert datetime.fromisoformat(told[3]) == poll.opens_at
    lifecycle.open_now(poll, at=now())
    assert vera.get(address).text == "open"
    assert f'data-awaits="{address}" data-stands="open"' in vera.get(f"/p/{poll.slug}/").text
