import gzip

import pytest

from tests.browser import Browser
from tests.builders import a_poll
from tests.desk import an_editor, at_desk

pytestmark = [pytest.mark.usefixtures("house"), pytest.mark.once]

WANTED = {"Accept-Encoding": "gzip, br"}


def test_a_page_of_the_desk_goes_out_compressed_to_whoever_can_read_that() -> None:
    desk = at_desk(an_editor("olive"))
    plain, packed = (desk.get("/admin/polls/poll/add/", headers=wanted) for wanted in ({}, WANTED))
    assert "Content-Encoding" not in plain.headers
    assert (packed["Content-Encoding"], packed["Content-Length"]) == ("gzip", str(len(packed.content)))
    assert "Accept-Encoding" in packed["Vary"]
    page = gzip.decompress(packed.content)
    assert page.rstrip().endswith(b"</html>")
    assert len(packed.content) < len(page) / 5


def test_what_voters_and_programs_read_is_left_as_it_is(vera: Browser) -> None:
    poll = a_poll()
    answers = [vera.get(address, headers=WANTED) for address in (f"/p/{poll.slug}/", "/", "/api/v1/polls")]
    answers.append(at_desk(an_editor("olive")).get("/admin/jsi18n/", headers=WANTED))
    assert [answer.status_code for answer in answers] == [200] * 4
    assert not any("Content-Encoding" in answer.headers for answer in answers)
