"""Ballots that can't be counted, each with the refusal that it meets at every door."""

import inspect
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import chain
from typing import Any

from polls import invitations, lifecycle, refusals
from polls.kinds import Answer
from polls.models import Choice, Poll
from tests.builders import a_draft, a_poll, a_question, choices_of, now
from tests.doors import Answers
from ui import admission, papers
from ui.throttle import Buckets


def every_refusal() -> list[type[refusals.Refusal]]:
    known = (kind for _, kind in inspect.getmembers(refusals, inspect.isclass) if issubclass(kind, refusals.Refusal))
    return [kind for kind in known if kind is not refusals.Refusal]


@dataclass(frozen=True)
class Attempt:
    """A ballot that can't be counted."""

    slug: str
    answers: Answers
    paper: str
    extra: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Arranged:
    """How an attempt is made, and the refusal it meets."""

    meets: type[refusals.Refusal]
    arrange: Callable[[], Attempt]


ATTEMPTS: dict[str, Arranged] = {}
"""By their names. Each runs at each door."""


def meets(refusal: type[refusals.Refusal]) -> Callable[[Callable[[], Attempt]], Callable[[], Attempt]]:
    def note(arrange: Callable[[], Attempt]) -> Callable[[], Attempt]:
        ATTEMPTS[arrange.__name__] = Arranged(refusal, arrange)
        return arrange

    return note


def _attempt(poll: Poll, choices: list[int], paper: str | None = None, **others: dict[str, str]) -> Attempt:
    question = poll.questions.get(position=0)
    fresh = papers.issue(poll.pk, at=now()) if paper is None else paper
    return Attempt(poll.slug, [(question.pk, choices)], fresh, **others)


def _ordinary(kind: str = "single", **fields: Any) -> Poll:
    """A poll that nothing is done to: one for all attempts of a test, since its pages are drawn once."""
    slug = "-".join(["ordinary", kind, *map(str, chain.from_iterable(fields.items()))]).replace("_", "-").lower()
    known = Poll.objects.filter(slug=slug).first()
    choices = () if kind == "text" else ("A", "B", "C")
    return known or a_poll(slug=slug, choices=choices, question={"kind": kind, **fields})


@meets(refusals.ChoiceUnknown)
def a_foreign_choice() -> Attempt:
    stranger = choices_of(a_poll())[0]
    return _attempt(_ordinary(), [stranger.pk])


@meets(refusals.ChoiceUnknown)
def a_choice_that_never_was() -> Attempt:
    return _attempt(_ordinary(), [2**40])


@meets(refusals.ChoiceTwice)
def the_same_choice_twice() -> Attempt:
    poll = a_poll(question={"kind": "multiple"})
    first = choices_of(poll)[0].pk
    return _attempt(poll, [first, first])


@meets(refusals.ChoiceWithdrawn)
def a_withdrawn_choice() -> Attempt:
    poll = a_poll()
    first = choices_of(poll)[0].pk
    Choice.objects.filter(pk=first).update(withdrawn_at=now())
    return _attempt(poll, [first])


@meets(refusals.TooFewChoices)
def nothing_chosen() -> Attempt:
    return _attempt(_ordinary(), [])


@meets(refusals.TooFewChoices)
def too_few() -> Attempt:
    poll = a_poll(question={"kind": "multiple", "minimum": 2})
    return _attempt(poll, [choices_of(poll)[0].pk])


@meets(refusals.TooManyChoices)
def too_many() -> Attempt:
    poll = a_poll(question={"kind": "multiple", "maximum": 2})
    return _attempt(poll, [choice.pk for choice in choices_of(poll)])


@meets(refusals.TooManyChoices)
def two_where_one_is_allowed() -> Attempt:
    poll = _ordinary()
    return _attempt(poll, [choice.pk for choice in choices_of(poll)[:2]])


@meets(refusals.QuestionUnknown)
def a_question_of_another_poll() -> Attempt:
    poll, other = _ordinary(), a_poll()
    choice = choices_of(other)[0]
    return Attempt(
        poll.slug,
        [(choice.question_id, [choice.pk])],
        papers.issue(poll.pk, at=now()),
    )


@meets(refusals.TooFewChoices)
def only_one_of_two_questions() -> Attempt:
    poll = a_draft()
    a_question(poll)
    a_question(poll, text="And which other one?")
    lifecycle.publish(poll, at=now())
    return _attempt(poll, [choices_of(poll)[0].pk])


@meets(refusals.PaperMissing)
def no_paper() -> Attempt:
    poll = _ordinary()
    return _attempt(poll, [choices_of(poll)[0].pk], "")


@meets(refusals.PaperForged)
def a_forged_paper() -> Attempt:
    poll = _ordinary()
    paper = papers.issue(poll.pk, at=now())
    return _attempt(poll, [choices_of(poll)[0].pk], f"{paper[:-2]}xx")


@meets(refusals.PaperForged)
def a_paper_made_up() -> Attempt:
    poll = _ordinary()
    return _attempt(poll, [choices_of(poll)[0].pk], "mallory")


@meets(refusals.PaperForeign)
def a_paper_of_another_poll() -> Attempt:
    poll = _ordinary()
    paper = papers.issue(a_poll().pk, at=now())
    return _attempt(poll, [choices_of(poll)[0].pk], paper)


@meets(refusals.PaperExpired)
def an_expired_paper() -> Attempt:
    poll = _ordinary()
    paper = papers.issue(poll.pk, at=now() - papers.LIFETIME - timedelta(minutes=1))
    return _attempt(poll, [choices_of(poll)[0].pk], paper)


@meets(refusals.PollClosed)
def a_closed_poll() -> Attempt:
    poll = lifecycle.close(a_poll(), at=now())
    return _attempt(poll, [choices_of(poll)[0].pk])


@meets(refusals.PollClosed)
def a_poll_whose_time_is_over() -> Attempt:
    poll = a_poll()
    Poll.objects.filter(pk=poll.pk).update(closes_at=now() - timedelta(microseconds=1))
    return _attempt(poll, [choices_of(poll)[0].pk])


@meets(refusals.NotOpenYet)
def a_poll_that_opens_later() -> Attempt:
    poll = a_poll(opens_at=now() + timedelta(hours=1))
    return _attempt(poll, [choices_of(poll)[0].pk])


@meets(refusals.PollArchived)
def an_archived_poll() -> Attempt:
    poll = lifecycle.archive(lifecycle.close(a_poll(), at=now()), at=now())
    return _attempt(poll, [choices_of(poll)[0].pk])


@meets(refusals.UnknownPoll)
def a_draft_poll() -> Attempt:
    poll = a_draft()
    a_question(poll)
    return _attempt(poll, [choices_of(poll)[0].pk])


@meets(refusals.UnknownPoll)
def a_poll_that_is_not() -> Attempt:
    return Attempt("no-such-poll", [(1, [1])], papers.issue(1, at=now()))


def _invited(**extra: str) -> Attempt:
    poll = a_poll(policy="invitation")
    return _attempt(poll, [choices_of(poll)[0].pk], extra=extra)


@meets(refusals.InvitationMissing)
def no_invitation() -> Attempt:
    return _invited()


@meets(refusals.InvitationMissing)
def an_empty_invitation() -> Attempt:
    return _invited(invitation="  ")


@meets(refusals.InvitationUnknown)
def an_invitation_made_up() -> Attempt:
    return _invited(invitation="0000-0000-0000-0000")


@meets(refusals.InvitationUnknown)
def an_invitation_that_can_be_none() -> Attempt:
    return _invited(invitation="<script>alert(1)</script>")


@meets(refusals.InvitationUnknown)
def an_invitation_to_another_poll() -> Attempt:
    code = invitations.issue(a_poll(policy="invitation"), 1)[0].code
    return _invited(invitation=code)


@meets(refusals.InvitationUnknown)
def a_revoked_invitation() -> Attempt:
    poll = a_poll(policy="invitation")
    issued = invitations.issue(poll, 1)[0]
    invitations.revoke(poll, [issued.id], at=now())
    first = choices_of(poll)[0].pk
    return _attempt(poll, [first], extra={"invitation": issued.code})


@meets(refusals.SignInFirst)
def nobody_signed_in() -> Attempt:
    poll = a_poll(policy="account")
    return _attempt(poll, [choices_of(poll)[0].pk])


@meets(refusals.SignInFirst)
def a_session_made_up() -> Attempt:
    poll = a_poll(policy="account")
    cookie = {"Cookie": "sessionid=mallorymallorymallorymallory00"}
    return _attempt(poll, [choices_of(poll)[0].pk], headers=cookie)


@meets(refusals.Throttled)
def too_many_tries_of_one_network() -> Attempt:
    poll = a_poll()
    _exhaust(admission.networks, poll)
    return _attempt(poll, [choices_of(poll)[0].pk])


@meets(refusals.Throttled)
def too_many_wrong_codes() -> Attempt:
    poll = a_poll(policy="invitation")
    code = invitations.issue(poll, 1)[0].code
    _exhaust(admission.failures, poll)
    return _attempt(poll, [choices_of(poll)[0].pk], extra={"invitation": code})


def _exhaust(buckets: Buckets, poll: Poll) -> None:
    # A little later than now: no token comes back while a busy machine gets to the vote.
    at = time.monotonic() + 60
    while not buckets.take((poll.pk, "192.0.2.1"), now=at):
        pass


def _misfit(kind: str, meets: type[refusals.Refusal], *, says: Callable[..., Answer], **fields: Any) -> Arranged:
    """An answer that doesn't fit its question. `says` makes it from the ids of the question and of its choices."""

    def arrange() -> Attempt:
        poll = _ordinary(kind, **fields)
        question = poll.questions.get(position=0)
        answer = says(question.pk, *(choice.pk for choice in choices_of(poll)))
        return Attempt(poll.slug, [answer], papers.issue(poll.pk, at=now()))

    return Arranged(meets, arrange)


ATTEMPTS |= {
    "a_rank_given_twice": _misfit("ranked", refusals.RankTwice, says=lambda q, a, b, c: Answer(q, ranking=((a, b),))),
    "a_choice_ranked_twice": _misfit(
        "ranked", refusals.ChoiceTwice, says=lambda q, a, b, c: Answer(q, ranking=((a,), (b,), (a,)))
    ),
    "too_many_ranks": _misfit(
        "ranked", refusals.TooManyChoices, maximum=2, says=lambda q, a, b, c: Answer(q, ranking=((a,), (b,), (c,)))
    ),
    "too_few_ranks": _misfit(
        "ranked", refusals.TooFewChoices, minimum=2, says=lambda q, a, b, c: Answer(q, ranking=((a,),))
    ),
    "an_unknown_choice_in_a_ranking": _misfit(
        "ranked", refusals.ChoiceUnknown, says=lambda q, a, b, c: Answer(q, ranking=((a,), (c + 1000,)))
    ),
    "nothing_ranked": _misfit("ranked", refusals.TooFewChoices, says=lambda q, a, b, c: Answer(q)),
    "a_choice_where_a_ranking_is_asked_for": _misfit(
        "ranked", refusals.AnswerMismatch, says=lambda q, a, b, c: Answer(q, choices=(a,))
    ),
    "a_ranking_where_a_choice_is_asked_for": _misfit(
        "single", refusals.AnswerMismatch, says=lambda q, a, b, c: Answer(q, ranking=((a,),))
    ),
    "points_above_the_scale": _misfit(
        "score", refusals.ScoreOutOfRange, says=lambda q, a, b, c: Answer(q, scores=((a, 6),))
    ),
    "points_for_an_unknown_choice": _misfit(
        "score", refusals.ChoiceUnknown, says=lambda q, a, b, c: Answer(q, scores=((c + 1000, 1),))
    ),
    "points_given_twice": _misfit(
        "score", refusals.ChoiceTwice, says=lambda q, a, b, c: Answer(q, scores=((a, 1), (a, 2)))
    ),
    "a_grade_below_the_scale": _misfit(
        "rating", refusals.ScoreOutOfRange, says=lambda q, a, b, c: Answer(q, scores=((a, 0),))
    ),
    "too_few_grades": _misfit(
        "rating", refusals.TooFewChoices, minimum=3, says=lambda q, a, b, c: Answer(q, scores=((a, 3),))
    ),
    "a_text_where_grades_are_asked_for": _misfit(
        "rating", refusals.AnswerMismatch, says=lambda q, a, b, c: Answer(q, text="Five")
    ),
    "a_text_that_is_too_long": _misfit(
        "text", refusals.TextTooLong, longest=10, says=lambda q: Answer(q, text="eleven long")
    ),
    "a_text_of_nothing_but_space": _misfit("text", refusals.TooFewChoices, says=lambda q: Answer(q, text=" \n ")),
    "a_write-in_where_none_is_allowed": _misfit(
        "single", refusals.AnswerMismatch, says=lambda q, a, b, c: Answer(q, text="Mine")
    ),
    "a_write-in_beside_the_one_choice": _misfit(
        "single", refusals.TooManyChoices, write_in=True, says=lambda q, a, b, c: Answer(q, choices=(a,), text="Mine")
    ),
    "a_write-in_that_is_too_long": _misfit(
        "multiple", refusals.TextTooLong, write_in=True, says=lambda q, a, b, c: Answer(q, text="x" * 201)
    ),
    "a_write-in_too_many": _misfit(
        "multiple",
        refusals.TooManyChoices,
        write_in=True,
        maximum=2,
        says=lambda q, a, b, c: Answer(q, choices=(a, b), text="Mine"),
    ),
    "approval_of_nothing": _misfit("approval", refusals.TooFewChoices, says=lambda q, a, b, c: Answer(q)),
}
