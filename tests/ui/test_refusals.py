"""Every refusal at every door: the same code, the same sentence, nothing counted."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from polls import invitations, lifecycle, refusals
from polls.kinds import Answer
from polls.models import Ballot, Choice, Poll
from tests.browser import Browser
from tests.builders import a_draft, a_poll, a_question, choices_of, now
from tests.doors import Answers, ApiDoor, FormDoor
from ui import admission, papers
from ui.throttle import Buckets

type Door = FormDoor | ApiDoor


@dataclass(frozen=True)
class Attempt:
    """A ballot that can't be counted, and the refusal it meets."""

    slug: str
    answers: Answers
    paper: str
    meets: type[refusals.Refusal]
    extra: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)


def _attempt(
    poll: Poll, choices: list[int], meets: type[refusals.Refusal], paper: str | None = None, **others: dict[str, str]
) -> Attempt:
    question = poll.questions.get(position=0)
    fresh = papers.issue(poll.pk, at=now()) if paper is None else paper
    return Attempt(poll.slug, [(question.pk, choices)], fresh, meets, **others)


def a_foreign_choice() -> Attempt:
    stranger = choices_of(a_poll())[0]
    return _attempt(a_poll(), [stranger.pk], refusals.ChoiceUnknown)


def a_choice_that_never_was() -> Attempt:
    return _attempt(a_poll(), [2**40], refusals.ChoiceUnknown)


def the_same_choice_twice() -> Attempt:
    poll = a_poll(question={"kind": "multiple"})
    first = choices_of(poll)[0].pk
    return _attempt(poll, [first, first], refusals.ChoiceTwice)


def a_withdrawn_choice() -> Attempt:
    poll = a_poll()
    first = choices_of(poll)[0].pk
    Choice.objects.filter(pk=first).update(withdrawn_at=now())
    return _attempt(poll, [first], refusals.ChoiceWithdrawn)


def nothing_chosen() -> Attempt:
    return _attempt(a_poll(), [], refusals.TooFewChoices)


def too_few() -> Attempt:
    poll = a_poll(question={"kind": "multiple", "minimum": 2})
    return _attempt(poll, [choices_of(poll)[0].pk], refusals.TooFewChoices)


def too_many() -> Attempt:
    poll = a_poll(question={"kind": "multiple", "maximum": 2})
    return _attempt(poll, [choice.pk for choice in choices_of(poll)], refusals.TooManyChoices)


def two_where_one_is_allowed() -> Attempt:
    poll = a_poll()
    return _attempt(poll, [choice.pk for choice in choices_of(poll)[:2]], refusals.TooManyChoices)


def a_question_of_another_poll() -> Attempt:
    poll, other = a_poll(), a_poll()
    choice = choices_of(other)[0]
    return Attempt(
        poll.slug,
        [(choice.question_id, [choice.pk])],
        papers.issue(poll.pk, at=now()),
        refusals.QuestionUnknown,
    )


def only_one_of_two_questions() -> Attempt:
    poll = a_draft()
    a_question(poll)
    a_question(poll, text="And which other one?")
    lifecycle.publish(poll, at=now())
    return _attempt(poll, [choices_of(poll)[0].pk], refusals.TooFewChoices)


def no_paper() -> Attempt:
    poll = a_poll()
    return _attempt(poll, [choices_of(poll)[0].pk], refusals.PaperMissing, "")


def a_forged_paper() -> Attempt:
    poll = a_poll()
    paper = papers.issue(poll.pk, at=now())
    return _attempt(poll, [choices_of(poll)[0].pk], refusals.PaperForged, f"{paper[:-2]}xx")


def a_paper_made_up() -> Attempt:
    poll = a_poll()
    return _attempt(poll, [choices_of(poll)[0].pk], refusals.PaperForged, "mallory")


def a_paper_of_another_poll() -> Attempt:
    poll = a_poll()
    paper = papers.issue(a_poll().pk, at=now())
    return _attempt(poll, [choices_of(poll)[0].pk], refusals.PaperForeign, paper)


def an_expired_paper() -> Attempt:
    poll = a_poll()
    paper = papers.issue(poll.pk, at=now() - papers.LIFETIME - timedelta(minutes=1))
    return _attempt(poll, [choices_of(poll)[0].pk], refusals.PaperExpired, paper)


def a_closed_poll() -> Attempt:
    poll = lifecycle.close(a_poll(), at=now())
    return _attempt(poll, [choices_of(poll)[0].pk], refusals.PollClosed)


def a_poll_whose_time_is_over() -> Attempt:
    poll = a_poll()
    Poll.objects.filter(pk=poll.pk).update(closes_at=now() - timedelta(microseconds=1))
    return _attempt(poll, [choices_of(poll)[0].pk], refusals.PollClosed)


def a_poll_that_opens_later() -> Attempt:
    poll = a_poll(opens_at=now() + timedelta(hours=1))
    return _attempt(poll, [choices_of(poll)[0].pk], refusals.NotOpenYet)


def an_archived_poll() -> Attempt:
    poll = lifecycle.archive(lifecycle.close(a_poll(), at=now()), at=now())
    return _attempt(poll, [choices_of(poll)[0].pk], refusals.PollArchived)


def a_draft_poll() -> Attempt:
    poll = a_draft()
    a_question(poll)
    return _attempt(poll, [choices_of(poll)[0].pk], refusals.UnknownPoll)


def a_poll_that_is_not() -> Attempt:
    return Attempt("no-such-poll", [(1, [1])], papers.issue(1, at=now()), refusals.UnknownPoll)


def _misfit(kind: str, meets: type[refusals.Refusal], *, says: Callable[..., Answer], **fields: Any) -> Attempt:
    """An answer that doesn't fit its question. `says` makes it from the ids of the question and of its choices."""
    poll = a_poll(choices=() if kind == "text" else ("A", "B", "C"), question={"kind": kind, **fields})
    question = poll.questions.get(position=0)
    answer = says(question.pk, *(choice.pk for choice in choices_of(poll)))
    return Attempt(poll.slug, [answer], papers.issue(poll.pk, at=now()), meets)


MISFITS: dict[str, Callable[[], Attempt]] = {
    "a rank given twice": lambda: _misfit(
        "ranked", refusals.RankTwice, says=lambda q, a, b, c: Answer(q, ranking=((a, b),))
    ),
    "a choice ranked twice": lambda: _misfit(
        "ranked", refusals.ChoiceTwice, says=lambda q, a, b, c: Answer(q, ranking=((a,), (b,), (a,)))
    ),
    "too many ranks": lambda: _misfit(
        "ranked", refusals.TooManyChoices, maximum=2, says=lambda q, a, b, c: Answer(q, ranking=((a,), (b,), (c,)))
    ),
    "too few ranks": lambda: _misfit(
        "ranked", refusals.TooFewChoices, minimum=2, says=lambda q, a, b, c: Answer(q, ranking=((a,),))
    ),
    "an unknown choice in a ranking": lambda: _misfit(
        "ranked", refusals.ChoiceUnknown, says=lambda q, a, b, c: Answer(q, ranking=((a,), (c + 1000,)))
    ),
    "nothing ranked": lambda: _misfit("ranked", refusals.TooFewChoices, says=lambda q, a, b, c: Answer(q)),
    "a choice where a ranking is asked for": lambda: _misfit(
        "ranked", refusals.AnswerMismatch, says=lambda q, a, b, c: Answer(q, choices=(a,))
    ),
    "a ranking where a choice is asked for": lambda: _misfit(
        "single", refusals.AnswerMismatch, says=lambda q, a, b, c: Answer(q, ranking=((a,),))
    ),
    "points above the scale": lambda: _misfit(
        "score", refusals.ScoreOutOfRange, says=lambda q, a, b, c: Answer(q, scores=((a, 6),))
    ),
    "points for an unknown choice": lambda: _misfit(
        "score", refusals.ChoiceUnknown, says=lambda q, a, b, c: Answer(q, scores=((c + 1000, 1),))
    ),
    "points given twice": lambda: _misfit(
        "score", refusals.ChoiceTwice, says=lambda q, a, b, c: Answer(q, scores=((a, 1), (a, 2)))
    ),
    "a grade below the scale": lambda: _misfit(
        "rating", refusals.ScoreOutOfRange, says=lambda q, a, b, c: Answer(q, scores=((a, 0),))
    ),
    "too few grades": lambda: _misfit(
        "rating", refusals.TooFewChoices, minimum=3, says=lambda q, a, b, c: Answer(q, scores=((a, 3),))
    ),
    "a text where grades are asked for": lambda: _misfit(
        "rating", refusals.AnswerMismatch, says=lambda q, a, b, c: Answer(q, text="Five")
    ),
    "a text that is too long": lambda: _misfit(
        "text", refusals.TextTooLong, longest=10, says=lambda q: Answer(q, text="eleven long")
    ),
    "a text of nothing but space": lambda: _misfit(
        "text", refusals.TooFewChoices, says=lambda q: Answer(q, text=" \n ")
    ),
    "a write-in where none is allowed": lambda: _misfit(
        "single", refusals.AnswerMismatch, says=lambda q, a, b, c: Answer(q, text="Mine")
    ),
    "a write-in beside the one choice": lambda: _misfit(
        "single", refusals.TooManyChoices, write_in=True, says=lambda q, a, b, c: Answer(q, choices=(a,), text="Mine")
    ),
    "a write-in that is too long": lambda: _misfit(
        "multiple", refusals.TextTooLong, write_in=True, says=lambda q, a, b, c: Answer(q, text="x" * 201)
    ),
    "a write-in too many": lambda: _misfit(
        "multiple",
        refusals.TooManyChoices,
        write_in=True,
        maximum=2,
        says=lambda q, a, b, c: Answer(q, choices=(a, b), text="Mine"),
    ),
    "approval of nothing": lambda: _misfit("approval", refusals.TooFewChoices, says=lambda q, a, b, c: Answer(q)),
}


def _invited(meets: type[refusals.Refusal], **extra: str) -> Attempt:
    poll = a_poll(policy="invitation")
    return _attempt(poll, [choices_of(poll)[0].pk], meets, extra=extra)


def no_invitation() -> Attempt:
    return _invited(refusals.InvitationMissing)


def an_empty_invitation() -> Attempt:
    return _invited(refusals.InvitationMissing, invitation="  ")


def an_invitation_made_up() -> Attempt:
    return _invited(refusals.InvitationUnknown, invitation="0000-0000-0000-0000")


def an_invitation_that_can_be_none() -> Attempt:
    return _invited(refusals.InvitationUnknown, invitation="<script>alert(1)</script>")


def an_invitation_to_another_poll() -> Attempt:
    code = invitations.issue(a_poll(policy="invitation"), 1)[0].code
    return _invited(refusals.InvitationUnknown, invitation=code)


def a_revoked_invitation() -> Attempt:
    poll = a_poll(policy="invitation")
    issued = invitations.issue(poll, 1)[0]
    invitations.revoke(poll, [issued.id], at=now())
    first = choices_of(poll)[0].pk
    return _attempt(poll, [first], refusals.InvitationUnknown, extra={"invitation": issued.code})


def nobody_signed_in() -> Attempt:
    poll = a_poll(policy="account")
    return _attempt(poll, [choices_of(poll)[0].pk], refusals.SignInFirst)


def a_session_made_up() -> Attempt:
    poll = a_poll(policy="account")
    cookie = {"Cookie": "sessionid=mallorymallorymallorymallory00"}
    return _attempt(poll, [choices_of(poll)[0].pk], refusals.SignInFirst, headers=cookie)


def too_many_tries_of_one_network() -> Attempt:
    poll = a_poll()
    _exhaust(admission.networks, poll)
    return _attempt(poll, [choices_of(poll)[0].pk], refusals.Throttled)


def too_many_wrong_codes() -> Attempt:
    poll = a_poll(policy="invitation")
    code = invitations.issue(poll, 1)[0].code
    _exhaust(admission.failures, poll)
    return _attempt(poll, [choices_of(poll)[0].pk], refusals.Throttled, extra={"invitation": code})


def _exhaust(buckets: Buckets, poll: Poll) -> None:
    at = time.monotonic()
    while not buckets.take((poll.pk, "192.0.2.1"), now=at):
        pass


ATTEMPTS = [
    no_invitation,
    an_empty_invitation,
    an_invitation_made_up,
    an_invitation_that_can_be_none,
    an_invitation_to_another_poll,
    a_revoked_invitation,
    nobody_signed_in,
    a_session_made_up,
    too_many_tries_of_one_network,
    too_many_wrong_codes,
    a_foreign_choice,
    a_choice_that_never_was,
    the_same_choice_twice,
    a_withdrawn_choice,
    nothing_chosen,
    too_few,
    too_many,
    two_where_one_is_allowed,
    a_question_of_another_poll,
    only_one_of_two_questions,
    no_paper,
    a_forged_paper,
    a_paper_made_up,
    a_paper_of_another_poll,
    an_expired_paper,
    a_closed_poll,
    a_poll_whose_time_is_over,
    a_poll_that_opens_later,
    an_archived_poll,
    a_draft_poll,
    a_poll_that_is_not,
]


@pytest.mark.parametrize(
    "arranged",
    [*ATTEMPTS, *MISFITS.values()],
    ids=[*(attempt.__name__ for attempt in ATTEMPTS), *(name.replace(" ", "_") for name in MISFITS)],
)
def test_is_refused_with_its_code_and_counts_nothing(
    arranged: Callable[[], Attempt], door: Door, vera: Browser
) -> None:
    attempt = arranged()
    told = {"extra": attempt.extra, "headers": attempt.headers}
    reply = door.vote(vera, attempt.slug, attempt.answers, attempt.paper, **told)
    assert (reply.code, reply.status) == (attempt.meets.code, attempt.meets.status)
    assert reply.sentence
    assert "set-cookie" not in reply.response.headers
    assert not Ballot.objects.exists()


def test_a_second_vote_of_the_same_browser_is_refused(door: Door, vera: Browser) -> None:
    poll = a_poll()
    first, second, _ = choices_of(poll)
    assert door.vote(vera, poll.slug, [(first.question_id, [first.pk])], vera.paper(poll.slug)).counted
    reply = door.vote(vera, poll.slug, [(second.question_id, [second.pk])], vera.paper(poll.slug))
    assert (reply.code, reply.status) == ("already_voted", 409)
    assert Ballot.objects.count() == 1


@pytest.mark.parametrize("policy", ["browser", "open", "network"])
def test_a_vote_without_work_is_refused_where_work_is_asked_for(
    policy: str, door: Door, vera: Browser, settings: Any
) -> None:
    settings.PROOF_OF_WORK = "always"
    poll = a_poll(policy=policy, network_allowance=5)
    first = choices_of(poll)[0]
    reply = door.vote(vera, poll.slug, [(first.question_id, [first.pk])], vera.paper(poll.slug))
    assert (reply.code, reply.status, reply.response.headers["retry-after"]) == ("work_needed", 429, "20")
    assert not Ballot.objects.exists()


@pytest.mark.parametrize("policy", ["browser", "network"])
def test_a_network_that_nobody_can_tell_is_refused_where_networks_are_counted(
    policy: str, door: Door, browse: Callable[..., Browser]
) -> None:
    poll = a_poll(policy=policy, network_allowance=5)
    first = choices_of(poll)[0]
    stranger = browse("somewhere")
    reply = door.vote(stranger, poll.slug, [(first.question_id, [first.pk])], stranger.paper(poll.slug))
    assert (reply.code, reply.status) == ("voter_unknown", 403)
    assert not Ballot.objects.exists()


def test_a_second_vote_from_a_full_network_is_refused(door: Door, browse: Callable[..., Browser]) -> None:
    poll = a_poll(policy="network", network_allowance=2)
    answers = [(choices_of(poll)[0].question_id, [choices_of(poll)[0].pk])]
    for _ in range(2):
        assert door.vote(browse(), poll.slug, answers, browse().paper(poll.slug)).counted
    assert door.vote(browse(), poll.slug, answers, browse().paper(poll.slug)).code == "network_full"
    assert door.vote(browse("198.51.100.9"), poll.slug, answers, browse().paper(poll.slug)).counted


def test_the_same_paper_with_another_answer_is_refused(door: Door, vera: Browser, victor: Browser) -> None:
    poll = a_poll()
    first, second, _ = choices_of(poll)
    paper = vera.paper(poll.slug)
    assert door.vote(vera, poll.slug, [(first.question_id, [first.pk])], paper).counted
    assert door.vote(victor, poll.slug, [(first.question_id, [second.pk])], paper).code == "paper_used"
    assert Ballot.objects.count() == 1


def test_the_same_paper_with_the_same_answer_is_counted_once_and_answered_each_time(door: Door, vera: Browser) -> None:
    poll = a_poll()
    first = choices_of(poll)[0]
    paper = vera.paper(poll.slug)
    replies = [door.vote(vera, poll.slug, [(first.question_id, [first.pk])], paper) for _ in range(3)]
    assert [reply.code for reply in replies] == ["counted"] * 3
    assert len({reply.status for reply in replies}) == 1
    assert Ballot.objects.count() == 1


def test_a_retry_whose_answer_was_lost_is_counted_even_after_the_close(door: Door, vera: Browser) -> None:
    poll = a_poll()
    answers = [(choices_of(poll)[0].question_id, [choices_of(poll)[0].pk])]
    paper = vera.paper(poll.slug)
    assert door.vote(vera, poll.slug, answers, paper).counted
    vera.client.cookies.clear()
    lifecycle.close(poll, at=now())
    assert door.vote(vera, poll.slug, answers, paper).counted
    assert Ballot.objects.count() == 1


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site", "Origin": "https://mallory.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": "https://other.polls.test"},
        {"Origin": "https://mallory.example"},
        {"Origin": "null", "Sec-Fetch-Site": "cross-site"},
        {"Origin": "null"},
    ],
)
def test_a_post_from_a_foreign_site_is_refused(headers: dict[str, str], door: Door, vera: Browser) -> None:
    poll = a_poll(allowed_sites="https://gina.example")
    first = choices_of(poll)[0]
    reply = door.vote(vera, poll.slug, [(first.question_id, [first.pk])], vera.paper(poll.slug), headers=headers)
    assert (reply.code, reply.status) == ("origin_foreign", 403)
    assert not Ballot.objects.exists()


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "same-origin", "Origin": "https://polls.test"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "https://polls.test"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "https://gina.example"},
        {},
    ],
)
def test_a_post_from_home_or_an_allowed_site_is_taken(headers: dict[str, str], door: Door, vera: Browser) -> None:
    poll = a_poll(allowed_sites="https://gina.example")
    first = choices_of(poll)[0]
    answers = [(first.question_id, [first.pk])]
    assert door.vote(vera, poll.slug, answers, vera.paper(poll.slug), headers=headers).counted
