"""What only real processes show: a ballot that was answered survives kill -9, two servers agree, a stop is quick.

A start takes a second of a processor, so each server tells several things, one after the other.
"""

import os
import re
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

import httpx
import pytest
from django.db import connection
from psycopg.conninfo import conninfo_to_dict

from polls import audit, lifecycle
from polls.models import Ballot, Poll
from polls.terms import Policy
from project.maintenance import out_of_service
from tests.builders import a_poll, choices_of, now
from tests.server import NO_CERTIFICATES, SERVE, UVICORN, Server, a_server, the_database

pytestmark = [pytest.mark.process, pytest.mark.usefixtures("house")]


def _get(address: str, **headers: str) -> httpx.Response:
    return httpx.get(address, headers=headers, verify=NO_CERTIFICATES)


def _paper(server: Server, slug: str, **headers: str) -> str:
    found = re.search(r'name="paper" value="([^"]+)"', _get(f"{server.address}/p/{slug}/", **headers).text)
    assert found
    return found.group(1)


def _vote(server: Server, poll: Poll, paper: str, **headers: str) -> httpx.Response:
    choice = choices_of(poll)[0]
    return httpx.post(
        f"{server.address}/p/{poll.slug}/vote/",
        data={"paper": paper, f"q{choice.question_id}": str(choice.pk)},
        headers={"HX-Request": "true"} | headers,
        verify=NO_CERTIFICATES,
    )


def _is_out_of_service() -> bool:
    with out_of_service() as quiet:
        return quiet


def _is_not_fooled_by_a_client_on_localhost(server: Server) -> None:
    """Who forges an address still is where the votes come from."""
    poll = a_poll(policy=Policy.NETWORK, network_allowance=1)
    forged = [{"X-Forwarded-For": address} for address in ("203.0.113.1", "203.0.113.2")]
    answers = [_vote(server, poll, _paper(server, poll.slug, **headers), **headers) for headers in forged]
    assert [answer.status_code for answer in answers] == [200, 409], "a client forged its address"


def _stops_in_time_though_clients_are_connected(server: Server, poll: Poll) -> None:
    live = f"GET /live/{poll.slug} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
    with ExitStack() as clients:
        idle = clients.enter_context(httpx.Client(base_url=server.address, verify=NO_CERTIFICATES))
        idle.get("/healthz")
        for begun in (b"", live, b"GET /", b"POST /p/x/vote/ HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\npaper"):
            client = clients.enter_context(socket.create_connection(("127.0.0.1", server.port)))
            client.sendall(begun)
        assert server.stop() < 5
    assert server.process.returncode in {0, -signal.SIGTERM}
    assert "Traceback" not in server.said()


def test_an_answered_ballot_survives_kill_9_and_the_next_server_counts_its_retry_once_and_stops_in_time(
    settings: Any, tmp_path: Path
) -> None:
    poll, settings.DATA_DIR = a_poll(policy="open"), tmp_path
    with a_server(*UVICORN, DATA_DIR=str(tmp_path)) as server:
        papers = [_paper(server, poll.slug) for _ in range(3)]
        answers = [_vote(server, poll, paper) for paper in papers]
        assert not _is_out_of_service()
        server.kill()
        assert _is_out_of_service()
    assert [answer.status_code for answer in answers] == [200] * 3
    assert Ballot.objects.filter(poll=poll).count() == 3
    with a_server(*SERVE) as server:
        again = _vote(server, poll, papers[-1])
        assert (again.status_code, "Your vote is counted." in again.text) == (200, True)
        assert Ballot.objects.filter(poll=poll).count() == 3
        assert not audit.differences()
        _is_not_fooled_by_a_client_on_localhost(server)
        _stops_in_time_though_clients_are_connected(server, poll)


def test_two_servers_on_one_database_agree_and_obey_a_close_at_once_and_stop_in_time() -> None:
    poll = a_poll(policy="open")
    with ExitStack() as open_:
        one = open_.enter_context(a_server(*UVICORN))
        other = open_.enter_context(a_server(*SERVE, WEB_CONCURRENCY="2"))
        live = httpx.stream("GET", f"{one.address}/live/{poll.slug}", timeout=20, verify=NO_CERTIFICATES)
        stream = open_.enter_context(live)
        lines = stream.iter_lines()
        _until(lines, "0 votes")
        for server in (one, other, one, other):
            assert _vote(server, poll, _paper(server, poll.slug)).status_code == 200
        _until(lines, "4 votes")
        time.sleep(1.2)
        results, htmx = f"/p/{poll.slug}/results/", {"HX-Request": "true"}
        cards = [_get(f"{server.address}{results}", **htmx) for server in (one, other, one, other)]
        addresses = [f"{server.address}/api/v1/polls/{poll.slug}/results" for server in (one, other)]
        counts = [_get(address).json() for address in addresses]
        _ask_otherwise(poll, one)
        paper = _paper(one, poll.slug)
        lifecycle.close(poll, at=now())
        answer = _vote(one, poll, paper)
        _until(lines, ".closed.4")
        list(lines)  # and there it ends
        _is_not_fooled_by_a_client_on_localhost(one)
        for server in (one, other):  # and the other's two processes stop together
            _stops_in_time_though_clients_are_connected(server, a_poll())
    assert ("on SQLite the processes wait" in other.said()) == (connection.vendor == "sqlite")
    assert counts[0]["ballots"] == counts[1]["ballots"] == 4
    assert counts[0]["questions"] == counts[1]["questions"]
    assert len({(card.text, card.headers["etag"]) for card in cards}) == 1
    assert answer.status_code == 409
    assert 'data-code="poll_closed"' in answer.text


def _ask_otherwise(poll: Poll, server: Server) -> None:
    Poll.objects.filter(pk=poll.pk).update(title="Which one, please?")
    lifecycle.edited(poll)
    deadline = time.monotonic() + 1.5
    while "Which one, please?" not in _get(f"{server.address}/p/{poll.slug}/").text:
        assert time.monotonic() < deadline, "the old question is still asked"
        time.sleep(0.05)


def _until(lines: Iterator[str], words: str) -> None:
    assert any(words in line for line in lines), f"the stream ended without {words!r}"


class Line:
    """A port that leads to PostgreSQL. Frozen, it takes what is said and says nothing, and hangs up on nobody."""

    def __init__(self) -> None:
        self._flowing, self._carriers = threading.Event(), list[threading.Thread]()
        self.freeze, self._thaw = self._flowing.clear, self._flowing.set
        self._thaw()
        self._port = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._take, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_how: object) -> None:
        """After this nothing that came by the line is connected to PostgreSQL, if it has hung up here."""
        self._port.shutdown(socket.SHUT_RDWR)
        self._port.close()
        self._thaw()
        for carrier in self._carriers:
            carrier.join(10)

    @property
    def environment(self) -> dict[str, str]:
        """Of a server that is to reach the test's database by this line."""
        there = urlsplit(the_database()["DATABASE_URL"])
        user, port = there.netloc.rpartition("@")[0], self._port.getsockname()[1]
        return {"DATABASE_URL": there._replace(netloc=f"{user}@127.0.0.1:{port}", query="").geturl()}

    def _take(self) -> None:
        known = conninfo_to_dict(os.environ["DATABASE_URL"])
        host, port = str(known.get("host", "localhost")), int(known.get("port", 5432))
        with suppress(OSError):  # the port is closed
            while True:
                near, _address = self._port.accept()
                far = socket.socket(socket.AF_UNIX if host.startswith("/") else socket.AF_INET)
                far.connect(f"{host}/.s.PGSQL.{port}" if host.startswith("/") else (host, port))
                for ours, theirs in ((near, far), (far, near)):
                    self._carriers.append(threading.Thread(target=self._carry, args=(ours, theirs), daemon=True))
                    self._carriers[-1].start()

    def _carry(self, ours: socket.socket, theirs: socket.socket) -> None:
        with suppress(OSError):
            while said := ours.recv(65536):
                self._flowing.wait()
                theirs.sendall(said)
        with suppress(OSError):
            theirs.shutdown(socket.SHUT_WR)


@pytest.mark.only_on("postgresql")
def test_a_server_whose_database_is_frozen_stops_in_time_and_what_it_answered_is_counted() -> None:
    poll = a_poll(policy="open")
    with ExitStack() as open_:
        line = open_.enter_context(Line())
        server = open_.enter_context(a_server(*SERVE, **line.environment))
        assert _vote(server, poll, _paper(server, poll.slug)).status_code == 200
        line.freeze()
        for words in ("/api/v1/polls", f"/p/{poll.slug}/results/", "/readyz"):
            client = open_.enter_context(socket.create_connection(("127.0.0.1", server.port)))
            client.sendall(f"GET {words} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        time.sleep(0.3)
        assert server.stop() < 5
    assert server.process.returncode in {0, -signal.SIGTERM}
    assert "Traceback" not in server.said()
    assert Ballot.objects.filter(poll=poll).count() == 1


def test_a_process_that_died_is_replaced_and_said_and_none_outlives_the_one_that_looks_after_them() -> None:
    with a_server(*SERVE, WEB_CONCURRENCY="2") as server:
        os.kill(_workers(server)[0], signal.SIGKILL)
        _wait_for(lambda: "died (signal 9)" in server.said())
        workers = _workers(server)
        assert len(workers) == 2
        server.kill()
        _wait_for(lambda: not any(Path(f"/proc/{pid}").exists() for pid in workers))
    with socket.create_server(("127.0.0.1", server.port)):
        assert "Traceback" not in server.said()


@pytest.mark.once
def test_visitors_who_all_came_to_one_process_are_dealt_out_among_both() -> None:
    with a_server(*SERVE, WEB_CONCURRENCY="2") as server, ExitStack() as open_:
        one, frozen = _workers(server)
        visitors = [open_.enter_context(httpx.Client(verify=NO_CERTIFICATES)) for _ in range(40)]

        def all_are_answered() -> bool:
            return {visitor.get(f"{server.address}/healthz").status_code for visitor in visitors} == {200}

        os.kill(frozen, signal.SIGSTOP)
        try:
            assert all_are_answered()
            assert _connections(server, frozen) == 0
        finally:
            os.kill(frozen, signal.SIGCONT)
        _wait_for(lambda: all_are_answered() and min(_connections(server, pid) for pid in (one, frozen)) >= 17)


def _connections(server: Server, pid: int) -> int:
    """That a process of the server has with visitors."""
    rows = [row.split() for row in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    ours = {f"socket:[{row[9]}]" for row in rows if row[1].endswith(f":{server.port:04X}") and row[3] == "01"}
    held = 0
    for file in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(FileNotFoundError):
            held += str(file.readlink()) in ours
    return held


def _workers(server: Server) -> list[int]:
    children = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children").read_text().split()
    return [int(pid) for pid in children if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()]


def _wait_for(done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 15
    while not done():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)
