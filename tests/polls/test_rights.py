"""What an editor may do with polls."""

from typing import Any, get_args

import pytest
from django.contrib.auth.models import AnonymousUser

from polls import rights
from tests.builders import a_poll
from tests.desk import an_editor

DEEDS = get_args(rights.Deed.__value__)


def _may(editor: Any) -> set[str]:
    return {deed for deed in DEEDS if rights.may(editor, deed)}


@pytest.mark.parametrize(
    ("given", "may"),
    [
        ("view", {"view"}),
        ("change", {"view", "change"}),
        ("add", {"add"}),
        ("delete", set()),
    ],
)
def test_who_may_change_polls_may_look_at_them_and_nothing_else_follows(given: str, may: set[str], house: None) -> None:
    assert _may(an_editor("olive", deeds=(f"{given}_poll",))) == may


@pytest.mark.parametrize("lacking", ["is_active", "is_staff"])
def test_who_may_not_come_to_the_desk_may_nothing_whoever_it_is(lacking: str, house: None) -> None:
    owner = an_editor("olive", is_superuser=True)
    assert _may(owner) == set(DEEDS)
    setattr(owner, lacking, False)
    assert _may(owner) == set()


def test_nobody_may_nothing(house: None) -> None:
    assert _may(None) == _may(AnonymousUser()) == set()


def test_an_editor_sees_their_own_polls_and_whoever_may_see_every_one_all(house: None) -> None:
    olive, otto, all_seeing = an_editor("olive"), an_editor("otto"), an_editor("ann", deeds=("see_every_poll",))
    poll = a_poll(organiser=olive).pk
    assert [rights.sees(editor, poll) for editor in (olive, otto, all_seeing)] == [True, False, True]
