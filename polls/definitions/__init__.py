"""Polls as a JSON file: what they ask, how, and in which languages; never what was voted, nor by whom.

    {"polls": [{"title": "Lunch", "slug": "lunch", "reveal": "always",
                "questions": [{"text": "What do we eat?", "kind": "multiple", "maximum": 2,
                               "choices": ["Soup", {"text": "Salad", "translations": {"de": {"text": "Salat"}}}]}],
                "translations": {"de": {"title": "Mittagessen"}}}]}

What is left out stands at its default. What is loaded is a draft. docs/moving.md names every key.
"""

from polls.definitions.faults import DefinitionError, Fault
from polls.definitions.reading import load
from polls.definitions.writing import written

__all__ = ["DefinitionError", "Fault", "load", "written"]
