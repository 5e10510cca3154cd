"""What a file of polls is refused for: a sentence at the place of each fault, and nothing is stored."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from polls import definitions
from polls.definitions import keys, shapes
from polls.models import Poll, Question
from polls.terms import Kind, Reveal
from tests.polls.definitions.files import LUNCH, asking, faults, faults_in, load, with_choices

pytestmark = pytest.mark.usefixtures("house")


def test_one_fault_keeps_every_poll_of_the_file_out_and_each_names_its_place() -> None:
    found = faults(LUNCH, {"title": "", "questions": [{"text": "?", "kind": "guess"}]}, {"questions": []})
    assert found.keys() == {"polls[1].title", "polls[1].questions[0].kind", "polls[2].title"}
    assert found["polls[2].title"] == "This is missing."
    assert not Question.objects.exists()


def test_a_fault_hides_no_other_one_beside_it_or_within_it() -> None:
    question = {"text": "?", "kind": "guess", "choices": ["A", "A"]}
    places = ["", ".title", ".questions[0].kind", ".questions[0].choices[1].text"]
    assert faults({"title": "", "titel": "x", "questions": [question]}).keys() == {
        f"polls[0]{place}" for place in places
    }


@pytest.mark.parametrize(
    ("poll", "place"),
    [
        (LUNCH | {"titel": "x"}, ""),
        (LUNCH | {"title": 7}, ".title"),
        (LUNCH | {"title": "x" * 201}, ".title"),
        (LUNCH | {"title": "a\0b"}, ".title"),
        (LUNCH | {"title": "\ud800"}, ".title"),
        (LUNCH | {"\ud800\0": 1}, ""),
        (LUNCH | {"slug": "Not So"}, ".slug"),
        (LUNCH | {"slug": None}, ".slug"),
        (LUNCH | {"language": "tlh"}, ".language"),
        (LUNCH | {"listed": "no"}, ".listed"),
        (LUNCH | {"listed": 0}, ".listed"),
        (LUNCH | {"network_allowance": True}, ".network_allowance"),
        (LUNCH | {"network_allowance": 2**31}, ".network_allowance"),
        (LUNCH | {"network_allowance": -1}, ".network_allowance"),
        (LUNCH | {"network_allowance": 0}, ""),
        (LUNCH | {"policy": "network"}, ""),
        (LUNCH | {"policy": []}, ".policy"),
        (LUNCH | {"retention_days": 40_000}, ".retention_days"),
        (LUNCH | {"closes_at": "2026-12-01 18:00"}, ".closes_at"),
        (LUNCH | {"closes_at": "2026-13-01T18:00:00Z"}, ".closes_at"),
        (LUNCH | {"closes_at": 0}, ".closes_at"),
        (LUNCH | {"opens_at": "2026-12-02T18:00:00Z", "closes_at": "2026-12-01T18:00:00Z"}, ""),
        (LUNCH | {"time_zone": "Mars"}, ".time_zone"),
        (LUNCH | {"allowed_sites": "https://a.example"}, ".allowed_sites"),
        (LUNCH | {"allowed_sites": ["javascript:1"]}, ".allowed_sites"),
        (LUNCH | {"questions": {}}, ".questions"),
        (LUNCH | {"questions": ["?"]}, ".questions[0]"),
        (LUNCH | {"questions": [LUNCH["questions"][0]] * 51}, ".questions"),
        (asking(kind=["single"]), ".questions[0].kind"),
        (asking(seats=2), ".questions[0].seats"),
        (asking(kind="text"), ".questions[0].choices"),
        (asking(kind="ranked", rule="stv"), ".questions[0].rule"),
        (asking(kind="multiple", minimum=3, maximum=2), ".questions[0]"),
        (asking(kind="multiple", maximum=10**400), ".questions[0].maximum"),
        (asking(kind="rating", scale="stars", highest=99), ".questions[0].highest"),
        (with_choices("A", "A"), ".questions[0].choices[1].text"),
        (with_choices("A", " A "), ".questions[0].choices[1].text"),
        (with_choices("A", 7), ".questions[0].choices[1]"),
        (with_choices("A", {}), ".questions[0].choices[1].text"),
        (7, ""),
        (with_choices("A", ""), ".questions[0].choices[1].text"),
        (with_choices("A", {"text": "B", "right": True}, kind="score"), ".questions[0].choices[1].right"),
        (with_choices(*map(str, range(101))), ".questions[0].choices"),
        (with_choices({"text": "A", "votes": 3}), ".questions[0].choices[0]"),
        (LUNCH | {"translations": []}, ".translations"),
        (LUNCH | {"translations": {"en": {"title": "x"}}}, ".translations.en"),
        (LUNCH | {"translations": {"klingon!": {"title": "x"}}}, ".translations.klingon!"),
        (LUNCH | {"translations": {"de": {"title": "x"}, "DE": {"title": "y"}}}, ".translations.DE"),
        (LUNCH | {"translations": {"de": {"text": "x"}}}, ".translations.de"),
        (LUNCH | {"translations": {"de": {"title": "x" * 201}}}, ".translations.de.title"),
        (LUNCH | {"translations": {"de": {"intro": "x"}}}, ".translations.de.intro"),
        (
            with_choices("A", {"text": "B", "translations": {"de": {"text": "A"}}}),
            ".questions[0].choices[1].translations.de.text",
        ),
    ],
)
def test_what_is_wrong_is_said_at_its_place(poll: Any, place: str) -> None:
    assert faults(poll).keys() == {f"polls[0]{place}"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "7",
        '{"polls": NaN}',
        '{"polls": [], "polls": []}',
        "[" * 100_000,
        '{"polls": ' + "1" * 5000 + "}",
    ],
)
def test_a_file_that_is_none_is_refused_in_a_sentence(text: str) -> None:
    (sentence,) = faults_in(text).values()
    assert sentence.endswith(".")


def test_of_a_file_that_is_wrong_throughout_twenty_faults_are_told() -> None:
    assert len(faults(*[{}] * 500)) <= 20
    assert "1,000 at most" in faults(*[LUNCH] * 1001)["polls"]
    assert "2,000,000" in faults_in(" " * 2_000_001)[""]


def test_a_file_may_be_one_poll_by_itself_and_its_faults_are_told_from_there() -> None:
    (poll,) = definitions.load(json.dumps(LUNCH), organiser=None)
    assert definitions.load(definitions.alone(poll).replace('"lunch"', '"supper"'), organiser=None)[0].slug == "supper"
    wrong = asking(kind="guess") | {"titel": "x", "slug": "lunch", "language": "tlh"}
    assert faults_in(json.dumps(wrong)).keys() == {"", "questions[0].kind", "language"}
    assert faults_in(json.dumps(LUNCH | {"slug": "lunch"})).keys() == {"slug"}
    assert faults_in("{}") == {"polls": "This is missing."}


def test_the_schema_knows_the_keys_and_values_that_are_read() -> None:
    told = definitions.schema()["properties"]
    question = told["questions"]["items"]["properties"]
    assert told.keys() == {*keys.OF_A_POLL, "questions", "translations"}
    assert question.keys() == {*keys.OF_A_QUESTION, "choices", "translations"}
    assert question["choices"]["items"]["anyOf"][1]["properties"].keys() == {*keys.OF_A_CHOICE, "translations"}
    assert (told["reveal"]["enum"], question["kind"]["enum"]) == (Reveal.values, Kind.values)
    assert (told["retention_days"]["type"], told["listed"]["default"]) == (["integer", "null"], True)


@pytest.mark.parametrize(
    "instant", ["1970-01-01T00:00:00+23:59", "9000-12-31T23:59:59-23:59", "0001-01-01T00:00:00+14:00"]
)
def test_an_instant_that_is_in_another_year_of_utc_is_told_by_that(instant: str) -> None:
    assert list(faults(LUNCH | {"closes_at": instant})) == ["polls[0].closes_at"]


def test_an_offset_that_no_place_on_earth_has_is_an_offset_on_every_database() -> None:
    (poll,) = load(LUNCH | {"closes_at": "2026-12-01T18:00:00+18:00"})
    assert Poll.objects.get(pk=poll.pk).closes_at == datetime(2026, 12, 1, tzinfo=UTC)


def test_a_key_that_stands_twice_among_very_many_is_found_by_looking_at_each_once() -> None:
    compared: list[object] = []

    class Key(str):
        __slots__ = ()

        def __eq__(self, other: object) -> bool:
            compared.append(other)
            return str(self) == other

        __hash__ = str.__hash__

    named = [Key(number) for number in range(2000)]
    with pytest.raises(definitions.DefinitionError):
        shapes._without_twins([(key, 1) for key in [*named, Key("twin"), Key("twin")]])
    assert len(compared) < 10 * len(named)


def test_a_poll_has_only_so_many_languages() -> None:
    codes = [f"{first}{second}" for first in "abcdefghijk" for second in "abcdefghijk" if first != "e"]
    told = {code: {"title": f"Lunch {code}"} for code in codes}
    assert faults(LUNCH | {"translations": told}) == {"polls[0].translations": "100 at most; here are 110."}
