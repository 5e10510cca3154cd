"""Batches on PostgreSQL: one statement on a connection at which the event loop itself waits, planned once."""

import asyncio
import json
import os
import socket
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection

from polls import ballots, refusals, snapshots
from polls.ballots import Casting, Counted
from polls.kinds import Answer
from polls.ledger import at_once
from polls.models import Ballot, Poll
from polls.terms import Door
from polls.voters import Voter
from tests.browser import Browser
from tests.builders import a_poll
from tests.watcher import wait_until
from ui.voting import queue
from ui.wire import NAME, Wire, wire

pytestmark = [pytest.mark.usefixtures("house"), pytest.mark.only_on("postgresql")]


def a_casting(poll: Poll, voter: str) -> Casting:
    snapshot = snapshots.load(poll.slug)
    assert snapshot
    [question] = snapshot.questions
    said = [Answer(question.id, (question.choices[0].id,))]
    return ballots.prepare(snapshot, said, voter=Voter(browser=voter), nonce=f"paper of {voter}", door=Door.PAGE)


def cast(vera: Browser, *castings: Casting) -> list[Any]:
    """What becomes of ballots that come at one moment."""

    async def together() -> list[Any]:
        return await asyncio.gather(*[queue.cast(casting) for casting in castings], return_exceptions=True)

    return vera.run(together())


async def cut_and_cast(casting: Casting) -> object:
    assert wire._end
    with socket.socket(fileno=os.dup(wire._end._socket)) as ours:
        ours.shutdown(socket.SHUT_RDWR)
    return await queue.cast(casting)


def prepared(vera: Browser, used: Wire) -> list[str]:
    found = vera.run(used.ask("plans", "SELECT json_agg(name ORDER BY name) FROM pg_prepared_statements", []))
    return json.loads(found or "[]")


def run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_statement_of_a_batch_is_planned_once_and_no_thread_is_asked(
    vera: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    poll = a_poll()
    monkeypatch.delattr("ui.queue.database")
    for voter in ("vera", "victor"):
        assert cast(vera, a_casting(poll, voter)) == [Counted()]
    assert prepared(vera, wire).count("ballots") == 1


def test_a_pooler_that_gives_us_another_server_each_time_costs_the_plan_and_no_ballot(vera: Browser) -> None:
    poll, ours = a_poll(), Wire()
    vera.loop.call_soon_threadsafe(ours.start)
    wait_until(lambda: ours.is_open)

    def outcomes(voter: str) -> object:
        return vera.run(ballots.cast_at_once(ours.ask, [a_casting(poll, voter)], known={})).outcomes

    assert outcomes("vera") == {0: Counted()}
    vera.run(ours.ask("gone", "DEALLOCATE ALL", []))
    assert [outcomes("victor"), outcomes("vivian")] == [{0: Counted()}] * 2
    assert Ballot.objects.count() == 3
    assert prepared(vera, ours) == []
    vera.run(ours.stop())


def test_a_ballot_that_the_database_can_not_take_harms_no_neighbour(vera: Browser) -> None:
    poll = a_poll()
    vera_s, poison, victor_s = [a_casting(poll, voter) for voter in ("vera", "poison", "victor")]
    poison = replace(poison, marks=(replace(poison.marks[0], choice=2**40),))
    outcomes = cast(vera, vera_s, poison, victor_s)
    assert (outcomes[0], outcomes[2]) == (Counted(), Counted())
    assert isinstance(outcomes[1], refusals.OurFault)
    assert Ballot.objects.count() == 2


def test_ballots_that_are_in_stay_in_where_the_rest_of_their_batch_can_not_be_written(vera: Browser) -> None:
    free, held = a_poll(), a_poll(anonymous=True)
    # A secret poll's ballots are written by a thread: for them the database goes away.
    run(f"""CREATE FUNCTION away() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN IF NEW.poll_id = {held.pk} THEN RAISE EXCEPTION 'away' USING ERRCODE = '57P01'; END IF;
            RETURN NEW; END $$""")
    run("CREATE TRIGGER away BEFORE INSERT ON polls_ballot FOR EACH ROW EXECUTE FUNCTION away()")
    try:
        outcomes = cast(vera, a_casting(held, "vera"), a_casting(free, "vera"))
    finally:
        run("DROP FUNCTION away CASCADE")
    assert isinstance(outcomes[0], refusals.DatabaseAway)
    assert outcomes[1] == Counted()
    assert Ballot.objects.get().poll == free


def test_a_connection_that_is_lost_loses_no_ballot_and_is_made_again(vera: Browser) -> None:
    poll = a_poll()
    # Of one batch: in the middle of its statement, when the ballot may be in or not.
    run("""CREATE FUNCTION part() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
           IF current_setting('application_name') = 'pollstead-ballots' THEN
           PERFORM pg_terminate_backend(pg_backend_pid()); END IF; RETURN NULL; END $$""")
    run("CREATE TRIGGER part AFTER INSERT ON polls_ballot FOR EACH STATEMENT EXECUTE FUNCTION part()")
    try:
        assert cast(vera, a_casting(poll, "vera")) == [Counted()]
    finally:
        run("DROP FUNCTION part CASCADE")
    wait_until(lambda: wire.is_open)
    # Of none: while nobody waits for it.
    run(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '{NAME}'")
    assert cast(vera, a_casting(poll, "victor")) == [Counted()]
    wait_until(lambda: wire.is_open)
    # And before anybody could notice.
    assert vera.run(cut_and_cast(a_casting(poll, "vivian"))) == Counted()
    wait_until(lambda: wire.is_open)
    assert cast(vera, a_casting(poll, "viola")) == [Counted()]
    assert Ballot.objects.count() == 4


def test_many_and_long_ballots_go_through_a_connection_that_takes_them_piece_by_piece(vera: Browser) -> None:
    poll = a_poll()
    castings = [a_casting(poll, f"voter {number}") for number in range(400)]
    assert cast(vera, *castings) == [Counted()] * 400
    assert Ballot.objects.count() == 400


def test_all_counters_of_a_poll_stand_together(vera: Browser) -> None:
    poll = a_poll()
    cast(vera, a_casting(poll, "vera"), a_casting(poll, "victor"))
    [(version, number, aside, counters)] = vera.run(at_once.standing(wire.ask, [poll.pk])).values()
    assert (version, number, aside) == (1, 2, 0)
    assert sorted(count for _question, _said, count in counters) == [2, 2]
