import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack

import httpx
import pytest

from polls.terms import Policy
from tests.browser import PAPER
from tests.builders import a_poll, choices_of
from tests.server import NO_CERTIFICATES, SERVE, UVICORN, Server, a_server, free_port, run, start

pytestmark = pytest.mark.process


@pytest.fixture(params=[SERVE, UVICORN], ids=["manage.py serve", "uvicorn"])
def server(request: pytest.FixtureRequest, house: None) -> Iterator[Server]:
    with a_server(*request.param) as server:
        yield server


def test_it_is_not_fooled_by_a_client_on_localhost_and_stops_in_time_though_clients_are_connected(
    server: Server,
) -> None:
    assert _two_votes_of_one_network(server) == [303, 409], "a client forged its address"
    live = f"GET /live/{a_poll().slug} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
    with ExitStack() as clients:
        idle = clients.enter_context(httpx.Client(base_url=server.address, verify=NO_CERTIFICATES))
        idle.get("/healthz")
        for begun in (b"", live, b"GET /", b"POST /p/x/vote/ HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\npaper"):
            client = clients.enter_context(socket.create_connection(("127.0.0.1", server.port)))
            client.sendall(begun)
        assert server.stop() < 5
    assert server.process.returncode in {0, -signal.SIGTERM}
    assert "Traceback" not in server.said()


def _two_votes_of_one_network(server: Server) -> list[int]:
    poll = a_poll(policy=Policy.NETWORK, network_allowance=1)
    choice = choices_of(poll)[0]
    statuses = []
    for forged in ("203.0.113.1", "203.0.113.2"):
        with httpx.Client(
            base_url=server.address, headers={"X-Forwarded-For": forged}, verify=NO_CERTIFICATES
        ) as mallory:
            paper = PAPER.search(mallory.get(f"/p/{poll.slug}/").text)
            assert paper
            vote = {"paper": paper.group(1), f"q{choice.question_id}": choice.pk}
            statuses.append(mallory.post(f"/p/{poll.slug}/vote/", data=vote).status_code)
    return statuses


@pytest.mark.once
def test_ctrl_c_stops_it_without_a_traceback(server: Server) -> None:
    assert server.stop(signal.SIGINT) < 5
    assert server.process.returncode in {0, -signal.SIGINT}
    assert "Traceback" not in server.said()


def test_several_processes_serve_at_one_port_and_stop_together(house: None) -> None:
    with a_server(*SERVE, WEB_CONCURRENCY="2") as server:
        assert httpx.get(f"{server.address}/readyz", verify=NO_CERTIFICATES).json() == {"status": "ready"}
        assert server.stop() < 5


@pytest.mark.once
@pytest.mark.parametrize("command", ["serve", "run"])
def test_a_port_that_is_taken_is_named_in_a_sentence(command: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = run("manage.py", command, "--host", "127.0.0.1", PORT=str(port))
    assert ended.returncode == 1
    assert ended.stderr == f"pollstead: PORT is {port}, which another program uses already; choose another.\n"


@pytest.mark.once
def test_a_stop_while_it_waits_for_the_database_is_obeyed() -> None:
    port = free_port()
    nobody = f"postgres://u:p@127.0.0.1:{free_port()}/db"
    with start("manage.py", "serve", "--prepare", PORT=str(port), DATABASE_URL=nobody) as process:
        assert process.stderr
        timer = threading.Timer(20, process.kill)
        timer.start()
        assert "Waiting up to 60 seconds" in process.stderr.readline()
        process.terminate()
        assert process.wait(5) == 128 + signal.SIGTERM
        timer.cancel()
