"""What the desk's calendar says, in each language."""

import json
import re

import pytest
from django.utils import translation

from tests.desk import an_editor, at_desk
from ui.desk_words import WORDS


@pytest.mark.parametrize(
    ("language", "today"),
    [
        ("de", "Heute (%(date)s)"),
        ("fr", "Aujourd'hui (%(date)s)"),
        ("es", "Hoy (%(date)s)"),
        ("zh-hans", "今天（%(date)s）"),
        ("ar", "اليوم (%(date)s)"),
    ],
)
def test_a_calendar_speaks_the_language_of_the_desk(house: None, language: str, today: str) -> None:
    with translation.override(language):  # which the answer leaves behind it
        text = at_desk(an_editor()).get("/admin/jsi18n/", headers={"Accept-Language": language}).text
    found = re.search(r"const newcatalog = (\{.*?\n  \});", text, re.DOTALL)
    assert found
    told = json.loads(found[1])
    assert told["Today (%(date)s)"] == today
    assert [word for word in WORDS if told[word] == word] == []
