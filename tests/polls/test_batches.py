"""Many ballots in one commit, as PostgreSQL takes them: in one statement, which it plans once."""

import psycopg
import pytest
from django.db import connection

from polls import ballots, ledger_at_once, refusals, snapshots
from polls.ballots import Counted
from polls.kinds import Answer
from polls.models import Ballot, Poll
from polls.terms import Door
from polls.voters import Voter
from tests.builders import a_poll

pytestmark = [pytest.mark.usefixtures("house"), pytest.mark.only_on("postgresql")]


def a_casting(poll: Poll, voter: str) -> ballots.Casting:
    snapshot = snapshots.load(poll.slug)
    assert snapshot
    [question] = snapshot.questions
    said = [Answer(question.id, (question.choices[0].id,))]
    return ballots.prepare(snapshot, said, voter=Voter(browser=voter), nonce=f"paper of {voter}", door=Door.PAGE)


def prepared() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements WHERE statement LIKE '%polls_ballot%'")
        return [statement for (statement,) in cursor.fetchall()]


def test_the_statement_of_a_batch_is_planned_once() -> None:
    poll = a_poll()
    for voter in ("vera", "victor"):
        assert ballots.cast_many([a_casting(poll, voter)]).outcomes == (Counted(),)
    [statement] = prepared()
    assert "INSERT INTO polls_mark" in statement


def test_a_pooler_that_gives_us_another_server_each_time_costs_the_plan_and_no_ballot() -> None:
    poll = a_poll()
    ballots.cast_many([a_casting(poll, "vera")])
    with connection.cursor() as cursor:
        # Where psycopg does not hear of it.
        cursor.execute("DO $$ BEGIN EXECUTE 'DEALLOCATE ALL'; END $$")
    for voter in ("victor", "vivian"):
        assert ballots.cast_many([a_casting(poll, voter)]).outcomes == (Counted(),)
    assert Ballot.objects.count() == 3
    assert prepared() == []
    connection.close()


def test_ballots_that_are_in_stay_in_where_the_rest_of_their_batch_can_not_be_written() -> None:
    free, held = a_poll(), a_poll(anonymous=True)
    castings = [a_casting(held, "vera"), a_casting(free, "vera")]
    settings = connection.get_connection_params()
    with psycopg.connect(dbname=settings["dbname"], host=settings.get("host"), user=settings.get("user")) as other:
        other.execute("SELECT 1 FROM polls_poll WHERE id = %s FOR UPDATE", [held.pk])
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '50ms'")
        outcomes = ballots.cast_many(castings).outcomes
    with connection.cursor() as cursor:
        cursor.execute("RESET lock_timeout")  # before somebody else gets this connection from the pool
    assert isinstance(outcomes[0], refusals.DatabaseAway)
    assert outcomes[1] == Counted()
    assert Ballot.objects.get().poll == free
    connection.close()


def test_all_counters_of_a_poll_stand_together() -> None:
    poll = a_poll()
    ballots.cast_many([a_casting(poll, "vera"), a_casting(poll, "victor")])
    [(version, cast, aside, counters)] = ledger_at_once.standing([poll.pk]).values()
    assert (version, cast, aside) == (1, 2, 0)
    assert sorted(count for _question, _said, count in counters) == [2, 2]
