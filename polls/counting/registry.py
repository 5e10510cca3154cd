"""The rules by name, with what each of them states about itself. A new rule is one function and one entry here."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from polls.counting.ballots import CountingError
from polls.counting.condorcet import condorcet, minimax
from polls.counting.election import Election
from polls.counting.points import approval, borda, plurality, score
from polls.counting.ranked_pairs import ranked_pairs
from polls.counting.results import Outcome
from polls.counting.runoff import irv
from polls.counting.schulze import schulze
from polls.counting.star import star
from polls.counting.stv import stv


@dataclass(frozen=True, slots=True)
class Rule:
    """`family` says which statements apply; `marks` which marks of a ballot the rule reads."""

    title: str
    count: Callable[[Election], Outcome]
    family: str
    marks: str
    source: str


RULES: Mapping[str, Rule] = MappingProxyType(
    {
        "plurality": Rule("Plurality", plurality, "single", "rank", "the most first choices win"),
        "approval": Rule("Approval", approval, "approval", "score", "Brams and Fishburn 1978"),
        "score": Rule("Score", score, "score", "score", "the highest total score wins"),
        "star": Rule("STAR", star, "star", "score", "Equal Vote Coalition: score, then automatic run-off"),
        "borda": Rule("Borda", borda, "borda", "rank", "J.-C. de Borda 1781"),
        "irv": Rule("Instant run-off", irv, "elimination", "rank", "W. R. Ware 1871; one elimination a round"),
        "stv": Rule("Single transferable vote", stv, "stv", "rank", "Scottish Local Government Elections Order 2007"),
        "condorcet": Rule("Condorcet winner", condorcet, "condorcet", "rank", "M. de Condorcet 1785"),
        "ranked-pairs": Rule("Ranked pairs", ranked_pairs, "duels", "rank", "T. N. Tideman 1987"),
        "schulze": Rule("Schulze", schulze, "duels", "rank", "M. Schulze 2011"),
        "minimax": Rule("Minimax", minimax, "duels", "rank", "P. Simpson 1969, G. Kramer 1977"),
    }
)


def rule_named(name: str) -> Rule:
    """Raises CountingError for a name that is not in RULES."""
    if name not in RULES:
        raise CountingError(f"There is no rule {name!r}; the rules are {', '.join(RULES)}.")
    return RULES[name]
