"""What a browser or a program has already is not sent again."""

import pytest

from polls import lifecycle, snapshots
from polls.tallies import TallySnapshot
from tests.browser import Browser
from tests.builders import a_poll, now
from tests.doors import vote
from ui import etags
from ui.entries import Entry


@pytest.mark.parametrize("kind", ["single", "ranked", "rating"])
def test_asking_again_costs_nothing_until_something_moves(kind: str, vera: Browser) -> None:
    poll = a_poll(question={"kind": kind})
    address = f"/live/{poll.slug}/now"
    first = vera.get(address)
    assert first.headers["Cache-Control"] == "public, max-age=1"
    same = vera.get(address, headers={"If-None-Match": first.headers["ETag"].removeprefix("W/")})
    assert (same.status_code, same.content, same.headers["ETag"]) == (304, b"", first.headers["ETag"])
    assert "Content-Type" not in same.headers
    lifecycle.edited(poll)
    moved = vera.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert (moved.status_code, moved.text) == (200, first.text)


def test_the_api_sends_no_results_again_that_have_not_moved(vera: Browser, victor: Browser) -> None:
    poll = a_poll()
    address = f"/api/v1/polls/{poll.slug}/results"
    first = vera.get(address)
    known = {"If-None-Match": first.headers["ETag"]}
    same = vera.get(address, headers=known)
    assert (same.status_code, same.content, same.headers["Cache-Control"]) == (
        304,
        b"",
        "public, max-age=0, s-maxage=2",
    )
    vote(victor, poll)
    assert vera.get(address, headers=known).json()["ballots"] == 1


@pytest.mark.parametrize("address", ["/p/{}/results/", "/embed/{}/?show=results"])
def test_results_that_a_browser_has_are_not_sent_again(address: str, vera: Browser, victor: Browser) -> None:
    poll = a_poll()
    address = address.format(poll.slug)
    page, fragment = vera.get(address), vera.get(address, headers={"HX-Request": "true"})
    tag = fragment.headers["ETag"]
    assert page.headers["ETag"] != tag
    known = {"HX-Request": "true", "If-None-Match": tag}
    same = vera.get(address, headers=known)
    assert (same.status_code, same.content) == (304, b"")
    assert {"Cache-Control", "Vary", "Content-Security-Policy"} <= {name.title() for name in same.headers}
    vote(victor, poll)
    moved = vera.get(address, headers=known)
    assert (moved.status_code, "1 vote" in moved.text) == (200, True)
    # Whoever has voted is shown something else, though the numbers are the same.
    known["If-None-Match"] = moved.headers["ETag"]
    assert victor.get(address, headers=known).status_code == 200
    lifecycle.close(poll, at=now())
    assert "Final result" in vera.get(address, headers=known).text


def test_of_a_secret_poll_the_place_moves_with_what_is_let_be_seen_alone(house: None) -> None:
    poll = snapshots.of(a_poll(anonymous=True))
    question = poll.questions[0]
    one, other = str(question.choices[0].id), str(question.choices[1].id)
    entry = Entry(poll, TallySnapshot(version=1, ballots=1, released_counters={question.id: {}}), looked_at=0)
    before = etags.place(entry, at=now())
    first_said = {"counters": {question.id: {one: 2}}, "released_counters": {question.id: {one: 0}}}
    entry.tally = TallySnapshot(version=2, ballots=2, **first_said)
    assert etags.place(entry, at=now()) == before
    places = {before}
    for said in (one, other):
        # As many ballots, and other numbers.
        entry.tally = TallySnapshot(version=11, ballots=11, released=10, released_counters={question.id: {said: 10}})
        places.add(etags.place(entry, at=now()))
    assert len(places) == 3
    entry.heard = 12
    assert etags.place(entry, at=now()) is None


def test_a_tag_is_of_the_edition_that_prints_it_and_of_all_that_is_said() -> None:
    assert etags.edition() in etags.tag("1.1.open.1", "en")
    assert len({etags.tag(*said) for said in (("1.1.open.1", "en"), ("1.1.open.1", "de"), ("1.1.open.2", "en"))}) == 3
