"""Profiles for tests, written as in the literature: `a_profile({"A>B=C": 3})`."""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from polls.counting import Ballot, ChoiceId, Profile, Ranking

KNOWN: dict[str, Any] = json.loads((Path(__file__).parents[2] / "data" / "ballot_profiles.json").read_text())


def a_ranking(written: str) -> Ranking:
    return tuple(tuple(group.split("=")) for group in written.split(">")) if written else ()


def a_profile(written: Mapping[str, int], *, choices: Iterable[ChoiceId] | None = None) -> Profile:
    return Profile.of({a_ranking(ranking): weight for ranking, weight in written.items()}, choices=choices)


def a_score_profile(rows: Sequence[Sequence[int]]) -> Profile:
    """One row for each ballot, one score for each choice; the choices are 0, 1, 2 …"""
    weights: dict[Ballot, int] = {}
    for row in rows:
        ballot = Ballot.scoring(dict(enumerate(row)))
        weights[ballot] = weights.get(ballot, 0) + 1
    return Profile.of(weights, choices=range(len(rows[0])))


def order(written: str) -> tuple[tuple[str, ...], ...]:
    """`"A>B=C"` as a ranking of a count."""
    return tuple(tuple(group.split("=")) for group in written.split(">"))
