"""A poll and its tally as plain data, for templates and JSON alike. No query happens behind any of it."""

from ui.portraits.ballots import as_json as ballot_as_json
from ui.portraits.ballots import papers, said
from ui.portraits.documents import as_json, refusal_as_json, results_as_json
from ui.portraits.fields import Field, Option, fields
from ui.portraits.orders import ORDERS, settled
from ui.portraits.outcomes import Into, Outcome, Row, behind, numbers, outcomes, outline, set_aside, votes
from ui.portraits.polls import Instant, Line, Portrait, TongueLink, line, poll, tongues
from ui.portraits.spreadsheets import results_as_csv

__all__ = [
    "ORDERS",
    "Field",
    "Instant",
    "Into",
    "Line",
    "Option",
    "Outcome",
    "Portrait",
    "Row",
    "TongueLink",
    "as_json",
    "ballot_as_json",
    "behind",
    "fields",
    "line",
    "numbers",
    "outcomes",
    "outline",
    "papers",
    "poll",
    "refusal_as_json",
    "results_as_csv",
    "results_as_json",
    "said",
    "set_aside",
    "settled",
    "tongues",
    "votes",
]
