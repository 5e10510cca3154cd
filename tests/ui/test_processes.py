"""What only real processes show: a ballot that was answered survives kill -9, two servers agree, a stop is quick."""

import re
import time

import httpx
import pytest

from polls import audit, lifecycle
from polls.models import Ballot, Poll
from tests.builders import a_poll, choices_of, now
from tests.server import Server, a_server

pytestmark = [pytest.mark.process, pytest.mark.usefixtures("house")]


def _paper(server: Server, slug: str) -> str:
    found = re.search(r'name="paper" value="([^"]+)"', httpx.get(f"{server.address}/p/{slug}/").text)
    assert found
    return found.group(1)


def _vote(server: Server, poll: Poll, paper: str, place: int = 0) -> httpx.Response:
    choice = choices_of(poll)[place]
    return httpx.post(
        f"{server.address}/p/{poll.slug}/vote/",
        data={"paper": paper, f"q{choice.question_id}": str(choice.pk)},
        headers={"HX-Request": "true"},
    )


def test_an_answered_ballot_survives_kill_9_and_its_retry_is_counted_once() -> None:
    poll = a_poll(policy="open")
    last = ""
    for killed in range(1, 3):
        with a_server() as server:
            if last:
                again = _vote(server, poll, last)
                assert (again.status_code, "Your vote is counted." in again.text) == (200, True)
            papers = [_paper(server, poll.slug) for _ in range(3)]
            answers = [_vote(server, poll, paper) for paper in papers]
            server.kill()
        last = papers[-1]
        assert [answer.status_code for answer in answers] == [200] * 3
        assert Ballot.objects.filter(poll=poll).count() == 3 * killed
    assert not audit.differences()


def test_two_servers_on_one_database_agree_and_obey_a_close_at_once() -> None:
    poll = a_poll(policy="open")
    with a_server() as one, a_server() as other:
        for server in (one, other, one, other):
            assert _vote(server, poll, _paper(server, poll.slug)).status_code == 200
        time.sleep(1.2)
        pages = [httpx.get(f"{server.address}/p/{poll.slug}/results/") for server in (one, other, one, other)]
        counts = [httpx.get(f"{server.address}/api/v1/polls/{poll.slug}/results").json() for server in (one, other)]
        paper = _paper(one, poll.slug)
        lifecycle.close(poll, at=now())
        answer = _vote(one, poll, paper)
    assert counts[0]["ballots"] == counts[1]["ballots"] == 4
    assert counts[0]["questions"] == counts[1]["questions"]
    assert len({(page.text, page.headers["etag"]) for page in pages}) == 1
    assert answer.status_code == 409
    assert 'data-code="poll_closed"' in answer.text
