from collections.abc import Mapping, Sequence

from polls import refusals
from polls.counting import Ballot
from polls.kinds import comparing
from polls.kinds.answers import Answer, MarkLine
from polls.kinds.base import QuestionResult, check_choices, wrong_number
from polls.snapshots import QuestionSnapshot


class Ranked:
    """Ranking: 1 is the best. Skipped ranks close up; a choice left out means what the question says it means."""

    slow = True

    def read(self, question: QuestionSnapshot, answer: Answer) -> tuple[MarkLine, ...]:
        if answer.choices or answer.scores or answer.text:
            raise refusals.AnswerMismatch
        groups = [group for group in answer.ranking if group]
        ranked = [choice for group in groups for choice in group]
        check_choices(question, ranked)
        twice = not question.equal_ranks and any(len(group) > 1 for group in groups)
        refusals.raise_all(refusals.RankTwice() if twice else None, wrong_number(question, len(ranked)))
        return tuple(
            MarkLine(question.id, choice, rank=rank, tied=len(group) > 1)
            for rank, group in enumerate(groups, start=1)
            for choice in sorted(group)
        )

    def said(self, marks: Sequence[MarkLine]) -> list[str]:
        groups: dict[int, list[int]] = {}
        for mark in marks:
            groups.setdefault(mark.rank or 0, []).append(mark.choice or 0)
        return [">".join("=".join(map(str, sorted(groups[rank]))) for rank in sorted(groups))]

    def result(self, question: QuestionSnapshot, counters: Mapping[str, int]) -> QuestionResult:
        ballots = {ballot_of(said): number for said, number in counters.items() if said}
        firsts = dict.fromkeys((choice.id for choice in question.choices), 0)
        for ballot, number in ballots.items():
            # A first rank that is shared counts for each that shares it: the bar says how many ranked it first.
            for choice in ballot.ranking[0]:
                firsts[int(choice)] = firsts.get(int(choice), 0) + number
        return comparing.result(question, counters.get("", 0), ballots, firsts)


def ballot_of(said: str) -> Ballot:
    return Ballot(tuple(tuple(int(choice) for choice in group.split("=")) for group in said.split(">")))
