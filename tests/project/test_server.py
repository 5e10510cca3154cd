"""How a server starts and stops; `tests/ui/test_processes.py` and `test_trial.py` show more ends of one."""

import signal
import socket
import threading
import time
from pathlib import Path

import httpx
import pytest

from project import server
from tests.server import NO_CERTIFICATES, ROOT, UVICORN, a_server, free_port, run, start

pytestmark = [pytest.mark.process, pytest.mark.once]

TWICE = """
import django; django.setup()
from django.core.management import call_command
try:
    call_command("serve", host="127.0.0.1")
except SystemExit as refused:
    print(refused.code)
call_command("run", host="127.0.0.1")
"""


def test_a_plain_uvicorn_writes_down_no_codes_and_ctrl_c_stops_it_without_a_traceback(house: None) -> None:
    with a_server(*UVICORN) as ours:
        httpx.get(f"{ours.address}/p/nosuch/?invitation=K3YQ", verify=NO_CERTIFICATES)
        assert ours.stop(signal.SIGINT) < 5
    assert ours.process.returncode in {0, -signal.SIGINT}
    assert "Application startup complete" in ours.said()
    assert not any(word in ours.said() for word in ("Traceback", "K3YQ", "nosuch"))


def test_a_port_that_is_taken_is_named_in_a_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = run("-c", TWICE, DJANGO_SETTINGS_MODULE="project.settings", PORT=str(port))
    assert ended.returncode == 1
    sentence = f"pollstead: PORT is {port}, which another program uses already; choose another.\n"
    assert (ended.stdout, ended.stderr) == (sentence, sentence)


STARTS = """
from uvicorn import Config, Server
Server(Config("slow:app")).run()
"""
SLOW = """
import signal, sys, time
from project import server
if "before" in sys.argv:
    signal.raise_signal(signal.SIGTERM)
server.tame()
print("loading", flush=True)
end = time.monotonic() + 20
while time.monotonic() < end:
    time.sleep(1)
"""


@pytest.mark.waits
def test_a_stop_while_it_starts_is_obeyed_in_time(tmp_path: Path) -> None:
    """As on a machine that is busy, or with a database that says nothing."""
    (tmp_path / "slow.py").write_text(SLOW)
    ours = {"PYTHONPATH": f"{ROOT}:{tmp_path}", "DJANGO_SETTINGS_MODULE": "project.settings"}
    with start("-c", STARTS, "before", **ours) as before, start("-c", STARTS, **ours) as during:
        for process in (during, before):
            assert process.stdout
            assert process.stdout.readline() == "loading\n"
        begun = time.monotonic()
        during.terminate()
        for process in (during, before):
            process.wait(15)
            assert time.monotonic() - begun < server.LATEST + 1.5
            assert process.returncode == 0, process.stderr.read() if process.stderr else ""


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
