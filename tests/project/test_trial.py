import re
import signal
import sqlite3
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.contrib.auth.models import User

from project import trial
from project.management.commands.run import greeting
from tests.builders import a_poll
from tests.server import NO_CERTIFICATES, RUN, Server, a_server, collected

pytestmark = [pytest.mark.process, pytest.mark.once]


def test_the_first_start_adds_samples_and_a_login_and_later_ones_print_it_again(house: None, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    environment = {"DATABASE_URL": "", "DATA_DIR": str(folder), "STATIC_ROOT": collected()}
    with a_server(*RUN, **environment) as server:
        printed, polls = _printed(server), _polls(server)
        assert _logs_in(server.address, *printed)
        known = _password_in(folder)
        assert server.stop(signal.SIGINT) < 5
        _ended_well(server, signal.SIGINT)
    with a_server(*RUN, **environment) as server:
        assert (_printed(server), _polls(server), _password_in(folder)) == (printed, polls, known)
        assert server.stop() < 5
        _ended_well(server, signal.SIGTERM)
    assert polls > 0


def _printed(server: Server) -> tuple[str, ...]:
    said = server.said()
    login = re.search(r"user (\S+), password (\S+)", said)
    assert login
    assert f"http://localhost:{server.port}/" in said
    return login.groups()


def _polls(server: Server) -> int:
    return int(httpx.get(f"{server.address}/api/v1/polls", verify=NO_CERTIFICATES).json()["count"])


def _logs_in(address: str, username: str, password: str) -> bool:
    with httpx.Client(base_url=address, headers={"Referer": address}, verify=NO_CERTIFICATES) as olive:
        login = olive.get("/admin/login/")
        form = {"username": username, "password": password, "csrfmiddlewaretoken": login.cookies["csrftoken"]}
        return olive.post("/admin/login/", data=form).status_code == 302


def _password_in(folder: Path) -> list[tuple[str, ...]]:
    """As it is kept: while it stays, who has logged in can log in again."""
    with sqlite3.connect(folder / "pollstead.sqlite3") as database:
        return database.execute("SELECT username, password, is_active FROM auth_user").fetchall()


def _ended_well(server: Server, sign: signal.Signals) -> None:
    assert server.process.returncode in {0, -sign}
    assert "Traceback" not in server.said()


def test_a_password_that_was_changed_is_not_printed(house: None) -> None:
    a_poll()  # so that no samples are added
    trial.begin()
    assert trial.login() == trial.login() is not None
    admin = User.objects.get()
    admin.set_password("olive’s own password")
    admin.save()
    assert trial.login() is None


@pytest.mark.parametrize(
    ("public", "hosts", "address"),
    [
        ("", ["*"], "http://localhost:8000"),
        ("https://polls.example", ["polls.example"], "https://polls.example"),
        ("", [".polls.example", "localhost"], "http://localhost:8000"),
        ("", [".polls.example"], "http://polls.example:8000"),
    ],
)
def test_the_address_that_is_printed_is_one_that_is_answered(
    settings: Any, public: str, hosts: list[str], address: str
) -> None:
    settings.PUBLIC_URL, settings.ALLOWED_HOSTS, settings.PORT = public, hosts, 8000
    said = greeting("127.0.0.1", None)
    assert (f"  {address}/\n" in said, f"  {address}/admin/" in said) == (True, True)
    assert ("It listens at 127.0.0.1, port 8000" in said) == ("localhost" not in address)
