"""Shuffled choices. There are a few orders of each poll, so that a form is printed a few times and not per voter."""

import hmac
from dataclasses import replace
from random import Random

from polls.snapshots import ChoiceSnapshot, PollSnapshot, QuestionSnapshot

ORDERS = 24


def shuffled(poll: PollSnapshot, question: QuestionSnapshot, order: int) -> tuple[ChoiceSnapshot, ...]:
    """The choices that can be chosen, in one of ORDERS orders where the question wants that.

    The orders of a question go round: each choice comes first, second … as nearly equally often as ORDERS allows.
    "None of the above" stays last.
    """
    if not question.shuffled:
        return question.standing
    mixed = [choice for choice in question.standing if not choice.none_of_the_above]
    last = [choice for choice in question.standing if choice.none_of_the_above]
    if mixed:
        turns, start = divmod(order, len(mixed))
        seed = hmac.digest(poll.key, f"order:{question.id}:{turns}".encode(), "sha256")
        Random(seed).shuffle(mixed)  # noqa: S311 -- seeded by a keyed hash; a fair order is all that is wanted
        mixed = mixed[start:] + mixed[:start]
    return (*mixed, *last)


def settled(poll: PollSnapshot, order: int) -> PollSnapshot:
    """The poll with its choices as they stand in that order, and nothing left to shuffle."""
    if not poll.is_shuffled:
        return poll
    return replace(poll, questions=tuple(_settled(poll, question, order) for question in poll.questions))


def _settled(poll: PollSnapshot, question: QuestionSnapshot, order: int) -> QuestionSnapshot:
    withdrawn = [choice for choice in question.choices if choice.withdrawn]
    return replace(question, choices=(*shuffled(poll, question, order), *withdrawn), shuffled=False)
