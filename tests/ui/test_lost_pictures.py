"""A database that was put back without its pictures, and a disk that takes none: everything goes on without them."""

import errno
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import FileSystemStorage
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from polls.models import Choice, Poll
from tests.browser import Browser
from tests.builders import a_draft, a_poll, a_question, choices_of
from tests.desk import an_editor, as_it_stands, at_desk, change
from tests.doors import DOORS

LOST = {"picture": "choices/2026/0123456789abcdef01234567.webp", "picture_alt": "A bowl of noodles"}
CARDS = ("/p/{0}/", "/p/{0}/results/", "/embed/{0}/", "/api/v1/polls/{0}")
DRAWN = ("/p/{0}/results.svg", "/p/{0}/results.png", "/api/v1/polls/{0}/results", "/p/{0}/changes/", "/")


def test_cards_and_drawings_do_without_the_file_and_say_its_words(
    vera: Browser, settings: Any, tmp_path: Path, subtests: pytest.Subtests
) -> None:
    settings.MEDIA_ROOT = tmp_path / "nothing"
    poll = a_poll(policy="open", reveal="always")
    first = choices_of(poll)[0]
    Choice.objects.filter(pk=first.pk).update(**LOST)
    for door in DOORS:
        assert door.vote(vera, poll.slug, [(first.question_id, [first.pk])], vera.paper(poll.slug)).counted, door.name
    for address in (*CARDS, *DRAWN):
        with subtests.test(address):
            answer = vera.get(address.format(poll.slug))
            assert answer.status_code == 200
            assert address not in CARDS or "A bowl of noodles" in answer.text
    assert vera.get(f"/media/{LOST['picture']}").status_code == 404


def test_the_desk_does_without_the_file(house: None, settings: Any, tmp_path: Path, subtests: pytest.Subtests) -> None:
    settings.MEDIA_ROOT = tmp_path / "nothing"
    olive = an_editor()
    poll, desk = a_poll(organiser=olive), at_desk(olive)
    Choice.objects.update(**LOST)
    pages = [f"/admin/polls/poll/{poll.pk}/{page}/" for page in ("change", "results", "languages", "history")]
    previews = [f"/preview/{poll.pk}/{part}" for part in ("", "form/", "picture/", "picture.svg")]
    for address in (*pages, *previews, "/admin/", "/admin/polls/poll/"):
        with subtests.test(address):
            assert desk.get(address).status_code == 200
    assert desk.post(f"/admin/polls/poll/{poll.pk}/copy/", {"_form_submitted": "True"}).status_code == 302
    assert desk.post(f"/admin/polls/poll/{poll.pk}/delete/", {"post": "yes"}).status_code == 302
    assert set(Choice.objects.values_list("picture", "question__poll")) == {
        (LOST["picture"], Poll.objects.exclude(pk=poll.pk).get().pk)
    }


@pytest.mark.parametrize("reason", [errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES])
def test_a_disk_that_takes_no_picture_is_told_in_a_sentence_and_nothing_is_saved(
    reason: int, house: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> str:
        raise OSError(reason, "No")

    monkeypatch.setattr(FileSystemStorage, "_save", full)
    olive = an_editor()
    poll, desk = a_draft("Lunch?", organiser=olive), at_desk(olive)
    desk.raise_request_exception = False
    a_question(poll, "Where?", ["Noodles", "Pizza"])
    drawn = BytesIO()
    Image.new("RGB", (9, 9)).save(drawn, "PNG")
    picture = {"picture": SimpleUploadedFile("a.png", drawn.getvalue()), "picture_alt": "A bowl"}
    sent = {f"questions-0-choices-0-{name}": value for name, value in picture.items()}
    answer = desk.post(change(poll), as_it_stands(poll) | sent | {"title": "Dinner?"})
    assert (answer.status_code, "Nothing can be saved right now." in answer.text) == (503, True)
    assert Poll.objects.get().title == "Lunch?"
