"""docs/refusals.md lists every refusal with its code, its status and its sentence."""

from collections import Counter
from pathlib import Path

import pytest
from django.utils import translation

from polls import refusals
from polls.refusals import Refusal
from polls.terms import Kind
from tests.attempts import every_refusal

PAGE = Path(__file__).resolve().parents[2] / "docs" / "refusals.md"


def sentence_of(kind: type[Refusal]) -> str:
    return kind("…").sentence if kind is refusals.Forbidden else kind().sentence


@pytest.mark.parametrize("kind", every_refusal(), ids=lambda kind: kind.__name__)
def test_every_refusal_is_listed_as_it_is(kind: type[Refusal]) -> None:
    assert f"| `{kind.code}` | {kind.status} | {sentence_of(kind)} |" in PAGE.read_text()


def test_nothing_is_listed_that_is_no_refusal() -> None:
    listed = {line.split("`")[1] for line in PAGE.read_text().splitlines() if line.startswith("| `")}
    assert listed == {kind.code for kind in every_refusal()}


def test_no_two_refusals_share_a_code() -> None:
    assert max(Counter(kind.code for kind in every_refusal()).values()) == 1


@pytest.mark.parametrize("kind", every_refusal(), ids=lambda kind: kind.__name__)
def test_a_refusal_never_sounds_like_a_machine(kind: type[Refusal]) -> None:
    words = sentence_of(kind).lower()
    assert not any(word in words for word in ("error", "invalid", "submit", "exception"))


@pytest.mark.parametrize(
    "refusal",
    [
        refusals.TextTooLong(12),
        *(refusals.TooFewChoices(12, kind=kind) for kind in (Kind.MULTIPLE, Kind.RANKED, Kind.RATING, Kind.SCORE)),
        refusals.TooManyChoices(12),
        refusals.TooLarge(12),
    ],
    ids=lambda refusal: refusal.code,
)
def test_a_refusal_counts_as_its_readers_do(refusal: Refusal) -> None:
    with translation.override("ar"):
        assert "١٢" in refusal.sentence
        assert "12" not in refusal.sentence
