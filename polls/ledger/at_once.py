"""A whole batch as one statement, which is a transaction by itself, and what follows from it: for PostgreSQL, where
journeys cost more than work. SQLite can't insert within a WITH, and has no journeys to save.

Whoever asks brings the way to ask (`Ask`): here is what is sent, and how the answer is read.
"""

import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from polls.ledger.ballots import BALLOT_COLUMNS, MARK_COLUMNS
from polls.ledger.dialects import Row

type Ask = Callable[[str, str, list[str]], Awaitable[str | None]]
"""Sends a statement, which has a name so that it is planned once, with its values as text; gives the one value that
it answers. Raises Django's errors of databases.
"""


@dataclass(frozen=True, slots=True)
class Written:
    """What is committed: the places of the ballots that are in, and what they moved."""

    places: frozenset[int] = frozenset()
    counters: tuple[tuple[int, str, int], ...] = ()
    """Question, what was said, and the new count."""
    tallies: tuple[tuple[int, int, int, int], ...] = ()
    """Poll, its ballots, the tally's new version, and the number set aside."""


NO_BALLOT = -1
"""The place of what is said by nobody: its counter stays as it is, and is told with the others."""


async def write(ask: Ask, ballots: Sequence[Row], marks: Sequence[Row], said: Sequence[Row]) -> Written:
    """Insert ballots with their marks, and add what they say to the counters. What conflicts is left out, as is a
    ballot of a poll that is not open or has another version; see `ledger.insert_ballots`.

    Marks and what is said begin with the place of their ballot, or with NO_BALLOT. No paper may be there twice, and no
    ballot of a secret poll: of that one the day alone is kept, and its numbers are released in batches.
    """
    told = await ask("ballots", STATEMENT, [json.dumps(ballots), json.dumps(marks), json.dumps(said)])
    found = json.loads(told or "[]")
    return Written(
        frozenset([one for what, one, _, _, _ in found if what == "ballot"]),
        tuple([(one, told, number) for what, one, told, number, _ in found if what == "counter"]),
        tuple([(one, number, int(told), aside) for what, one, told, number, aside in found if what == "tally"]),
    )


async def standing(ask: Ask, polls: Sequence[int]) -> dict[int, tuple[int, int, int, list[tuple[int, str, int]]]]:
    """Version, ballots, number set aside, and all counters of each poll, as they stand together at one instant."""
    found: dict[int, tuple[int, int, int, list[tuple[int, str, int]]]] = {}
    for poll, version, ballots, aside, question, said, count in json.loads(
        await ask("standing", STANDING, [json.dumps(polls)]) or "[]"
    ):
        found.setdefault(poll, (version, ballots, aside, []))[3].append((question, said, count))
    return found


def _sent(number: int, name: str, columns: dict[str, str]) -> str:
    read = ", ".join(f"(one->>{place})::{kind} AS {column}" for place, (column, kind) in enumerate(columns.items()))
    return f"{name} AS (SELECT {read} FROM jsonb_array_elements(${number}::jsonb) AS one)"


CLOCK = "statement_timestamp()"
MARKED = [column for column in MARK_COLUMNS if column != "ballot_id"]
PLACED_COLUMNS = {"place": "int"} | {column: MARK_COLUMNS[column] for column in MARKED}
SAID_COLUMNS = {"place": "int", "question_id": "bigint", "what": "text"}

# Parts are written in the order in which the last SELECT reads them. Counters and tallies come last, since another
# process that counts in the same poll waits for them; and in one order everywhere, so that two writers never wait for
# each other in a ring.
STATEMENT = f"""
    WITH {_sent(1, "ballots", BALLOT_COLUMNS)},
    {_sent(2, "marks", PLACED_COLUMNS)},
    {_sent(3, "said", SAID_COLUMNS)},
    standing AS (
        SELECT id, version FROM polls_poll
        WHERE id IN (SELECT poll_id FROM ballots) AND status = 'published'
          AND (opens_at IS NULL OR opens_at <= {CLOCK}) AND (closes_at IS NULL OR closes_at > {CLOCK})
        FOR SHARE),
    inserted AS (
        INSERT INTO polls_ballot (poll_id, voter_key, nonce, answers, network_key, network_slot, door, receipt,
                                  set_aside_for, set_aside_at, cast_at)
        SELECT poll_id, voter_key, nonce, answers, network_key, network_slot, door, receipt,
               set_aside_for, CASE WHEN set_aside_for <> '' THEN {CLOCK} END, {CLOCK}
        FROM ballots JOIN standing ON standing.id = poll_id AND standing.version = ballots.version
        ORDER BY place
        ON CONFLICT DO NOTHING RETURNING id, poll_id, nonce, set_aside_for = '' AS counts),
    placed AS (
        SELECT place, inserted.id, counts FROM inserted
        JOIN ballots ON ballots.poll_id = inserted.poll_id AND ballots.nonce = inserted.nonce),
    marked AS (
        INSERT INTO polls_mark (ballot_id, {", ".join(MARKED)})
        SELECT placed.id, {", ".join(MARKED)} FROM marks JOIN placed USING (place) RETURNING 1),
    counted AS (
        INSERT INTO polls_counter (question_id, said, count)
        SELECT question_id, what, count(placed.id) FROM said LEFT JOIN placed USING (place)
        WHERE counts OR place = {NO_BALLOT} GROUP BY question_id, what ORDER BY question_id, what
        ON CONFLICT (question_id, said) DO UPDATE SET count = polls_counter.count + excluded.count
        RETURNING question_id, said, count),
    tallied AS (
        INSERT INTO polls_tally (poll_id, ballots, set_aside, version, released)
        SELECT poll_id, count(*) FILTER (WHERE counts), count(*) FILTER (WHERE NOT counts), 1, 0 FROM inserted
        GROUP BY poll_id ORDER BY poll_id
        ON CONFLICT (poll_id) DO UPDATE SET version = polls_tally.version + 1,
        ballots = polls_tally.ballots + excluded.ballots, set_aside = polls_tally.set_aside + excluded.set_aside
        RETURNING poll_id, ballots, version, set_aside)
    SELECT json_agg(json_build_array(what, one, told, number, aside)) FROM (
        SELECT 'ballot', place::bigint, '', 0::bigint, 0 FROM placed
        UNION ALL SELECT 'mark', count(*), '', 0, 0 FROM marked
        UNION ALL SELECT 'counter', question_id, said, count::bigint, 0 FROM counted
        UNION ALL SELECT 'tally', poll_id, version::text, ballots::bigint, set_aside FROM tallied
    ) AS f(what, one, told, number, aside)"""

STANDING = """
    SELECT json_agg(json_build_array(t.poll_id, t.version, t.ballots, t.set_aside, c.question_id, c.said, c.count))
    FROM polls_tally t JOIN polls_question q ON q.poll_id = t.poll_id JOIN polls_counter c ON c.question_id = q.id
    WHERE t.poll_id IN (SELECT jsonb_array_elements_text($1::jsonb)::bigint)"""
