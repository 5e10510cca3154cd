"""Counters follow ballots, in the same transaction."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

from polls import ledger
from polls.ballots.castings import Casting
from polls.ballots.outcomes import TallyChange
from polls.kinds import MarkLine, said
from polls.snapshots import PollSnapshot

RELEASED_AT_ONCE = 10
"""A secret poll that is open lets its numbers be seen in batches of so many ballots, so that no step names a voter."""


class Moves:
    """What a transaction adds to the counters of polls, and takes from them: each counter is touched once."""

    def __init__(self) -> None:
        self._counters: Counter[tuple[int, str]] = Counter()
        self._ballots: Counter[int] = Counter()
        self._set_aside: Counter[int] = Counter()
        self._polls: dict[int, PollSnapshot] = {}

    def add(self, castings: Iterable[Casting]) -> None:
        for casting in castings:
            self.move(casting.poll, casting.marks, by=1, set_aside=bool(casting.set_aside_for))

    def move(self, poll: PollSnapshot, marks: Sequence[MarkLine], *, by: int, set_aside: bool = False) -> None:
        """Add a ballot (`by` 1) or take it away (-1); one that is set aside is only numbered."""
        self._polls[poll.id] = poll
        if set_aside:
            self._set_aside[poll.id] += by
            return
        self._ballots[poll.id] += by
        for what in said(poll.questions, marks):
            self._counters[what] += by

    def write(self) -> tuple[TallyChange, ...]:
        if not self._polls:
            return ()
        moved = {what: by for what, by in self._counters.items() if by}
        numbers = {poll: (self._ballots[poll], self._set_aside[poll]) for poll in self._polls}
        counters, tallies = ledger.add(moved, numbers)
        if secret := sorted(poll.id for poll in self._polls.values() if poll.anonymous):
            ledger.release(secret, least=RELEASED_AT_ONCE)
        aside = {poll for poll, number in self._set_aside.items() if number}
        return tally_changes(self._polls, aside, counters, tallies)


def tally_changes(
    polls: Mapping[int, PollSnapshot],
    aside: Collection[int],
    counters: Sequence[tuple[int, str, int]],
    tallies: Mapping[int, tuple[int, int]],
) -> tuple[TallyChange, ...]:
    """What to tell of a transaction: counters with their new counts, and by poll its ballots and the tally's version.

    `aside` are the polls of which a ballot was set aside, or let in again.
    """
    owners = {question.id: poll.id for poll in polls.values() for question in poll.questions}

    def lines(poll: int) -> tuple[tuple[int, str, int], ...] | None:
        if polls[poll].anonymous or poll in aside:
            return None
        return tuple(line for line in counters if owners[line[0]] == poll)

    return tuple(TallyChange(poll, version, ballots, lines(poll)) for poll, (ballots, version) in tallies.items())
