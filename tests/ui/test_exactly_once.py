"""One voter, one ballot, whatever happens at once. Real connections, real commits."""

from dataclasses import replace
from ipaddress import ip_network

import pytest

from polls import ballots, invitations, lifecycle, refusals, snapshots
from polls.kinds import Answer
from polls.models import Ballot, Invitation, Poll, Tally
from polls.terms import Door as DoorName
from polls.voters import Voter
from tests.browser import Browser
from tests.builders import a_poll, choices_of, now
from tests.doors import ApiDoor, FormDoor, a_paper

type Door = FormDoor | ApiDoor


def test_one_voter_with_many_papers_at_once_has_one_ballot(door: Door, vera: Browser) -> None:
    poll = a_poll(policy="network", network_allowance=1)
    first = choices_of(poll)[0]
    posts = [door.letter(poll.slug, [(first.question_id, [first.pk])], a_paper(poll)) for _ in range(20)]
    codes = [door.read(response).code for response in vera.together(posts)]
    assert sorted(codes) == ["already_voted"] * 19 + ["counted"]
    assert Ballot.objects.count() == 1


def test_a_browser_that_is_known_and_posts_many_papers_at_once_gets_no_second_ballot(door: Door, vera: Browser) -> None:
    poll = a_poll()
    first = choices_of(poll)[0]
    answers = [(first.question_id, [first.pk])]
    fresh = [a_paper(poll) for _ in range(10)]
    assert door.vote(vera, poll.slug, answers, a_paper(poll)).counted
    codes = [
        door.read(reply).code for reply in vera.together([door.letter(poll.slug, answers, paper) for paper in fresh])
    ]
    assert codes == ["already_voted"] * 10


def test_the_same_paper_many_times_at_once_counts_once_and_is_answered_each_time(door: Door, vera: Browser) -> None:
    poll = a_poll()
    first = choices_of(poll)[0]
    letter = door.letter(poll.slug, [(first.question_id, [first.pk])], a_paper(poll))
    codes = [door.read(response).code for response in vera.together([letter] * 20)]
    assert codes == ["counted"] * 20
    assert Ballot.objects.count() == 1


def test_a_hundred_voters_of_whom_thirty_are_one_make_seventy_one_ballots(
    door: Door, vera: Browser, settings: pytest.FixtureRequest
) -> None:
    settings.TRUSTED_PROXIES = _networks("192.0.2.1/32")  # type: ignore[attr-defined]
    poll = a_poll(policy="network", network_allowance=1)
    first = choices_of(poll)[0]
    addresses = [f"203.0.113.{number}" for number in range(70)] + ["198.51.100.1"] * 30
    posts = [
        door.letter(
            poll.slug,
            [(first.question_id, [first.pk])],
            a_paper(poll),
            headers={"X-Forwarded-For": address},
        )
        for address in addresses
    ]
    codes = [door.read(response).code for response in vera.together(posts)]
    assert (codes.count("counted"), codes.count("already_voted")) == (71, 29)
    assert Ballot.objects.count() == 71
    assert Tally.objects.get(poll=poll).ballots == 71


def test_a_hundred_voters_of_whom_thirty_hold_one_invitation_make_seventy_one_ballots(
    door: Door, vera: Browser
) -> None:
    poll = a_poll(policy="invitation")
    first = choices_of(poll)[0]
    codes = [issued.code for issued in invitations.issue(poll, 71)]
    held = codes[:70] + codes[70:] * 30
    posts = [
        door.letter(poll.slug, [(first.question_id, [first.pk])], a_paper(poll), extra={"invitation": code})
        for code in held
    ]
    answers = [door.read(response).code for response in vera.together(posts)]
    assert (answers.count("counted"), answers.count("already_voted")) == (71, 29)
    assert Ballot.objects.count() == Invitation.objects.filter(used_at__isnull=False).count() == 71
    assert Tally.objects.get(poll=poll).ballots == 71


def test_a_vote_that_races_the_close_is_before_it_or_refused(vera: Browser) -> None:
    import threading

    from django.db import connection

    poll = a_poll(policy="open")
    first = choices_of(poll)[0]
    door = ApiDoor()
    posts = [door.letter(poll.slug, [(first.question_id, [first.pk])], vera.paper(poll.slug)) for _ in range(60)]
    at_the_close: list[int] = []

    def close() -> None:
        lifecycle.close(poll, at=now())
        at_the_close.append(Ballot.objects.filter(poll=poll).count())
        connection.close()

    closing = threading.Thread(target=close)
    closing.start()
    codes = [door.read(response).code for response in vera.together(posts)]
    closing.join()
    assert set(codes) <= {"counted", "poll_closed"}
    assert Ballot.objects.count() == codes.count("counted") == at_the_close[0]


def test_a_ballot_read_against_an_old_version_is_read_again(vera: Browser) -> None:
    """Another process has edited the poll: this one has not heard of it yet."""
    poll = a_poll()
    first, second, _ = choices_of(poll)
    paper = vera.paper(poll.slug)  # and the poll is kept
    type(first).objects.filter(pk=first.pk).update(withdrawn_at=now())
    Poll.objects.filter(pk=poll.pk).update(version=poll.version + 1)
    door = ApiDoor()
    assert door.vote(vera, poll.slug, [(first.question_id, [first.pk])], paper).code == "choice_withdrawn"
    assert door.vote(vera, poll.slug, [(first.question_id, [second.pk])], paper).counted


def castings(poll: Poll, number: int) -> list[ballots.Casting]:
    """For the first choice, by as many voters whom nothing tells apart but their papers."""
    snapshot = snapshots.load(poll.slug)
    assert snapshot
    question = snapshot.questions[0]
    answers = [Answer(question.id, (question.choices[0].id,))]
    return [
        ballots.prepare(snapshot, answers, voter=Voter(), nonce=f"nonce-{each}", door=DoorName.API)
        for each in range(number)
    ]


@pytest.mark.usefixtures("house")
def test_a_ballot_that_the_database_cannot_take_harms_no_neighbour() -> None:
    good = castings(a_poll(policy="open"), 3)
    poisoned = replace(good[1], marks=(replace(good[1].marks[0], choice=2**40),))
    outcomes = ballots.cast_many([good[0], poisoned, good[2]]).outcomes
    assert isinstance(outcomes[0], ballots.Counted)
    assert isinstance(outcomes[1], refusals.OurFault)
    assert isinstance(outcomes[2], ballots.Counted)
    assert Ballot.objects.count() == 2


@pytest.mark.usefixtures("house")
def test_a_ballot_that_is_not_in_for_no_reason_anybody_knows_ends_in_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    poll = a_poll(policy="open")
    late = castings(poll, 1)
    lifecycle.close(poll, at=now())
    monkeypatch.setattr("polls.ballots.batches._turned_away", lambda *_asked: None)
    [outcome] = ballots.cast_many(late).outcomes
    assert isinstance(outcome, refusals.OurFault)


def _networks(*names: str) -> list[object]:
    return [ip_network(name) for name in names]
