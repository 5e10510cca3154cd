"""What is wrong with the settings of a question, in sentences."""

import pytest

from polls import asking
from polls.models import Question
from polls.terms import Kind


@pytest.mark.parametrize(
    ("field", "settings"),
    [
        ("scale", {"kind": "rating", "scale": "nps", "lowest": 1, "highest": 10}),
        ("highest", {"kind": "rating", "scale": "stars", "highest": 2}),
        ("highest", {"kind": "rating", "scale": "stars", "highest": 11}),
        ("lowest", {"kind": "rating", "scale": "stars", "lowest": 0}),
        ("highest", {"kind": "rating", "scale": "numbers", "highest": 11}),
        ("highest", {"kind": "score", "lowest": 0, "highest": 101}),
        ("rule", {"kind": "score", "lowest": 0, "rule": "irv"}),
        ("rule", {"kind": "ranked", "rule": "star"}),
        ("rule", {"kind": "ranked", "rule": "stv", "seats": 1}),
        ("seats", {"kind": "ranked", "rule": "irv", "seats": 2}),
        ("seats", {"kind": "ranked", "rule": "stv", "seats": 3}),
        ("longest", {"kind": "text", "longest": 0}),
    ],
)
def test_a_setting_that_makes_no_sense_is_named_at_its_field(field: str, settings: dict[str, object]) -> None:
    assert list(asking.problems(Question(**settings), choices=3)) == [field]


@pytest.mark.parametrize(
    "settings",
    [
        {"kind": "single"},
        {"kind": "rating"},
        {"kind": "rating", "scale": "nps", "lowest": 0, "highest": 10},
        {"kind": "score", "lowest": 0, "highest": 5, "rule": "star"},
        {"kind": "ranked"},
        {"kind": "ranked", "rule": "stv", "seats": 2},
        {"kind": "text"},
    ],
)
def test_what_makes_sense_is_left_alone(settings: dict[str, object]) -> None:
    assert asking.problems(Question(**settings), choices=3) == {}


@pytest.mark.parametrize("kind", Kind)
def test_a_kind_at_its_defaults_has_no_problem(kind: Kind) -> None:
    assert asking.problems(Question(kind=kind, **asking.defaults(kind)), choices=3) == {}
