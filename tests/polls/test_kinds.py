"""Each kind of question: what an answer may hold, what is counted of it, how the counts are read."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from polls import refusals
from polls.kinds import KINDS, Answer
from polls.kinds.base import QuestionResult
from polls.snapshots import ChoiceSnapshot, QuestionSnapshot
from polls.terms import Kind, Unranked

CHOICES = tuple(ChoiceSnapshot(number, f"Choice {number}", withdrawn=False) for number in (1, 2, 3))


def a_question(kind: Kind, **fields: Any) -> QuestionSnapshot:
    given = {"hint": "", "required": True, "minimum": 1, "maximum": None, "choices": CHOICES} | fields
    return QuestionSnapshot(id=7, kind=kind, text="Which?", **given)


def counted(question: QuestionSnapshot, answers: Sequence[Answer]) -> QuestionResult:
    """The result of some answers, by way of the counters."""
    kind = KINDS[question.kind]
    counters: Counter[str] = Counter()
    for answer in answers:
        counters.update(["", *kind.said(kind.read(question, answer))])
    return kind.result(question, counters)


def choosing(*choices: int, text: str = "") -> Answer:
    return Answer(7, choices=choices, text=text)


def ranking(*groups: tuple[int, ...]) -> Answer:
    return Answer(7, ranking=groups)


def scoring(**scores: int) -> Answer:
    return Answer(7, scores=tuple((int(choice[1:]), score) for choice, score in scores.items()))


@pytest.mark.parametrize(
    ("question", "answer", "refusal"),
    [
        (a_question(Kind.SINGLE), choosing(1, 2), refusals.TooManyChoices),
        (a_question(Kind.SINGLE), choosing(9), refusals.ChoiceUnknown),
        (a_question(Kind.SINGLE), choosing(1, text="Mine"), refusals.AnswerMismatch),
        (a_question(Kind.SINGLE, write_in=True), choosing(1, text="Mine"), refusals.TooManyChoices),
        (a_question(Kind.SINGLE), ranking((1,)), refusals.AnswerMismatch),
        (a_question(Kind.MULTIPLE, minimum=2), choosing(1), refusals.TooFewChoices),
        (a_question(Kind.RANKED), ranking((1, 2)), refusals.RankTwice),
        (a_question(Kind.RANKED, equal_ranks=True), ranking((1, 2), (1,)), refusals.ChoiceTwice),
        (a_question(Kind.RANKED, maximum=2), ranking((1,), (2,), (3,)), refusals.TooManyChoices),
        (a_question(Kind.RANKED, minimum=3), ranking((1,), (2,)), refusals.TooFewChoices),
        (a_question(Kind.RANKED), choosing(1), refusals.AnswerMismatch),
        (a_question(Kind.RATING), scoring(c1=6), refusals.ScoreOutOfRange),
        (a_question(Kind.RATING), scoring(c1=0), refusals.ScoreOutOfRange),
        (a_question(Kind.RATING, minimum=3), scoring(c1=5), refusals.TooFewChoices),
        (a_question(Kind.SCORE), scoring(c1=-1), refusals.ScoreOutOfRange),
        (a_question(Kind.SCORE), scoring(c9=1), refusals.ChoiceUnknown),
        (a_question(Kind.TEXT, choices=(), longest=3), Answer(7, text="four"), refusals.TextTooLong),
        (a_question(Kind.TEXT, choices=()), Answer(7, text="   "), refusals.TooFewChoices),
        (a_question(Kind.TEXT, choices=()), choosing(1), refusals.AnswerMismatch),
    ],
)
def test_an_answer_that_does_not_fit_is_refused(
    question: QuestionSnapshot, answer: Answer, refusal: type[refusals.Refusal]
) -> None:
    with pytest.raises(refusal):
        KINDS[question.kind].read(question, answer)


@pytest.mark.parametrize(
    ("question", "answer", "codes"),
    [
        (a_question(Kind.RANKED, minimum=3), ranking((1, 2)), ["rank_twice", "too_few_choices"]),
        (a_question(Kind.SCORE, maximum=1), scoring(c1=-1, c2=1), ["score_out_of_range", "too_many_choices"]),
        (
            a_question(Kind.MULTIPLE, maximum=1, write_in=True, longest=3),
            choosing(1, text="four"),
            ["text_too_long", "too_many_choices"],
        ),
        (a_question(Kind.SINGLE, write_in=True), Answer(7, other=True), ["write_in_empty"]),
    ],
)
def test_all_that_is_wrong_with_an_answer_is_named(
    question: QuestionSnapshot, answer: Answer, codes: list[str]
) -> None:
    with pytest.raises(refusals.Refusal) as refused:
        KINDS[question.kind].read(question, answer)
    assert [fault.code for fault in refused.value.all] == codes


def test_percentages_of_a_single_choice_add_up_to_a_hundred() -> None:
    result = counted(a_question(Kind.SINGLE), [choosing(1), choosing(2), choosing(3)])
    assert [choice.percent for choice in result.choices] == [34, 33, 33]


@pytest.mark.parametrize(
    ("kind", "answers", "bars"),
    [
        (Kind.SINGLE, [choosing(1), choosing(2), choosing(3)], [33, 33, 33]),
        (Kind.MULTIPLE, [choosing(1, 2, 3), choosing(1), choosing(2)], [67, 67, 33]),
        (Kind.RANKED, [ranking((1,)), ranking((2,)), ranking((3,))], [33, 33, 33]),
        (Kind.SCORE, [scoring(c1=2, c2=2, c3=2)], [40, 40, 40]),
        (Kind.SCORE, [scoring(c1=5, c2=1), scoring(c1=5)], [100, 10, 0]),
    ],
)
def test_equal_counts_have_equal_bars(kind: Kind, answers: list[Answer], bars: list[int]) -> None:
    result = counted(a_question(kind), answers)
    assert [choice.bar for choice in result.choices] == bars


def test_points_are_told_of_the_most_that_were_possible() -> None:
    result = counted(a_question(Kind.SCORE), [scoring(c1=2, c2=2, c3=2)])
    assert [choice.percent for choice in result.choices] == [40, 40, 40]


def test_percentages_of_a_multiple_choice_are_of_those_who_answered() -> None:
    result = counted(a_question(Kind.MULTIPLE), [choosing(1, 2), choosing(1), choosing(1, 3), choosing(1)])
    assert [choice.percent for choice in result.choices] == [100, 25, 25]
    assert result.answered == 4


def test_approval_takes_any_number_of_choices() -> None:
    result = counted(a_question(Kind.APPROVAL, maximum=1), [choosing(1, 2, 3), choosing(3)])
    assert [choice.count for choice in result.choices] == [1, 1, 2]
    assert [choice.leads for choice in result.choices] == [False, False, True]


def test_a_write_in_counts_as_one_choice_and_is_not_shown_as_one() -> None:
    question = a_question(Kind.MULTIPLE, write_in=True, maximum=2)
    result = counted(question, [choosing(1, text="A boat"), choosing(1, 2)])
    assert result.written == 1
    assert [choice.count for choice in result.choices] == [2, 1, 0]
    with pytest.raises(refusals.TooManyChoices):
        KINDS[Kind.MULTIPLE].read(question, choosing(1, 2, text="A boat"))


def test_a_rating_has_mean_median_and_distribution_for_each_choice() -> None:
    result = counted(a_question(Kind.RATING), [scoring(c1=5, c2=1), scoring(c1=4), scoring(c1=3, c2=1)])
    first, second, third = result.choices
    assert first.rating
    assert (first.rating.mean, first.rating.median, first.rating.answers) == (4, 4, 3)
    assert (first.percent, second.percent, third.percent) == (80, 20, 0), "bars begin at zero, not at the lowest grade"
    assert first.leads
    assert third.rating
    assert third.rating.mean is None


def test_a_net_promoter_score_is_worked_out_on_its_own_scale() -> None:
    question = a_question(Kind.RATING, lowest=0, highest=10)
    result = counted(question, [scoring(c1=grade) for grade in (10, 9, 8, 6)])
    assert result.choices[0].rating
    assert result.choices[0].rating.nps == 25


def test_a_ranking_is_decided_by_the_rule_that_the_editor_chose() -> None:
    votes = [ranking((1,), (2,), (3,))] * 4 + [ranking((2,), (3,), (1,))] * 3 + [ranking((3,), (2,), (1,))] * 2
    by_runoff = counted(a_question(Kind.RANKED, rule="irv"), votes)
    by_most = counted(a_question(Kind.RANKED, rule="plurality"), votes)
    assert [choice.choice for choice in by_runoff.choices if choice.leads] == [2]
    assert [choice.choice for choice in by_most.choices if choice.leads] == [1]
    assert by_runoff.comparison
    assert by_runoff.comparison.disagree


def test_skipped_ranks_close_up() -> None:
    marks = KINDS[Kind.RANKED].read(a_question(Kind.RANKED), ranking((), (2,), (), (1,)))
    assert [(mark.choice, mark.rank) for mark in marks] == [(2, 1), (1, 2)]


def test_equal_ranks_are_marked_as_such() -> None:
    marks = KINDS[Kind.RANKED].read(a_question(Kind.RANKED, equal_ranks=True), ranking((3, 1), (2,)))
    assert [(mark.choice, mark.rank, mark.tied) for mark in marks] == [(1, 1, True), (3, 1, True), (2, 2, False)]


def test_scores_are_decided_by_star() -> None:
    votes = [scoring(c1=5, c2=4)] * 2 + [scoring(c1=0, c2=4, c3=5)] * 3
    result = counted(a_question(Kind.SCORE), votes)
    assert [choice.count for choice in result.choices] == [10, 20, 15]
    assert result.comparison
    assert result.comparison.deciding.rule == "star"
    assert [choice.choice for choice in result.choices if choice.leads] == [3]


def test_a_withdrawn_choice_is_left_out_of_a_count() -> None:
    votes = [ranking((1,), (2,), (3,))] * 3 + [ranking((2,), (3,), (1,))] * 2
    asked = a_question(Kind.RANKED)
    counters: Counter[str] = Counter()
    for vote in votes:
        counters.update(["", *KINDS[Kind.RANKED].said(KINDS[Kind.RANKED].read(asked, vote))])
    gone = (ChoiceSnapshot(1, "Choice 1", withdrawn=True), *CHOICES[1:])
    result = KINDS[Kind.RANKED].result(a_question(Kind.RANKED, choices=gone), counters)
    assert [choice.choice for choice in result.choices if choice.leads] == [2]


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_has_a_result_without_any_ballot(kind: Kind) -> None:
    choices = () if kind == Kind.TEXT else CHOICES
    result = KINDS[kind].result(a_question(kind, choices=choices), {})
    assert result.answered == 0
    assert not any(choice.leads for choice in result.choices)


def _ranking(*choices: int) -> Answer:
    return Answer(7, ranking=tuple((choice,) for choice in choices))


def test_first_ranks_add_up_to_a_hundred_and_equal_ones_have_equal_bars() -> None:
    choices = counted(a_question(Kind.RANKED), [_ranking(1), _ranking(2), _ranking(3)]).choices
    assert [(choice.percent, choice.bar) for choice in choices] == [(34, 33), (33, 33), (33, 33)]


@pytest.mark.parametrize(("unranked", "winner"), [(Unranked.LAST, 1), (Unranked.NO_OPINION, 2)])
def test_what_it_means_to_leave_a_choice_out_is_as_the_question_says(unranked: Unranked, winner: int) -> None:
    question = a_question(Kind.RANKED, rule="borda", unranked=unranked)
    choices = counted(question, [_ranking(1)] * 3 + [_ranking(2, 3)]).choices
    assert [choice.choice for choice in choices if choice.leads] == [winner]


def test_a_tie_is_drawn_by_the_seed_of_the_question() -> None:
    for seed in ("one", "two", "three", "four"):
        result = counted(a_question(Kind.RANKED, rule="plurality", seed=seed), [_ranking(1), _ranking(2)])
        assert result.comparison
        assert result.comparison.deciding.ties[0].seed == seed


def test_write_ins_have_their_share_of_the_hundred() -> None:
    result = counted(a_question(Kind.SINGLE, write_in=True), [Answer(7, (1,)), Answer(7, text="Mine")])
    assert [choice.percent for choice in result.choices] == [50, 0, 0]


def test_what_a_withdrawn_choice_leaves_of_ballots_is_added_up() -> None:
    standing, answers = a_question(Kind.RANKED, rule="plurality"), [_ranking(1, 2), _ranking(2), _ranking(3)]
    kind = KINDS[Kind.RANKED]
    said = Counter(what for answer in answers for what in ["", *kind.said(kind.read(standing, answer))])
    gone = replace(standing, choices=(replace(CHOICES[0], withdrawn=True), *CHOICES[1:]))
    result = kind.result(gone, said)
    assert result.comparison
    assert result.comparison.deciding.ballots == 3
    assert [choice.choice for choice in result.choices if choice.leads] == [2]


@pytest.mark.parametrize(
    ("fields", "winners"),
    [
        ({}, [3]),
        ({"quorum": 4}, []),
        ({"choices": (*CHOICES[:2], replace(CHOICES[2], none_of_the_above=True))}, []),
    ],
)
def test_nobody_wins_below_the_quorum_or_behind_none_of_the_above(fields: dict[str, Any], winners: list[int]) -> None:
    result = counted(a_question(Kind.RANKED, **fields), [_ranking(3, 1), _ranking(3, 2), _ranking(1)])
    assert [choice.choice for choice in result.choices if choice.leads] == winners
