import json
import re
from typing import Any

from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.html import escape

from polls.models import Poll
from polls.terms import Status
from tests.builders import a_draft, a_poll
from tests.desk import an_editor, at_desk

LIST = "/admin/polls/poll/"
LOAD = f"{LIST}load/"


def sent(desk: Client, content: bytes | str) -> Any:
    file = SimpleUploadedFile("polls.json", content.encode() if isinstance(content, str) else content)
    return desk.post(LOAD, {"file": file})


def test_a_poll_leaves_as_a_file_and_comes_back_as_the_draft_of_whoever_loads_it(desk: Client, olive: User) -> None:
    poll = a_poll(title="Lunch", slug="lunch", organiser=olive)
    page = desk.get(f"{LIST}{poll.pk}/change/").content.decode()
    (address,) = re.findall(r'href="([^"]*/poll\.json)"', page)
    file = desk.get(address)
    assert file["Content-Disposition"] == 'attachment; filename="lunch.json"'
    told = json.loads(file.content)
    del told["polls"][0]["slug"]

    assert LOAD in desk.get(LIST).content.decode()
    answer = sent(desk, json.dumps(told))
    assert (answer.status_code, answer.url) == (302, f"{LIST}?phase=draft")
    assert "1 poll was loaded as a draft." in desk.get(answer.url).content.decode()
    loaded = Poll.objects.get(slug="lunch-2")
    assert (loaded.organiser, loaded.status) == (olive, Status.DRAFT)
    assert LogEntry.objects.get().change_message == "Loaded from a file."


def test_a_file_with_a_fault_loads_nothing_and_is_told_where(desk: Client) -> None:
    a_draft(slug="lunch")
    hostile = "<script>alert(1)</script>"
    page = sent(desk, json.dumps({"polls": [{"title": "A", "slug": "lunch", "questions": [], hostile: 1}]}))
    words = page.content.decode()
    assert "Nothing was loaded" in words
    assert "Another poll has this address already" not in words, "the file is wrong before anybody looks for addresses"
    assert escape(f"The key “{hostile}” is not known here.") in words
    assert hostile not in words
    assert "The file is not written in UTF-8." in sent(desk, b"\xff").content.decode()
    assert "This field is required." in desk.post(LOAD, {}).content.decode()
    assert "The file is too large." in sent(desk, b" " * (8 * 2**20 + 1)).content.decode()
    assert Poll.objects.count() == 1


def test_only_who_may_add_polls_loads_them_and_files_of_others_are_not_there(desk: Client) -> None:
    others = a_poll(organiser=an_editor("otto"))
    assert desk.get(f"{LIST}{others.pk}/poll.json").status_code == 404
    looks = at_desk(an_editor("vera", deeds=("view_poll", "change_poll")))
    assert looks.get(LOAD).status_code == 403
    assert sent(looks, '{"polls": []}').status_code == 403
    assert LOAD not in looks.get(LIST).content.decode()
