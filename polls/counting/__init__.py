"""Counting votes: pure Python, no Django, exact numbers. `count(profile, rule="irv", seed="…")` is the front door."""

from polls.counting.ballots import Ballot, ChoiceId, CountingError, Profile, Ranking
from polls.counting.ratings import Rating, rate, rate_choices
from polls.counting.registry import RULES
from polls.counting.results import Count, Round, Tie, Transfer
from polls.counting.shares import shares
from polls.counting.tellers import Comparison, compare, count

__all__ = [
    "RULES",
    "Ballot",
    "ChoiceId",
    "Comparison",
    "Count",
    "CountingError",
    "Profile",
    "Ranking",
    "Rating",
    "Round",
    "Tie",
    "Transfer",
    "compare",
    "count",
    "rate",
    "rate_choices",
    "shares",
]
