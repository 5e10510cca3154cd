"""Casting: the only writer of ballots and of the counters derived from them."""

from polls.ballots.batches import cast_at_once, cast_many
from polls.ballots.castings import Casting, Checked, check, prepare, receipt_code
from polls.ballots.changes import marks_by, marks_on, may_change, withdraw
from polls.ballots.outcomes import Batch, Begun, Counted, Outcome, Stale, TallyChange
from polls.ballots.quarantine import let_in, set_aside

__all__ = [
    "Batch",
    "Begun",
    "Casting",
    "Checked",
    "Counted",
    "Outcome",
    "Stale",
    "TallyChange",
    "cast_at_once",
    "cast_many",
    "check",
    "let_in",
    "marks_by",
    "marks_on",
    "may_change",
    "prepare",
    "receipt_code",
    "set_aside",
    "withdraw",
]
