"""The results of a poll as a table for spreadsheets: a line for each choice, and for each text that is shown."""

import csv
from collections.abc import Iterator, Sequence
from io import StringIO
from typing import Any

from django.utils.translation import gettext as _

from polls.counting.files.csv_table import safe_cell
from polls.kinds.base import QuestionResult
from polls.snapshots import PollSnapshot
from ui.portraits.documents import question_as_json

COLUMNS = ("question", "answered", "choice", "count", "percent", "mean", "leads", "text")


def results_as_csv(poll: PollSnapshot, results: Sequence[QuestionResult]) -> str:
    """With the numbers of the JSON API under its names. No cell is a formula. Ask `tallies` first."""
    text = StringIO()
    table = csv.DictWriter(text, COLUMNS, restval="")
    table.writeheader()
    for question, result in zip(poll.questions, results, strict=True):
        told = question_as_json(question, result, told=False)
        asked = {"question": safe_cell(question.text), "answered": result.answered}
        table.writerows(asked | line for line in _lines(told))
    return text.getvalue()


def _lines(told: dict[str, Any]) -> Iterator[dict[str, object]]:
    """At least one for each question."""
    for choice in told["choices"]:
        mean = choice["rating"]["mean"] if choice["rating"] else None
        yield {
            "choice": safe_cell(choice["text"]),
            "count": choice["count"],
            "percent": choice["percent"],
            "mean": "" if mean is None else mean,
            "leads": int(choice["leads"]),
        }
    if told["written"]:
        yield {"choice": _("Something else"), "count": told["written"]}
    elif not told["choices"]:
        yield {}
    for text in told["texts"]:
        yield {"text": safe_cell(text)}
