import re
from pathlib import Path

import httpx
import pytest
from django.contrib.auth.models import User

from project import trial
from tests.builders import a_poll
from tests.server import NO_CERTIFICATES, RUN, a_server

pytestmark = [pytest.mark.process, pytest.mark.once]


def test_the_first_start_adds_samples_and_a_login_and_later_ones_print_it_again(house: None, tmp_path: Path) -> None:
    environment = {"DATABASE_URL": "", "DATA_DIR": str(tmp_path / "data"), "STATIC_ROOT": str(tmp_path / "static")}
    printed, polls = [], []
    for _ in range(2):
        with a_server(*RUN, **environment) as server:
            said = server.said()
            login = re.search(r"user (\S+), password (\S+)", said)
            assert login
            assert f"http://localhost:{server.port}/" in said
            assert _logs_in(server.address, *login.groups())
            polls.append(httpx.get(f"{server.address}/api/v1/polls", verify=NO_CERTIFICATES).json()["count"])
            printed.append(login.groups())
            server.stop()
    assert printed[0] == printed[1]
    assert polls[0] == polls[1] > 0


def _logs_in(address: str, username: str, password: str) -> bool:
    with httpx.Client(base_url=address, headers={"Referer": address}, verify=NO_CERTIFICATES) as olive:
        login = olive.get("/admin/login/")
        form = {"username": username, "password": password, "csrfmiddlewaretoken": login.cookies["csrftoken"]}
        return olive.post("/admin/login/", data=form).status_code == 302


def test_a_password_that_was_changed_is_not_printed(house: None) -> None:
    a_poll()  # so that no samples are added
    trial.begin()
    assert trial.login() == trial.login() is not None
    admin = User.objects.get()
    admin.set_password("olive’s own password")
    admin.save()
    assert trial.login() is None
