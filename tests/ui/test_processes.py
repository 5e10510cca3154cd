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


def test_an_answered_ballot_survives_kill_9() -> None:
    poll = a_poll(policy="open")
    for killed in range(1, 4):
        with a_server() as server:
            papers = [_paper(server, poll.slug) for _ in range(3)]
            answers = [_vote(server, poll, paper) for paper in papers]
            server.kill()
        assert [answer.status_code for answer in answers] == [200] * 3
        assert Ballot.objects.filter(poll=poll).count() == 3 * killed
    assert not audit.differences()


def test_a_retry_after_kill_9_is_counted_once() -> None:
    poll = a_poll()
    with a_server() as server:
        paper = _paper(server, poll.slug)
        assert _vote(server, poll, paper).status_code == 200
        server.kill()
    with a_server() as server:
        again = _vote(server, poll, paper)
    assert again.status_code == 200
    assert "Your vote is counted." in again.text
    assert Ballot.objects.filter(poll=poll).count() == 1


def test_two_servers_on_one_database_agree() -> None:
    poll = a_poll(policy="open")
    with a_server() as one, a_server() as other:
        for server in (one, other, one, other):
            assert _vote(server, poll, _paper(server, poll.slug)).status_code == 200
        time.sleep(1.2)
        pages = [httpx.get(f"{server.address}/p/{poll.slug}/results/") for server in (one, other, one, other)]
        counts = [httpx.get(f"{server.address}/api/v1/polls/{poll.slug}/results").json() for server in (one, other)]
    assert counts[0]["ballots"] == counts[1]["ballots"] == 4
    assert counts[0]["questions"] == counts[1]["questions"]
    assert len({(page.text, page.headers["etag"]) for page in pages}) == 1


def test_a_close_in_one_process_is_obeyed_by_another_at_once() -> None:
    poll = a_poll(policy="open")
    with a_server() as server:
        paper = _paper(server, poll.slug)
        lifecycle.close(poll, at=now())
        answer = _vote(server, poll, paper)
    assert answer.status_code == 409
    assert 'data-code="poll_closed"' in answer.text
