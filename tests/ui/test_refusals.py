"""Every refusal at every door: the same code, the same sentence, nothing counted."""

import re
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from polls import lifecycle, refusals
from polls.kinds import Answer
from polls.models import Ballot
from tests.attempts import ATTEMPTS, Attempt, every_refusal
from tests.browser import Browser
from tests.builders import a_draft, a_poll, a_question, choices_of, now
from tests.doors import DOORS, Answers, ApiDoor, FormDoor, Reply
from tests.kinds import asked, ids, of_kind

type Door = FormDoor | ApiDoor


def test_is_refused_at_each_door_with_its_code_and_counts_nothing(vera: Browser, subtests: pytest.Subtests) -> None:
    for name, arranged in ATTEMPTS.items():
        with subtests.test(name):
            _is_refused(vera, arranged.arrange(), arranged.meets)


def _is_refused(browser: Browser, attempt: Attempt, meets: type[refusals.Refusal]) -> None:
    before, told = _doors_of_ballots(), {"extra": attempt.extra, "headers": attempt.headers}
    for door in DOORS:
        reply = door.vote(browser, attempt.slug, attempt.answers, attempt.paper, **told)
        assert (reply.code, reply.status) == (meets.code, meets.status), door.name
        assert reply.sentence, door.name
        assert "set-cookie" not in reply.response.headers, door.name
    assert _doors_of_ballots() == before


@pytest.mark.parametrize(
    "meets", [refusals.PaperMissing, refusals.PaperForged, refusals.PaperForeign, refusals.PaperExpired]
)
def test_a_paper_that_is_good_for_nothing_is_answered_with_one_that_is_good(
    meets: type[refusals.Refusal], vera: Browser
) -> None:
    attempt = next(arranged for arranged in ATTEMPTS.values() if arranged.meets is meets).arrange()
    refused = ApiDoor().vote(vera, attempt.slug, attempt.answers, attempt.paper)
    assert refused.code == meets.code
    assert ApiDoor().vote(vera, attempt.slug, attempt.answers, refused.response.json()["paper"]).counted


def test_all_that_is_to_be_mended_is_told_at_once_and_each_at_its_question(vera: Browser) -> None:
    poll = a_draft()
    where, when = a_question(poll, "Where?"), a_question(poll, "When?")
    why = a_question(poll, "Why?", kind="text", choices=())
    what = a_question(poll, "What?", kind="multiple", maximum=1, write_in=True)
    lifecycle.publish(poll, at=now())
    chosen = tuple(choice.pk for choice in what.choices.all()[:2])
    answers: Answers = [(when.pk, [when.choices.first().pk]), Answer(what.pk, choices=chosen, other=True)]
    few, many, say = "Please choose one.", "Please choose only one.", "Please write an answer."
    written = "Please write what you would like instead, or choose one of the others."
    for door in DOORS:
        reply = door.vote(vera, poll.slug, answers, vera.paper(poll.slug))
        assert (reply.code, reply.sentence) == ("too_few_choices", few), door.name
        if isinstance(door, ApiDoor):
            told = reply.response.json()
            assert (told["question"], [fault["question"] for fault in told["errors"]]) == (
                where.pk,
                [where.pk, why.pk, what.pk],
            )
            assert [fault["code"] for fault in told["errors"]] == [
                "too_few_choices",
                "too_few_choices",
                "too_many_choices",
            ]
            assert [fault["detail"] for fault in told["errors"]] == [few, say, many]
            continue
        page = unescape(reply.response.text)
        above, *questions = page.split("<fieldset")
        assert [above.count(f"{said} <a") for said in (few, say, written, many)] == [1, 1, 1, 1], door.name
        said = [re.findall(r'<p class="refusal" id="refusal-(\d+)">([^<]*)<', question) for question in questions]
        assert said == [[(str(where.pk), few)], [], [(str(why.pk), say)], [(str(what.pk), f"{written} {many}")]]
        assert ["autofocus" in question for question in questions] == [True, False, False, False], door.name
        assert 'tabindex="-1"' not in above.partition('class="title"')[2], "the focus goes to the first question"
        assert " required" not in page, "the browser would say one after the other"


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("single", "Please choose one."),
        ("multiple", "Please choose at least 2."),
        ("approval", "Please choose at least one."),
        ("rating", "Please grade at least 2."),
        ("ranked", "Please rank at least 2."),
        ("score", "Please give points to at least 2."),
        ("text", "Please write an answer."),
    ],
)
def test_what_is_left_out_is_asked_for_in_words_that_fit(kind: str, said: str, vera: Browser) -> None:
    poll = of_kind(kind, minimum=2)
    for door in DOORS:
        reply = door.vote(vera, poll.slug, [(asked(poll).pk, [])], vera.paper(poll.slug))
        assert (reply.code, reply.sentence) == ("too_few_choices", said), door.name


@pytest.mark.parametrize("required", [True, False])
def test_of_one_thing_a_grade_is_asked_for(required: bool, vera: Browser, subtests: pytest.Subtests) -> None:
    poll = of_kind("rating", choices=("Soup",), required=required)
    for door in DOORS:
        with subtests.test(door.name):
            reply = door.vote(vera, poll.slug, [], vera.paper(poll.slug))
            assert (reply.code, reply.sentence) == ("too_few_choices", "Please choose a grade.")


@pytest.mark.parametrize(
    ("kind", "limits", "number", "said"),
    [
        ("multiple", {"minimum": 2, "maximum": 2}, 1, "Please choose exactly 2."),
        ("multiple", {"minimum": 2, "maximum": 2}, 3, "Please choose exactly 2."),
        ("multiple", {"maximum": 1}, 0, "Please choose one."),
        ("multiple", {"minimum": 4}, 1, "Please choose exactly 4."),
        ("multiple", {"minimum": 2, "maximum": 3}, 1, "Please choose 2 to 3."),
        ("multiple", {"minimum": 2, "maximum": 3}, 4, "Please choose 2 to 3."),
        ("multiple", {"minimum": 2}, 0, "Please choose at least 2."),
        ("multiple", {"maximum": 3}, 4, "Please choose at most 3."),
        ("ranked", {"minimum": 2, "maximum": 2}, 1, "Please rank exactly 2."),
        ("ranked", {"minimum": 2, "maximum": 2}, 3, "Please rank exactly 2."),
        ("ranked", {"maximum": 1}, 2, "Please rank exactly one."),
        ("ranked", {"minimum": 2, "maximum": 3}, 0, "Please rank 2 to 3."),
        ("ranked", {"minimum": 2, "maximum": 3}, 4, "Please rank 2 to 3."),
        ("ranked", {"minimum": 2}, 1, "Please rank at least 2."),
        ("ranked", {"maximum": 3}, 4, "Please rank at most 3."),
        ("ranked", {"minimum": 4}, 3, "Please rank all of them."),
        ("ranked", {"minimum": 4, "required": False}, 3, "Please rank all of them."),
        ("rating", {"minimum": 2}, 1, "Please grade at least 2."),
        ("rating", {"minimum": 4}, 3, "Please grade all of them."),
        ("score", {"minimum": 2}, 1, "Please give points to at least 2."),
        ("score", {"minimum": 4}, 3, "Please give points to all of them."),
    ],
)
def test_a_question_says_how_many_it_wants_in_the_words_of_its_refusal(
    kind: str, limits: dict[str, Any], number: int, said: str, vera: Browser
) -> None:
    poll = of_kind(kind, choices=("A", "B", "C", "D"), **limits)
    chosen = ids(poll)[:number]
    answer = {
        "multiple": Answer(asked(poll).pk, choices=tuple(chosen)),
        "ranked": Answer(asked(poll).pk, ranking=tuple((choice,) for choice in chosen)),
    }.get(kind, Answer(asked(poll).pk, scores=tuple((choice, 1) for choice in chosen)))
    for door in DOORS:
        assert door.vote(vera, poll.slug, [answer], vera.paper(poll.slug)).sentence == said, door.name
    hint = said.removeprefix("Please ").capitalize()
    for address in (f"/p/{poll.slug}/", f"/embed/{poll.slug}/"):
        (rule,) = re.findall(r'<p class="hint" id="hint-\d+">(.*?)</p>', unescape(vera.get(address).text))
        assert hint in rule, address


def test_where_no_question_has_to_be_answered_one_is_asked_for(vera: Browser) -> None:
    poll = a_draft()
    for text in ("Where?", "When?"):
        a_question(poll, text, required=False)
    lifecycle.publish(poll, at=now())
    for door in DOORS:
        reply = door.vote(vera, poll.slug, [], vera.paper(poll.slug))
        assert (reply.code, reply.sentence) == ("too_few_choices", "Please answer at least one question."), door.name


def test_what_is_wrong_with_the_answers_is_not_left_for_the_try_after_the_next(vera: Browser) -> None:
    poll = a_poll(policy="invitation")
    for door in DOORS:
        reply = door.vote(vera, poll.slug, [(choices_of(poll)[0].question_id, [])], vera.paper(poll.slug))
        assert (reply.code, "Please choose one." in reply.response.text) == ("invitation_missing", True)
    told = reply.response.json()
    question = choices_of(poll)[0].question_id
    assert [(fault["code"], fault["question"]) for fault in told["errors"]] == [
        ("invitation_missing", None),
        ("too_few_choices", question),
    ]
    assert "question" not in told


def test_a_program_is_told_where_what_it_sent_cannot_be_read(vera: Browser) -> None:
    told = ApiDoor().raw(vera, a_poll().slug, b'{"answers": [{"question": "1"}]}').response.json()
    assert [(fault["code"], fault["at"], bool(fault["detail"])) for fault in told["errors"]] == [
        ("unreadable", "payload.answers.0.question", True)
    ]


def _doors_of_ballots() -> list[str]:
    return list(Ballot.objects.order_by("id").values_list("door", flat=True))


ELSEWHERE: dict[type[refusals.Refusal], str] = {
    # What takes more than one ballot, or another kind of voter: at every door too.
    **dict.fromkeys((refusals.AlreadyVoted, refusals.NetworkFull, refusals.PaperUsed), "test_refusals"),
    **dict.fromkeys((refusals.WorkNeeded, refusals.VoterUnknown), "test_refusals"),
    **dict.fromkeys((refusals.OriginForeign, refusals.OriginHidden), "test_origins"),
    **dict.fromkeys((refusals.Busy, refusals.DatabaseAway), "test_faults"),
    refusals.OurFault: "test_exactly_once",
    # What only some doors can be sent.
    refusals.QuestionTwice: "test_bad_input",
    refusals.WriteInEmpty: "test_written",
    **dict.fromkeys((refusals.TokenUnknown, refusals.TokenForbidden), "test_tokens"),
    # What programs meet that write polls.
    **dict.fromkeys(
        (refusals.DefinitionFaulty, refusals.AlreadyPublished, refusals.ChangedMeanwhile), "test_authoring"
    ),
    # What is met before a ballot is one.
    **dict.fromkeys((refusals.Unreadable, refusals.TooLarge, refusals.TypeUnknown), "test_bad_input"),
    **dict.fromkeys((refusals.MethodNotAllowed, refusals.HostUnknown, refusals.UnknownAddress), "test_bad_input"),
    refusals.TooSlow: "test_guard",
    # What second thoughts meet.
    **dict.fromkeys((refusals.ChangesForbidden, refusals.NothingToWithdraw), "test_second_thoughts"),
    refusals.NotKnownAgain: "test_second_thoughts_offered",
    # What readers meet.
    **dict.fromkeys((refusals.ResultsAfterVoting, refusals.ResultsAfterClose), "test_reveal"),
    refusals.ResultsHidden: "test_published",
    refusals.TooManyWatch: "test_live",
    **dict.fromkeys((refusals.AddressPrivate, refusals.FormatUnknown), "test_oembed"),
    **dict.fromkeys(
        (refusals.BallotsUnpublished, refusals.BallotsAfterClose, refusals.BallotUnknown), "test_published"
    ),
}
"""Where a refusal is met that no single ballot of the table meets."""


@pytest.mark.parametrize("refusal", every_refusal(), ids=lambda refusal: refusal.code)
def test_every_refusal_is_met(refusal: type[refusals.Refusal]) -> None:
    if refusal is refusals.Forbidden:
        return  # the desk's, whose deeds have tests of their own
    if refusal not in {arranged.meets for arranged in ATTEMPTS.values()}:
        where = Path(__file__).with_name(f"{ELSEWHERE[refusal]}.py").read_text()
        assert f'"{refusal.code}"' in where or f"refusals.{refusal.__name__}" in where


def test_a_second_vote_of_the_same_browser_is_refused(
    browse: Callable[..., Browser], subtests: pytest.Subtests
) -> None:
    poll = a_poll()
    first, second, _ = choices_of(poll)
    for number, door in enumerate(DOORS, start=1):
        with subtests.test(door.name):
            vera = browse()
            assert door.vote(vera, poll.slug, [(first.question_id, [first.pk])], vera.paper(poll.slug)).counted
            reply = door.vote(vera, poll.slug, [(second.question_id, [second.pk])], vera.paper(poll.slug))
            assert (reply.code, reply.status) == ("already_voted", 409)
            assert Ballot.objects.count() == number


@pytest.mark.parametrize("policy", ["browser", "open", "network"])
def test_a_vote_without_work_is_refused_where_work_is_asked_for(policy: str, vera: Browser, settings: Any) -> None:
    settings.PROOF_OF_WORK = "always"
    poll = a_poll(policy=policy, network_allowance=5)
    first = choices_of(poll)[0]
    for door in DOORS:
        reply = door.vote(vera, poll.slug, [(first.question_id, [first.pk])], vera.paper(poll.slug))
        told = (reply.code, reply.status, reply.response.headers["retry-after"])
        assert told == ("work_needed", 429, "20"), door.name
        assert not Ballot.objects.exists(), door.name


@pytest.mark.parametrize("policy", ["browser", "network"])
def test_a_network_that_nobody_can_tell_is_refused_where_networks_are_counted(
    policy: str, browse: Callable[..., Browser]
) -> None:
    poll = a_poll(policy=policy, network_allowance=5)
    first = choices_of(poll)[0]
    stranger = browse("somewhere")
    for door in DOORS:
        reply = door.vote(stranger, poll.slug, [(first.question_id, [first.pk])], stranger.paper(poll.slug))
        assert (reply.code, reply.status) == ("voter_unknown", 403), door.name
        assert not Ballot.objects.exists(), door.name


def test_a_second_vote_from_a_full_network_is_refused(
    browse: Callable[..., Browser], subtests: pytest.Subtests
) -> None:
    poll = a_poll(policy="network", network_allowance=2)
    first = choices_of(poll)[0]

    def vote(door: Door, address: str) -> Reply:
        return door.vote(browse(address), poll.slug, [(first.question_id, [first.pk])], browse().paper(poll.slug))

    for number, door in enumerate(DOORS):
        with subtests.test(door.name):
            for _ in range(2):
                assert vote(door, f"192.0.2.{number}").counted
            assert vote(door, f"192.0.2.{number}").code == "network_full"
            assert vote(door, f"198.51.100.{number}").counted


def test_the_same_paper_with_another_answer_is_refused(
    browse: Callable[..., Browser], subtests: pytest.Subtests
) -> None:
    poll = a_poll()
    first, second, _ = choices_of(poll)
    for number, door in enumerate(DOORS, start=1):
        with subtests.test(door.name):
            vera, victor = browse(), browse("198.51.100.7")
            paper = vera.paper(poll.slug)
            assert door.vote(vera, poll.slug, [(first.question_id, [first.pk])], paper).counted
            assert door.vote(victor, poll.slug, [(first.question_id, [second.pk])], paper).code == "paper_used"
            assert Ballot.objects.count() == number
