"""The exported ballots say what the result says, and nothing about who cast them."""

import json
from io import StringIO
from itertools import count
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from polls import ballots, corrections, exports, snapshots, tallies
from polls.kinds import Answer
from polls.models import Ballot, Poll
from polls.snapshots import PollSnapshot
from polls.terms import Door
from polls.voters import Voter
from tests.builders import a_poll, choices_of, now
from tests.desk import an_editor, at_desk
from tests.votes import a_ballot

pytestmark = pytest.mark.usefixtures("house")
_voter = count(1)
RANKINGS = ["012", "012", "012", "021", "120", "120", "102", "2", "20"]
GRADES = [{0: 5, 1: 2}, {1: 4, 2: 1}, {0: 3, 1: 3, 2: 5}, {2: 2}, {0: 0, 1: 5}]


def snapshot_of(poll: Poll) -> PollSnapshot:
    snapshot = snapshots.load(poll.slug)
    assert snapshot
    return snapshot


def cast(poll: Poll, **said: object) -> None:
    snapshot, name = snapshot_of(poll), f"export-{next(_voter)}"
    answer = Answer(snapshot.questions[0].id, **said)  # type: ignore[arg-type]  # a test says what it means
    voter = Voter(browser=name, network="192.0.2.1")
    ballots.cast_many([ballots.prepare(snapshot, [answer], voter=voter, nonce=name, door=Door.PAGE)])


def a_ranked_poll(rule: str) -> Poll:
    poll = a_poll(question={"kind": "ranked", "rule": rule}, choices=["=1+1", "Pizza", 'The "best" soup'])
    ids = [choice.pk for choice in choices_of(poll)]
    for ranking in RANKINGS:
        cast(poll, ranking=tuple((ids[int(place)],) for place in ranking))
    return poll


def a_scored_poll(rule: str) -> Poll:
    poll = a_poll(question={"kind": "score", "rule": rule, "lowest": 0, "minimum": 1}, choices=["@A", "B", "C"])
    ids = [choice.pk for choice in choices_of(poll)]
    for grades in GRADES:
        cast(poll, scores=tuple((ids[place], grade) for place, grade in grades.items()))
    return poll


def winners(poll: Poll) -> set[str]:
    snapshot = snapshot_of(poll)
    result = tallies.results(snapshot, tallies.load(snapshot))[0]
    return {choice.text for choice in result.choices if choice.leads}


def counted(path: Path, rule: str, seed: str) -> set[str]:
    out = StringIO()
    call_command("count", str(path), rule=rule, seed=seed, json=True, stdout=out)
    told = json.loads(out.getvalue())
    names = told.get("names", {})
    return {names.get(str(winner), str(winner)) for winner in told["winners"]}


def exported(poll: Poll, file_format: str) -> str:
    out = StringIO()
    call_command("export_ballots", poll.slug, format=file_format, stdout=out)
    return out.getvalue()


@pytest.mark.parametrize("file_format", ["csv", "json", "abif", "blt"])
@pytest.mark.parametrize("rule", ["irv", "schulze", "borda"])
def test_a_ranking_counted_from_its_file_has_the_same_winner(tmp_path: Path, rule: str, file_format: str) -> None:
    poll = a_ranked_poll(rule)
    path = tmp_path / f"ballots.{file_format}"
    path.write_text(exported(poll, file_format), encoding="utf-8")
    assert counted(path, rule, poll.questions.get().seed) == winners(poll)


@pytest.mark.parametrize("file_format", ["json", "abif"])
def test_a_lot_drawn_from_a_file_with_ids_falls_the_same_way(tmp_path: Path, file_format: str) -> None:
    poll = a_poll(question={"kind": "ranked"}, choices=["A", "B", "C"])
    for choice in choices_of(poll):
        cast(poll, ranking=((choice.pk,),))
    path = tmp_path / f"ballots.{file_format}"
    path.write_text(exported(poll, file_format), encoding="utf-8")
    assert counted(path, "irv", poll.questions.get().seed) == winners(poll)


@pytest.mark.parametrize("file_format", ["csv", "json", "abif"])
@pytest.mark.parametrize("rule", ["star", "score"])
def test_scores_counted_from_their_file_have_the_same_winner(tmp_path: Path, rule: str, file_format: str) -> None:
    poll = a_scored_poll(rule)
    path = tmp_path / f"ballots.{file_format}"
    path.write_text(exported(poll, file_format), encoding="utf-8")
    assert counted(path, rule, poll.questions.get().seed) == winners(poll)


def test_a_withdrawn_choice_is_not_in_the_file_of_a_ranking() -> None:
    poll = a_ranked_poll("irv")
    corrections.withdraw_choice(choices_of(poll)[0], reason="Gone.", editor=None, at=now())
    assert "=1+1" not in exported(poll, "csv")


def test_votes_for_a_withdrawn_choice_stay_in_the_file_as_they_stay_in_the_result() -> None:
    poll = a_poll()
    a_ballot(poll, 0)
    corrections.withdraw_choice(choices_of(poll)[0], reason="Gone.", editor=None, at=now())
    assert exported(poll, "csv").splitlines() == ["count,A,B,C", "1,1,,"]


def test_a_ballot_that_was_taken_back_is_not_in_the_file() -> None:
    poll = a_poll(changes_allowed=True)
    a_ballot(poll, 0)
    ballots.withdraw(snapshot_of(poll), voter_key=Ballot.objects.get().voter_key)
    assert exported(poll, "csv").splitlines() == ["count,A,B,C"]


def test_a_file_names_the_seats_where_there_are_several() -> None:
    for seats, named in ((1, None), (2, 2)):
        poll = a_poll(question={"kind": "ranked", "rule": "stv" if seats > 1 else "irv", "seats": seats})
        assert json.loads(exported(poll, "json")).get("seats") == named


def test_ballots_that_were_set_aside_are_not_in_the_file() -> None:
    poll = a_poll()
    a_ballot(poll, 0)
    a_ballot(poll, 1)
    aside = Ballot.objects.order_by("id").first()
    assert aside
    ballots.set_aside(poll, [aside.pk], reason="editor", at=now())
    assert exported(poll, "csv").splitlines() == ["count,A,B,C", "1,,1,"]


def test_a_file_has_no_key_no_time_and_no_formula() -> None:
    poll = a_ranked_poll("irv")
    rows = exported(poll, "csv").splitlines()
    assert rows[0].startswith("count,rank:=1+1,Pizza")
    assert sum(int(row.split(",")[0]) for row in rows[1:]) == len(RANKINGS)
    assert all(set(row) <= set("0123456789,") for row in rows[1:])


@pytest.mark.parametrize("fields", [{"reveal": "never"}, {"reveal": "after_close"}, {"anonymous": True}])
def test_what_the_results_may_not_tell_no_file_tells(fields: dict[str, object]) -> None:
    poll = a_poll(**fields)
    a_ballot(poll)
    with pytest.raises(CommandError):
        call_command("export_ballots", poll.slug)
    desk = at_desk(an_editor("olive", is_superuser=True))
    address = f"/admin/polls/poll/{poll.pk}/ballots/{poll.questions.get().pk}.csv"
    assert desk.get(address).status_code == 302
    assert address not in desk.get(f"/admin/polls/poll/{poll.pk}/change/").content.decode()


def test_the_desk_hands_out_the_file_to_those_who_may_see_the_poll() -> None:
    poll = a_poll()
    a_ballot(poll)
    address = f"/admin/polls/poll/{poll.pk}/ballots/{poll.questions.get().pk}.csv"
    answer = at_desk(an_editor("olive", is_superuser=True)).get(address)
    assert answer.getvalue().decode().splitlines() == ["count,A,B,C", "1,1,,"]
    assert "attachment" in answer.headers["Content-Disposition"]
    assert at_desk(an_editor("otto")).get(address).status_code == 404
    assert Client().get(address).status_code == 302


def test_the_progress_is_told_beside_the_file() -> None:
    poll, out, told = a_ranked_poll("irv"), StringIO(), StringIO()
    call_command("export_ballots", poll.slug, stdout=out, stderr=told)
    number = len(RANKINGS)
    assert told.getvalue().splitlines() == [f"{number} ballots to write", f"{number} ballots written"]
    assert "to write" not in out.getvalue()


def test_texts_have_no_file_and_grades_no_blt() -> None:
    snapshot = snapshot_of(a_scored_poll("star"))
    assert exports.formats(snapshot.questions[0]) == ("abif", "csv", "json")
    with pytest.raises(CommandError, match="can’t hold"):
        call_command("export_ballots", snapshot.slug, format="blt")
