"""Polls as a JSON file: what they ask, how, and in which languages; never what was voted, nor by whom.

    {"polls": [{"title": "Lunch", "slug": "lunch", "reveal": "always",
                "questions": [{"text": "What do we eat?", "kind": "multiple", "maximum": 2,
                               "choices": ["Soup", {"text": "Salad", "translations": {"de": {"text": "Salat"}}}]}],
                "translations": {"de": {"title": "Mittagessen"}}}]}

A file of one poll may also be that poll alone, without the list. What is left out stands at its default. What is loaded
is a draft. docs/moving.md names every key.
"""

from polls.definitions.differences import between
from polls.definitions.faults import DefinitionError, Fault
from polls.definitions.reading import decoded, one
from polls.definitions.schema import schema
from polls.definitions.storing import load, replace, store
from polls.definitions.writing import alone, written

__all__ = [
    "DefinitionError",
    "Fault",
    "alone",
    "between",
    "decoded",
    "load",
    "one",
    "replace",
    "schema",
    "store",
    "written",
]
