"""How old a result may be, and who waits for a count."""

import asyncio
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace

import pytest

from polls import lifecycle, snapshots
from polls.ballots import TallyChange
from polls.kinds import KINDS, Answer
from polls.kinds.base import QuestionResult
from polls.kinds.ranking import Ranked
from polls.models import Poll
from polls.snapshots import QuestionSnapshot
from polls.tallies import TallySnapshot
from polls.terms import Kind
from tests.browser import Browser
from tests.builders import a_poll, choices_of, now
from tests.desk import an_editor, at_desk
from tests.doors import ApiDoor
from ui import entries, readings
from ui.cache import cache
from ui.entries import Entry, Reading


class Slow(Ranked):
    """Counts as rankings are counted, when it is let."""

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.counts = 0
        self.threads: set[str] = set()

    def result(self, question: QuestionSnapshot, counters: Mapping[str, int]) -> QuestionResult:
        self.counts += 1
        self.threads.add(threading.current_thread().name)
        assert self.gate.wait(10)
        return super().result(question, counters)


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Iterator[Slow]:
    kind = Slow()
    monkeypatch.setitem(KINDS, Kind.RANKED, kind)  # type: ignore[arg-type]
    yield kind
    kind.gate.set()


@pytest.fixture
def entry(vera: Browser) -> Entry:
    poll = a_poll(question={"kind": "ranked"})
    found = vera.run(cache.entry(poll.slug))
    assert found
    return found


def a_vote(entry: Entry) -> None:
    question = entry.poll.questions[0]
    first, version, ballots = question.choices[0].id, entry.tally.version + 1, entry.tally.ballots + 1
    cache.move(
        TallyChange(entry.poll.id, version, ballots, ((question.id, "", ballots), (question.id, f"{first}", ballots)))
    )


def test_the_first_viewers_wait_for_one_count_in_a_readers_thread(slow: Slow, entry: Entry, vera: Browser) -> None:
    async def looks() -> list[Reading]:
        waiting = [asyncio.create_task(readings.of(entry, at=now())) for _ in range(5)]
        await asyncio.sleep(0.1)
        assert not any(look.done() for look in waiting)
        slow.gate.set()
        return await asyncio.gather(*waiting)

    assert len(set(map(id, vera.run(looks())))) == 1
    assert slow.counts == 1
    assert all(name.startswith("reader") for name in slow.threads)


def test_viewers_get_the_last_count_until_the_next_is_due(slow: Slow, entry: Entry, vera: Browser) -> None:
    slow.gate.set()
    first = vera.run(readings.of(entry, at=now()))
    a_vote(entry)
    assert vera.run(readings.of(entry, at=now())) is first
    time.sleep(entries.SOONEST)
    fresh = vera.run(readings.of(entry, at=now()))
    assert (first.tally.ballots, fresh.tally.ballots) == (0, 1)
    assert slow.counts == 2


def test_a_count_that_takes_long_keeps_nobody(slow: Slow, entry: Entry, vera: Browser) -> None:
    slow.gate.set()
    first = vera.run(readings.of(entry, at=now()))
    a_vote(entry)
    time.sleep(entries.SOONEST)
    slow.gate.clear()
    begun = time.monotonic()
    assert vera.run(readings.of(entry, at=now())) is first
    assert time.monotonic() - begun < 2
    html = vera.get(f"/p/{entry.poll.slug}/results/").text
    assert "0 votes" in html
    assert "1 more is being counted." in html


def test_the_desk_shows_the_count_that_voters_see(slow: Slow, entry: Entry, vera: Browser, victor: Browser) -> None:
    slow.gate.set()
    # A count that took a minute: the next is not due for five.
    entry.reading = replace(vera.run(readings.of(entry, at=now())), took=60.0)
    a_vote(entry)
    for name, cookie in at_desk(an_editor("olive", is_superuser=True)).cookies.items():
        victor.client.cookies.set(name, cookie.value)
    html = victor.get(f"/admin/polls/poll/{entry.poll.id}/results/").text
    assert "<strong>0</strong> ballots" in html
    assert "1 more is being counted." in html
    assert slow.counts == 1


def test_at_the_desk_a_count_that_lacks_ballots_is_not_called_final(slow: Slow, entry: Entry, vera: Browser) -> None:
    slow.gate.set()
    entry.reading = replace(vera.run(readings.of(entry, at=now())), took=60.0)
    a_vote(entry)
    entry.poll = replace(entry.poll, closes_at=now())
    desk = at_desk(an_editor("olive", is_superuser=True))
    told = desk.get(f"/admin/polls/poll/{entry.poll.id}/results/now/").content.decode()
    assert "1 more is being counted." in told
    assert "Final result" not in told
    entry.reading = replace(entry.reading, took=0.0, at=0.0)
    told = desk.get(f"/admin/polls/poll/{entry.poll.id}/results/now/", follow=True).content.decode()
    assert "Final result" in told


def test_the_next_count_waits_five_times_as_long_as_the_last_took() -> None:
    reading = Reading(TallySnapshot(), (), took=1.0, at=time.monotonic() - 4)
    assert not reading.is_due()
    assert Reading(TallySnapshot(), (), took=1.0, at=time.monotonic() - 5.1).is_due()


def test_a_change_of_the_poll_is_counted_at_once(entry: Entry, vera: Browser) -> None:
    assert "A, B, C" not in vera.get(f"/p/{entry.poll.slug}/results/").text
    poll = Poll.objects.get(pk=entry.poll.id)
    choices_of(poll)[0].question.choices.filter(text="A").update(text="Another name")
    lifecycle.edited(poll)
    assert "Another name" in vera.get(f"/p/{entry.poll.slug}/results/").text
    assert snapshots.load(poll.slug)


@pytest.mark.parametrize("kind", ["single", "ranked"])
def test_a_secret_poll_that_is_open_shows_the_last_release_everywhere(kind: str, vera: Browser) -> None:
    poll = a_poll(anonymous=True, question={"kind": kind})
    question, first = choices_of(poll)[0].question_id, choices_of(poll)[0].pk
    answer = Answer(question, choices=(first,)) if kind == "single" else Answer(question, ranking=((first,),))
    for _ in range(3):
        vera.client.cookies.clear()
        assert ApiDoor().vote(vera, poll.slug, [answer], vera.paper(poll.slug)).counted
        cache.clear()
    told = vera.get(f"/api/v1/polls/{poll.slug}/results").json()
    assert (told["ballots"], told["version"], told["questions"][0]["answered"]) == (0, 0, 0)
    for address in (f"/p/{poll.slug}/results/", f"/embed/{poll.slug}/?show=results"):
        assert "0 votes" in vera.get(address).text
    lifecycle.close(poll, at=now())
    assert vera.get(f"/api/v1/polls/{poll.slug}/results").json()["ballots"] == 3
