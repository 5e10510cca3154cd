"""A poll as plain, frozen values: what the front doors keep in memory and the rules are checked against.

A snapshot has the poll's version. A ballot that was read against an old version is not counted but read again.
"""

from polls.snapshots.editions import Words, words_of
from polls.snapshots.nouns import (
    ChangeSnapshot,
    ChoiceSnapshot,
    PollSnapshot,
    QuestionSnapshot,
    Text,
    ThemeSnapshot,
    untranslated,
)
from polls.snapshots.taking import load, load_many, of, of_many, site_theme, theme, versions

__all__ = [
    "ChangeSnapshot",
    "ChoiceSnapshot",
    "PollSnapshot",
    "QuestionSnapshot",
    "Text",
    "ThemeSnapshot",
    "Words",
    "load",
    "load_many",
    "of",
    "of_many",
    "site_theme",
    "theme",
    "untranslated",
    "versions",
    "words_of",
]
