"""What is stored costs nothing when it is not asked for: no page asks the database more often because there is more."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext

from polls import ballots, lifecycle, snapshots
from polls.kinds import Answer
from polls.models import Poll
from polls.terms import Door, Kind
from polls.voters import Voter
from tests.builders import a_draft, a_poll, now
from tests.desk import an_editor, at_desk
from tests.votes import a_ballot, a_writing
from ui import api, cache, index

pytestmark = pytest.mark.usefixtures("house")

type Looks = dict[str, Callable[[], object]]


def _asks(looks: Looks) -> dict[str, int]:
    numbers = {}
    for name, look in looks.items():
        with CaptureQueriesContext(connection) as queries:
            look()
        numbers[name] = len(queries)
    return numbers


def _some_polls(number: int) -> None:
    """Open and closed, every third with a text question, each with a ballot; and as many drafts."""
    for place in range(number):
        if place % 3 == 0:
            poll = a_poll(question={"kind": Kind.TEXT})
            a_writing(poll, "Tea")
        else:
            poll = a_poll()
            a_ballot(poll)
        if place % 4 == 1:
            lifecycle.close(poll, at=now())
        a_draft()


def test_lists_of_more_polls_take_no_more_queries() -> None:
    desk = at_desk(an_editor(is_superuser=True))
    looks: Looks = {
        "public list": lambda: index._listed(("en",)),
        "list of the API": lambda: api._listed(200, 0, ("en",), "https://polls.test"),
        "first page of the desk": lambda: desk.get("/admin/"),
        "list of the desk": lambda: desk.get("/admin/polls/poll/"),
        "search at the desk": lambda: desk.get("/admin/polls/poll/?q=which"),
    }
    _some_polls(4)
    _asks(looks)
    before = _asks(looks)
    _some_polls(12)
    assert _asks(looks) == before


def test_a_poll_with_more_ballots_takes_no_more_queries() -> None:
    desk, poll, written = at_desk(an_editor(is_superuser=True)), a_poll(), a_poll(question={"kind": Kind.TEXT})
    page = "/admin/polls/poll/{}/{}/"
    looks: Looks = {
        "entry of the cache": lambda: cache._found([poll.slug]),
        "entry of a poll with texts": lambda: cache._found([written.slug]),
        "page at the desk": lambda: desk.get(page.format(poll.pk, "change")),
        "texts": lambda: desk.get(page.format(written.pk, "texts")),
        "quarantine": lambda: desk.get(page.format(poll.pk, "quarantine")),
    }
    for place in range(3):
        a_ballot(poll)
        a_writing(written, f"Tea {place}")
    _asks(looks)
    before = _asks(looks)
    for place in range(20):
        a_ballot(poll, place % 3)
        a_writing(written, f"Coffee {place}")
    assert _asks(looks) == before


def test_a_larger_batch_takes_no_more_queries() -> None:
    polls = [a_poll(network_allowance=100), a_poll(policy="network", network_allowance=50)]

    def cast(name: str, number: int) -> None:
        ballots.cast_many([_casting(poll, f"{name}-{place}") for poll in found for place in range(number)])

    found = [snapshots.load(poll.slug) for poll in polls]
    numbers = _asks({"few": lambda: cast("few", 2), "many": lambda: cast("many", 20)})
    assert numbers["few"] == numbers["many"]
    assert [poll.ballots.count() for poll in polls] == [22, 22]


def _casting(poll: snapshots.PollSnapshot | None, name: str) -> ballots.Casting:
    assert poll
    answer = Answer(poll.questions[0].id, (poll.questions[0].choices[0].id,))
    voter = Voter(browser=name, network="192.0.2.1")
    return ballots.prepare(poll, [answer], voter=voter, nonce=name, door=Door.PAGE)


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize(
    ("name", "listed"),
    [
        ("poll_published", lambda polls, _at: polls.listed().order_by("-published_at", "-id")),
        ("poll_closing", lambda polls, at: polls.open(at).filter(closes_at__gt=at).order_by("closes_at")),
        ("poll_opening", lambda polls, at: polls.filter(opens_at__gt=at).order_by("opens_at")),
    ],
)
def test_lists_are_read_in_the_order_of_an_index(name: str, listed: Callable[..., QuerySet[Poll]]) -> None:
    # PostgreSQL knows how few polls a test has, and reads them all.
    plan = listed(Poll.objects, now())[:6].explain()
    assert f"USING INDEX {name}" in plan
    assert "TEMP B-TREE" not in plan
