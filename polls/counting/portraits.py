"""A count as plain data for JSON, and as text for a terminal.

Whole numbers are JSON integers. Other numbers are exact decimal strings ("12.5"); only a mean that no finite decimal
can hold is rounded, half to even, to six decimals. The exact fraction stays in the Count.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from polls.counting.ballots import ChoiceId, Number, plain
from polls.counting.pairwise import Pairwise
from polls.counting.results import Count, Round, Tie

type _Named = Callable[[ChoiceId], str]


def portrait(count: Count, names: Mapping[ChoiceId, str] | None = None) -> dict[str, Any]:
    """Plain data for json.dumps; choices appear by `names`, or by their id.

    Keys: rule, seats, winners, ranking, rounds, pairwise, paths, ties, ballots, rules, notes. See docs/voting.md.
    """
    named = _naming(names or {})
    return {
        "rule": count.rule,
        "seats": count.seats,
        "winners": [named(choice) for choice in count.winners],
        "ranking": [[named(choice) for choice in group] for group in count.ranking],
        "rounds": [_round(stage, named) for stage in count.rounds],
        "pairwise": _matrix(count.pairwise, named),
        "paths": _matrix(count.paths, named),
        "ties": [_tie(tie, named) for tie in count.ties],
        "ballots": count.ballots,
        "rules": dict(count.rules),
        "notes": list(count.notes),
    }


def number(value: Number) -> int | str:
    """An int, or a decimal string."""
    value = plain(value)
    if isinstance(value, int):
        return value
    places = next((places for places in range(1, 13) if 10**places % value.denominator == 0), 6)
    scaled = round(value * 10**places)
    return f"{Decimal(scaled).scaleb(-places):f}"


def report(count: Count, names: Mapping[ChoiceId, str] | None = None) -> str:
    """The result for people: winners, ranking, rounds, ties and the stated choices, one thing a line."""
    named = _naming(names or {})
    return "\n".join(printable(line) for line in _report_lines(count, named))


def printable(text: str) -> str:
    """The text without control characters: names come from files, and a terminal obeys some of those."""
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)


def _report_lines(count: Count, named: _Named) -> Iterator[str]:
    yield f"{count.rules['rule']}, {count.ballots} ballot{'' if count.ballots == 1 else 's'}, seats: {count.seats}"
    yield f"Elected: {', '.join(map(named, count.winners)) or 'nobody'}"
    yield f"Ranking: {' > '.join(' = '.join(map(named, group)) for group in count.ranking) or 'no choices'}"
    yield from count.notes
    for turn, stage in enumerate(count.rounds, start=1):
        yield f"Round {turn}{f' ({stage.says})' if stage.says else ''}: {_tally_line(stage, named)}"
    if count.pairwise:
        yield from _duel_lines(count.pairwise, named)
    for tie in count.ties:
        yield _tie_line(tie, named)
    yield "Stated choices:"
    yield from (f"  {name.replace('_', ' ')}: {choice}" for name, choice in count.rules.items())


def _tally_line(stage: Round, named: _Named) -> str:
    parts = [f"{named(choice)} {number(votes)}" for choice, votes in stage.tally.items()]
    parts += [f"exhausted {number(stage.exhausted)}"] if stage.exhausted else []
    parts += [f"elected: {', '.join(map(named, stage.elected))}"] if stage.elected else []
    parts += [f"eliminated: {', '.join(map(named, stage.eliminated))}"] if stage.eliminated else []
    return "; ".join(parts)


def _duel_lines(matrix: Pairwise, named: _Named) -> Iterator[str]:
    yield "Duels:"
    for i, one in enumerate(matrix.choices):
        for j, other in enumerate(matrix.choices[:i]):
            yield f"  {named(other)} {matrix.votes[j][i]}, {named(one)} {matrix.votes[i][j]}"


def _tie_line(tie: Tie, named: _Named) -> str:
    how = f'lot, seed "{tie.seed}"' if tie.by == "lot" else tie.by
    return f"Tie in round {tie.round} over {tie.over} of {', '.join(map(named, tie.tied))}: {named(tie.chosen)} ({how})"


def _naming(names: Mapping[ChoiceId, str]) -> _Named:
    """Two choices may bear the same name; their ids then tell them apart."""
    shared = {name for name, bearers in Counter(names.values()).items() if bearers > 1}

    def named(choice: ChoiceId) -> str:
        name = names.get(choice, str(choice))
        return f"{name} ({choice})" if name in shared else name

    return named


def _numbers(tally: Mapping[ChoiceId, Number], named: _Named) -> dict[str, int | str]:
    return {named(choice): number(votes) for choice, votes in tally.items()}


def _list(choices: Iterable[ChoiceId], named: _Named) -> list[str]:
    return [named(choice) for choice in choices]


def _round(stage: Round, named: _Named) -> dict[str, Any]:
    moves = [
        {"from": named(move.source), "to": None if move.to is None else named(move.to), "votes": number(move.votes)}
        for move in stage.transfers
    ]
    return {
        "tally": _numbers(stage.tally, named),
        "eliminated": _list(stage.eliminated, named),
        "elected": _list(stage.elected, named),
        "exhausted": number(stage.exhausted),
        "lost": number(stage.lost),
        "transfers": moves,
        "says": stage.says,
    }


def _tie(tie: Tie, named: _Named) -> dict[str, Any]:
    return {
        "round": tie.round,
        "tied": _list(tie.tied, named),
        "over": tie.over,
        "chosen": named(tie.chosen),
        "by": tie.by,
        "seed": tie.seed,
        "lot": _list(tie.lot, named),
        "pairs": [[named(one), named(other)] for one, other in tie.pairs],
    }


def _matrix(matrix: Pairwise | None, named: _Named) -> dict[str, dict[str, int]] | None:
    if matrix is None:
        return None
    return {
        named(one): {named(other): votes for other, votes in zip(matrix.choices, row, strict=True) if other != one}
        for one, row in zip(matrix.choices, matrix.votes, strict=True)
    }
