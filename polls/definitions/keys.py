"""Which fields of polls, questions and choices a file tells, by their names, which are its keys."""

from polls import asking
from polls.models.translation import OF_CHOICE, OF_POLL, OF_QUESTION
from polls.terms import Kind, Part

OF_A_POLL = (
    "title",
    "slug",
    "intro",
    "language",
    "listed",
    "time_zone",
    "opens_at",
    "closes_at",
    "policy",
    "network_allowance",
    "reveal",
    "anonymous",
    "changes_allowed",
    "edits_forbidden",
    "earliest_close",
    "ballots_published",
    "retention_days",
    "allowed_sites",
)
OF_A_QUESTION = ("text", "kind", "hint", "required", *sorted(frozenset().union(*asking.SETTINGS.values())))
OF_A_CHOICE = ("text", "right", "none_of_the_above")

WORDS_OF_A_POLL, WORDS_OF_A_QUESTION = OF_POLL, OF_QUESTION
WORDS_OF_A_CHOICE = tuple(part for part in OF_CHOICE if part != Part.PICTURE_ALT)
"""Texts that can be translated. Pictures are not in the file, so neither is what they show."""


def idle(kind: Kind) -> frozenset[str]:
    """The keys that mean nothing in a question of this kind."""
    unset = frozenset().union(*asking.SETTINGS.values()) - asking.SETTINGS[kind]
    return unset | {"choices"} if kind == Kind.TEXT else unset
