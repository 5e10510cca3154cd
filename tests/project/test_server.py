"""How a server starts and stops; `tests/ui/test_processes.py` and `test_trial.py` show more ends of one."""

import signal
import socket
import threading

import pytest

from tests.server import UVICORN, a_server, free_port, run, start

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


def test_ctrl_c_stops_a_plain_uvicorn_without_a_traceback(house: None) -> None:
    with a_server(*UVICORN) as server:
        assert server.stop(signal.SIGINT) < 5
    assert server.process.returncode in {0, -signal.SIGINT}
    assert "Traceback" not in server.said()


def test_a_port_that_is_taken_is_named_in_a_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = run("-c", TWICE, DJANGO_SETTINGS_MODULE="project.settings", PORT=str(port))
    assert ended.returncode == 1
    sentence = f"pollstead: PORT is {port}, which another program uses already; choose another.\n"
    assert (ended.stdout, ended.stderr) == (sentence, sentence)


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
