"""docs/moving.md tells what a file with polls may hold: all of it, and as it is."""

import json
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from polls import definitions
from polls.definitions import keys
from polls.models import Poll

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "moving.md").read_text()


def block(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    assert found
    return found[1]


def test_its_example_can_be_loaded(house: None) -> None:
    (poll,) = definitions.load(block("json"), organiser=None)
    assert poll.translations.count() == 3


@pytest.mark.parametrize("key", [*keys.OF_A_POLL, *keys.OF_A_QUESTION, *keys.OF_A_CHOICE])
def test_every_key_is_named(key: str) -> None:
    assert f"`{key}`" in PAGE


def test_what_dumps_the_polls_of_the_tutorial_writes_a_file_that_can_be_loaded(
    house: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("polls.models.Question", SimpleNamespace(objects=_sorted(_asked("What’s up?"))))
    exec(block("python"), {})
    definitions.load(capsys.readouterr().out, organiser=None)
    poll = Poll.objects.get(title="What’s up?")
    assert poll.intro == "On our former site: Not much 3, The sky 12."
    assert [choice.text for choice in poll.questions.get().choices.all()] == ["Not much", "The sky"]


def _asked(text: str) -> Any:
    choices = [SimpleNamespace(choice_text="Not much", votes=3), SimpleNamespace(choice_text="The sky", votes=12)]
    return SimpleNamespace(question_text=text, choice_set=_sorted(*choices))


def _sorted(*rows: Any) -> Any:
    return SimpleNamespace(order_by=lambda _name: rows)


def test_it_says_what_a_count_gets_for_an_answer(house: None) -> None:
    votes = {"title": "A", "questions": [{"text": "?", "choices": [{"text": "A", "votes": 3}]}]}
    with pytest.raises(definitions.DefinitionError, match="Counts are not ballots"):
        definitions.load(json.dumps({"polls": [votes]}), organiser=None)
